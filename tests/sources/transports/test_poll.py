"""Polling against a server that answers as the CRMs do: every row once, late ones too."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sources.crm_server import serving
from sources.crms import PEOPLE, acted, audited, espo, field_line, secured, signed_in, viewed
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.event import Event
from viewtrail.sources import open_source
from viewtrail.sources.mapping import parse_mapping
from viewtrail.sources.transports import poll_feeds
from viewtrail.sources.transports.poll import CURSOR, Poll
from viewtrail.sources.transports.poll_http import Interface
from viewtrail.sources.transports.salesforce_rest import token_file

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def there():
    with serving() as server:
        yield server


def rows_of(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class Polls:
    """A poll of one system with pages of two rows; `waits` are the pauses it made."""

    def __init__(self, there, folder, system, only=(), size=2, user="auditor"):
        (folder / "key").write_text(there.token)
        self.waits: list[float] = []
        self.folder = folder / "rows"
        told = Interface(
            there.address,
            token_file(folder / "key"),
            poll_feeds.headers(system, "prod"),
            self.waits.append,
            lambda: NOON,
        )
        feeds = poll_feeds.feeds(system, told, only, "prod", user)
        self.poll = Poll(told, tuple(replace(feed, size=size) for feed in feeds), self.folder)

    def files(self) -> list[list[dict]]:
        return [rows_of(path) for path, _ in self.poll.poll()]

    def ids(self) -> list[str]:
        return [row["id"] if "id" in row else row["name"] for rows in self.files() for row in rows]


@pytest.fixture
def polls(there, tmp_path):
    return lambda *told, **more: Polls(there, tmp_path, *told or ("espocrm",), **more)


def minute(n: int) -> str:
    return f"2026-03-02T07:{n:02}:00.000Z"


def fill(there, system: str, numbers) -> list:
    """Rows in this order; what their ids are."""
    if system == "espocrm":
        there.espo += [espo(n) for n in numbers]
        return [espo(n)["id"] for n in numbers]
    if system == "frappe":
        rows = [viewed(n, creation=f"2026-03-02 09:{n:02}:00.000000") for n in numbers]
        there.frappe.setdefault("View Log", []).extend(rows)
        return [row["name"] for row in rows]
    if system == "odoo":
        there.odoo.setdefault("auditlog.log", []).extend(audited(n) for n in numbers)
        return list(numbers)
    rows = [acted(n, occurredAt=minute(n)) for n in numbers]
    there.hubspot.setdefault("audit-logs", []).extend(rows)
    return [row["id"] for row in rows]


SYSTEMS = {"espocrm": (), "frappe": ("View Log",), "odoo": (), "hubspot": ("audit-logs",)}
EVERY = pytest.mark.parametrize(("system", "only"), SYSTEMS.items(), ids=list(SYSTEMS))


@EVERY
def test_all_rows_come_once_in_pages_and_then_only_new_ones(there, polls, system, only):
    first = fill(there, system, range(1, 6))
    assert polls(system, only).ids() == first
    assert polls(system, only).ids() == []
    later = fill(there, system, range(6, 8))
    assert polls(system, only).ids() == later


@EVERY
def test_a_row_that_became_visible_late_is_fetched_when_it_does(there, polls, system, only):
    fill(there, system, (1, 2, 4, 5))
    polls(system, only).ids()
    late = fill(there, system, (3,))
    assert polls(system, only).ids() == late


@EVERY
def test_a_poll_that_stops_between_two_pages_goes_on_from_there(there, polls, system, only):
    ids = fill(there, system, range(1, 6))
    stopped = polls(system, only).poll.poll()
    next(stopped)
    stopped.close()
    assert polls(system, only).ids() == ids[2:]


@EVERY
def test_no_cursor_says_what_is_not_on_disk(there, polls, tmp_path, monkeypatch, system, only):
    ids = fill(there, system, range(1, 6))
    broken = polls(system, only)
    monkeypatch.setattr(broken.poll, "_save", lambda: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space"):
        broken.ids()
    assert polls(system, only).ids() == ids
    files = sorted((tmp_path / "rows").glob("*.jsonl"))
    assert len(files) == 4
    read = [row for path in files for row in rows_of(path)]
    assert len(read) == 7  # two of them twice, with their own ids


def test_rows_of_one_instant_are_neither_lost_nor_asked_for_again(there, polls):
    same = [viewed(n, creation="2026-03-02 09:14:03.120456") for n in range(1, 6)]
    there.frappe["View Log"] = [*same, viewed(7, creation="2026-03-02 09:15:00.000000")]
    found = polls("frappe", ("View Log",))
    assert sorted(found.ids()) == sorted(row["name"] for row in there.frappe["View Log"])
    assert len(there.asked) == len(set(there.asked))


def test_what_is_older_than_the_overlap_is_not_asked_for_again(there, polls):
    there.espo += [espo(n) for n in (5_000, 5_001)]
    polls().ids()
    there.espo.append(espo(3_000))
    there.asked.clear()
    assert polls().ids() == []
    assert "where%5B0%5D%5Bvalue%5D=4000" in there.asked[0]


def test_only_what_a_connector_reads_is_asked_for(there, polls, tmp_path):
    fill(there, "espocrm", [1])
    there.frappe["View Log"] = [viewed(1) | {"_comments": "Georgiou"}]
    polls().ids()
    polls("frappe").ids()
    text = "".join(path.read_text() for path in (tmp_path / "rows").glob("*.jsonl"))
    assert "Georgiou" not in text
    assert "10.0.3.17" not in text


def test_the_lines_of_odoo_that_hold_clients_values_stay_there(there, polls):
    there.odoo["auditlog.log.line"] = [
        field_line(1),
        field_line(2, field_name="phone", new_value="+35799123456"),
        field_line(3, field_name="stage_id"),
    ]
    assert polls("odoo").ids() == [1, 3]


def test_sign_ins_come_newest_first_and_a_stop_between_two_pages_loses_none(there, polls):
    there.hubspot["login"] = [signed_in(n, loginAt=minute(n)) for n in range(1, 6)]
    stopped = polls("hubspot", ("login",)).poll.poll()
    next(stopped)
    stopped.close()
    assert polls("hubspot", ("login",)).ids() == ["login-3", "login-2", "login-1"]
    there.asked.clear()
    there.hubspot["login"].append(signed_in(6, loginAt=minute(6)))
    assert polls("hubspot", ("login",)).ids() == ["login-6"]
    assert len(there.asked) == 2  # one page with something new, one without


def test_security_activity_is_asked_for_by_its_epoch(there, polls):
    there.hubspot["security"] = [secured(n, createdAt=minute(n)) for n in range(1, 5)]
    found = polls("hubspot", ("security",))
    assert found.ids() == ["1", "2", "3", "4"]
    assert polls("hubspot", ("security",)).ids() == []
    assert "fromTimestamp=" in there.asked[-1]


def test_a_busy_server_is_waited_for_as_long_as_it_asks(there, polls):
    fill(there, "espocrm", [1])
    there.answers = [
        (429, {"Retry-After": "7"}, b""),
        (503, {"Retry-After": "Mon, 02 Mar 2026 12:00:30 GMT"}, b""),
        (429, {"Retry-After": "86400"}, b""),
        (500, {}, b"<html>"),
    ]
    found = polls()
    assert len(found.ids()) == 1
    assert found.waits == [7.0, 30.0, 300.0, 16.0]


def test_a_server_that_stays_broken_is_said_and_what_was_fetched_stays(there, polls):
    ids = fill(there, "espocrm", range(1, 5))
    broken = polls()
    rows = broken.poll.poll()
    next(rows)
    there.answers = [(500, {}, b"")] * 4 + [(200, {}, b"<html>")]
    with pytest.raises(ViewtrailError, match="the answer is not JSON, 5 times"):
        list(rows)
    assert polls().ids() == ids[2:]


@EVERY
def test_a_key_that_expired_is_read_again_and_a_wrong_one_is_said(there, tmp_path, polls, system, only):
    fill(there, system, [1])
    found = polls(system, only)
    there.token = "k-2"
    with pytest.raises(ViewtrailError, match="refused the token"):
        found.ids()
    (tmp_path / "key").write_text("k-2")
    assert len(found.ids()) == 1


def test_a_refused_key_is_asked_for_anew_once(there, polls):
    fill(there, "espocrm", [1])
    there.answers = [(401, {}, b"{}")]
    assert len(polls().ids()) == 1


def test_a_login_becomes_the_number_of_its_user(there, tmp_path):
    told = Interface(there.address, lambda refused: "k-1", poll_feeds.headers("odoo"), lambda seconds: None)
    assert poll_feeds.odoo_user(told, "prod", "auditor") == 7
    with pytest.raises(ViewtrailError, match="no user eve with this key in prod"):
        poll_feeds.odoo_user(told, "prod", "eve")


def test_odoo_from_19_on_is_asked_without_a_user(there, polls):
    there.odoo = {"auditlog.log": [audited(n) for n in range(1, 6)], "auditlog.log.line": [field_line(1)]}
    found = polls("odoo", user="")
    assert found.ids() == [1, 2, 3, 4, 5, 1]
    assert set(there.asked) == {"/json/2/auditlog.log/search_read", "/json/2/auditlog.log.line/search_read"}
    assert polls("odoo", user="").ids() == []


def test_an_administrator_of_espocrm_signs_in_with_login_and_password(there, polls, tmp_path):
    fill(there, "espocrm", [1])
    there.token = "admin:secret"
    assert len(polls().ids()) == 1


def test_the_key_follows_no_redirect(there, polls):
    there.answers = [(302, {"Location": f"{there.address}/elsewhere"}, b"")]
    with pytest.raises(ViewtrailError, match="answered 302"):
        polls().ids()
    assert not any("elsewhere" in path for path in there.asked)


def test_the_next_page_is_of_the_same_host_whatever_the_answer_says(there, polls):
    fill(there, "hubspot", range(1, 6))
    assert len(polls("hubspot", ("audit-logs",)).ids()) == 5


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"[]", "no list"), (b'{"list": 1}', "no list"), (b'{"list": [1]}', "no list"),
        (b'{"list": [{"number": 1}]}', "no row of action-history"),
        (b'{"list": [{"id": "1", "number": "x"}]}', "no row of action-history"),
        (b'{"list": [{}, {}]}', "no row of action-history"),
    ],
)  # fmt: skip
def test_a_strange_answer_is_refused_and_nothing_is_written(there, polls, tmp_path, body, why):
    there.answers = [(200, {}, body)]
    with pytest.raises(ViewtrailError, match=why):
        polls().ids()
    assert not list((tmp_path / "rows").iterdir())


def test_a_server_that_gives_the_same_page_for_ever_is_noticed(there, polls):
    row = espo(0)
    there.answers = [(200, {}, json.dumps({"list": [row, row]}).encode())] * 3
    with pytest.raises(ViewtrailError, match="the same page again"):
        polls().ids()


def test_an_error_of_odoo_is_said(there, polls):
    error = {"error": {"data": {"name": "builtins.KeyError"}}}
    found = polls("odoo")
    there.answers = [(200, {}, json.dumps(error).encode())]
    with pytest.raises(ViewtrailError, match=r"answered builtins\.KeyError"):
        found.ids()


def test_a_cursor_that_cannot_be_read_is_said(there, polls, tmp_path):
    fill(there, "espocrm", [1])
    polls().ids()
    (tmp_path / "rows" / CURSOR).write_text('{"action-history": {"x": 1}}')
    with pytest.raises(ViewtrailError, match="move it away"):
        polls()


def test_what_it_does_not_have_is_said(there, polls):
    for system, only in (("frappe", ("Error Log",)), ("hubspot", ("views",)), ("espocrm", ("x",))):
        with pytest.raises(BadInput):
            polls(system, only)


MAPPINGS = {"frappe": 'connector = "frappe"\nsource = "/erp"\n[time]\ntime_zone = "Asia/Nicosia"\n[crm]\n'}


@EVERY
def test_what_is_fetched_is_what_the_connector_reads(there, polls, tmp_path, system, only):
    fill(there, system, range(1, 6))
    polls(system, only).ids()
    mapping = parse_mapping(MAPPINGS[system], "m.toml") if system in MAPPINGS else None
    events = [
        item
        for path in sorted((tmp_path / "rows").glob("*.jsonl"))
        for batch in open_source(path, kind=system, mapping=mapping, directory=PEOPLE)
        for item in batch
    ]
    assert len(events) == 5
    assert all(isinstance(event, Event) for event in events)
