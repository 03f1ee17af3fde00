"""Asterisk's call records: every layout, several rows a call, and nobody's call given to somebody else."""

from __future__ import annotations

from collections import Counter

import pytest

from sources.telephony import UNANSWERED, cdr, directory, mapping
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.sources.directory import MATCHED, NO_NUMBER, NOT_A_NUMBER, SHARED, UNKNOWN

INBOUND = {
    "src": "35799123456",
    "dst": "600",
    "dcontext": "from-trunk",
    "clid": '"99123456"',
    "channel": "PJSIP/trunk-cyta-00000020",
    "dstchannel": "PJSIP/212-00000021",
    "lastapp": "Queue",
}


@pytest.fixture
def calls(told, tmp_path):
    """Reads rows as this brokerage would."""
    who = directory(tmp_path)

    def read(*rows: str, more: str = "", **also):
        return told("".join(rows), "Master.csv", mapping(more=more), directory=who, **also)

    return read


def test_an_outgoing_call_has_its_agent_record_ring_and_talk(calls):
    [call] = calls(cdr()).events
    assert (call.type, call.subject, rfc3339(call.time)) == ("call.ended", "L-1", "2026-03-02T07:36:12Z")
    assert call.data == {
        "agent": "a-1",
        "call": "1772436843.1",
        "direction": "out",
        "answered": True,
        "ring_ms": 8_000,
        "talk_ms": 121_000,
        "cause": "answered",
    }
    assert call.id == "1772436843.1-211"


@pytest.mark.parametrize("columns", [16, 17, 18, 19, 20, 21])
def test_every_layout_is_read(calls, columns):
    found = calls(cdr(columns=columns))
    [call] = found.events
    assert (call.subject, call.data["agent"], call.data["talk_ms"]) == ("L-1", "a-1", 121_000)
    assert (call.data["call"] == "1772436843.1") is (columns > 16)


def test_seventeen_columns_may_end_with_a_field_that_is_no_id(calls):
    row = cdr(columns=17, uniqueid="spring list")
    [call] = calls(row).events
    assert call.data["call"] not in ("spring list", "1772436843.1")
    assert calls(row, row).tally.kept == 2


def test_one_file_may_change_its_layout_in_the_middle(calls):
    found = calls(cdr("1772436843.1", columns=18), cdr("1772436843.2", columns=21))
    assert len(found.events) == 2


@pytest.mark.parametrize(
    ("disposition", "answered"),
    [("ANSWERED", True), ("NO ANSWER", False), ("BUSY", False), ("FAILED", False), ("CONGESTION", False)],
)
def test_a_disposition_says_whether_it_was_answered(calls, disposition, answered):
    row = cdr(disposition=disposition) if answered else cdr(**UNANSWERED | {"disposition": disposition})
    [call] = calls(row).events
    assert call.data["answered"] is answered
    assert call.data["ring_ms"] == (8_000 if answered else 129_000)
    assert ("talk_ms" in call.data) is answered
    assert "ended_by" not in call.data


def test_an_unknown_disposition_stays_unknown(calls):
    [call] = calls(cdr(disposition="UNKNOWN", answer="", billsec=0)).events
    assert "answered" not in call.data
    assert "talk_ms" not in call.data
    assert "ring_ms" not in call.data


def test_a_call_that_reached_no_line_was_not_answered_whatever_prompt_was_played(calls):
    [call] = calls(cdr(dstchannel="", lastapp="Playback", answer="2026-03-02 09:34:03", billsec=9)).events
    assert (call.data["answered"], call.data["ring_ms"]) == (False, 0)
    assert "talk_ms" not in call.data


def test_a_call_through_passages_is_one_call_and_its_talk_counts_once(calls):
    first = cdr(dstchannel="Local/99123456@outbound-00000001;1")
    second = cdr(
        uniqueid="1772436843.3",
        linkedid="1772436843.1",
        channel="Local/99123456@outbound-00000001;2",
        start="2026-03-02 09:34:04",
    )
    found = calls(first, second)
    assert [call.data["talk_ms"] for call in found.events] == [121_000]
    assert found.tally.kept == 2


def test_a_queue_rings_many_and_only_who_took_the_call_is_told(calls):
    queue = INBOUND | {"lastapp": "Queue"}
    common = {"linkedid": "1772436843.9", "uniqueid": "1772436843.9"}
    rang = cdr(**queue | common | UNANSWERED | {"dstchannel": "PJSIP/211-00000022", "sequence": 1})
    took = cdr(
        **queue | common | {"sequence": 2, "start": "2026-03-02 09:35:00", "answer": "2026-03-02 09:35:00"}
    )
    found = calls(rang, rang, took)
    assert [(event.type, event.subject) for event in found.events] == [
        ("call.ended", "L-1"),
        ("client.contacted", "L-1"),
    ]
    call, contact = found.events
    assert (call.data["agent"], call.data["direction"], call.data["answered"]) == ("a-3", "in", True)
    assert "talk_ms" not in call.data, "the dialplan had answered: talk would hold the ringing"
    assert "agent" not in contact.data
    assert rfc3339(contact.time) == "2026-03-02T07:34:03Z"


def test_a_queue_whose_members_are_passages_knows_ring_and_talk(calls):
    queue = INBOUND | {"linkedid": "1772436843.9", "uniqueid": "1772436843.9"}
    caller = cdr(**queue | {"dstchannel": "Local/212@from-queue-00000004;1", "answer": "2026-03-02 09:34:03"})
    member = cdr(
        **queue
        | {
            "uniqueid": "1772436843.12",
            "channel": "Local/212@from-queue-00000004;2",
            "lastapp": "Dial",
            "start": "2026-03-02 09:34:20",
            "answer": "2026-03-02 09:34:26",
            "billsec": 106,
        }
    )
    [call, _] = calls(caller, member).events
    assert (call.data["ring_ms"], call.data["talk_ms"], call.subject) == (6_000, 106_000, "L-1")


def test_a_passage_that_was_optimised_away_makes_no_short_call(calls):
    queue = INBOUND | {"linkedid": "1772436843.9"}
    short = cdr(
        **queue
        | {
            "uniqueid": "1772436843.12",
            "channel": "Local/212@from-queue-00000004;2",
            "start": "2026-03-02 09:34:05",
            "answer": "2026-03-02 09:34:11",
            "end": "2026-03-02 09:34:12",
            "duration": 7,
            "billsec": 1,
        }
    )
    rest = cdr(
        **queue
        | {
            "uniqueid": "1772436843.9",
            "start": "2026-03-02 09:34:12",
            "answer": "2026-03-02 09:34:13",
            "billsec": 119,
        }
    )
    [call, _] = calls(short, rest).events
    assert call.data["talk_ms"] == 120_000


def test_a_transfer_is_the_call_of_both(calls):
    common = INBOUND | {"linkedid": "1772436843.9", "uniqueid": "1772436843.9", "lastapp": "Dial"}
    first = cdr(**common | {"dstchannel": "PJSIP/211-00000031", "end": "2026-03-02 09:34:31", "billsec": 20})
    second = cdr(**common | {"start": "2026-03-02 09:34:31", "answer": "2026-03-02 09:34:35", "billsec": 97})
    found = calls(first, second)
    ended = [event for event in found.events if event.type == "call.ended"]
    assert [(call.data["agent"], call.data["talk_ms"]) for call in ended] == [
        ("a-1", 20_000),
        ("a-3", 97_000),
    ]
    assert {call.data["call"] for call in ended} == {"1772436843.9"}
    assert Counter(event.type for event in found.events)["client.contacted"] == 1


def test_a_call_placed_by_the_system_for_an_agent_goes_out(calls):
    agent = cdr(
        channel="Local/211@dialer-00000003;2", dstchannel="PJSIP/211-00000041", dst="211", src="99654321"
    )
    client = cdr(
        uniqueid="1772436843.4",
        linkedid="1772436843.1",
        channel="Local/211@dialer-00000003;1",
        dst="99654321",
    )
    [call] = calls(agent, client).events
    assert (call.data["direction"], call.data["agent"], call.subject) == ("out", "a-1", "L-2")


def test_nobody_answering_is_the_clients_move_alone(calls):
    rang = cdr(**INBOUND | UNANSWERED)
    found = calls(rang)
    assert [(event.type, event.subject) for event in found.events] == [("client.contacted", "L-1")]
    stranger = calls(cdr(**INBOUND | UNANSWERED | {"src": "22999999"}))
    assert stranger.tally.not_mapped == {"nobody answered, and the caller is in no record": 1}


def test_calls_between_own_phones_and_to_services_are_counted_and_not_told(calls):
    found = calls(
        cdr(dst="212", dstchannel="PJSIP/212-00000051"),
        cdr("1772436843.2", dst="*97", dstchannel="", lastapp="VoiceMailMain"),
        cdr("1772436843.3", dst="600", dstchannel="", lastapp="Queue"),
        cdr("1772436843.4", channel="PJSIP/trunk-a-00000052", src="22999999"),
    )
    assert found.items == []
    assert found.tally.not_mapped == {
        "a call between own phones, or to a service of the telephone system": 3,
        "nobody answered, and the caller is in no record": 1,
    }


def test_a_hot_desk_is_whose_it_was_when_the_call_began(calls):
    morning = cdr(
        "1772436843.1", start="2026-03-02 11:59:59", answer="2026-03-02 12:00:05", end="2026-03-02 12:02:10"
    )
    noon = cdr(
        "1772436843.2", start="2026-03-02 12:00:00", answer="2026-03-02 12:00:05", end="2026-03-02 12:02:10"
    )
    assert [call.data["agent"] for call in calls(morning, noon).events] == ["a-1", "a-2"]


def test_a_phone_of_another_system_or_of_nobody_is_set_aside_with_its_place(calls):
    found = calls(
        cdr(),
        cdr("1772436843.2", channel="PJSIP/213-00000061"),
        cdr("1772436843.3", channel="PJSIP/299-00000062"),
    )
    assert [aside.place for aside in found.aside] == ["Master.csv:2", "Master.csv:3"]
    assert found.aside[1].reason.startswith("extension '299' is nobody's on 2026-03-02; import who holds it")
    assert "PJSIP/299-00000062" in found.aside[1].raw


def test_an_unlisted_phone_may_be_told_under_its_number(told, tmp_path):
    rules = mapping(text=mapping_text().replace('pbx = "hq"', 'pbx = "hq"\nunlisted = "ext-"'))
    [call] = told(
        cdr(channel="PJSIP/299-00000062"), "Master.csv", rules, directory=directory(tmp_path)
    ).events
    assert call.data["agent"] == "ext-299"


def mapping_text() -> str:
    from sources.telephony import MAPPING

    return MAPPING


def test_a_name_or_an_account_code_names_the_agent_too(calls):
    by_name = cdr(channel="PJSIP/alice-00000071", src="alice")
    by_code = cdr("1772436843.2", channel="PJSIP/9001-00000072", accountcode="212")
    assert [call.data["agent"] for call in calls(by_name, by_code).events] == ["a-4", "a-3"]


@pytest.mark.parametrize(
    ("dialled", "record", "why"),
    [
        ("99123456", "L-1", MATCHED),
        ("0035799123456", "L-1", MATCHED),
        ("+35799123456", "L-1", MATCHED),
        ("35799123456", "L-1", MATCHED),
        ("999123456", "L-1", MATCHED),  # 9 for the outside line
        ("99654321", "L-2", MATCHED),
        ("00442079460018", None, SHARED),
        ("004930901820", "L-5", MATCHED),
        ("4930901820", "L-5", MATCHED),
        ("0012125550142", "L-6", MATCHED),
        ("12125550142", "L-6", MATCHED),
        ("22333444", "L-7", MATCHED),
        ("22333445", None, UNKNOWN),
        ("02079460018", None, NOT_A_NUMBER),  # a London number as one dials it in London, dialled in Cyprus
    ],
)
def test_every_number_that_can_be_resolved_is_joined_and_none_wrongly(calls, dialled, record, why):
    found = calls(cdr(dst=dialled))
    [call] = found.events
    assert call.subject == record
    assert found.tally.joins == {why: 1}
    assert dialled not in str(call)
    assert "99123456" not in str(call)


def test_a_withheld_number_is_said_to_be_withheld(calls):
    found = calls(cdr(**INBOUND | {"src": "Anonymous"}))
    assert found.events[0].subject is None
    assert found.tally.joins == {NO_NUMBER: 1}


def test_a_call_without_a_record_can_be_joined_later_by_the_hash_in_its_sealed_detail(calls):
    [call] = calls(cdr(dst="22333445")).events
    waits = call.extra["data"]["unmatched"]
    assert waits["number"].startswith("n-")
    assert waits["outside"] is False
    assert "22333445" not in str(call)


def test_a_call_that_was_told_without_its_record_is_told_so_again(told, tmp_path):
    who = directory(tmp_path, waiting=frozenset({"1772436843.1-211"}))
    [call] = told(cdr(), "Master.csv", mapping(), directory=who).events
    assert call.subject is None
    assert "unmatched" in call.extra["data"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"billsec": "x"}, "billsec 'x' is not a whole number of seconds"),
        ({"duration": "-5"}, "duration '-5' is not a whole number of seconds"),
        ({"start": "2026-03-02 25:00:00"}, "is not an ISO 8601 time"),
        ({"start": "2026-03-29 03:30:00", "end": "2026-03-29 04:30:00"}, "never was in Asia/Nicosia"),
        ({"end": "2026-03-02 09:00:00"}, "is before start"),
        ({"disposition": "MAYBE"}, "disposition 'MAYBE' is none of ANSWERED"),
        ({"duration": 999_999_999}, "is longer than 7 days"),
        ({"linkedid": "\x07"}, "is no id"),
    ],
)
def test_a_bad_row_is_set_aside_alone_with_its_place(calls, change, reason):
    found = calls(cdr(), cdr("1772436843.2", **change), cdr("1772436843.3"))
    [aside] = found.aside
    assert aside.place == "Master.csv:2"
    assert reason in aside.reason
    assert len(found.events) == 2


def test_a_broken_row_costs_itself_alone(calls):
    found = calls(cdr(), '"","211",oops"\n', cdr("1772436843.3"), "a,b\n")
    assert len(found.events) == 2
    assert [aside.place for aside in found.aside] == ["Master.csv:2", "Master.csv:4"]


def test_the_hour_that_comes_twice_is_told_apart_by_the_calls_own_id(calls):
    # 2026-10-25 03:30 in Nicosia is 00:30 UTC (1792888200) and again 01:30 UTC (1792891800)
    local = {"start": "2026-10-25 03:30:02", "answer": "2026-10-25 03:30:10", "end": "2026-10-25 03:31:10"}
    first, second = cdr("1792888201.1", **local), cdr("1792891801.2", **local)
    assert [rfc3339(call.time) for call in calls(first, second).events] == [
        "2026-10-25T00:31:10Z",
        "2026-10-25T01:31:10Z",
    ]


def test_a_call_over_the_hour_that_comes_twice_ends_after_it_began(calls):
    row = cdr(
        "1792889998.1",
        start="2026-10-25 03:59:58",
        answer="2026-10-25 03:59:59",
        end="2026-10-25 03:00:30",
        duration=32,
        billsec=31,
    )
    [call] = calls(row).events
    assert rfc3339(call.time) == "2026-10-25T01:00:30Z"


def test_without_a_zone_nothing_is_guessed(told):
    with pytest.raises(BadInput, match="their zone is not known") as error:
        told(cdr(), "Master.csv")
    assert "time_zone" in error.value.next


def test_the_campaign_is_a_column_of_ones_choice(told, tmp_path):
    rules = mapping(text=mapping_text() + 'campaign = "userfield"\n')
    [call] = told(cdr(userfield="spring"), "Master.csv", rules, directory=directory(tmp_path)).events
    assert call.data["campaign"] == "spring"


def test_legs_that_lie_far_apart_in_a_busy_file_are_one_call_up_to_two_thousand_lines(calls):
    half = cdr(dstchannel="Local/99123456@outbound-00000001;1")
    other = cdr(
        uniqueid="1772436843.3", linkedid="1772436843.1", channel="Local/99123456@outbound-00000001;2"
    )
    between = [cdr(f"1772436843.{n}") for n in range(10, 1_500)]
    found = calls(half, *between, other)
    assert len(found.ids) == len(set(found.ids)) == 1_491
