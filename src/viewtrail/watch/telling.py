"""A finding in words: counts first, then own history, peers, reasons, context, and what would clear it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from viewtrail.finding import ON_LEAVE, Contribution, Count, Finding, finding_id
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.clocks import SECOND, zone
from viewtrail.measure.counts import (
    EXPORT_ROWS,
    EXPORTED,
    PAGE,
    REVEALED,
    SHORT_IN,
    SHORT_OUT,
    Mark,
    longest_run,
)
from viewtrail.measure.matured import Matured, unshown
from viewtrail.measure.reasons import FRESH, NAMES, SELF_MADE, WORK
from viewtrail.measure.visits import largest_visit, usual_dwell_ms
from viewtrail.patterns.base import OF_DAYS, OWN_REASON, SCALES, UNACCOUNTED
from viewtrail.watch.facts import FOR_EVER, REVIEWING, Facts
from viewtrail.watch.ledger import MOST_ENTRIES, Doubt, capped
from viewtrail.watch.zone_day import Crossing

HIGH, MEDIUM = 6.0, 4.5
"""Scores from which a finding is called high and medium: about 80 and 25 records nobody would expect."""

RAREST: Final = 0.1
"""Rarities below one in 10,000 are not told apart: "not seen in N agent-days" says all there is to say."""

SEEN_HOURS: Final = 0.1
"""Short calls that the hours must add to what is expected to be worth a clause."""

BUSIER: Final = 1.05
"""Peers with less than so many times their usual had a usual day."""

GIVEN_BY_OTHERS: Final = frozenset(("assigned", "task", "campaign", "inbound", "absent", "declared"))
"""Reasons that somebody else made: a finding which they dissolve is explained, not merely withdrawn."""

RECORDS_HAD: Final = "records opened that day had a reason when they were"

ATTRIBUTION: Final = (
    "the log shows which account acted, not who sat there: somebody else at an unlocked screen looks the same"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the words need beside the crossing: the day, what matured, precedent, the version of all this."""

    day: AgentDay
    matured: Matured | None
    busiest: int | None
    days_known: int
    role_days: int
    budget: float
    version: Mapping[str, str]


def tell(crossing: Crossing, told: Told, facts: Facts, detected_at: int) -> Finding:
    """The finding that this crossing is."""
    day, signal = told.day, crossing.signal
    marks = concerned(crossing, told)
    agent = day.person.agent
    records = tuple(dict.fromkeys(mark.key for mark in marks if mark.key))
    t = marks[-1].t if marks else crossing.mark.t
    missing = facts.feeds.missing(t)
    unknown = [f"{feed}: not connected or silent" for feed in missing if feed in crossing.pattern.needs]
    state = facts.state(day.person, t)
    learning = crossing.tier == "limit"
    unsure = facts.presence.doubts(day, marks, FOR_EVER)
    review = state == "unscoreable" and day.person.role in REVIEWING  # it may well be what somebody asked for
    return Finding(
        id=finding_id("agent", agent, crossing.mark.identity),
        subject_kind="agent",
        agent=agent,
        agents=(),
        pattern=crossing.pattern.name,
        queue=crossing.pattern.queue,
        tier=crossing.tier,
        severity=capped(_severity(crossing), unsure or review),
        status="open",
        first_at=marks[0].t if marks else crossing.mark.t,
        last_at=t,
        detected_at=detected_at,
        score=crossing.score,
        rarity_per_1000=None if learning else round(max(1000 * 10**-crossing.unlikely, RAREST), 3),
        budget=told.budget,
        claim=_claim(crossing, told, marks, facts),
        usual=_usual(crossing, told),
        counts={
            **_counts(told),
            signal.name: Count(crossing.x, round(crossing.mu, 2), crossing.pattern.noun),
        },
        contributions=tuple(Contribution(*part) for part in crossing.parts),
        records=records,
        records_at_detection=len(records),
        entries=tuple(sorted({mark.entry for mark in marks}))[:MOST_ENTRIES],
        reasons=_reasons(told),
        ordinary=crossing.pattern.ordinary,
        against=(*(text for text in unsure if text != ON_LEAVE), *_against(crossing, told, facts)),
        attribution=unsure,
        unknown=tuple(unknown),
        context=tuple(_context(day, facts, t)),
        coverage=1.0,  # what is known missing by the time it is read is put in then, source by source
        state="learning" if learning else state,
        version=told.version,
    )


def concerned(crossing: Crossing, told: Told) -> list[Mark]:
    """The marks that the count is made of, in time order."""
    if crossing.marks:
        return sorted(crossing.marks, key=lambda mark: (mark.t, mark.entry))
    day, matured, count = told.day, told.matured, crossing.signal.count
    if count.startswith("unexplained"):
        if matured is None:
            found = day.unexplained_at
        else:
            found = matured.hard if count == "unexplained_hard" else matured.unexplained
    elif count.startswith("unaccounted"):
        found = day.unexplained_at if matured is None else matured.hard
    elif count.startswith("resting"):
        found = matured.resting if matured is not None else day.resting_at
    elif count == OWN_REASON:
        found = matured.own if matured is not None else []
    elif count.startswith("served"):
        found = day.served_at if matured is None else matured.served
        found = unshown(day) if count == "served_all" else [m for m in found if m.key not in day.opened.all]
    elif count.startswith("off_hours"):
        found = matured.idle if matured is not None else day.off_hours_at
    elif count == "listed":
        found = day.listed_at
    elif count in ("orphan_reveals", "reveals_so_far"):
        found = (
            matured.orphans
            if matured is not None
            else [m for m in day.marks if m.kind == REVEALED and not day.contacted_before(m.key, m.t)]
        )
    else:
        kinds = {"short_calls_out": SHORT_OUT, "short_calls_in": SHORT_IN}
        bad = matured.bad if matured is not None else frozenset()
        found = [m for m in day.marks if m.kind == kinds.get(count, EXPORTED) and m.campaign not in bad]
    return sorted(found, key=lambda mark: (mark.t, mark.entry))


def _severity(crossing: Crossing) -> str:
    if crossing.tier == "limit":
        return "medium"
    return "high" if crossing.score >= HIGH else "medium" if crossing.score >= MEDIUM else "low"


def local(day: AgentDay, t: int, form: str = "%H:%M") -> str:
    """A time as the agent's own clock shows it."""
    return datetime.fromtimestamp(t // SECOND, zone(day.person.clock.zone) or UTC).strftime(form)


def _who(day: AgentDay) -> str:
    place = ", ".join(part for part in (day.person.role, day.person.desk) if part)
    return f"{day.person.agent} ({place})"


def _claim(crossing: Crossing, told: Told, marks: Sequence[Mark], facts: Facts) -> str:
    day, x = told.day, len({mark.key for mark in marks}) if marks else crossing.x
    on = day.day.strftime("%-d %B %Y")
    when = f"between {local(day, marks[0].t)} and {local(day, marks[-1].t)} on {on}" if marks else f"on {on}"
    who = _who(day)
    match crossing.pattern.name:
        case _ if crossing.signal.scale in OF_DAYS:
            return _run_claim(crossing, who, marks, day)
        case "best-of-own-book":
            return (
                f"{who} opened {x} different own clients of the better half {when} and did not call, write "
                f"to or work on any of them; {_peak(crossing)}."
            )
        case "unexplained-openings":
            known = _known(crossing, told)
            stayed = _open(marks, facts)
            return f"{who} opened {x} different records with {known} {when}; {_peak(crossing)}{stayed}."
        case "opened-records":
            stayed = _open(marks, facts)
            return f"{who} opened {x} {crossing.pattern.noun}, {when}; {_peak(crossing)}{stayed}."
        case "resting-records":
            return (
                f"{who} opened {x} different records {when} on which nobody had done anything for a "
                f"fortnight; {_peak(crossing)}{_open(marks, facts)}."
            )
        case "own-reasons-alone":
            return (
                f"{who} opened {x} different records {when} for which the agent's own calls, changes or "
                f"callbacks are the only reason on file; {_peak(crossing)}."
            )
        case "off-hours-openings":
            ours = _hours(day)
            return (
                f"{who} opened {x} different records {when}, outside the own working hours ({ours}), and "
                f"did not work on them; {_peak(crossing)}{_open(marks, facts)}."
            )
        case "orphan-reveals":
            then = "and did not call or write to" if told.matured else "and had not called or written to"
            return (
                f"{who} revealed the contact details of {x} clients {then} them, {when}; {_peak(crossing)}."
            )
        case "served-records":
            what = f"{x:,} records were served to the sign-in of {who} without being shown {when}"
            return f"{what}; {_peak(crossing)}: whoever asked for them had them, seen or not."
        case "listed-records":
            return (
                f"{who} looked at {len(marks)} lists and results of searches {when} from which hardly "
                f"anything was opened: some {crossing.x * PAGE:,} records in a day."
            )
        case "short-calls":
            return _short_claim(crossing, day, who, when, len(marks))
        case _:
            return f"{who} exported {_exported(marks)} {when}."


def _known(crossing: Crossing, told: Told) -> str:
    if told.matured is None:
        return "no business reason known when opened"
    noted = crossing.signal.count == "unexplained_hard" and any(
        told.matured.reasons.get(mark.entry, 0) & WORK for mark in told.matured.hard
    )
    return (
        "no business reason on file beyond own notes and changes" if noted else "no business reason on file"
    )


def _run_claim(crossing: Crossing, who: str, marks: Sequence[Mark], day: AgentDay) -> str:
    """Many small days, told as one: from when to when, how many in all, how many a day."""
    days = sorted({local(day, mark.t, "%Y-%m-%d") for mark in marks})
    if crossing.signal.count == "exports":
        return _export_run_claim(crossing, who, marks, day, len(days))
    records = len({mark.key for mark in marks})
    first, last = (local(day, mark.t, "%-d %B %Y") for mark in (marks[0], marks[-1]))
    did, what = _DONE_ON_DAYS.get(
        crossing.signal.count, ("opened", "records with no business reason on file")
    )
    return (
        f"{who} {did} {records} different {what} on {len(days)} days from {first} to {last}, "
        f"{records / len(days):.0f} a day; {crossing.mu:.0f} would be usual in these days."
    )


_DONE_ON_DAYS: Final = {
    OWN_REASON: (
        "opened",
        "records for which the own calls, changes or callbacks are the only reason on file",
    ),
    UNACCOUNTED: ("opened", "records that nothing connected accounts for"),
}
"""Count -> what was done, and with what, where a claim joins days."""


def _export_run_claim(crossing: Crossing, who: str, marks: Sequence[Mark], day: AgentDay, days: int) -> str:
    first, last = (local(day, mark.t, "%-d %B %Y") for mark in (marks[0], marks[-1]))
    usual = round(crossing.mu * EXPORT_ROWS)
    return (
        f"{who} exported {_exported(marks)} on {days} days from {first} to {last}; up to {usual:,} rows "
        "would be usual in these days."
    )


def _exported(marks: Sequence[Mark]) -> str:
    rows = sum(mark.weight for mark in marks)
    return f"{rows:,} rows in {'one export' if len(marks) == 1 else f'{len(marks)} exports'}"


def _peak(crossing: Crossing) -> str:
    return f"{crossing.x} {SCALES[crossing.signal.scale]}"


def _hours(day: AgentDay) -> str:
    """The agent's working hours that day, as the agent's clock shows them."""
    shift = day.person.shift(day.day)
    if day.person.gone(day.day):
        return "none: the last day had passed"
    if shift is None or shift[0] == shift[1]:
        return "a day off"
    return f"{local(day, shift[0])} to {local(day, shift[1])}"


def _open(marks: Sequence[Mark], facts: Facts) -> str:
    """How long the records stayed open, where the source tells."""
    known = usual_dwell_ms(marks, facts.dwells)
    return f", each open for {known[0] / 1000:.0f} s (median of {known[1]})" if known is not None else ""


def _short_claim(crossing: Crossing, day: AgentDay, who: str, when: str, short: int) -> str:
    out = crossing.signal.count.endswith("out")
    answered = [call.short for call in sorted(day.calls, key=lambda one: one.t) if call.out is out]
    run = longest_run(answered)
    way = "outgoing" if out else "incoming"
    return (
        f"{who} had {short} answered {way} calls under 20 seconds {when}, of {len(answered)} answered; "
        f"{_peak(crossing)}, {run} of them one after another."
    )


def _usual(crossing: Crossing, told: Told) -> str:
    if crossing.limit is not None:
        limit = crossing.limit
        return (
            f"Limit, no precedent known yet: {limit.at} {SCALES[limit.scale]} ({limit.reason}). "
            f"Seen on {told.days_known} {'day' if told.days_known == 1 else 'days'} before."
        )
    scale = SCALES[crossing.signal.scale]
    usual = crossing.mu if crossing.signal.special else crossing.rate
    leaning = told.busiest is not None and usual > told.busiest
    parts = [f"{'Usual, leaning on the role' if leaning else 'Own usual'} {scale}: {usual:.1f}"]
    if told.busiest is not None:
        parts.append(f"own most on {told.days_known} active days in nine weeks: {told.busiest}")
    if crossing.factor >= BUSIER:
        parts.append(f"the peers had {crossing.factor:.1f} times their usual that day")
    else:
        parts.append("the peers' day was no busier than usual")
    if crossing.pattern.queue == "calls" and crossing.mu > crossing.rate * crossing.factor + SEEN_HOURS:
        parts.append(f"with the others' short calls in the same hours, {crossing.mu:.1f} to be expected")
    rare = 1000 * 10**-crossing.unlikely
    if rare < RAREST:
        seen = f"not seen in {told.role_days:,} agent-days of this role here"
    else:
        seen = f"about {rare:.1f} agent-days of this role in 1,000 are as unusual"
    return "; ".join(parts) + f"; {seen}."


def _counts(told: Told) -> dict[str, Count]:
    day = told.day
    found = {"opened:day": Count(day.opened.day, 0.0, "different records opened that day")}
    visit = largest_visit(day.marks)
    if visit is not None:
        found["opened:visit"] = Count(visit.records, 0.0, "different records in one visit")
    if day.calls:
        found["answered:day"] = Count(len(day.calls), 0.0, "answered calls that day")
    return found


def reason_names(bits: int) -> list[str]:
    """The reasons in words; "none on file" where there is none."""
    return [name for bit, name in NAMES.items() if bits & bit] or ["none on file"]


def _reasons(told: Told) -> dict[str, int]:
    """How many of the openings without a reason when made have each reason now, and how many have none."""
    found = Counter[str]()
    for bits in told.matured.reasons.values() if told.matured is not None else ():
        found.update(reason_names(bits))
    return dict(sorted(found.items()))


def _against(crossing: Crossing, told: Told, facts: Facts) -> list[str]:
    day, found = told.day, [ATTRIBUTION]
    others = day.opened.day - len({mark.key for mark in day.unexplained_at})
    if others > 0 and crossing.signal.count.startswith("unexplained"):
        were = "record opened that day had a reason when it was" if others == 1 else RECORDS_HAD
        found.append(f"{others} other {were} opened")
    if told.matured is not None:
        later = sum(1 for bits in told.matured.reasons.values() if bits & ~(FRESH | SELF_MADE))
        if later:
            had, have = ("opening", "has") if later == 1 else ("openings", "have")
            found.append(f"{later} {had} had no reason when made and {have} one now")
    if told.busiest is not None and told.busiest >= crossing.x:
        found.append(f"the agent has had {told.busiest} before")
    if crossing.factor >= BUSIER:
        found.append("the peers were busier than usual that day too")
    if crossing.tier == "provisional":
        found.append("follow-up is still possible: calls and notes within 30 minutes count")
    if day.person.role in ("manager", "compliance"):
        whose = "a manager's work" if day.person.role == "manager" else "the work of compliance"
        found.append(f"reviewing records is part of {whose}")
    if not day.person.zone_known:
        found.append("the agent's time zone is not known: the day's limits may be off")
    return found


def _context(day: AgentDay, facts: Facts, t: int) -> list[tuple[str, str]]:
    person, found = day.person, []
    notice = person.notice_at(t)
    if notice is not None:
        since = local(day, notice[0], "%-d %B %Y")
        found.append((f"last working day {notice[1]} (known since {since})", "hr"))
    if person.back_today(day.start):
        found.append(("back from leave", "hr"))
    if person.is_new(t):
        found.append(("in the first 30 days here", "hr"))
    works = [work for work in person.work if work.start <= t < work.end and work.known <= t]
    if works:
        found += [(f"declared for these days: {work.purpose}", "none") for work in works]
    elif facts.feeds.connected("declared", t):
        found.append(("no review, handover or other work is declared for these days", "none"))
    else:
        found.append(
            ("whether a review or other work was asked for is not known: none is ever declared", "none")
        )
    return found


def doubt(told: Told, x: int, noun: str) -> Doubt:
    """Why a live finding does not hold once matured: explained by others' reasons, or by follow-up."""
    return _doubt(_reasons(told), f"{x} {noun} remain once 30 minutes had passed")


def dissolved(reasons: Mapping[str, int]) -> Doubt:
    """Why a finding does not hold since facts came late."""
    return _doubt(reasons, "with what arrived late it stays below the line")


def _doubt(reasons: Mapping[str, int], what: str) -> Doubt:
    given = sum(n for name, n in reasons.items() if name in GIVEN_BY_OTHERS)
    why = ", ".join(f"{name} {n}" for name, n in reasons.items()) or "follow-up came"
    status = "explained" if given * 2 >= max(sum(reasons.values()), 1) else "withdrawn"
    return Doubt(status, f"{what} ({why})", reasons)
