"""Is each source heard as it usually is? Told from the source's own ways alone; it says nothing of people.

A source is silent when nothing came for at least half an hour in which, by its own last four weeks, at least
a dozen events would have. What is usually quiet (nights, weekends, lunch) expects nothing and so is never
silence. A whole day without anything may be a day off: one source alone is then late, and silent on the next
such day, or as soon as others work. Quarters in which Viewtrail itself was not there to listen do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from viewtrail.app.refusals import NO_HOOK
from viewtrail.app.spans import local
from viewtrail.errors import SettingError
from viewtrail.measure.clocks import DAY, HOUR, MINUTE
from viewtrail.store.asking_answers import BrowserSeen, SourceFacts, SourceSeen, SourcesHeard
from viewtrail.store.asking_hours import QUARTER

OWN: Final = frozenset({"viewtrail", "/console"})
"""The house's own sources: they speak when somebody does something here."""

LEAST: Final = 12
"""Events that have to be usual before nothing means anything: by chance alone, one time in 160,000."""

SHORTEST: Final = 2
"""Quarters of an hour, whole ones: a restart or a new version of a system takes less than half an hour."""

WEEKS: Final = 4
"""Weeks that say what is usual: more would know a season, fewer one holiday too well."""

FEWEST_WEEKS: Final = 2
"""Weeks that must be known: two of the same weekday are the fewest that can agree."""

NEW: Final = 14 * DAY
"""A source known for less than two weeks has no usual yet."""

SELDOM: Final = 4 * LEAST
"""Events in four weeks below which the hour says nothing: an HR system that speaks once a week."""

SELDOM_SILENT: Final = 14 * DAY
"""A source that speaks seldom is silent at the earliest after two weeks: one may be a holiday."""

LONGER: Final = 3
"""Times its longest rest, after which a source that speaks seldom is silent."""

ALIVE: Final = 0.3
"""Share of its usual at which a source counts as at work: a holiday halves, a fault does more."""

QUIET_FROM: Final = 20.0
"""Events in 24 usual hours below which a share of them says nothing."""

SKEW: Final = 2 * 60 * 1000
"""ms by which a clock may be off: reasons are looked for within ten minutes, so a fifth of that."""

UNMATCHED: Final = 0.2
"""Share of calls without a record above which reasons are missed: each may be somebody's follow-up."""

UNSEEN: Final = 0.2
"""Share of served records without a sign of being seen: prefetches are few, a blocked beacon is not."""

ENOUGH: Final = 50
"""Calls or records in a week below which a share is told by chance."""

REFUSED: Final = 20
"""Signals refused in a day: a page open while the rules changed sends a few."""


@dataclass(frozen=True, slots=True)
class Health:
    """One source and what is the matter: "alive", "late", "silent", "new", "seldom", "history" (it came as
    files alone), or "ended" (nothing for ten weeks).

    `since` (µs) is when a silent source was heard last; `owner` the address of who looks after it, if known.
    """

    source: SourceSeen
    state: str
    matters: tuple[str, ...] = ()
    since: int | None = None
    browsers: tuple[BrowserSeen, ...] = ()
    owner: str = ""

    @property
    def matter(self) -> str:
        return "; ".join(self.matters)


class Usual:
    """What a source usually sends, by the clock on the wall of `zone`, where days off do not count."""

    def __init__(self, zone: str, days_off: Collection[date]) -> None:
        self.zone, self.days_off = zone, days_off
        self.ahead: Callable[[int], int] = lru_cache(maxsize=4096)(self._ahead)

    def _ahead(self, hour: int) -> int:
        """Quarters by which the wall clock is ahead of UTC in this hour since 1970."""
        found = local(hour * HOUR, self.zone).utcoffset() or timedelta()
        return int(found / timedelta(minutes=15))

    def day(self, quarter: int) -> date:
        """The day a quarter belongs to; days are cut at 04:00."""
        there = quarter + self.ahead(quarter // 4) - 16
        return date(1970, 1, 1) + timedelta(days=there // 96)

    def before(self, quarter: int, weeks: int) -> int:
        """The same quarter on the wall clock so many weeks before."""
        then = quarter - 672 * weeks
        return then + self.ahead(quarter // 4) - self.ahead(then // 4)

    def expected(self, one: SourceFacts, quarters: Sequence[int]) -> int:
        """As many events as came in these quarters in all weeks known but one, the worst of four."""
        if not quarters or one.begun is None:
            return 0
        counts = {each.quarter: each.events for each in one.arrivals}
        known = [n for n in range(1, WEEKS + 1) if self.before(quarters[0], n) * QUARTER >= one.begun]
        if len(known) < FEWEST_WEEKS:
            return 0
        came = sorted(sum(counts.get(self.before(q, n), 0) for q in quarters) for n in known)
        return came[1] if len(came) == WEEKS else came[0]


def judge(heard: SourcesHeard, now: int, zone: str, days_off: Collection[date] = ()) -> list[Health]:
    """Every source from elsewhere, those with a matter first."""
    usual = Usual(zone, days_off)
    others = [one for one in heard.facts if one.seen.source not in OWN]
    found = [_health(one, others, heard.listened, usual, now) for one in others]
    return sorted(found, key=lambda one: (not one.matters, one.source.source))


def _health(
    one: SourceFacts, all_of_them: Sequence[SourceFacts], listened: Collection[int], usual: Usual, now: int
) -> Health:
    state = _state(one, all_of_them, listened, usual, now)
    matters = [*_words(state), *_matters(one)]
    if state == "alive" and _quiet(one.seen):
        matters.insert(0, "much quieter than usual on this weekday")
    since = one.last or one.silent_since if state == "silent" else None
    return Health(one.seen, state, tuple(matters), since, one.browsers)


def _words(state: str) -> list[str]:
    told = {"silent": "silent", "late": "late: something usually comes at this time"}
    return [told[state]] if state in told else []


# -- silence --------------------------------------------------------------------------------------------


def _state(
    one: SourceFacts, all_of_them: Sequence[SourceFacts], listened: Collection[int], usual: Usual, now: int
) -> str:
    if one.silent_since is not None and (one.last is None or one.last <= one.silent_since):
        return "silent"
    if one.begun is None or one.last is None:
        return "history"
    if not one.arrivals:
        return "ended"
    if one.last - one.begun < NEW:
        return "new"
    if sum(each.events for each in one.arrivals if each.last > one.last - 28 * DAY) < SELDOM:
        return _seldom(one, listened, now)
    until = min(now, one.last + 7 * DAY)
    quarters = [
        quarter
        for quarter in range(one.last // QUARTER + 1, until // QUARTER)
        if quarter in listened and usual.day(quarter) not in usual.days_off
    ]
    return _by_the_hour(one, all_of_them, usual, quarters)


def _by_the_hour(
    one: SourceFacts, all_of_them: Sequence[SourceFacts], usual: Usual, quarters: Sequence[int]
) -> str:
    """1. It stopped in the middle of its day. 2. It did not begin its day while others work.
    3. It did not begin a second day either. Else it is late at most."""
    first = usual.day((one.last or 0) // QUARTER)
    same = [q for q in quarters if usual.day(q) == first]
    if len(same) >= SHORTEST and usual.expected(one, same) >= LEAST:  # 1
        return "silent"
    later: dict[date, list[int]] = {}
    for quarter in quarters[len(same) :]:
        later.setdefault(usual.day(quarter), []).append(quarter)
    missed = [day for day in later.values() if len(day) >= SHORTEST and usual.expected(one, day) >= LEAST]
    if missed and _others_work(one, all_of_them, usual, [q for day in missed for q in day]):  # 2
        return "silent"
    if len(missed) > 1:  # 3
        return "silent"
    return "late" if missed or usual.expected(one, quarters) >= LEAST else "alive"


def _others_work(
    one: SourceFacts, all_of_them: Sequence[SourceFacts], usual: Usual, quarters: Sequence[int]
) -> bool:
    wanted = set(quarters)
    for other in all_of_them:
        if other is one or (expected := usual.expected(other, quarters)) < LEAST:
            continue
        came = sum(each.events for each in other.arrivals if each.quarter in wanted)
        if came >= ALIVE * expected:
            return True
    return False


def _seldom(one: SourceFacts, listened: Collection[int], now: int) -> str:
    """Silent after three times its longest rest; with fewer than three arrivals nobody can say."""
    last = one.last or now
    rests = [b.first - a.last for a, b in pairwise(one.arrivals)]
    there = sum(quarter * QUARTER > last for quarter in listened) * QUARTER
    if len(rests) >= 2 and min(there, now - last) > max(SELDOM_SILENT, LONGER * max(rests)):
        return "silent"
    return "seldom"


# -- the other matters ----------------------------------------------------------------------------------


def _quiet(seen: SourceSeen) -> bool:
    usual = seen.usual_24h
    return usual is not None and usual >= QUIET_FROM and seen.events_24h < ALIVE * usual


def _matters(one: SourceFacts) -> Iterable[str]:
    if one.seen.missing:
        yield f"{one.seen.missing:,} events are proved missing"
    elif one.seen.gaps:
        yield f"{len(one.seen.gaps)} gaps told, the last one {one.seen.gaps[-1].why or 'not explained'}"
    if one.skew_ms is not None and abs(one.skew_ms) >= SKEW:
        side = "ahead" if one.skew_ms > 0 else "behind"
        yield f"its clock is {abs(one.skew_ms) * 1000 / MINUTE:,.0f} minutes {side}"
    if one.calls >= ENOUGH and one.unmatched >= UNMATCHED * one.calls:
        share = one.unmatched / one.calls
        yield f"{share:.0%} of {one.calls:,} calls in seven days belong to no record known"
    served = one.served + one.viewed
    if served >= ENOUGH and one.served >= UNSEEN * served:
        share = one.served / served
        yield f"{share:.0%} of {served:,} records shown in seven days gave no sign of being seen"
    for each in one.browsers:
        if each.pages >= ENOUGH and each.unseen >= UNSEEN * each.pages:
            told = f"{each.unseen:,} of {each.pages:,} pages gave no sign of being seen"
            yield f"in {each.browser}, {told} in seven days: is the beacon blocked there?"


def beacon_matter(refused: dict[str, int]) -> str:
    """What is the matter with the beacon's end; "" when nothing is. `refused` in 24 hours, by reason."""
    return _refused(refused, "signals") if sum(refused.values()) >= REFUSED else ""


def hook_matter(refused: dict[str, int]) -> str:
    """The same for the hooks of telephone systems: each post is a call, so one that is refused matters.

    Of posts to no hook many matter: strangers try addresses, and a vendor has a wrong one every time.
    """
    matters = {why: times for why, times in refused.items() if why != NO_HOOK or times >= REFUSED}
    return _refused(matters, "posts") if matters else ""


def _refused(refused: dict[str, int], what: str) -> str:
    why, times = max(refused.items(), key=lambda pair: (pair[1], pair[0]))
    return f"{sum(refused.values()):,} {what} refused in 24 hours, {times:,} of them: {why}"


def days_off(text: str) -> frozenset[date]:
    """The dates of the setting; SettingError for what is none."""
    found = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.add(date.fromisoformat(part))
        except ValueError:
            step = "write them like 2026-12-25, 2026-12-26"
            raise SettingError(f"{part[:40]!r} is not a date", where="days_off", next=step) from None
    return frozenset(found)
