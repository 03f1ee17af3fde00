"""MetaTrader 5 deals: a balance operation is money, its sign says which way, clocks are the server's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sources.crms import lines, table
from viewtrail.errors import BadInput
from viewtrail.event import canonical, rfc3339
from viewtrail.sources.connectors.mt5 import band
from viewtrail.sources.mapping import parse_mapping

ZONE = '[time]\ntime_zone = "Europe/Nicosia"\n'


def deal(number: int = 86053193, **more: Any) -> dict[str, Any]:
    """A deal as the Web API and most bridges send it."""
    return {
        "Deal": str(number),
        "ExternalID": "",
        "Login": "5001",
        "Dealer": "1007",
        "Order": "0",
        "Action": "2",
        "Entry": "0",
        "Time": "1772442843",  # 2026-03-02 09:14:03 on the server's clock
        "Symbol": "",
        "Profit": "1500.00",
        "Comment": "Deposit Visa Georgiou",
    } | more


@pytest.fixture
def deals(told):
    def read(*rows: dict, text: str = "", name: str = "deals.json", more: str = "[mt5]\n", zone: str = ZONE):
        mapping = parse_mapping(f'connector = "mt5"\nsource = "/mt5"\n{zone}{more}', "mt5.toml")
        return told(text or lines(*rows), name, mapping, "mt5")

    return read


def test_a_positive_balance_operation_is_a_deposit(deals):
    [event] = deals(deal()).events
    assert (event.type, event.subject, event.id) == ("deposit.processed", "5001", "deal-86053193")
    assert event.data == {"agent": "system", "actor_kind": "system", "amount": "1500.00", "account": "5001"}


def test_a_negative_one_is_a_withdrawal_that_was_executed(deals):
    [event] = deals(deal(Profit="-250.50")).events
    assert event.type == "withdrawal.decided"
    assert (event.data["amount"], event.data["decision"]) == ("250.50", "executed")


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ("0", "a trade"), ("1", "a trade"), ("buy", "a trade"), ("DEAL_TYPE_SELL", "a trade"),
        ("3", "not the client's money: action 3"), ("credit", "not the client's money: action 3"),
        ("4", "not the client's money: action 4"), ("6", "not the client's money: action 6"),
        ("DEAL_TYPE_COMMISSION_DAILY", "not the client's money: action 7"),
        ("17", "not the client's money: action 17"),
    ],
)  # fmt: skip
def test_a_credit_a_bonus_and_a_trade_are_no_deposit(deals, action, why):
    assert deals(deal(Action=action)).tally.not_mapped == {why: 1}


@pytest.mark.parametrize("action", [2, "2", "balance", "Balance", "DEAL_BALANCE", "DEAL_TYPE_BALANCE"])
def test_a_balance_operation_by_any_of_its_names(deals, action):
    assert deals(deal(Action=action)).events == deals(deal()).events


def test_seconds_are_the_servers_clock_and_not_utc(deals):
    told = deals(deal(), deal(TimeMsc="1772442843250"), deal(Time="2026.03.02 09:14:03")).events
    assert [rfc3339(event.time) for event in told] == [
        "2026-03-02T07:14:03Z",
        "2026-03-02T07:14:03.250000Z",
        "2026-03-02T07:14:03Z",
    ]
    assert rfc3339(deals(deal(Time="2026-03-02T07:14:03.000Z"), zone="").events[0].time) == (
        "2026-03-02T07:14:03Z"
    )


def test_a_server_seven_hours_ahead_of_new_york_changes_its_clock_with_america(deals):
    """On 10 March 2026 America is on summer time and Europe is not yet."""
    march = deal(Time="2026.03.10 09:00:00")
    [event] = deals(march, zone="", more='[mt5]\nclock = "new-york+7"\n').events
    assert rfc3339(event.time) == "2026-03-10T06:00:00Z"
    assert rfc3339(deals(march).events[0].time) == "2026-03-10T07:00:00Z"


def test_a_server_whose_zone_is_not_named_is_not_guessed(deals):
    found = deals(deal(), zone="")
    assert "has no zone" in found.aside[0].reason


def test_an_account_is_its_clients_by_a_table_or_a_column(deals):
    [event] = deals(deal(), more='[mt5]\ncurrency = "EUR"\naccounts = { "5001" = "L-20931" }\n').events
    assert (event.subject, event.data["account"], event.data["currency"]) == ("L-20931", "5001", "EUR")
    assert deals(deal(Client="L-7"), more='[mt5]\nrecord = "Client"\n').events[0].subject == "L-7"


def test_a_history_from_a_terminal_has_one_account_and_blanks_in_its_amounts(deals):
    row = {"Time": "2026.03.02 09:14:03", "Deal": 7, "Type": "balance", "Profit": "10 000.00", "Comment": "x"}
    [event] = deals(text=table(row), name="history.csv", more='[mt5]\nlogin = "5001"\n').events
    assert (event.data["amount"], event.data["account"]) == ("10000.00", "5001")


def test_csv_and_json_give_the_same_events(deals):
    rows = [deal(1), deal(2, Profit="-20.00"), deal(3, Action="0")]
    assert deals(text=table(*rows), name="deals.csv").events == deals(*rows).events


def test_a_whole_history_says_what_a_client_is_worth_and_in_which_money(deals):
    rows = [
        deal(1, Profit="100", Time="1772442843"),
        deal(2, Profit="1", Time="1772442844"),
        deal(3, Profit="-50", Time="1772442845"),
        deal(4, Profit="900", Time="1772442846"),
    ]
    found = deals(*rows, more="[mt5]\nwhole_history = true\n").events
    bands = [(event.id, event.data["value_band"]) for event in found if event.type == "record.valued"]
    assert bands == [("deal-1-valued", 4), ("deal-4-valued", 9)]
    assert not any(event.type == "record.valued" for event in deals(*rows).events)
    cents = '[mt5]\nwhole_history = true\ncurrency = "USC"\nrates = { USC = 0.01 }\n'
    assert [event.type for event in deals(rows[0], more=cents).events] == ["deposit.processed"]


def test_a_longer_file_of_the_same_history_gives_the_same_events(deals):
    rows = [deal(n, Profit=str(10 * 3**n), Time=str(1772442843 + n)) for n in range(1, 8)]
    more = "[mt5]\nwhole_history = true\n"
    assert (
        deals(*rows, more=more).events[: len(deals(*rows[:4], more=more).events)]
        == deals(*rows[:4], more=more).events
    )


def test_a_history_out_of_order_is_not_summed(deals):
    found = deals(deal(2), deal(1, Time="1772442000"), more="[mt5]\nwhole_history = true\n")
    assert "whole_history needs deals by their time" in found.aside[0].reason


@pytest.mark.parametrize(
    ("total", "expected"), [("0", 0), ("19.99", 0), ("20", 1), ("31", 2), ("10000", 15), ("9e9", 20)]
)
def test_value_bands(total, expected):
    assert band(Decimal(total)) == expected


def test_no_comment_and_no_dealer_enters_an_event(deals):
    [event] = deals(deal()).events
    assert not any(word in canonical(event) for word in (b"Georgiou", b"Visa", b"1007"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (deal(Profit="1,500.00"), "profit '1,500.00' is not an amount"),
        (deal(Profit=""), "is not an amount"),
        (deal(Action="gift"), "action 'gift' is unknown"),
        (deal(Deal=""), "names no deal"),
        (deal(Login=""), "names no account"),
        (deal(Time="soon"), "time 'soon' is none"),
        (deal(Time="9" * 30), "is none"),
    ],
)
def test_a_bad_row_is_set_aside_alone(deals, row, reason):
    found = deals(row, deal())
    assert reason in found.aside[0].reason
    assert len(found.events) == 1


def test_an_operation_of_nothing_is_counted(deals):
    assert deals(deal(Profit="0.00")).tally.not_mapped == {"a balance operation of nothing": 1}


@pytest.mark.parametrize(
    "more",
    ["[mt5]\nx = 1\n", "[mt5]\naccounts = 1\n", '[mt5]\nclock = "EET"\n', '[mt5]\nrates = { A = "x" }\n'],
)
def test_a_mapping_that_makes_no_sense_is_refused(deals, more):
    with pytest.raises(BadInput, match="mt5"):
        deals(deal(), more=more)
