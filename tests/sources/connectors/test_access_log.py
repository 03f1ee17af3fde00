"""Access logs by URL rules: what an address means, who asked, and what is no opening."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from sources.telephony import directory
from sources.web_log import BROWSER, MAPPING, json_line, line, rules
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources import requests_told
from viewtrail.sources.mapping import Mapping, parse_mapping

AT = "10.0.0.1 - - [02/Mar/2026:11:14:03 +0200] "


@pytest.fixture
def asked(told, tmp_path):
    def read(*lines: str, by=None):
        return told("".join(lines), "access.log", by or rules(), "access-log", directory(tmp_path))

    return read


def test_a_page_of_a_record_is_an_opening_at_the_lines_own_time(asked):
    [event] = asked(line()).events
    assert (event.type, event.subject, event.source) == ("record.viewed", "L-20931", "/crm/web")
    assert rfc3339(event.time) == "2026-03-02T09:14:03Z"
    assert event.data == {
        "agent": "a-1", "record_kind": "lead", "via": "list", "seen": "unknown", "surface": "ui",
    }  # fmt: skip


def test_a_line_without_end_is_set_aside_as_one_line(asked):
    found = asked(line(), line(target="/leads/L-1?q=" + "x" * 3_000_000), line(target="/leads/L-2"))
    assert [event.subject for event in found.events] == ["L-20931", "L-2"]
    assert [one.place for one in found.aside] == ["access.log:2"]
    assert "more than the 1,048,576 that a row may have" in found.aside[0].reason


def test_the_directory_says_who_a_user_was_at_that_time(asked):
    early, late = line(user="Cleo", at="02/Mar/2026:23:00:00 -0500"), line(user="dora")
    assert [event.data["agent"] for event in asked(early, late).events] == ["a-3", "a-4"]
    after_noon = line(user="anna", at="02/Mar/2026:12:00:00 +0200")
    assert "'anna' is nobody's on 2026-03-02" in asked(after_noon).aside[0].reason


def test_an_unlisted_user_is_told_under_a_prefix_only_where_the_mapping_says_so(asked):
    unlisted = parse_mapping(MAPPING.replace('kind = "web"', 'kind = "web"\nunlisted = "web-"'), "web.toml")
    assert asked(line(user="zoe"), by=unlisted).events[0].data["agent"] == "web-zoe"
    assert asked(line(user="zoe")).aside[0].place == "access.log:1"


@pytest.mark.parametrize(
    ("target", "type_", "subject", "fields"),
    [
        ("/leads/L-1/", "record.viewed", "L-1", {"record_kind": "lead"}),
        ("/leads?country=CY&status=new&page=2", "list.viewed", None,
         {"list": "leads", "filter": "country=? and status=?"}),
        ("/search?q=john%40example.test", "search.performed", None, {"filter": "q=?"}),
        ("/export/leads.csv?country=CY", "export.created", None, {"list": "leads", "format": "csv"}),
        ("/index.php?module=Accounts&action=DetailView&record=9f-1&x=2", "record.viewed", "9f-1",
         {"record_kind": "account"}),
    ],
)  # fmt: skip
def test_an_address_is_what_the_rules_say(asked, target, type_, subject, fields):
    [event] = asked(line(target)).events
    assert (event.type, event.subject) == (type_, subject)
    assert fields.items() <= event.data.items()


def test_values_of_a_query_never_enter_an_event(asked):
    target = "/search?q=john%40example.test&phone=%2B35799123456&filter%5Bname%5D=Smith&+357991=1"
    [event] = asked(line(target)).events
    assert event.data["filter"] == "filter.name=? and phone=? and q=?"
    whole = canonical(event).decode()
    assert not any(word in whole for word in ("john", "35799", "Smith", "357991"))
    assert not event.extra


@pytest.mark.parametrize(
    "spelling",
    [
        "/leads//L-20931", "/./leads/L-20931", "/x/../leads/L-20931", "/%6Ceads/L%2D20931", "//leads/L-20931",
        "/leads;jsessionid=A1B2/L-20931;v=1", "https://crm.example.test/leads/L-20931",
        "/leads/L-20931#calls",
    ],
)  # fmt: skip
def test_another_spelling_of_an_address_is_no_way_around_a_rule(asked, spelling):
    [event] = asked(line(spelling)).events
    assert (event.type, event.subject) == ("record.viewed", "L-20931")


def test_a_reveal_is_told_with_its_field(asked):
    [event] = asked(line("/api/leads/L-7/phone", method="POST", status=204)).events
    assert (event.type, event.subject, event.data["field"], event.data["reason"]) == (
        "contact.revealed", "L-7", "phone", "call",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (line(status=404), "refused or failed"),
        (line(status=302), "answered with a redirect"),
        (line(status=204), "answered with nothing to see"),
        (line(status=499), "refused or failed"),
        (line("/export/leads.csv", status=304), "answered with nothing to see"),
        (line(method="HEAD"), "asked for the headers alone"),
        (line(method="POST"), "no URL rule is for this address"),
        (line(user="-"), "nobody was signed in"),
        (line(user="-", agent="Googlebot/2.1"), "a bot"),
        (line("/static/app.9f2c.css?v=3"), "a static file"),
        (line("/internal/alive", user="-"), "a health check"),
        (line("/", user="-", agent="kube-probe/1.31"), "a health check"),
        (line("/index.php?module=Accounts&action=ListView"), "no URL rule is for this address"),
        (line("/index.php?module=Accounts&action=DetailView&record="), "no URL rule is for this address"),
        (AT + '"\\x16\\x03\\x01\\x02" 400 150 "-" "-"\n', "no request of HTTP"),
        (AT + '"-" 408 0 "-" "-"\n', "no request of HTTP"),
    ],
)  # fmt: skip
def test_what_showed_nobody_anything_is_counted_by_its_reason(asked, row, why):
    found = asked(row)
    assert not found.items
    assert found.tally.not_mapped == {why: 1}


def test_a_page_that_the_browser_showed_again_is_an_opening(asked):
    assert asked(line(status=304)).events[0].type == "record.viewed"


def test_a_part_of_an_export_is_an_export(asked):
    assert asked(line("/export/leads.csv", status=206)).events[0].type == "export.created"


def of_rule(told: str) -> Mapping:
    """The rules, the first one with another line."""
    return parse_mapping(MAPPING.replace('type = "record.viewed"', told, 1), "web.toml")


def in_web(told: str) -> Mapping:
    return parse_mapping(MAPPING.replace("[web]\n", f"[web]\n{told}\n"), "web.toml")


def test_what_a_script_fetched_under_an_agents_name_was_served_and_not_opened(asked):
    [event] = asked(line(agent="python-requests/2.32")).events
    assert (event.type, event.subject) == ("record.served", "L-20931")
    assert event.data == {"agent": "a-1", "record_kind": "lead", "via": "list", "surface": "api"}


def test_a_thousand_records_fetched_by_a_script_are_a_thousand_exposures_and_no_opening(asked):
    rows = [line(f"/leads/L-{n}", agent="curl/8.5") for n in range(1_000)]
    found = asked(*rows).events
    assert {event.type for event in found} == {"record.served"}
    assert len({event.subject for event in found}) == 1_000


@pytest.mark.parametrize(
    "path", ["/api/leads/L-7", "/crm/rest/v1/leads/L-7", "/odata.svc/leads/L-7", "/API/leads/L-7"]
)
def test_data_for_programs_is_served_whatever_asks_for_it(asked, path):
    told = MAPPING.replace('path = "/leads/{record}"', 'path = "/**/leads/{record}"', 1)
    [event] = asked(line(path), by=parse_mapping(told, "web.toml")).events
    assert (event.type, event.subject, event.data["surface"]) == ("record.served", "L-7", "api")


def test_the_mapping_says_which_paths_are_data(asked):
    own = in_web('api = ["/leads/**"]')
    assert asked(line(), by=own).events[0].type == "record.served"
    none = parse_mapping(MAPPING.replace('path = "/leads/{record}"', 'path = "/api/leads/{record}"'), "w")
    assert asked(line("/api/leads/L-1"), by=none).events[0].type == "record.served"
    none = parse_mapping(none_of(MAPPING), "w")
    assert asked(line("/api/leads/L-1"), by=none).events[0].type == "record.viewed"


def none_of(mapping: str) -> str:
    told = mapping.replace('path = "/leads/{record}"', 'path = "/api/leads/{record}"')
    return told.replace("[web]\n", "[web]\napi = []\n")


def test_a_page_that_fetches_its_record_itself_is_opened_where_the_rule_says_so(asked):
    told = 'type = "record.viewed"\nopened = true'
    page = parse_mapping(
        MAPPING.replace(
            'path = "/leads/{record}"\ntype = "record.viewed"', f'path = "/api/leads/{{record}}"\n{told}'
        ),
        "web.toml",
    )
    assert asked(line("/api/leads/L-1"), by=page).events[0].type == "record.viewed"
    assert asked(line("/api/leads/L-1", agent="curl/8.5"), by=page).events[0].type == "record.served"
    with pytest.raises(BadInput, match=r"opened is for record\.viewed"):
        asked(line(), by=of_rule('type = "contact.revealed"\nopened = true'))


def test_a_program_in_which_people_look_at_records_opens_them(asked):
    app = in_web('apps = ["okhttp/4"]')
    assert asked(line(agent="okhttp/4.12.0"), by=app).events[0].type == "record.viewed"
    assert asked(line(agent="okhttp/3.1"), by=app).events[0].type == "record.served"


def test_a_page_without_what_it_asks_for_itself_was_served_alone(asked):
    """A script that calls itself a browser fetches the page, and nothing that the page would ask for."""
    told = """
[[web.url]]
path = "/leads/*/timeline.json"
referer = "/leads/{record}"
type = "record.viewed"
opened = true
data = { record_kind = "lead", via = "list" }
"""
    both = parse_mapping(MAPPING.replace('type = "record.viewed"', 'type = "record.served"', 1) + told, "w")
    page, part = line("/leads/L-1"), line("/leads/L-1/timeline.json")
    asking = part.replace("https://crm.example.test/leads", "https://crm.example.test/leads/L-1?tab=2")
    types = [(event.type, event.subject) for event in asked(page, asking, by=both).events]
    assert types == [("record.served", "L-1"), ("record.viewed", "L-1")]
    assert [event.type for event in asked(page, by=both).events] == ["record.served"]
    assert asked(part, by=both).tally.not_mapped == {"no URL rule is for this address": 1}
    junk = part.replace("https://crm.example.test/leads", "https://x/%ff%fe")
    assert asked(junk, by=both).tally.not_mapped == {"no URL rule is for this address": 1}


def test_a_record_named_by_path_and_page_is_refused(asked):
    with pytest.raises(BadInput, match=r"path and referer both name"):
        asked(line(), by=of_rule('type = "record.viewed"\nreferer = "/page/{record}"'))
    with pytest.raises(BadInput, match="does not begin with /"):
        asked(line(), by=of_rule('type = "record.viewed"\nreferer = "https://crm.example.test/"'))


def test_a_page_fetched_ahead_was_served_and_not_opened(asked):
    ahead = json_line(http_sec_purpose="prefetch;prerender")
    [event] = asked(ahead).events
    assert (event.type, event.subject) == ("record.served", "L-20931")
    assert "seen" not in event.data
    lists = json_line(http_sec_purpose="prefetch", request_uri="/leads")
    assert asked(lists).tally.not_mapped == {"fetched ahead by the browser": 1}


def test_json_lines_are_read_with_nginxs_names(asked):
    [event] = asked(json_line(status=200)).events
    assert event.id == "0f4f2a9c5d1e4b7f8a6b3c2d1e0f9a8b"
    assert (event.data["agent"], rfc3339(event.time)) == ("a-1", "2026-03-02T09:14:03Z")


CADDY = {
    "level": "info", "ts": 1772442843.5, "logger": "http.log.access", "msg": "handled request",
    "request": {"method": "GET", "uri": "/leads/L-20931", "host": "crm.example.test",
                "headers": {"User-Agent": [BROWSER]}},
    "user_id": "cleo", "status": 200, "size": 5316,
}  # fmt: skip


def test_json_lines_of_another_server_are_read_by_their_fields(asked):
    fields = """
    [web.fields]
    request_method = "request.method"
    request_uri = "request.uri"
    remote_user = "user_id"
    msec = "ts"
    http_user_agent = 'request.headers."User-Agent"'
    """
    [event] = asked(json.dumps(CADDY) + "\n", by=rules(fields)).events
    assert (event.data["agent"], rfc3339(event.time)) == ("a-3", "2026-03-02T09:14:03.500000Z")


def test_any_format_of_nginx_is_read_as_it_stands_in_its_configuration(asked):
    form = '$host $remote_addr [$time_local] "$request" $status $upstream_http_x_user rt=$request_time'
    mapping = MAPPING.replace("[web]", f"[web]\nformat = '{form}'").replace(
        "remote_user", "upstream_http_x_user"
    )
    row = 'crm 10.0.3.17 [02/Mar/2026:11:14:03 +0200] "GET /leads/L-9 HTTP/2.0" 200 emil rt=0.004\n'
    [event] = asked(row, by=parse_mapping(mapping, "web.toml")).events
    assert (event.subject, event.data["agent"]) == ("L-9", "a-5")


def test_a_cookie_stands_in_no_event_but_its_hash_may(asked):
    agent = 'field = "cookie_sid"\nhash = true\nunlisted = "session-"'
    mapping = parse_mapping(MAPPING.replace('field = "remote_user"', agent), "web.toml")
    [event] = asked(json_line(cookie_sid="s3cr3t-token"), by=mapping).events
    assert event.data["agent"] == "session-" + sha256(b"s3cr3t-token").hexdigest()[:20]
    assert "s3cr3t" not in canonical(event).decode()


def test_another_host_of_the_same_server_is_not_this_crm(asked):
    mapping = rules().own["web"] | {"hosts": ["crm.example.test"]}
    by = parse_mapping(MAPPING.replace("[web]", f"[web]\nhosts = {json.dumps(mapping['hosts'])}"), "web.toml")
    assert asked(json_line(host="shop.example.test"), by=by).tally.not_mapped == {"another host": 1}
    assert len(asked(json_line(host="CRM.example.test"), by=by).events) == 1


def test_a_user_name_made_up_like_a_line_does_not_pass_for_one(asked):
    forged = 'x [02/Mar/2026:11:00:00 +0200] "GET /leads/L-1 HTTP/1.1" 200 5 "-" "-" '
    found = asked(line(user="anna " + forged, status=401))
    assert not found.events
    assert found.tally.not_mapped == {"refused or failed": 1}
    accepted = asked(line(user="anna " + forged))
    assert "is nobody's" in accepted.aside[0].reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nonsense\n", "is not a line of this log format"),
        (line(at="02/Foo/2026:11:14:03 +0200"), "never was"),
        (line(at="2026-03-02 11:14:03"), "is not like 02/Mar/2026"),
        (line("/leads/%FF"), "the path is not UTF-8"),
        (line("/index.php?module=Accounts&action=DetailView&record=1&record=2"), "names record twice"),
        (line("/search?q=%FF%FE"), "the query cannot be read"),
        ('{"request_uri": "/leads/1", \n', "not JSON"),
        (json_line(time_iso8601="2026-03-02T11:14:03"), "has no zone"),
    ],
)  # fmt: skip
def test_a_bad_line_is_set_aside_alone(asked, row, reason):
    found = asked(line(), row, line("/leads/L-2"))
    assert len(found.events) == 2
    [aside] = found.aside
    assert reason in aside.reason
    assert (aside.place, aside.raw) == ("access.log:2", row.rstrip("\n"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("[web]\n", "has no [[web.url]]"),
        ('[web]\nx = 1\n[[web.url]]\npath = "/a"\ntype = "list.viewed"', "key 'x' is unknown"),
        ('[[web.url]]\npath = "/a"\ntype = "record.viewed"', "has no {record}"),
        ('[[web.url]]\npath = "/a"\ntype = "call.ended"', "is no request's"),
        ('[[web.url]]\npath = "a"\ntype = "list.viewed"', "does not begin with /"),
        ('[[web.url]]\npath = "/{record}"\ntype = "contact.revealed"', "needs data.field"),
        ('[[web.url]]\npath = "/{record}"\ntype = "record.viewed"\ndata = { via = "magic" }', "is none of"),
        ('[[web.url]]\npath = "/{record}/{record}"\ntype = "record.viewed"', "names something twice"),
        ('[[web.url]]\npath = "/**/**/*/x"\ntype = "list.viewed"', "more than two *"),
        ('[web]\nformat = "$status"\n[[web.url]]\npath = "/a"\ntype = "list.viewed"', "has no $request"),
        ('[web]\nfields = { s = "a[" }\n[[web.url]]\npath = "/a"\ntype = "list.viewed"', "is no JMESPath"),
        ('[[web.url]]\npath = "/a"\ntype = "list.viewed"\ndata = { x = 2026-01-01 }', "is no text, number"),
        ('[web.agent]\nkind = "x"\n[[web.url]]\npath = "/a"\ntype = "list.viewed"', "kind 'x' is unknown"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_its_place(asked, wrong, why):
    mapping = parse_mapping(f'connector = "access-log"\nsource = "/w"\n{wrong}', "web.toml")
    with pytest.raises(BadInput) as refused:
        asked(line(), by=mapping)
    assert why in str(refused.value)
    assert "web.toml [web]" in str(refused.value)


def test_without_rules_the_page_that_explains_them_is_named(told):
    with pytest.raises(BadInput, match="connect-access-logs"):
        told(line(), "access.log")


def test_what_is_said_to_be_given_is_what_rules_may_say():
    assert set(requests_told.GIVEN) == {*requests_told.url_rules.TYPES}
