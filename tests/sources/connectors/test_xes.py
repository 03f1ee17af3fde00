"""XES: every event of every trace is read, streamed; what nobody did is set aside; broken XML says where."""

from __future__ import annotations

import gzip

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources import streams
from viewtrail.sources.mapping import parse_mapping

LOG = '<?xml version="1.0" encoding="UTF-8" ?>\n<log xmlns="http://www.xes-standard.org/">\n'


def step(name: str, moment: str, who: str | None = "10912", transition: str = "COMPLETE") -> str:
    person = f'<string key="org:resource" value="{who}"/>' if who else ""
    return (
        f'<event>{person}<string key="concept:name" value="{name}"/>'
        f'<string key="lifecycle:transition" value="{transition}"/>'
        f'<date key="time:timestamp" value="2011-10-01T{moment}+02:00"/></event>\n'
    )


def trace(record: str, *steps: str) -> str:
    return f'<trace><string key="concept:name" value="{record}"/>\n{"".join(steps)}</trace>\n'


DAY = (
    LOG
    + '<global scope="event"><string key="concept:name" value="UNKNOWN"/></global>'
    + trace(
        "173688",
        step("A_SUBMITTED", "00:38:44.546", "112"),
        step("W_Completeren aanvraag", "00:39:38.875", "112", "SCHEDULE"),
        step("W_Completeren aanvraag", "11:36:46.437", None, "START"),
        step("O_SENT", "11:45:13.917"),
    )
    + trace(
        "173691",
        step("W_Nabellen offertes", "12:15:41.290", transition="START"),
        step("W_Nabellen offertes", "12:17:08.924"),
    )
    + "</log>"
)


def test_each_step_is_the_event_that_it_shows(told):
    found = told(DAY, "loans.xes")
    assert [(event.type, event.subject, event.data["agent"]) for event in found.events] == [
        ("status.changed", "173688", "112"),
        ("record.updated", "173688", "112"),
        ("status.changed", "173688", "10912"),
        ("record.viewed", "173691", "10912"),
        ("task.completed", "173691", "10912"),
    ]
    first, scheduled, sent, opened, done = found.events
    assert first.data == {"agent": "112", "actor_kind": "system", "field": "A", "to": "A_SUBMITTED"}
    assert scheduled.data["fields"] == ["work item: SCHEDULE"]
    assert (sent.data["field"], sent.data["to"]) == ("O", "O_SENT")
    assert opened.data["seen"] == "unknown"
    assert opened.time == 1317464141290000
    assert done.data["task"] == "W_Nabellen offertes"


def test_a_step_that_names_nobody_is_set_aside_with_its_place_and_all_it_said(told):
    [aside] = told(DAY, "loans.xes").aside
    assert aside.place == "loans.xes trace 1 event 3"
    assert aside.reason == "no org:resource: nobody is named as who did it"
    assert '"trace:concept:name": "173688"' in aside.raw


def test_a_mapping_says_otherwise(told):
    mapping = parse_mapping(
        """
connector = "loans"
source = "/loans"
absent = ["112"]
id_from = ["trace:concept:name", "concept:name", "lifecycle:transition", "time:timestamp"]
[time]
column = "time:timestamp"
[[event]]
type = "client.contacted"
when = { "concept:name" = "A_SUBMITTED" }
subject = { column = "trace:concept:name", prefix = "loan-" }
data.channel = { const = "other" }
""",
        "map.toml",
    )
    found = told(DAY, "loans.xes", mapping)
    assert [event.subject for event in found.events] == ["loan-173688"]
    assert sum(found.tally.not_mapped.values()) == 5


def test_appended_and_overlapping_logs_give_the_same_ids(told):
    whole = told(DAY, "loans.xes")
    half = told(LOG + trace("173691", step("W_Nabellen offertes", "12:17:08.924")) + "</log>", "b.xes")
    assert half.ids == whole.ids[-1:]
    twice = told(LOG + trace("1", *[step("O_SENT", "11:45:13.917")] * 2) + "</log>", "c.xes")
    assert len(set(twice.ids)) == 2


@pytest.mark.parametrize("size", [1, 13, 1 << 20])
def test_any_size_of_blocks_gives_the_same_items(told, monkeypatch, size):
    whole = told(DAY, "loans.xes")
    monkeypatch.setattr(streams, "BLOCK", size)
    assert told(DAY, "loans.xes").items == whole.items
    assert told(gzip.compress(DAY.encode()), "loans.xes").items == whole.items


def test_broken_xml_gives_what_came_before_and_the_line(told):
    broken = DAY[: DAY.index("<trace>", DAY.index("173688"))]
    found = told(broken + "<trace><event></oops>", "loans.xes")
    assert len(found.events) == 3
    assert found.aside[-1].place.startswith("loans.xes:")
    assert "nothing after this place is read" in found.aside[-1].reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<!DOCTYPE log [<!ENTITY a "b">]><log/>', "declares a document type or entities"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "declares a document type or entities"),
        ("<log", "is not readable XES"),
        ("no xml", "is not readable XES"),
    ],
)
def test_what_is_no_xes_or_hides_things_is_refused(told, text, message):
    with pytest.raises(BadInput, match=message):
        told(text, "loans.xes")


def test_steps_that_lack_a_record_or_a_time_are_set_aside(told):
    nameless = f"<trace>{step('O_SENT', '11:45:13.917')}</trace>"
    timeless = trace("1", step("O_SENT", "").replace("2011-10-01T+02:00", ""))
    found = told(LOG + nameless + timeless + "</log>", "loans.xes")
    assert ["has no subject" in aside.reason for aside in found.aside] == [True, False]
    assert "time:timestamp is empty" in found.aside[1].reason
