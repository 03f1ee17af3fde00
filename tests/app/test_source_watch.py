"""A source that falls silent is told once, stands as a finding about it, and ends when it is heard again."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.living import HOUR, MINUTE, Told, end, environment, loop, remote, rows, until, views, writer
from app.post_boxes import Mailbox, mailbox
from app.test_notify import Company
from cli.commands import viewtrail
from cli.test_serve import serving
from viewtrail.app.clock import OFFSET
from viewtrail.app.home import open_home
from viewtrail.app.replay import replay
from viewtrail.app.source_health import judge
from viewtrail.app.source_owners import source_of
from viewtrail.event import Event, rfc3339
from viewtrail.finding import Gone
from viewtrail.store import segments
from viewtrail.store.asking import Questions
from viewtrail.store.board import Board
from viewtrail.store.projections import read_projections

QUARTER = 15 * MINUTE
MONDAY = date(2026, 4, 6)


def at(day: date, clock: str) -> int:
    return int(datetime.fromisoformat(f"{day}T{clock}:00+00:00").astimezone(UTC).timestamp()) * 1_000_000


STOPS = at(MONDAY, "10:15")
NOW = at(MONDAY, "10:46")


def silent(feed: str, since: int) -> Event:
    data = {"feed": feed, "from": since, "why": "nothing-heard"}
    return Event("viewtrail", f"silent-{feed}-{since}", "source.silent", since, data)


def again(feed: str, since: int, to: int) -> Event:
    data = {"feed": feed, "from": since, "to": to, "why": "heard-again"}
    return Event("viewtrail", f"again-{feed}-{since}", "source.silent", to, data)


def gap(feed: str, start: int, stop: int, why: str = "numbers-missing", lost: int = 4) -> Event:
    data = {"feed": feed, "from": start, "to": stop, "lost": lost, "why": why}
    return Event("viewtrail", f"gap-{feed}-{start}-{why}", "capture.gap", stop, data, "5-8")


def worked(home: Path) -> None:
    """Four weeks and a day of mornings in /crm, nine events a quarter, until 10:15; then somebody listens."""
    with open_home(home).own_log() as log:
        for back in range(28, -1, -1):
            day = MONDAY - timedelta(days=back)
            if day.weekday() > 4:
                continue
            for quarter in range(at(day, "09:00"), at(day, "11:30"), QUARTER):
                if quarter < STOPS:
                    log.append(
                        views(f"A-{quarter}", 9, at=quarter + 10 * MINUTE), received=quarter + 12 * MINUTE
                    )
        ticks = [
            Event("viewtrail", f"tick-{t}", "clock.ticked", t, {"actor_kind": "system", "feed": "loop"})
            for t in range(STOPS, NOW - MINUTE, QUARTER)
        ]
        log.append(ticks, received=NOW - MINUTE)
        log.checkpoint()


def watch(home: Path, **more: str) -> str:
    """One look, as `viewtrail serve` runs it; what it said."""
    command = [sys.executable, "-m", "viewtrail.app.source_watch", "--home", str(home)]
    done = subprocess.run(
        command, env=environment(**more), stderr=subprocess.PIPE, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_silence_is_told_once_by_real_processes_and_ended_when_something_comes(tmp_path: Path) -> None:
    worked(tmp_path)
    shift = {OFFSET: str(NOW - time.time_ns() // 1000)}
    with writer(tmp_path, **shift):
        process = loop(tmp_path, **shift)
        try:
            assert watch(tmp_path, **shift) == "viewtrail: /crm is silent\n"
            board = Board(tmp_path)
            until(lambda: any(one.subject_kind == "source" for one in board.findings(living=True)))
            assert watch(tmp_path, **shift) == ""
            with remote(tmp_path) as log:
                log.append(views("A-1", 1, at=NOW))
            assert watch(tmp_path, **shift) == "viewtrail: /crm is heard again\n"
            until(lambda: not [one for one in board.findings(living=True) if one.subject_kind == "source"])
            assert watch(tmp_path, **shift) == ""
            until(lambda: board.lag() == 0)
        finally:
            end(process)
    (found,) = [one for one in Board(tmp_path).findings() if one.subject_kind == "source"]
    assert (found.status, found.first_at) == ("explained", STOPS - 3 * MINUTE)
    live = rows(tmp_path)
    assert len(live["stretches"]) == 1
    replay(open_home(tmp_path), fresh=True)
    assert rows(tmp_path) == live


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_serve_looks_after_the_sources_by_itself(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    worked(home)
    with serving(home, VIEWTRAIL_DEMO_OFFSET=str(NOW - time.time_ns() // 1000)):
        until(lambda: Board(home).count(living=True) > Board(home).count(living=True, behaviour=True), 180)
    assert "viewtrail: /crm is silent" in (tmp_path / "serve.txt").read_text()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_all_that_can_be_the_matter_with_a_source_is_seen_by_a_real_serve(tmp_path: Path) -> None:
    """/crm fell silent; /pbx lost four numbers, has a clock five minutes behind, and calls of no record."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "viewtrail.toml").write_text('source_owners = "/crm=crm@x.example, *=it@x.example"\n')
    worked(home)
    ahead = NOW - time.time_ns() // 1000
    shift = {OFFSET: str(ahead)}
    key = viewtrail("keys", "add", "pbx", "--source", "/pbx", home=home, **shift).out.strip()
    with serving(home, **shift) as served:
        until(lambda: served.answers(served.intake, "/ready"), 60)
        behind = time.time_ns() // 1000 + ahead - 5 * MINUTE
        calls = [
            {
                "specversion": "1.0", "id": f"c-{n}", "source": "/pbx", "type": "call.ended",
                "time": rfc3339(behind - (70 - n) * 1_000_000), "sequence": str(n),
                "data": {"agent": "A-1", "call": f"c-{n}", "answered": True, "talk_s": 60},
            }
            for n in range(1, 65) if not 20 < n < 25
        ]  # fmt: skip
        answer = httpx.post(
            f"http://127.0.0.1:{served.intake}/v1/events",
            headers={"Authorization": f"Bearer {key}", "Sent": rfc3339(behind)},
            json=calls,
        )
        assert answer.json()["accepted"] == 60
        until(lambda: Board(home).count(living=True) > Board(home).count(living=True, behaviour=True), 180)
        said = viewtrail("status", home=home, **shift).out
    for told in (
        "/crm: silent",
        "looked after by crm@x.example",
        "looked after by it@x.example",
        "/pbx: 4 events are proved missing",
        "/pbx: its clock is 5 minutes behind",
        "/pbx: 100% of 60 calls in seven days belong to no record known",
    ):
        assert told in said, said
    assert "/pbx: numbers 21 to 24 are missing" in viewtrail("verify", home=home).out
    [found] = [one for one in Board(home).findings() if one.subject_kind == "source"]
    assert source_of(found, Board(home).heard()) == "/crm"


def test_the_same_is_known_of_a_source_whether_entries_are_sealed_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LARGEST", "LEAST"):
        monkeypatch.setattr(segments, name, 400)
    worked(tmp_path)
    with Questions(tmp_path) as questions:
        tail = questions.sources_heard(NOW)
    assert segments.seal_due(tmp_path) >= 1_600
    with Questions(tmp_path) as questions:
        sealed = questions.sources_heard(NOW)
    assert tail == sealed
    (crm,) = [one for one in tail.facts if one.seen.source == "/crm"]
    assert (crm.begun, crm.last) == (at(MONDAY - timedelta(days=28), "09:12"), STOPS - 3 * MINUTE)
    assert sum(one.events for one in crm.arrivals) == crm.seen.events == 9 * (20 * 10 + 5)
    assert {STOPS // QUARTER, STOPS // QUARTER + 1} <= tail.listened


def test_imported_history_is_no_arrival_and_calls_without_a_record_are_counted(tmp_path: Path) -> None:
    def call(name: str, n: int, subject: str | None = None) -> Event:
        data = {"agent": "A-1", "call": f"{name}-{n}", "answered": True, "talk_ms": 9}
        return Event("/pbx", f"{name}-{n}", "call.ended", NOW - n * MINUTE, data, subject)

    calls = [call("with", n, f"L-{n}") for n in range(10)] + [call("without", n) for n in range(10)]
    matched = [
        Event("viewtrail", f"m-{n}", "call.matched", NOW, {"call": f"without-{n}", "record": f"L-{n}"})
        for n in range(4)
    ]
    with open_home(tmp_path).own_log() as log:
        log.append(calls, received=NOW, skew=0)
        log.append(matched, received=NOW)
        log.append(views("A-9", 5, at=NOW), received=NOW, backfill=True)
    with Questions(tmp_path) as questions:
        found = {one.seen.source: one for one in questions.sources_heard(NOW).facts}
    assert (found["/pbx"].calls, found["/pbx"].unmatched) == (20, 6)
    assert (found["/crm"].begun, found["/crm"].arrivals) == (None, ())


def test_status_names_the_source(tmp_path: Path) -> None:
    worked(tmp_path)
    said = viewtrail("status", home=tmp_path, VIEWTRAIL_DEMO_OFFSET=str(NOW - time.time_ns() // 1000)).out
    assert "/crm: silent; last heard 2026-04-06T10:0" in said
    assert "look at      /crm: silent" in said


# -- the fold -------------------------------------------------------------------------------------------


def test_what_is_said_of_sources_is_the_same_live_after_a_death_and_rebuilt(tmp_path: Path) -> None:
    told = Told(tmp_path)
    for step, events in enumerate(
        [
            [*views("A-1", 150, at=NOW), silent("/pbx", NOW - 90 * MINUTE)],
            [gap("/crm", NOW - 2 * MINUTE, NOW - MINUTE), gap("/hr", NOW, NOW + 1)],
            [
                gap("/crm", NOW - 2 * MINUTE, NOW - MINUTE, "numbers-came-late", 0),
                silent("/crm", NOW - MINUTE),
            ],
            [again("/pbx", NOW - 90 * MINUTE, NOW), *views("A-2", 150, at=NOW)],
            [Event("/late", "x-1", "note.added", NOW, {"agent": "A-3"}, "L-1")],
        ]
    ):
        told.hear(events, NOW + step * MINUTE)
        told.settle()
        if step % 2:
            told.restart()
            told.settle()
    board = Board(tmp_path)
    assert sorted((one.subject_kind, one.status) for one in board.findings() if one.queue == "capture") == [
        ("source", "explained"),
        ("source", "open"),
    ]
    assert [one.source for one in board.heard().stretches] == ["/pbx", "/hr", "/crm"]
    told.stop()
    live = rows(tmp_path)
    replay(open_home(tmp_path), fresh=True)
    assert rows(tmp_path) == live


def test_a_finding_says_how_much_of_its_span_is_known_complete(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.hear(views("A-1", 150, at=NOW), NOW)
    told.settle()
    board = Board(tmp_path)
    (before,) = board.findings()
    assert before.coverage == 1.0
    half = (before.first_at + before.last_at) // 2
    told.hear([gap("/pbx", before.first_at, half), gap("/crm", half, NOW + MINUTE)], NOW + 2 * MINUTE)
    told.settle()
    (found,) = board.findings()
    assert found.coverage == pytest.approx(0.5, abs=0.02), "nothing that /pbx sends has to do with it"
    assert board.finding(found.id) == found
    told.stop()
    assert read_projections(tmp_path).findings == [found]


def test_a_finding_that_the_log_speaks_of_and_that_is_none_any_more_is_kept_as_gone(tmp_path: Path) -> None:
    """As after an import of history, or under other settings: the log holds what was told then."""
    once = "f-" + "7" * 24
    data = {"finding": once, "transition": "opened", "tier": "limit", "by": "loop"}
    told = Told(tmp_path)
    told.hear([Event("viewtrail", "u-1", "finding.updated", NOW, data), *views("A-1", 150, at=NOW)], NOW)
    told.settle()
    board = Board(tmp_path)
    (found,) = board.findings()
    assert board.gone(found.id) is None
    assert board.gone(once) == Gone(once, NOW, NOW, "opened", "limit")
    told.now += MINUTE
    told.restart()
    told.settle()
    assert board.gone(once) == Gone(once, NOW, NOW + MINUTE, "withdrawn", "limit"), "it was taken back"
    told.stop()
    live = rows(tmp_path)
    replay(open_home(tmp_path), fresh=True)
    assert rows(tmp_path) == live


# -- whom it is told to ---------------------------------------------------------------------------------


def test_the_duty_person_is_told_about_the_source_and_nobody_else_is_named(tmp_path: Path) -> None:
    box: Mailbox
    with mailbox() as box:
        settings: dict[str, object] = {
            "mail_server": f"127.0.0.1:{box.port}",
            "mail_from": "viewtrail@broker.example",
            "notify_mail": "duty@broker.example",
        }
        company = Company(tmp_path / "home", settings)
        try:
            company.hear([silent("/crm", company.now - 60 * MINUTE)])
            assert company.notify.round() == 1
            said = box.text()
            assert box.mails[-1]["Subject"] == "Viewtrail: a source is silent"
            assert "about nobody" in said
            assert company.notify.round() == 0
        finally:
            company.close()


def test_the_owner_of_a_source_is_told_in_place_of_the_duty_person(tmp_path: Path) -> None:
    box: Mailbox
    with mailbox() as box:
        settings: dict[str, object] = {
            "mail_server": f"127.0.0.1:{box.port}",
            "mail_from": "viewtrail@broker.example",
            "notify_mail": "duty@broker.example",
            "source_owners": "/pbx=pbx@broker.example",
        }
        company = Company(tmp_path / "home", settings)
        try:
            company.hear(
                [silent("/pbx", company.now - 60 * MINUTE), silent("/crm", company.now - 60 * MINUTE)]
            )
            assert company.notify.round() == 2
            told = {mail["To"]: mail.get_content() for mail in box.mails}
            assert "/pbx" in told["pbx@broker.example"]
            assert "/crm" in told["duty@broker.example"]
            assert set(told) == {"pbx@broker.example", "duty@broker.example"}
        finally:
            company.close()


def test_without_a_writer_a_look_tells_nothing_and_goes_on_later(tmp_path: Path) -> None:
    worked(tmp_path)
    command = [sys.executable, "-m", "viewtrail.app.source_watch", "--home", str(tmp_path)]
    shift = {OFFSET: str(NOW - time.time_ns() // 1000)}
    done = subprocess.run(
        command, env=environment(**shift), capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_hole_that_the_house_told_of_is_counted_once_and_times_are_written_as_times(tmp_path: Path) -> None:
    numbered = [
        Event("/crm", f"n-{n}", "note.added", NOW + n, {"agent": "A-1"}, "L-1", str(n)) for n in (1, 2, 6, 7)
    ]
    own = Event("/hr", "g-1", "capture.gap", NOW, {"from": NOW - HOUR, "to": NOW, "lost": 2, "why": "full"})
    with open_home(tmp_path).own_log() as log:
        log.append([*numbered, gap("/crm", NOW + 2, NOW + 6, lost=3), own], received=NOW + MINUTE)
    with Questions(tmp_path) as questions:
        found = {one.source: one for one in questions.sources(NOW + MINUTE)}
    assert (found["/crm"].missing, len(found["/crm"].gaps)) == (3, 1)
    (told,) = found["/hr"].gaps
    assert (told.first, told.last, told.lost) == ("2026-04-06T09:46:00Z", "2026-04-06T10:46:00Z", 2)


def test_pages_that_gave_no_sign_are_added_up_by_kind_of_browser(tmp_path: Path) -> None:
    def counted(hour: int, browser: str, pages: int, unseen: int) -> Event:
        data = {
            "feed": "/crm",
            "browser": browser,
            "from": hour,
            "to": hour + HOUR,
            "pages": pages,
            "unseen": unseen,
        }
        return Event("/crm", f"counted-{hour}-{browser}", "capture.counted", hour + HOUR, data)

    told = [
        *(counted(NOW - n * HOUR, "Chrome 145", 100, 1) for n in (2, 3)),
        counted(NOW - 2 * HOUR, "Firefox 140", 60, 60),
        counted(NOW - 9 * 24 * HOUR, "Safari 18", 500, 500),
    ]
    with open_home(tmp_path).own_log() as log:
        log.append(told, received=NOW)
    with Questions(tmp_path) as questions:
        heard = questions.sources_heard(NOW)
    [one] = heard.facts
    assert [(b.browser, b.pages, b.unseen) for b in one.browsers] == [
        ("Chrome 145", 200, 2),
        ("Firefox 140", 60, 60),
    ]
    [health] = judge(heard, NOW, "UTC")
    assert [matter for matter in health.matters if "blocked" in matter] == [
        "in Firefox 140, 60 of 60 pages gave no sign of being seen in seven days: "
        "is the beacon blocked there?"
    ]


def test_a_pages_lost_signals_are_shown_and_take_nothing_off_everybodys_coverage(tmp_path: Path) -> None:
    data = {"feed": "/crm", "lost": 2, "why": "beacon-signals"}
    with open_home(tmp_path).own_log() as log:
        log.append(views("A-1", 3, at=NOW - HOUR), received=NOW)
        log.append([Event("/crm", "p.missing.3-4", "capture.gap", NOW, data, "a1b2")], received=NOW)
    with Questions(tmp_path) as questions:
        found = {one.source: one for one in questions.sources(NOW)}
    (told,) = found["/crm"].gaps
    assert (told.lost, told.why, told.first) == (2, "beacon-signals", "2026-04-06T10:46:00Z")
    replay(open_home(tmp_path), fresh=True)
    assert rows(tmp_path)["stretches"] == []
