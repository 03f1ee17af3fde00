"""MetaTrader 5 deals: what was paid in and out, and from a whole history how much a client is worth.

A row is one deal: a CSV of the deals' history, or JSON as a webhook, a bridge or the Web API sends it
({"answer": [...]}). Columns are known in any case and without signs: Deal or Ticket, Login, Time or TimeMsc,
Action or Type, Profit, Currency.
- Only action 2 (balance) is money of the client's: a positive profit is `deposit.processed`, a negative one
  `withdrawal.decided`. Credit (3), charges (4), corrections (5), bonuses (6) and commissions (7 and more) are
  not, and 0 and 1 are trades (mql5.com, ENUM_DEAL_TYPE; the manager's EnDealAction numbers alike). All of
  these are counted.
- Times are the server's own clock, also as seconds since 1970: they are that clock and not UTC. The mapping
  names its zone. Many servers are 7 hours ahead of New York all year, on American summer time: new-york+7.
- A login is an account, and a client may have several: `accounts` or `record` says whose record it is.
- Who booked a deal (Dealer) is a login of the server and not read, nor is Comment. Events are the system's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, Event, from_wire
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.mapping import parse_mapping
from viewtrail.sources.named_rows import Told, cell, read_named
from viewtrail.sources.streams import ByteSource
from viewtrail.sources.times import localised, shown

DEFAULT: Final = 'connector = "mt5"\nsource = "/mt5"\n[mt5]\n'
KEYS: Final = frozenset({"accounts", "record", "login", "currency", "clock", "whole_history", "rates"})
NAMES: Final = {
    "deal": "deal ticket id dealid",
    "login": "login account accountlogin",
    "time": "time",
    "msc": "timemsc",
    "action": "action type dealtype",
    "profit": "profit amount",
    "currency": "currency accountcurrency",
}
KNOWN_AS: Final = {name: ours for ours, names in NAMES.items() for name in names.split()}
ACTIONS: Final = {
    "buy": 0, "sell": 1, "balance": 2, "credit": 3, "charge": 4, "correction": 5, "bonus": 6, "commission": 7,
}  # fmt: skip
BALANCE: Final = 2
TRADE: Final = "a trade"
NO_MONEY: Final = "not the client's money: {}"
NOTHING: Final = "a balance operation of nothing"
AHEAD: Final = timedelta(hours=7)
"""How far a server on `new-york+7` is ahead of New York: its day ends with the market's, at 17:00 there."""

FIRST_BAND: Final = 20
STEP: Final = 1.55
"""Band 1 begins at 20 of the base currency paid in, each further one at 1.55 times as much; 20 at 82,600."""

_SIGNS: Final = re.compile(r"[^a-z0-9]")
_AMOUNT: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,8})?", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)(?=\D|$)", re.ASCII)
_BLANKS: Final = str.maketrans("", "", " \u00a0\u202f")


class Deals:
    """Makes the events of one deal; with a whole history, what each record has paid in so far."""

    def __init__(self, asked: Asked) -> None:
        self.mapping = asked.mapping or parse_mapping(DEFAULT, "the default mapping for MetaTrader 5")
        told, where = self.mapping.own.get("mt5", {}), f"{self.mapping.place} [mt5]"
        if not isinstance(told, dict) or set(told) - KEYS:
            raise BadInput("is not a table it knows", where=where, next=f"keys: {', '.join(sorted(KEYS))}")
        self._accounts, self._rates = _table(told, "accounts", where), _table(told, "rates", where)
        self._record, self._login = str(told.get("record", "")), str(told.get("login", ""))
        self._currency, self._whole = str(told.get("currency", "")), told.get("whole_history") is True
        if told.get("clock", "new-york+7") != "new-york+7":
            raise BadInput('clock is not "new-york+7"', where=where, next="or name time_zone in [time]")
        self._ahead = AHEAD if "clock" in told else timedelta(0)
        self._clock = self.mapping.clock
        if "clock" in told:
            self._clock = replace(self._clock, zone=ZoneInfo("America/New_York"))
        self._paid: dict[str, tuple[int, Decimal, int]] = {}

    def tell(self, row: Told) -> list[Event] | str:
        deal = {ours: name for name in row if (ours := _known(name))}
        action = _action(cell(row, deal.get("action", "Action")))
        if action != BALANCE:
            return TRADE if action in (0, 1) else NO_MONEY.format(f"action {action}")
        profit = _amount(cell(row, deal.get("profit", "Profit")))
        if not profit:
            return NOTHING
        id_ = cell(row, deal.get("deal", "Deal"))
        login = cell(row, deal["login"]) if "login" in deal else self._login
        if not id_ or not login:
            raise BadInput(
                "names no deal" if not id_ else "names no account", next="Deal and Login are needed"
            )
        at = self._at(cell(row, deal.get("msc", "")) or cell(row, deal.get("time", "Time")))
        record = (cell(row, self._record) if self._record else self._accounts.get(login, "")) or login
        currency = cell(row, deal.get("currency", "")) or self._currency
        amount = {"amount": f"{abs(profit):f}", **({"currency": currency} if currency else {})}
        if profit < 0:
            data = {**amount, "account": login, "decision": "executed"}
            return [self._event("withdrawal.decided", f"deal-{id_}", at, record, data)]
        paid = self._event("deposit.processed", f"deal-{id_}", at, record, {**amount, "account": login})
        return [paid, *self._valued(id_, at, record, profit, currency)]

    def _valued(self, id_: str, at: datetime, record: str, profit: Decimal, currency: str) -> Iterator[Event]:
        """A new value band, where all that was ever paid in is known."""
        if not self._whole:
            return
        moment = (at - EPOCH) // timedelta(microseconds=1)
        last, total, old = self._paid.get(record, (0, Decimal(0), 0))
        if moment < last:
            raise BadInput(
                "stands after a later deal of the same record", next="whole_history needs deals by their time"
            )
        total += profit * Decimal(str(self._rates.get(currency, 1)))
        new = band(total)
        self._paid[record] = (moment, total, new)
        if new != old:
            yield self._event("record.valued", f"deal-{id_}-valued", at, record, {"value_band": new})

    def _event(self, type_: str, id_: str, at: datetime, record: str, data: dict[str, Any]) -> Event:
        return from_wire(
            {
                "specversion": "1.0",
                "id": id_,
                "source": self.mapping.source,
                "type": type_,
                "time": at,
                "subject": record,
                "data": {"agent": "system", "actor_kind": "system", **data},
            }
        )

    def _at(self, told: str) -> datetime:
        value = _moment(told)
        return value if value.tzinfo else localised(value - self._ahead, self._clock).astimezone(UTC)


def band(total: Decimal) -> int:
    """The value band of so much paid in: 0 for less than 20, at most 20."""
    if total < FIRST_BAND:
        return 0
    return min(20, 1 + math.floor(round(math.log(float(total) / FIRST_BAND) / math.log(STEP), 9)))


@lru_cache(maxsize=1_000)
def _known(name: str) -> str:
    return KNOWN_AS.get(_SIGNS.sub("", name.lower()), "")


@lru_cache(maxsize=1_000)
def _action(told: str) -> int:
    """2, "2", balance, DEAL_BALANCE and DEAL_TYPE_BALANCE are the same."""
    if told.isascii() and told.isdigit() and len(told) < 4:
        return int(told)
    word = told.lower().removeprefix("deal_").removeprefix("type_").partition("_")[0]
    if word not in ACTIONS:
        raise BadInput(f"action {shown(told)} is unknown", next=f"a number, or {', '.join(ACTIONS)}")
    return ACTIONS[word]


def _amount(told: str) -> Decimal:
    plain = told.translate(_BLANKS)
    if not _AMOUNT.fullmatch(plain):
        raise BadInput(f"profit {shown(told)} is not an amount", next="with a point before its decimals")
    return Decimal(plain)


def _moment(told: str) -> datetime:
    """What the server's clock showed; with a zone where the row has one."""
    try:
        if told.isascii() and told.isdigit():
            unit = 1_000 if len(told) > 11 else 1_000_000  # TimeMsc is in milliseconds
            return (EPOCH + timedelta(microseconds=int(told) * unit)).replace(tzinfo=None)
        return datetime.fromisoformat(_DATE.sub(r"\1-\2-\3", told))
    except (ValueError, OverflowError):
        raise BadInput(f"time {shown(told)} is none", next="like 2026.03.02 09:14:03 or seconds") from None


def _table(told: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = told.get(key, {})
    kind = (int, float) if key == "rates" else str
    if not isinstance(value, dict) or not all(isinstance(one, kind) for one in value.values()):
        raise BadInput(f"{key} is not a table", where=where, next='like accounts = { "5001" = "L-20931" }')
    return value


def read_deals(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of MetaTrader 5 deals; a bad row is set aside with its place."""
    deals = Deals(asked)
    return read_named(source, tally, asked.mapping, deals.tell, needed=(), within=("answer", "deals", "data"))


def _looks_like(first: bytes) -> bool:
    if first[:1] in (b"{", b"["):
        return all(name in first for name in (b'"Deal"', b'"Login"', b'"Action"', b'"Profit"'))
    line = first.partition(b"\n")[0].decode("utf-8", "replace")
    names = {_known(name.strip()) for name in re.split("[,;\t]", line)}
    plain = line.lower()
    return {"deal", "action", "profit", "time"} <= names and ("deal" in plain or "ticket" in plain)


CONNECTOR = Connector(
    name="mt5",
    reads="MetaTrader 5 deals: deposits and withdrawals, as CSV or JSON",
    suffixes=(),
    looks_like=_looks_like,
    read=read_deals,
    gives=Gives(
        types=("deposit.processed", "withdrawal.decided", "record.valued"),
        unknown=(
            "anything an agent did: these are the clients' transactions",
            "a withdrawal that was asked for and refused, or is not executed yet",
            "whether money only went from one of a client's accounts to another",
            "which record an account belongs to, unless the mapping says it",
            "what a client is worth, unless the file is the whole history of the account",
        ),
        latency="a second by webhook, else when the history is exported",
    ),
)
