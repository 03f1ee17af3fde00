"""Deals of MetaTrader 5 as lines of JSON: a deposit, a withdrawal, a trade, a credit."""

from sources.connectors.samples import Sample
from sources.connectors.test_mt5 import deal
from sources.crms import lines

SAMPLE = Sample(
    "deals.jsonl",
    (
        lines(deal(1)),
        lines(deal(2, Profit="-20.00"), deal(3, Action="0")),
        lines(deal(4, Profit="much")),
        lines(deal(5, Action="3")),
        lines(deal(6, Login="5002", TimeMsc="1772442850120")),
    ),
    ids=frozenset({"deal-1", "deal-2", "deal-6"}),
    mapping='connector = "mt5"\nsource = "/mt5"\n[time]\ntime_zone = "Europe/Nicosia"\n[mt5]\n',
)
