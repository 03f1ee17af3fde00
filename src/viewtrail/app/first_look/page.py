"""The page of a first look: one HTML file that needs nothing else, sends nothing and loads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final

from viewtrail.app.backtest import Tried, words
from viewtrail.app.first_look.charts import talk_times
from viewtrail.app.first_look.look import Look
from viewtrail.app.first_look.verdicts import about_agents, about_lists
from viewtrail.app.spans import local
from viewtrail.finding import Finding
from viewtrail.log.report import so_many
from viewtrail.patterns.base import SCALES
from viewtrail.watch.ledger import LIVING

SHOWN: Final = 12
"""Findings and agents in a table; the rest is said as a number."""

STYLE: Final = files("viewtrail.app.first_look").joinpath("page.css").read_text(encoding="utf-8")

Cell = str | int


def page(look: Look) -> str:
    """The whole page as HTML; every text that came out of a file is escaped."""
    title = f"First look at {so_many(len(look.files), 'file')}"
    body = "\n".join(part for part in _parts(look, title) if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _parts(look: Look, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield _span(look)
    yield _section("What can be seen", _seen(look))
    yield _section("What reasons can be seen", _feeds(look))
    yield _section("Bad list or bad agent?", _calls(look))
    yield _section("What plain limits would have said", _limits(look))
    yield _section("What stands out, with precedent, reasons and peers", _findings(look))
    yield _section("The files", _files(look))


def _section(title: str, parts: Iterable[str]) -> str:
    inside = "\n".join(parts)
    return f"<section><h2>{escape(title)}</h2>\n{inside}</section>" if inside else ""


def _p(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    def cell(tag: str, value: Cell) -> str:
        number = isinstance(value, int)
        return (
            f"<{tag}{' class=n' if number else ''}>{f'{value:,}' if number else escape(str(value))}</{tag}>"
        )

    told = list(rows)
    counted = [bool(told) and isinstance(told[0][place], int) for place in range(len(head))]
    top = "".join(
        f"<th{' class=n' if n else ''}>{escape(one)}</th>" for one, n in zip(head, counted, strict=True)
    )
    body = "".join(f"<tr>{''.join(cell('td', value) for value in row)}</tr>" for row in told)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _span(look: Look) -> str:
    seen, zone = look.seen, look.settings.time_zone
    if seen.first is None or seen.last is None:
        return _p("Nothing in these files could be read as an event.", "soft")
    days = f"{local(seen.first, zone):%-d %B %Y} to {local(seen.last, zone):%-d %B %Y}"
    count = sum(seen.types.values())
    return _p(f"{so_many(count, 'event')} of {so_many(len(seen.agents), 'agent')}, {days} ({zone}).", "soft")


def _seen(look: Look) -> Iterator[str]:
    there = [(words, n) for words, n in look.seen.shown if n]
    yield _table(("in these files", "how many"), there)
    lacking = [words for words, n in look.seen.shown if not n]
    if lacking:
        yield _p(f"Not in these files, so nothing is said about it: {', '.join(lacking)}.")
    if look.seen.unknown:
        told = ", ".join(f"{name} ({n:,})" for name, n in sorted(look.seen.unknown.items()))
        yield _p(f"Of types that are kept and not understood: {told}.")


def _feeds(look: Look) -> Iterator[str]:
    rows: list[tuple[Cell, ...]] = [
        (name, "yes" if there else "no: reasons from there stay unknown, which is not held against anybody")
        for name, _, there in look.seen.feeds
    ]
    yield _table(("feed", "in these files"), rows)


def _calls(look: Look) -> Iterator[str]:
    seen = look.seen
    if not seen.calls:
        return
    lists = list(about_lists(look.queues))
    agents = list(about_agents(look.queues, look.name))
    if not look.queues:
        yield _p("Too few answered calls to tell a bad list from a bad agent: 200 of one kind are needed.")
        return
    if lists:
        yield _p("About lists", "soft") + _list(lists)
    if agents:
        yield _p("About calls of single agents", "soft") + _list(agents[:SHOWN])
    if not lists and not agents:
        yield _p("No list and no agent has more short calls than the same kind of calls elsewhere.")
    tested = sum(len(queue.agents) for queue in look.queues)
    made = so_many(tested, "comparison was", "comparisons were")
    yield _p(f"{made} made; about {0.025 * tested:.0f} would stand out by chance alone.", "soft")
    yield f"<figure>{talk_times(seen.talk)}</figure>"
    head = ("calls", "answered", "under 20 s", "share", "not known", "agents")
    rows = [
        (q.queue, q.answered, q.short, f"{q.share:.1%}", q.unknown, len(q.agents) + q.few)
        for q in look.queues
    ]
    yield _table(head, rows)
    if seen.ended_by:
        told = ", ".join(f"{who} {n:,}" for who, n in seen.ended_by.most_common())
        yield _p(f"Who ended the short ones: {told}.", "soft")


def _limits(look: Look) -> Iterator[str]:
    if not look.past.days:
        return
    yield _p(
        f"Plain limits, held against the {so_many(len(look.past.days), 'agent-day')} of these files. "
        "A limit that would have spoken often does not fit this company: it would have "
        "to be set by what is usual here."
    )
    rows: list[tuple[Cell, ...]] = []
    for one in _seen_at_all(look):
        most = "; ".join(f"{look.name(agent)} on {day}: {n:,}" for agent, day, n in one.examples[:1])
        what = f"{one.limit.at} {words(one.limit.count)} {SCALES[one.limit.scale]}"
        rows.append((what, one.agent_days, f"{look.past.per_1000(one.agent_days):.1f}", one.agents, most))
    yield _table(("limit", "agent-days", "in 1,000", "agents", "the highest"), rows)


def _seen_at_all(look: Look) -> list[Tried]:
    """The limits on what these files show at all: of the others they say nothing."""
    names = {name for day in look.past.days for name, count in day.counts.items() if count}
    return [one for one in look.limits if f"{one.limit.count}:{one.limit.scale}" in names]


def _findings(look: Look) -> Iterator[str]:
    if not look.past.days:
        return
    standing = [one for one in look.past.findings if one.status in LIVING]
    rate = look.past.per_1000(len(standing))
    yield _p(
        f"{so_many(len(standing), 'finding')}, {rate:.1f} in 1,000 agent-days. "
        "Expect most to have an ordinary explanation."
    )
    for one in sorted(standing, key=_weight, reverse=True)[:SHOWN]:
        yield _finding(look, one)
    if len(standing) > SHOWN:
        yield _p(f"And {len(standing) - SHOWN:,} more; import the files into a home to see them all.", "soft")


def _weight(one: Finding) -> tuple[int, float]:
    return ("low", "medium", "high").index(one.severity), one.score


def _finding(look: Look, one: Finding) -> str:
    lines: list[Any] = [f"<p><strong>{escape(look.name(one.claim))}</strong></p>", _p(one.usual)]
    lines.append(_list([f"against: {look.name(text)}" for text in one.against] + list(one.ordinary)))
    if one.unknown:
        lines.append(_p(f"Not known here: {', '.join(one.unknown)}.", "soft"))
    return f"<article>{''.join(lines)}</article>"


def _files(look: Look) -> Iterator[str]:
    head = ("file", "read", "events added", "repeated", "skipped", "set aside")
    yield _table(
        head, [(f.file, f.read, f.added, f.repeated, f.not_mapped.total(), f.set_aside) for f in look.files]
    )
    for one in look.files:
        for kind, count in one.reasons.most_common():
            places = [*one.shown[kind][:3], *([f"and {count - 3:,} more like these"] if count > 3 else [])]
            yield _p(f"Set aside in {one.file}:", "soft") + _list(places)
