"""The host's end of the beacon: what a browser claims is checked, told once, and never breaks the host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.browser.crm import KEY, Clock, Kept
from support import ROOT
from viewtrail.capture.relay import PARTS, Answer, Relay, beacon_js
from viewtrail.capture.signals import MAX_BODY, MAX_SIGNALS
from viewtrail.errors import BadInput


class Desk:
    """A relay, what its client was told, and a page that was sent in session s-1."""

    def __init__(self, **more: Any) -> None:
        self.clock = Clock()
        self.kept = Kept(self.clock)
        self.relay = Relay(self.kept, KEY, every=None, clock=self.clock, **more)
        self.token = self.relay.issue(agent="17", record="L-1", session="s-1", kind="lead", via="list")

    def say(self, kind: str, session: str = "s-1", **more: Any) -> Answer:
        said = {"kind": kind, "token": self.token, "page": "p1", "whole": True, **more}
        return self.relay.answer(json.dumps(said).encode(), session=session)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.relay.close()


def why(answer: Answer) -> str:
    return str(json.loads(answer.body)["results"][0]["why"])


def test_a_view_is_opened_and_left(desk: Desk) -> None:
    assert desk.say("visible").status == 200
    desk.clock.skip(20)
    assert desk.say("left", lasted=20_000, dwell=15_500, active=4_000).status == 200
    (opening,) = desk.kept.of("record.viewed")
    (end,) = desk.kept.of("record.left")
    assert opening.data == {
        "agent": "17", "record_kind": "lead", "via": "list", "surface": "ui", "seen": "true",
    }  # fmt: skip
    assert end.data == {
        "agent": "17", "view": f"/crm#{opening.id}", "dwell_ms": 15_500, "active_ms": 4_000, "complete": True,
    }  # fmt: skip
    assert end.time - opening.time == 20_000_000


def test_a_signal_said_again_adds_nothing_even_after_a_restart(desk: Desk) -> None:
    desk.clock.skip(10)
    for _ in range(3):
        desk.say("visible", began=2_000, age=8_000)
        desk.say("left", began=2_000, lasted=7_000, dwell=6_000, age=1_000)
    again = Relay(desk.kept, KEY, every=None, clock=desk.clock)
    desk.relay = again
    desk.say("visible", began=2_000, age=8_100)
    desk.say("left", began=2_000, lasted=7_000, dwell=6_000, age=1_100)
    assert len(desk.kept.events) == 2
    assert desk.kept.conflicts == []
    again.close()


def test_an_end_alone_tells_its_opening_too(desk: Desk) -> None:
    desk.clock.skip(5)
    desk.say("left", began=1_000, lasted=4_000, dwell=4_000)
    assert [event.type for event in desk.kept.events.values()] == ["record.viewed", "record.left"]


@given(claimed=st.integers(0, 10**9), out=st.integers(0, 5_000))
def test_nobody_looks_longer_than_the_page_has_been_out(claimed: int, out: int) -> None:
    desk = Desk()
    desk.clock.skip(out)
    desk.say("left", dwell=claimed, active=claimed, lasted=claimed)
    (end,) = desk.kept.of("record.left")
    assert end.data["dwell_ms"] <= out * 1_000 + 2_000
    assert end.data["active_ms"] <= end.data["dwell_ms"]
    assert end.data["complete"] == (claimed == end.data["dwell_ms"])
    assert end.time <= desk.clock()


@given(
    began=st.integers(0, 10**12),
    lasted=st.integers(0, 10**12),
    age=st.integers(0, 10**12),
    out=st.integers(0, 40_000),
)
def test_no_claim_moves_a_view_out_of_its_time(began: int, lasted: int, age: int, out: int) -> None:
    desk = Desk()
    issued = desk.clock()
    desk.clock.skip(out)
    desk.say("left", began=began, lasted=lasted, age=age)
    for event in desk.kept.events.values():
        assert issued - 2_000_000 <= event.time <= desk.clock()


def test_a_page_out_of_a_cache_is_a_view_of_its_own_at_its_own_time(desk: Desk) -> None:
    desk.say("visible")
    desk.clock.skip(3_600)
    copy = desk.say("visible", page="p2", began=300)
    part = json.loads(copy.body)["results"][0]["part"]
    assert part == "p2"
    desk.clock.skip(5)
    desk.say("left", page="p2", part=part, began=300, lasted=5_000, dwell=5_000)
    first, second = desk.kept.of("record.viewed")
    assert second.id == f"{first.id}.p2"
    assert second.time - first.time == pytest.approx(3_600_000_000, abs=2_000_000)
    assert second.data["via"] == "other"
    assert desk.kept.of("record.left")[0].data["view"] == f"/crm#{second.id}"


def test_one_token_stands_for_a_bounded_number_of_views() -> None:
    desk = Desk()
    answers = [desk.say("visible", page=f"p{number}") for number in range(PARTS + 50)]
    assert len(desk.kept.of("record.viewed")) == PARTS
    assert {answer.status for answer in answers[PARTS:]} == {403}
    assert "too-many-views" in why(answers[-1])


def test_another_session_and_a_forged_token_are_refused(desk: Desk) -> None:
    assert desk.say("visible", session="s-2").status == 403
    assert "another-session" in why(desk.say("visible", session="s-2"))
    assert "forged" in why(desk.say("visible", token=desk.token[:-2] + "AA"))
    assert desk.kept.events == {}


def test_of_several_signals_the_good_ones_count(desk: Desk) -> None:
    good = {"kind": "visible", "token": desk.token, "page": "p1"}
    answer = desk.relay.answer(
        json.dumps([good, {"kind": "stolen"}, {**good, "token": "x"}]).encode(), session="s-1"
    )
    results = json.loads(answer.body)["results"]
    assert answer.status == 200
    assert results[0] == {"part": ""}
    assert all(result["why"] and result["next"] for result in results[1:])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"7", 400),
        (b"[7]", 400),
        (b'{"kind":"visible","kind":"left"}', 400),
        (b'{"kind":"visible"}', 403),
        (b"\xff\xfe", 400),
        (b"[" * 5_000, 400),
        (b'{"kind":"left","dwell":NaN}', 400),
        (b" " * (MAX_BODY + 1), 413),
        (json.dumps([{}] * (MAX_SIGNALS + 1)).encode(), 413),
    ],
)
def test_a_body_that_is_none_is_refused(desk: Desk, body: bytes, status: int) -> None:
    answer = desk.relay.answer(body, session="s-1")
    assert answer.status == status
    assert why(answer)
    assert desk.kept.events == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from("kind token page part began lasted age dwell active whole n field".split()),
                inner,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(["visible", "left", "heartbeat", "copied", "printed"]),
)
def test_whatever_is_said_no_answer_blames_the_host(said: Any, kind: str) -> None:
    desk = Desk()
    if isinstance(said, dict):
        said = {"kind": kind, "token": desk.token, **said}
    answer = desk.relay.answer(json.dumps(said).encode(), session="s-1")
    assert answer.status in {200, 400, 403, 413}
    json.loads(answer.body)


def test_too_many_signals_wait(desk: Desk) -> None:
    body = json.dumps([{"kind": "heartbeat", "token": desk.token}] * 50).encode()
    statuses = [desk.relay.answer(body, session="s-1").status for _ in range(8)]
    assert statuses == [200] * 6 + [429] * 2
    assert int(desk.relay.answer(body, session="s-1").headers["Retry-After"]) >= 1
    assert desk.relay.answer(body, session="s-9").status == 403, "another session has a pace of its own"
    desk.clock.skip(10)
    assert desk.relay.answer(body, session="s-1").status == 200


def test_what_cannot_be_kept_now_is_asked_for_again(desk: Desk) -> None:
    desk.kept.full = True
    answer = desk.say("visible")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    desk.kept.full = False
    assert desk.say("visible").status == 200
    assert len(desk.kept.of("record.viewed")) == 1


def test_a_page_without_a_visible_signal_is_served(desk: Desk) -> None:
    desk.clock.skip(29)
    assert desk.relay.served.sweep() == 0
    desk.clock.skip(2)
    assert desk.relay.served.sweep() == 1
    assert desk.relay.served.sweep() == 0
    (served,) = desk.kept.of("record.served")
    assert served.subject == "L-1"
    assert served.data["surface"] == "ui"
    assert desk.kept.of("record.viewed") == []


def test_a_page_that_was_seen_is_not_served_as_well(desk: Desk) -> None:
    desk.say("visible")
    desk.clock.skip(60)
    assert desk.relay.served.sweep() == 0


def test_a_view_of_which_nothing_more_is_heard_ends_as_a_lower_bound_and_may_still_be_corrected(
    desk: Desk,
) -> None:
    desk.say("visible")
    desk.clock.skip(60)
    desk.say("heartbeat", lasted=60_000, dwell=40_000, active=9_000)
    desk.clock.skip(1_801)
    assert desk.relay.served.sweep() == 1
    (bound,) = desk.kept.of("record.left")
    assert (bound.data["dwell_ms"], bound.data["complete"]) == (40_000, False)
    desk.say("left", lasted=1_861_000, dwell=55_000)
    end = desk.kept.of("record.left")[-1]
    assert (end.data["dwell_ms"], end.data["complete"]) == (55_000, True)
    assert end.id != bound.id
    assert end.data["view"] == bound.data["view"]


def test_a_closing_process_without_a_folder_tells_what_waits() -> None:
    desk = Desk()
    desk.relay.close()
    assert [event.type for event in desk.kept.events.values()] == ["record.served"]


def test_a_field_that_an_opening_does_not_have_is_refused_where_it_is_written(desk: Desk) -> None:
    with pytest.raises(BadInput, match="no field 'telephone'"):
        desk.relay.issue(agent="17", record="L-1", session="s-1", telephone="+357")


def test_the_beacon_is_small() -> None:
    import gzip

    assert len(gzip.compress(beacon_js(), 9)) < 4_096


def test_the_page_for_those_who_build_it_in_shows_code_that_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "browser-beacon.md").read_text(encoding="utf-8")
    first, second = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "view-tokens.key").write_bytes(KEY)
    first = first.replace("/etc/crm", str(tmp_path)).replace("/var/lib/crm", str(tmp_path))
    names: dict[str, Any] = {"request_session_id": "s-1"}
    exec(first, names)
    try:
        exec(second, names)
        said = json.dumps({"kind": "visible", "token": names["token"], "page": "p"}).encode()
        assert names["relay"].answer(said, session="s-1").status == 200
        assert names["beacon_js"]().startswith(b"//")
    finally:
        names["relay"].close()
        names["client"].close(0)


def test_a_signal_that_never_comes_is_a_gap_of_that_page_and_says_nothing_of_anybody(desk: Desk) -> None:
    desk.say("visible", seq=1)
    desk.say("copied", n=1, seq=2)
    desk.say("left", dwell=100, seq=5)
    desk.say("left", dwell=100, seq=5)
    desk.relay.served.sweep()
    assert desk.kept.of("capture.gap") == []
    desk.clock.skip(301)
    for _ in range(2):
        desk.relay.served.sweep()
    (gap,) = desk.kept.of("capture.gap")
    assert gap.data == {"feed": "/crm", "lost": 2, "why": "beacon-signals"}
    assert "p1" not in gap.id, "the page's name is no way to a person"
    assert desk.kept.conflicts == []


def test_a_refused_signal_counts_for_nothing(desk: Desk) -> None:
    desk.say("visible", seq=1)
    assert desk.say("left", session="s-2", seq=9).status == 403
    desk.clock.skip(301)
    desk.relay.served.sweep()
    assert desk.kept.of("capture.gap") == []


def test_blocked_beacons_are_counted_by_kind_of_browser_and_never_by_person(desk: Desk) -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    for number in range(5):
        token = desk.relay.issue(
            agent="17", record=f"L-{number}", session="s-1", kind="lead", user_agent=firefox
        )
        if number < 2:
            desk.token = token
            desk.say("visible")
    desk.clock.skip(31)
    desk.relay.served.sweep()
    assert desk.kept.of("capture.counted") == []
    desk.clock.skip(3_600 + 120)
    desk.relay.served.sweep()
    told = [event.data for event in desk.kept.of("capture.counted")]
    assert sum(one["pages"] for one in told) == 5
    assert sum(one["unseen"] for one in told) == 3
    assert {(one["feed"], one["browser"]) for one in told} == {("/crm", "Firefox 140")}
    assert not any("agent" in one for one in told)
    for event in desk.kept.of("record.viewed", "record.served"):
        assert "Firefox" not in str(event.data)
