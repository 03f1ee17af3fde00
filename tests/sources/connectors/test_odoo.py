"""Odoo's audit log: a form is an opening, the rows of a list are only served, and values are never read."""

from __future__ import annotations

import json

import pytest

from sources.crms import PEOPLE, audited, field_line, lines, table
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.mapping import parse_mapping


@pytest.fixture
def audit(told):
    def read(*rows: dict, text: str = "", name: str = "audit.json", more: str = ""):
        mapping = parse_mapping(f'connector = "odoo"\nsource = "/odoo"\n{more}', "o.toml") if more else None
        return told(text or lines(*rows), name, mapping, "odoo", PEOPLE)

    return read


def test_a_form_is_an_opening_of_a_record_that_is_model_and_id(audit):
    [event] = audit(audited()).events
    assert (event.type, event.subject) == ("record.viewed", "crm.lead,20931")
    assert rfc3339(event.time) == "2026-03-02T07:14:03Z"
    assert event.data == {"agent": "a-1", "record_kind": "lead", "seen": "unknown"}
    assert audit(audited(path="/web/dataset/call_kw/crm.lead/read")).events[0].type == "record.viewed"


@pytest.mark.parametrize(
    "path", ["/web/dataset/call_kw/crm.lead/web_search_read", "/web/dataset/search_read"]
)
def test_a_page_of_a_list_is_no_opening_of_its_eighty_records(audit, path):
    page = [audited(600 + n, path, res_id=n) for n in range(80)]
    found = audit(*page).events
    assert {event.type for event in found} == {"record.served"}
    assert found[0].data == {"agent": "a-1", "record_kind": "lead", "via": "list", "list": "crm.lead"}


@pytest.mark.parametrize(
    "path",
    ["", "/jsonrpc", "/web/dataset/call_kw/sale.order/web_read", "/web/dataset/call_kw/crm.lead/action_x"],
)
def test_a_read_that_no_form_of_the_record_made_is_only_served(audit, path):
    [event] = audit(audited(path=path)).events
    assert event.type == "record.served"
    assert "via" not in event.data


def test_two_models_number_alike_and_are_two_records(audit):
    lead, partner = audit(audited(1), audited(2, model_model="res.partner")).events
    assert lead.subject != partner.subject


def test_changes_are_told_and_never_as_openings(audit):
    found = audit(audited(1, method="write"), audited(2, method="create"), audited(3, method="unlink")).events
    assert [event.type for event in found] == ["record.updated", "record.created", "status.changed"]


@pytest.mark.parametrize("owner", ["(7, 'Anna Christou')", "[7, 'Anna Christou']", "7"])
def test_a_new_owner_in_a_line_is_an_assignment_and_no_name_is_read(audit, owner):
    [event] = audit(field_line(new_value=owner)).events
    assert (event.type, event.subject) == ("record.assigned", "crm.lead,20931")
    assert event.data == {"agent": "a-1", "to": "a-1", "from": "a-2"}
    assert not any(word in canonical(event) for word in (b"Christou", b"Odysseos", b"Georgiou"))


def test_an_owner_who_is_taken_off_and_one_whom_nobody_knows(audit):
    [event] = audit(field_line(new_value="False")).events
    assert event.data == {"agent": "a-1", "from": "a-2"}
    assert "user '99' is nobody's" in audit(field_line(new_value="(99, 'Eve')")).aside[0].reason
    assert audit(field_line(old_value="(99, 'Eve')")).events[0].data == {"agent": "a-1", "to": "a-1"}


def test_a_new_stage_is_a_change_of_status(audit):
    line = {"field_name": "stage_id", "old_value": "(1, 'New')", "new_value": "(3, 'Qualified')"}
    [event] = audit(field_line(**line)).events
    assert (event.type, event.data) == (
        "status.changed",
        {"agent": "a-1", "field": "stage_id", "from": "1", "to": "3"},
    )
    state = field_line(field_name="state", old_value="draft", new_value="sale")
    assert audit(state).events[0].data["to"] == "sale"
    words = field_line(field_name="state", old_value="Eleni Georgiou", new_value="sale")
    assert "from" not in audit(words).events[0].data


def test_other_lines_are_told_by_their_log_row(audit):
    rows = [field_line(1, field_name="phone"), field_line(2, method="read")]
    assert audit(*rows).tally.not_mapped == {"one field of a change, which its log row tells": 2}


def test_an_export_is_one_with_the_records_that_it_lists(audit):
    row = audited(method="export_data", res_id=0, res_ids="[20931, 20932, 20933]", path="/web/export/xlsx")
    [event] = audit(row).events
    assert event.data["rows"] == 3
    assert event.data["records"] == ["crm.lead,20931", "crm.lead,20932", "crm.lead,20933"]


def test_an_export_with_a_row_for_each_record_is_one_too(audit):
    rows = [audited(n, "/web/export/csv", method="export_data", res_id=n) for n in range(3)]
    found = audit(*rows).events
    assert len(found) == 3
    assert len({event.id for event in found}) == len(set(map(canonical, found))) == 1
    assert found[0].data == {"agent": "a-1", "list": "crm.lead"}


def test_the_table_itself_and_an_export_say_the_same(audit):
    path = "/web/dataset/call_kw/crm.lead/web_read"
    plain = {name: cell for name, cell in audited().items() if name not in ("user_id", "http_request_id")}
    assert (
        audit(text=table(plain | {"user_id": 7, "path": path}), name="a.csv").events
        == audit(audited()).events
    )
    exported = plain | {"user_id/.id": 7, "user_id": "Anna Christou", "http_request_id/name": path}
    assert audit(text=table(exported), name="a.csv").events == audit(audited()).events


def test_an_answer_of_json_rpc_is_read_as_it_is(audit):
    for result in ([audited()], {"length": 1, "records": [audited()]}):
        answer = json.dumps({"jsonrpc": "2.0", "id": 1, "result": result})
        assert audit(text=answer).events == audit(audited()).events


def test_an_export_in_the_users_zone_is_read_in_the_zone_that_is_named(audit):
    more = '[time]\ntime_zone = "Europe/Nicosia"\n[crm]\n'
    [event] = audit(audited(create_date="2026-03-02 09:14:03"), more=more).events
    assert rfc3339(event.time) == "2026-03-02T07:14:03Z"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (audited(model_model="mail.message"), "not about a record of ours: mail.message"),
        (audited(user_id=[1, "OdooBot"]), "nobody's: the system itself or a guest"),
        (audited(method="copy"), "method copy is not read"),
    ],
)
def test_what_is_none_of_it_is_counted(audit, row, why):
    assert audit(row).tally.not_mapped == {why: 1}


def test_a_bad_row_is_set_aside_alone(audit):
    found = audit(audited(1, create_date=False), audited(2), audited(3, user_id=False))
    assert [item.reason for item in found.aside] == ["create_date is empty", "names no user"]
    assert len(found.events) == 1
