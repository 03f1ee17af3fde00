"""A mapping file: what a row becomes, and what a wrong mapping says about itself."""

from __future__ import annotations

import pytest

from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources import read_mapping
from viewtrail.sources.mapping import parse_mapping

HEAD = """
connector = "pbx"
source = "/pbx"
id = "id"
[time]
column = "at"
"""
CALL = """
[[event]]
type = "call.ended"
agent = "who"
subject = "lead"
"""


def mapped(told, cells: dict[str, str], event: str = CALL, head: str = HEAD):
    row = {"id": "1", "at": "2026-03-02T09:00:00Z", "who": "a-1", "lead": "L-1"} | cells
    text = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
    return told(text, "calls.csv", parse_mapping(head + event, "map.toml"))


@pytest.mark.parametrize(
    ("unit", "cell", "ms"),
    [
        ("seconds", "6", 6_000),
        ("seconds", "6.5", 6_500),
        ("milliseconds", "650", 650),
        ("minutes", "1.5", 90_000),
        ("hours", "0.5", 1_800_000),
        ("hh:mm:ss", "1:02:03", 3_723_000),
        ("hh:mm:ss", "02:03.5", 123_500),
    ],
)
def test_durations_are_read_in_their_unit(told, unit, cell, ms):
    event = CALL + f'data.talk_s = {{ column = "long", unit = "{unit}" }}'
    assert mapped(told, {"long": cell}, event).events[0].data["talk_ms"] == ms


def test_a_bad_duration_names_its_column_and_the_row_is_set_aside(told):
    event = CALL + 'data.talk_s = { column = "long", unit = "seconds" }'
    [aside] = mapped(told, {"long": "6s"}, event).aside
    assert (aside.place, aside.reason) == ("calls.csv:2", "long '6s' is not a number of seconds")


@pytest.mark.parametrize(
    ("how", "cell", "seconds"),
    [
        ('unit = "seconds"', "12,5", 12.5),
        ('unit = "minutes"', "1,5", 90),
        ("number = true", "1.234,5", 1_234.5),
        ("number = true", "-1", -1),
        ("number = true", "12", 12),
    ],
)
def test_numbers_with_a_decimal_comma_are_read_where_the_mapping_says_so(told, how, cell, seconds):
    event = CALL + f'data.talk_s = {{ column = "long", {how}, decimal = "," }}'
    done = mapped(told, {"long": cell}, event)
    if seconds >= 0:
        assert done.events[0].data["talk_ms"] == seconds * 1_000
    else:
        assert "is below 0 seconds" in done.aside[0].reason


@pytest.mark.parametrize("how", ['unit = "seconds"', "number = true"])
def test_a_decimal_comma_is_never_guessed_and_the_reason_says_what_to_write(told, how):
    event = CALL + f'data.talk_s = {{ column = "long", {how} }}'
    [aside] = mapped(told, {"long": "12,5"}, event).aside
    assert 'add decimal = ","' in aside.reason
    point = CALL + f'data.talk_s = {{ column = "long", {how}, decimal = "," }}'
    [aside] = mapped(told, {"long": "12.5"}, point).aside
    assert "'12.5' is not a number" in aside.reason


def test_words_become_other_words_or_true_and_false(told):
    event = CALL + 'data.answered = { column = "how", values = { ANSWERED = true, BUSY = false } }'
    assert mapped(told, {"how": "BUSY"}, event).events[0].data["answered"] is False
    assert "is none of ANSWERED, BUSY" in mapped(told, {"how": "?"}, event).aside[0].reason
    kind = event.replace("BUSY = false }", "BUSY = false }, otherwise = false")
    assert mapped(told, {"how": "?"}, kind).events[0].data["answered"] is False


@pytest.mark.parametrize(
    ("mark", "cell", "amount"), [(".", "1,250.00", "1250.00"), (",", "-1.250,5", "-1250.5"), (".", "7", "7")]
)
def test_amounts_are_kept_as_written_without_their_grouping(told, mark, cell, amount):
    event = CALL.replace("call.ended", "deposit.processed")
    event += f'data.amount = {{ column = "sum", amount = "{mark}" }}\ndata.currency = {{ const = "EUR" }}'
    assert mapped(told, {"sum": cell}, event).events[0].data["amount"] == amount


def test_prefixes_lists_numbers_and_times(told):
    event = """
[[event]]
type = "list.viewed"
agent = { column = "who", prefix = "crm:" }
data.records = { column = "shown", split = "," }
data.rows = { column = "n", number = true }
"""
    data = mapped(told, {"shown": "L-1, L-2", "n": "2"}, event).events[0].data
    assert data == {"agent": "crm:a-1", "records": ["L-1", "L-2"], "rows": 2}
    due = CALL.replace("call.ended", "task.due") + 'data.due_at = { column = "due", time = true }'
    assert mapped(told, {"due": "2026-03-02T09:00:01Z"}, due).events[0].data["due_at"] == 1772442001000000


def test_empty_and_absent_words_are_not_told(told):
    event = CALL + 'data.talk_s = { column = "long", unit = "seconds" }'
    found = mapped(told, {"long": "-", "lead": ""}, event, 'absent = ["-"]\n' + HEAD)
    assert found.events[0].data == {"agent": "a-1"}
    assert found.events[0].subject is None


def test_one_row_may_tell_of_an_opening_and_its_end(told):
    head = HEAD.replace('id = "id"\n', "")
    event = """
[[event]]
name = "opened"
type = "record.viewed"
subject = "lead"
agent = "who"

[[event]]
name = "left"
type = "record.left"
time = "until"
subject = "lead"
agent = "who"
data.view = { view_of = "opened" }
data.dwell_s = { column = "until", minus = "at" }
"""
    found = mapped(told, {"until": "2026-03-02T10:00:02+01:00"}, event, head)
    opened, left = found.events
    assert left.data == {"agent": "a-1", "view": f"/pbx#{opened.id}", "dwell_ms": 2_000}
    assert left.time - opened.time == 2_000_000
    assert (found.tally.kept, found.tally.events) == (1, 2)
    [aside] = mapped(told, {"until": "2026-03-02T08:00:00Z"}, event, head).aside
    assert aside.reason == "until is before at"


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        ('{ how = "in" }', True),
        ('{ how = ["out", "in"] }', True),
        ('{ how = "out" }', False),
        ('{ how = { not = "out" } }', True),
        ('{ how = { starts = ["i"] } }', True),
        ('{ how = { not_starts = "i" } }', False),
        ("{ how = { present = false } }", False),
        ('{ how = "in", who = "a-2" }', False),
        ("{}", True),
    ],
)
def test_only_rows_that_meet_all_conditions_give_the_event(told, when, kept):
    found = mapped(told, {"how": "in"}, CALL + f"when = {when}")
    assert len(found.events) == kept
    assert sum(found.tally.not_mapped.values()) == (not kept)


def test_rows_are_skipped_or_set_aside_for_a_stated_reason_and_counted(told):
    rules = '[[skip]]\nwhen = { who = "bot" }\nwhy = "a health check"\n'
    rules += '[[set_aside]]\nwhen = { who = "?" }\nwhy = "nobody is named"\n'
    assert mapped(told, {"who": "bot"}, rules + CALL).tally.not_mapped == {"a health check": 1}
    assert mapped(told, {"who": "?"}, rules + CALL).aside[0].reason == "nobody is named"


def test_the_automatic_system_is_no_human(told):
    found = mapped(told, {"who": "112"}, head='system_agents = ["112"]\n' + HEAD)
    assert found.events[0].data["actor_kind"] == "system"


def test_columns_for_the_detail_are_kept_apart(told):
    found = mapped(told, {"queue": "5"}, head='detail = ["queue"]\n' + HEAD)
    assert found.events[0].extra == {"data": {"row": {"queue": "5"}}}


@pytest.mark.parametrize(
    ("form", "cell", "utc"),
    [
        ("iso", "2026-03-02 09:00:00", "2026-03-02T07:00:00Z"),
        ("iso", "2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00Z"),
        ("%d.%m.%Y %H:%M", "2.3.2026 09:00", "2026-03-02T07:00:00Z"),
        ("%d-%b-%y %I:%M %p", "02-Mar-26 09:00 PM", "2026-03-02T19:00:00Z"),
        ("epoch", "1772442000", "2026-03-02T09:00:00Z"),
        ("epoch-ms", "1772442000000", "2026-03-02T09:00:00Z"),
        ("epoch-us", "1772442000000000", "2026-03-02T09:00:00Z"),
    ],
)
def test_times_are_read_in_their_format_and_zone(told, form, cell, utc):
    head = HEAD + f'format = "{form}"\ntime_zone = "Europe/Nicosia"\n'
    assert rfc3339(mapped(told, {"at": cell}, head=head).events[0].time) == utc


def test_the_hour_that_comes_twice_is_asked_about_and_the_missing_one_refused(told):
    head = HEAD + 'time_zone = "Europe/Amsterdam"\n'
    twice, never = {"at": "2026-10-25 02:30:00"}, {"at": "2026-03-29 02:30:00"}
    assert "was twice in Europe/Amsterdam; say which" in mapped(told, twice, head=head).aside[0].reason
    first = mapped(told, twice, head=head + 'ambiguous = "first"').events[0].time
    second = mapped(told, twice, head=head + 'ambiguous = "second"').events[0].time
    assert second - first == 3_600_000_000
    assert "never was in Europe/Amsterdam" in mapped(told, never, head=head).aside[0].reason


def test_a_zone_that_the_file_has_wrong_is_overruled(told):
    head = HEAD + 'time_zone = "Asia/Jerusalem"\noverrule_zone = true\n'
    right = mapped(told, {"at": "2026-01-02T07:00:00+02:00"}).events[0].time
    assert mapped(told, {"at": "2026-01-02T07:00:00Z"}, head=head).events[0].time == right


def test_a_time_without_zone_says_what_to_do(told):
    reason = mapped(told, {"at": "2026-03-02 09:00:00"}).aside[0].reason
    assert reason == "time 2026-03-02 09:00:00 has no zone; name it: time_zone in [time]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "is not TOML"),
        (HEAD, r"has no \[\[event\]\]"),
        (CALL, "has no time"),
        (CALL + 'time = "at"', "connector is missing"),
        (HEAD + CALL + "colour = 1", "key 'colour' is unknown"),
        ("colour = 1\n" + HEAD + CALL, "key 'colour' is unknown"),
        (HEAD + 'time_zone = "Cyprus"' + CALL, "time_zone 'Cyprus' is unknown"),
        (HEAD + "overrule_zone = true" + CALL, "needs time_zone"),
        (HEAD + 'ambiguous = "maybe"' + CALL, "is none of"),
        (HEAD + CALL.replace("call.ended", "call.hidden"), "not in the vocabulary"),
        (HEAD + CALL + CALL, "a second .* without a name"),
        (HEAD + CALL + 'name = "a"' + CALL + 'name = "a"', "stands twice"),
        ('delimiter = "::"\n' + HEAD + CALL, "not one character"),
        ('encoding = "ebcdic"\n' + HEAD + CALL, "encoding 'ebcdic' is unknown"),
        ('id_from = ["at"]\n' + HEAD + CALL, "both id and id_from"),
        ('event = 1\nconnector = "a"\nsource = "b"', "not a list of tables"),
        (HEAD + CALL + "data = 1", "is not a table"),
        ("time = 1\n" + CALL, "is not a table"),
    ],
)
def test_a_wrong_mapping_says_where_it_is_wrong(text, message):
    with pytest.raises(BadInput, match=message) as error:
        parse_mapping(text, "map.toml")
    assert error.value.where.startswith("map.toml")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (CALL.replace('"lead"', '"client"'), "column 'client' is not in the file"),
        (CALL + 'data.talk_s = { column = "no" }', "column 'no' is not in the file"),
        (CALL + 'data.talk_s = { column = "at", unit = "days" }', "unit 'days' is unknown"),
        (CALL + 'data.talk_s = { column = "at", magic = 1 }', "does not understand magic"),
        (CALL + 'data.talk_s = { column = "at", unit = "hours", prefix = "a" }', "does not understand"),
        (CALL + 'data.talk_s = { column = "at", unit = "hours", decimal = ";" }', "names the decimal mark"),
        (CALL + 'data.talk_s = { column = "at", decimal = "," }', "decimal stands alone"),
        (CALL + 'data.talk_s = { column = "at", prefix = "a", decimal = "," }', "decimal stands alone"),
        (CALL + "data.talk_s = 5", "is no value"),
        (CALL + "data.talk_s = {}", "has neither column, const nor view_of"),
        (CALL + 'data.call = { view_of = "x" }', "which is no"),
        (CALL + "data.call = { const = 2026-01-01 }", "is no text, number"),
        (CALL + 'when = { no = "x" }', "column 'no' is not in the file"),
        (CALL + "when = { who = { like = 1 } }", "condition 'like' is unknown"),
        (CALL + 'time = { column = "at", minus = "at" }', "key 'minus' does not go"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_refused_at_once(told, event, message):
    with pytest.raises(BadInput, match=message) as error:
        mapped(told, {}, event)
    assert "map.toml" in error.value.where


def test_a_mapping_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match="cannot be opened"):
        read_mapping(tmp_path / "map.toml")
    (tmp_path / "map.toml").write_bytes(b"\xff")
    with pytest.raises(BadInput, match="is not UTF-8"):
        read_mapping(tmp_path / "map.toml")


def test_a_mapping_without_events_is_not_for_events_that_are_already_events(told):
    alone = parse_mapping('connector = "mine"\nsource = "/x"\n[calls]\ncountry = "CY"', "map.toml")
    with pytest.raises(BadInput, match="does not apply to jsonl"):
        told("{}", "a.jsonl", alone)
