"""What the logs hold, what became of each file's rows, and every alert raised on them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scipy.stats import chi2

from real.logs import RealLog
from real.page import bullets, percent, table
from viewtrail.finding import Finding
from viewtrail.measure.clocks import CUT, SECOND
from viewtrail.measure.reasons import FEEDS, SHORT_TALK_MS
from viewtrail.watch.version import code_version


def poisson(count: int, exposure: float) -> tuple[float, float]:
    """Exact (Garwood) 95 % interval of a rate: `count` seen in `exposure`."""
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low / exposure, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / exposure


def files(logs: Sequence[RealLog]) -> str:
    rows = [(log.source.name, f"`{log.source.file}`", f"`{log.sha256}`") for log in logs]
    return table(("log", "file", "SHA-256"), rows, left=3)


def counts(logs: Sequence[RealLog]) -> str:
    return "\n\n".join((_counts(logs), aside(logs), feeds(logs)))


def _counts(logs: Sequence[RealLog]) -> str:
    head = (
        "log rows, events added, set aside, skipped, second import adds, verify, days with work, agents, "
        "agent-days, of these with openings, with answered calls"
    )
    return table(head.replace("log rows", "log, rows read").split(", "), [counts_row(log) for log in logs])


def counts_row(log: RealLog) -> tuple[str, ...]:
    every, read = log.all_agent_days, log.read
    again = "not tried" if log.added_again is None else f"{log.added_again:,}"
    numbers = (read.read, read.added, read.set_aside, sum(read.not_mapped.values()))
    work = (len({day for _, day in every}), len({agent for agent, _ in every}), len(every))
    by_kind = (len(log.opened), len(log.answered))
    cells = [f"{n:,}" for n in (*numbers, *work, *by_kind)]
    return (log.source.name, *cells[:4], again, log.verdict, *cells[4:])


def aside(logs: Sequence[RealLog]) -> str:
    lines = []
    for log in logs:
        for verb, reasons in (("set aside", log.read.reasons), ("skipped", log.read.not_mapped)):
            lines += [f"{log.source.name}, {n:,} {verb}: {why}" for why, n in reasons.most_common()]
    return bullets(lines)


def feeds(logs: Sequence[RealLog]) -> str:
    rows = []
    for feed, types in FEEDS.items():
        heard = [sum(log.types[name] for name in types) for log in logs]
        rows.append((feed, *(f"{n:,}" if n else "never" for n in heard)))
    return table(("entries of each feed", *(log.source.name for log in logs)), rows)


def alerts(log: RealLog, queue: str) -> list[Finding]:
    """Every finding ever opened in that queue, also the withdrawn; one that merged into another is one."""
    of = [one for one in log.replayed.found.findings if one.queue == queue and one.status != "superseded"]
    return sorted(of, key=lambda one: (one.first_at, one.id))


def rates(logs: Sequence[RealLog]) -> str:
    head = ("log", "queue", "agent-days", "alerts", "per 1,000 (95 %)")
    later = ("agent-days after 28 days", "alerts", "per 1,000 (95 %)")
    rows = [rates_row(log, queue) for log in logs for queue in log.queues]
    return table((*head, *later), rows, left=2)


def rates_row(log: RealLog, queue: str) -> tuple[str, ...]:
    every, found = log.agent_days(queue), alerts(log, queue)
    since = min(day for _, day in every) + timedelta(days=log.home.settings.learning_days)
    late = [one for one in found if log.day(one.first_at) >= since]
    days_late = sum(day >= since for _, day in every)
    return (log.source.name, queue, *_rate(len(found), len(every)), *_rate(len(late), days_late))


def _rate(count: int, agent_days: int) -> tuple[str, str, str]:
    low, high = poisson(count, agent_days / 1_000)
    return f"{agent_days:,}", str(count), f"{1_000 * count / agent_days:.2f} ({low:.2f} to {high:.2f})"


def kinds(logs: Sequence[RealLog]) -> str:
    """Alerts by pattern, by the tier in which each was first told and holds now, and by status."""
    rows = []
    for log in logs:
        first = {one.finding.id: one.finding.tier for one in reversed(log.replayed.found.transitions)}
        found = [one for queue in log.queues for one in alerts(log, queue)]
        counted = Counter((one.pattern, first[one.id], one.tier, one.status, one.severity) for one in found)
        rows += [(log.source.name, *kind, str(n)) for kind, n in sorted(counted.items())]
    head = ("log", "pattern", "first told as", "tier now", "status", "severity", "findings")
    return table(head, rows, left=6)


def told(log: RealLog) -> list[str]:
    """One line for each alert, in the product's own words."""
    return [
        f"**{log.source.name}**, {one.tier}, {one.status}, {one.severity}: {one.claim} "
        + "; ".join(one.usual.rstrip(".").split("; ")[:3])
        + "."
        for queue in log.queues
        for one in alerts(log, queue)
    ]


def all_alerts(logs: Sequence[RealLog]) -> str:
    lines = [line for log in logs for line in told(log)]
    return "\n\n".join((rates(logs), kinds(logs), bullets(lines), *_together(logs)))


def shared_days(log: RealLog) -> dict[date, set[str]]:
    """Days on which several agents have a short-call alert, and who."""
    agents_on: dict[date, set[str]] = defaultdict(set)
    for one in alerts(log, "calls"):
        agents_on[log.day(one.last_at)].add(one.agent or "")
    return {day: agents for day, agents in sorted(agents_on.items()) if len(agents) > 1}


def _together(logs: Sequence[RealLog]) -> list[str]:
    """Those days hour by hour: one cause or several?"""
    return [_hours(log, day, agents) for log in logs for day, agents in shared_days(log).items()]


def _hours(log: RealLog, day: date, agents: set[str]) -> str:
    """The calls of that day by the hour in which they ended."""
    calls: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for logged in log.entries:
        event = logged.entry.event
        if event.type == "call.ended" and log.day(event.time) == day:
            local = datetime.fromtimestamp(event.time // SECOND, UTC).astimezone(
                ZoneInfo(log.source.time_zone)
            )
            short = event.data.get("talk_ms", SHORT_TALK_MS) < SHORT_TALK_MS
            calls[local.hour].append((event.data["agent"], short))
    rows = []
    for hour, of in sorted(calls.items(), key=lambda pair: (pair[0] - CUT // 60) % 24):
        short_by = {agent for agent, short in of if short}
        brief = sum(short for _, short in of)
        on_duty = {agent for agent, _ in of}
        share = percent(brief / len(of))
        rows.append(
            (f"{hour}:00", len(of), brief, share, len(on_duty), len(short_by), len(short_by & agents))
        )
    head = "hour, answered, under 20 s, share, agents on duty, with a call under 20 s, of these with an alert"
    title = f"{log.source.name}, {day:%-d %B %Y}, on which {len(agents)} agents have an alert, by hour:"
    return f"{title}\n\n{table(head.split(', '), rows)}"


def versions(logs: Sequence[RealLog]) -> str:
    """Code and settings the findings were made with, and how fast the loop was on this machine."""
    rows = []
    for log in logs:
        made, seconds = log.replayed.found.made, log.replayed.seconds
        code = code_version()
        rows.append((log.source.name, code, made.settings, f"{made.size:,}", f"{made.size / seconds:,.0f}"))
    return table(("log", "code", "settings", "entries", "entries folded a second"), rows, left=3)
