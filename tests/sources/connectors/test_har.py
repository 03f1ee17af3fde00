"""HAR files: a browser's own requests by the rules of an access log."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.telephony import directory
from sources.web_log import MAPPING, entry, har
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources import open_source
from viewtrail.sources.mapping import parse_mapping

HAR = MAPPING.replace("access-log", "har").replace("remote_user", "sent_http_x_user")


@pytest.fixture
def asked(told, tmp_path):
    def read(*entries, by: str = HAR):
        return told(har(*entries), "crm.har", parse_mapping(by, "web.toml"), directory=directory(tmp_path))

    return read


def test_a_document_is_an_opening_at_the_time_it_was_asked_for(asked):
    [event] = asked(entry()).events
    assert (event.type, event.subject, event.data["agent"]) == ("record.viewed", "L-20931", "a-1")
    assert rfc3339(event.time) == "2026-03-02T09:14:03.120000Z"


def test_whose_browser_it_was_may_be_said_once(asked):
    by = HAR.replace('field = "sent_http_x_user"\nkind = "web"', 'const = "a-117"')
    assert asked(entry(answered=[]), by=by).events[0].data["agent"] == "a-117"


def test_a_header_or_a_cookie_may_name_the_user(asked):
    asks = entry(headers=[{"name": "X-Remote-User", "value": "cleo"}])
    by = HAR.replace("sent_http_x_user", "http_x_remote_user")
    assert asked(asks, by=by).events[0].data["agent"] == "a-3"
    by = HAR.replace("sent_http_x_user", "cookie_login")
    assert asked(entry(cookies=[{"name": "login", "value": "dora"}]), by=by).events[0].data["agent"] == "a-4"


def test_what_is_no_page_is_counted(asked):
    entries = [
        entry(kind="script"),
        entry(status=0),
        entry("https://crm.example.test/static/x.png", kind="other"),
        entry("data:text/html,x"),
        entry(answered=[]),
    ]
    assert asked(*entries).tally.not_mapped == {
        "a static file": 2, "never answered": 1, "no URL rule is for this address": 1,
        "nobody was signed in": 1,
    }  # fmt: skip


def test_a_page_fetched_ahead_was_served(asked):
    ahead = entry(headers=[{"name": "Sec-Purpose", "value": "prefetch"}])
    assert asked(ahead).events[0].type == "record.served"


def test_bodies_headers_and_cookies_enter_no_event_and_nothing_set_aside(asked):
    secret = [{"name": "Cookie", "value": "sid=s3cr3t"}]
    good = entry("https://crm.example.test/search?q=Smith", headers=secret)
    bad = entry(at="yesterday", headers=secret)
    found = asked(good, bad)
    told = canonical(found.events[0]).decode() + found.aside[0].raw + found.aside[0].reason
    assert not any(word in told for word in ("s3cr3t", "Smith", "rst name"))
    assert found.aside[0].place == "crm.har entry 2"


def test_the_same_entry_in_another_file_has_the_same_id_and_a_second_one_its_own(asked):
    once, twice = asked(entry()), asked(entry(), entry())
    assert twice.ids[0] == once.ids[0]
    assert len(set(twice.ids)) == 2


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("x", "no entry"), ({}, "no entry"), ({"request": {"url": 1, "method": "GET"}}, "no entry"),
        (entry(at="2026-03-02T09:14:03"), "has no zone"), (entry("https://c/leads/\ud800"), "is not UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_set_aside_alone(asked, bad, why):
    found = asked(entry(), bad, entry("https://crm.example.test/leads/L-2"))
    assert len(found.events) == 2
    assert why in found.aside[0].reason


@pytest.mark.parametrize("text", ['{"log": {"entries": 1}}', '{"log": {', "[]", '{"log": {"entries": []}'])
def test_what_is_no_har_is_refused(told, text):
    with pytest.raises(BadInput):
        told(text, "x.har", parse_mapping(HAR, "web.toml"), "har")


PARTS = ("request", "response", "url", "method", "status", "headers", "cookies", "startedDateTime", "name")
ANY = st.recursive(
    st.none() | st.integers() | st.floats() | st.text() | st.sampled_from(["GET", "https://c/leads/1?a=%FF"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS), inner, max_size=5),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=ANY, within=st.sampled_from(["", "request", "response"]))
def test_an_entry_of_any_form_is_read_or_set_aside(tmp_path, told, within):
    one = entry() | ({within: told} if within else {"x": told})
    path = tmp_path / "any.har"
    path.write_text(har(entry(), one, told))
    reading = open_source(path, mapping=parse_mapping(HAR, "web.toml"), directory=directory(tmp_path))
    for batch in reading:
        json.dumps([str(item) for item in batch])
    assert reading.tally.read == 3
