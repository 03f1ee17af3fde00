"""Fetching event log files from a server that behaves like Salesforce: pages, late files, refused tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sources.salesforce_server import Org, plain, serving
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.sources import open_source
from viewtrail.sources.transports.salesforce import EventLogs
from viewtrail.sources.transports.salesforce_rest import client_credentials, token_file


@pytest.fixture
def org() -> Iterator[Org]:
    with serving() as there:
        yield there


@pytest.fixture
def logs(org, tmp_path):
    """Fetches into a folder, with the token of a file; waits are noted and not waited."""
    (tmp_path / "token").write_text("t-1\n")
    waits: list[float] = []

    def make(**more):
        given = {"token": token_file(tmp_path / "token"), "wait": waits.append, **more}
        made = EventLogs(org.address, folder=tmp_path / "logs", **given)
        made.waits = waits
        return made

    return make


def fetched(logs) -> list[str]:
    return [path.name.split("-")[-1].removesuffix(".csv") for path in logs.poll()]


def test_every_file_is_fetched_once_through_all_pages(org, logs):
    ids = [org.add(n, f"2026-03-02T0{n}:10:00.000+0000") for n in range(5)]
    reader = logs()
    assert fetched(reader) == ids
    assert fetched(reader) == []
    assert sum(path.endswith("/query") or "/query/" in path for path in org.asked) == 4


def test_a_file_that_was_fetched_is_read_by_its_connector(org, logs):
    org.add(1, "2026-03-02T01:10:00.000+0000")
    [path] = logs().poll()
    assert path.name == "URI-2026-03-02-0AT5g0000000001AAA.csv"
    reading = open_source(path)
    assert reading.kind == "salesforce-elf"
    list(reading)
    assert reading.tally.read == 1


def test_a_restart_goes_on_from_the_cursor(org, logs):
    org.add(1, "2026-03-02T01:10:00.000+0000")
    assert len(fetched(logs())) == 1
    late = org.add(2, "2026-03-02T05:10:00.000+0000")
    assert fetched(logs()) == [late]


def test_a_file_that_shows_up_behind_the_cursor_is_fetched_and_no_other_again(org, logs):
    reader = logs()
    org.add(5, "2026-03-02T05:10:00.000+0000")
    assert len(fetched(reader)) == 1
    late = org.add(4, "2026-03-02T04:30:00.000+0000")
    assert fetched(logs()) == [late]
    assert fetched(logs()) == []


def test_without_looking_behind_ties_are_told_apart_by_their_ids(org, logs):
    at = "2026-03-02T05:10:00.000+0000"
    first = org.add(1, at)
    assert fetched(logs(behind=0)) == [first]
    second = org.add(2, at)
    assert fetched(logs(behind=0)) == [second]
    assert f"(CreatedDate = {plain(at)} AND Id > '{first}')" in org.queries[-1]


def test_a_refused_token_is_read_anew_once(org, logs, tmp_path):
    org.add(1, "2026-03-02T01:10:00.000+0000")
    org.token = "t-2"

    def token(refused: bool) -> str:
        return "t-2" if refused else "t-1"

    assert len(fetched(logs(token=token))) == 1
    with pytest.raises(ViewtrailError, match="401 INVALID_SESSION_ID"):
        fetched(logs())


def test_a_token_by_client_credentials(org, logs, tmp_path):
    org.add(1, "2026-03-02T01:10:00.000+0000")
    (tmp_path / "secret").write_text("s3cret")
    token = client_credentials(org.address, "c-1", tmp_path / "secret")
    assert len(fetched(logs(token=token))) == 1
    (tmp_path / "secret").write_text("wrong")
    with pytest.raises(ViewtrailError, match="invalid_client"):
        client_credentials(org.address, "c-1", tmp_path / "secret")(False)


def test_what_may_pass_is_tried_again_and_waits_as_long_as_it_is_told(org, logs):
    org.add(1, "2026-03-02T01:10:00.000+0000")
    org.answers = [(500, {}, b""), (503, {"Retry-After": "7"}, b"[]")]
    reader = logs()
    assert len(fetched(reader)) == 1
    assert reader.waits == [2.0, 7.0]


def test_a_server_that_stays_broken_is_said_and_nothing_is_lost(org, logs):
    ids = [org.add(n, f"2026-03-02T0{n}:10:00.000+0000") for n in range(2)]
    reader = logs()
    first = next(reader.poll())
    org.answers = [(500, {}, b'[{"errorCode": "UNKNOWN_EXCEPTION"}]')] * 4
    with pytest.raises(ViewtrailError, match="answered 500 UNKNOWN_EXCEPTION, 4 times"):
        fetched(reader)
    assert ids[0] in first.name
    assert fetched(logs()) == ids[1:]


def test_a_body_that_ends_early_is_fetched_again_and_never_left_half(org, logs, tmp_path):
    id_ = org.add(1, "2026-03-02T01:10:00.000+0000")
    org.cut.add(id_)
    [path] = logs().poll()
    assert path.read_bytes() == org.bodies[id_]
    assert sorted(one.suffix for one in (tmp_path / "logs").iterdir()) == [".csv", ".json"]


def test_the_token_follows_no_redirect(org, logs):
    org.answers = [(302, {"Location": f"{org.address}/elsewhere"}, b"")]
    with pytest.raises(ViewtrailError, match="answered 302"):
        fetched(logs())
    assert "/elsewhere" not in org.asked


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "not JSON"), (b"[]", "no records"), (b'{"records": [1]}', "no EventLogFile"),
        (b'{"records": [{"Id": "../x", "EventType": "URI", "LogDate": "2026-03-02", '
         b'"CreatedDate": "2026-03-02T00:00:00.000+0000"}]}', "no EventLogFile"),
        (b'{"records": [], "done": false, "nextRecordsUrl": "https://evil.test/"}', "not of this host"),
    ],
)  # fmt: skip
def test_a_strange_answer_is_refused(org, logs, body, why):
    org.answers = [(200, {}, body)]
    with pytest.raises(ViewtrailError, match=why):
        fetched(logs())


@pytest.mark.parametrize(
    "instance", ["http://acme.my.salesforce.com", "https://u:p@x.test", "ftp://x", "https://x/y"]
)
def test_the_token_is_sent_over_https_to_an_instance_alone(tmp_path, instance):
    with pytest.raises(BadInput):
        EventLogs(instance, token_file(tmp_path / "token"), tmp_path / "logs")


def test_a_cursor_that_cannot_be_read_is_said(logs, tmp_path):
    logs()
    (tmp_path / "logs" / "cursor.json").write_text('{"created": "x"}')
    with pytest.raises(ViewtrailError, match="move it away"):
        logs()
