"""The page about the attacker who has read the detector: what can be taken, how, and what piles up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from viewtrail.evaluate.attacker import LEVELS, WITHIN, Attacked, Curve, Reached, Tried, curves
from viewtrail.evaluate.piling import EDGES, FEWEST, RARE, SPAN, WIDE
from viewtrail.evaluate.report_power import DIGITS
from viewtrail.evaluate.table import share_of, table
from viewtrail.evaluate.ways import OPEN_FOR
from viewtrail.watch.version import code_version


def attacker_page(attacked: Sequence[Attacked], budget: float, *, command: str) -> str:
    """The attacker on a page of their own."""
    people, events = sum(one.people for one in attacked), sum(one.events for one in attacked)
    rows = [[one.name, f"{one.events:,}", one.digest[:DIGITS]] for one in attacked]
    return f"""# The attacker who has read the detector, on simulated companies

Written by `{command}`
with detector {code_version()}; the same command and code give the same page.

{len(attacked)} simulated companies, {people:,} people, {events:,} events.

{attacker(attacked, budget)}
## Data

{table(("company", "events", f"first {DIGITS} digits of the SHA-256 of events.jsonl"), rows)}
"""


def attacker(attacked: Sequence[Attacked], budget: float) -> str:
    """What can be taken day after day under the detector and under the plain limits."""
    tried = [each for one in attacked for each in one.tried]
    found = curves(tried)
    return f"""## What can be taken without a word, budget {budget:g}

By somebody who opens records of others (or, where said, their own), the most valuable first, each
for {OPEN_FOR} seconds, among the own work, beginning on one of the first {WITHIN} active days after
calibration: the highest level of {", ".join(map(str, LEVELS))} records a day at which, as at every
level below it, at least half of the attackers stay unseen. Only people and days are taken of which
nothing is told without the taking. Value is the sum of (value band + 1), simulated. Where all
attackers of a company are seen at one level, none of it is tried higher: they count as seen. The
limits are the article's, on raw counts.

{_best(found)}

Way by way:

{table(_HEAD, [_curve(one) for one in found])}

{_seen(attacked, tried)}"""


_HEAD: Final = (
    "days",
    "how",
    "a day, under the detector",
    "records",
    "value",
    "a day, under the limits",
    "records",
    "value",
    "attackers tried",
)


def _curve(one: Curve) -> list[str]:
    return [str(one.length), one.way, *_reached(one.detector), *_reached(one.limits), str(one.attackers)]


def _reached(one: Reached) -> list[str]:
    return [str(one.level), f"{one.records:,.0f}", f"{one.value:,.0f}"]


def _best(found: Sequence[Curve]) -> str:
    """The best way at each length under either, side by side."""
    rows = []
    for length in sorted({one.length for one in found}):
        here = [one for one in found if one.length == length]
        ours = max(here, key=lambda one: one.detector.value)
        theirs = max(here, key=lambda one: one.limits.value)
        less = ours.detector.value < theirs.limits.value
        verdict = "less than under the limits" if less else "**no less than under the limits**"
        rows.append(
            [
                str(length),
                ours.way if ours.detector.level else "none",
                *_reached(ours.detector)[1:],
                *_reached(theirs.limits)[1:],
                verdict,
            ]
        )
    head = ("days", "best way under the detector", "records", "value")
    return table((*head, "records, under the limits", "value, under the limits", "so the detector"), rows)


def _seen(attacked: Sequence[Attacked], tried: Sequence[Tried]) -> str:
    """Whether those whom the detector does not see leave a pile just above a known figure."""
    ways = list(dict.fromkeys(one.way for one in tried))
    rows = [[way, *_piled(one for one in tried if one.way == way and not one.by_us)] for way in ways]
    honest = []
    for edge in EDGES:
        parts = [one.piled[edge.name] for one in attacked]
        honest.append(share_of(sum(up for up, _ in parts), sum(of for _, of in parts)) or "0")
    rows.append([f"honest people, {SPAN} active days each", "", *honest])
    head = ("how", "attackers unseen", *(f"pile up above {edge.name}" for edge in EDGES))
    return f"""## Piling-up just above 8 s of dwell and 20 s of talk

No alert comes of this; it is looked for here. Of what lies within {WIDE // 1000} s above the figure
or within twice that further on, the share just above it is held against the whole company's: a pile
is {FEWEST} or more there that chance gives less often than {RARE:g}. No count of the detector asks
for 8 s of dwell; under 20 s of talk a call is short, and from there on it is contact with the
client.

{table(head, rows)}
"""


def _piled(unseen: Iterable[Tried]) -> list[str]:
    found = list(unseen)
    each = [sum(edge.name in one.piles for one in found) for edge in EDGES]
    return [str(len(found)), *(share_of(many, len(found)) for many in each)]
