"""Times as two people read them, pseudonyms as this viewer may, numbers with their units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from viewtrail.app.findings import PSEUDONYM
from viewtrail.event.kinds import EPOCH
from viewtrail.web import names

if TYPE_CHECKING:
    from viewtrail.web.timeline import Lane

register = template.Library()


def at(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def written(micros: int, there: str, here: str, form: str = "%-d %b %H:%M") -> tuple[str, str]:
    """(as the agent's clock shows it, as the viewer's does); the second "" where both are the same."""
    moment = at(micros)
    agents, mine = zone(there), zone(here) or UTC
    first = moment.astimezone(agents or mine)
    if agents is None or agents is mine:
        return first.strftime(form), ""
    second = moment.astimezone(mine)
    if first.utcoffset() == second.utcoffset():
        return first.strftime(form), ""
    same_day = first.date() == second.date()
    return first.strftime(form), second.strftime("%H:%M" if same_day else form)


@register.simple_tag(takes_context=True)
def moment(context: Any, micros: int | None, there: str = "", form: str = "%-d %b %H:%M") -> SafeString:
    """A time as the agent's clock (`there`) and the viewer's show it; UTC in its title and behind `u`."""
    if micros is None:
        return mark_safe("<span class='none'>–</span>")
    here = context["viewer"].time_zone if "viewer" in context else "UTC"
    first, second = map(escape, written(int(micros), there, here, form))
    utc = at(int(micros)).isoformat(sep=" ", timespec="seconds")[:19]
    both = f"{first} <small>(agent)</small> {second} <small>(you)</small>" if second else first
    # Put together by hand: a page has hundreds of these, and digits need no escaping.
    return mark_safe(f'<time datetime="{utc[:10]}T{utc[11:]}Z" title="{utc} UTC">{both}</time>')


def address(page: str, pseudonym: str) -> str:
    """The address of the page about somebody; NoReverseMatch where there is none."""
    if not PSEUDONYM.fullmatch(pseudonym):
        return reverse(page, args=[pseudonym])
    return _pattern(page).replace("PSEUDONYM", pseudonym)


@cache
def _pattern(page: str) -> str:
    """An address is made anew for each of some hundred rows: looking it up is half of what a row costs."""
    return reverse(page, args=["PSEUDONYM"])


@register.simple_tag(takes_context=True)
def who(context: Any, pseudonym: str | None, link: bool = True) -> SafeString:
    """An agent or a record as this viewer may read it, linked to its page where there is one."""
    if not pseudonym:
        return mark_safe("<span class='none'>–</span>")
    visit = context.get("visit")
    shown = visit.names.of(pseudonym) if visit is not None else names.short(pseudonym)
    known = visit is not None and pseudonym in visit.names.ids
    kind = "name" if known else "mask"
    page = "agent" if pseudonym.startswith("a-") else "record"
    if link:
        try:
            href = escape(address(page, pseudonym))
        except NoReverseMatch:
            pass
        else:
            title, text = escape(pseudonym), escape(shown)
            return mark_safe(f'<a class="{kind}" href="{href}" title="{title}">{text}</a>')
    return format_html('<span class="{}" title="{}">{}</span>', kind, pseudonym, shown)


@register.simple_tag
def entry(index: int) -> SafeString:
    """The number of an entry, linked to its page."""
    return mark_safe(f'<a href="{_entries()}{int(index)}">{int(index):,}</a>')


@cache
def _entries() -> str:
    return reverse("entry", args=[0]).removesuffix("0")


@register.simple_tag
def marks(lane: Lane, beyond: Collection[int] = ()) -> SafeString:
    """The marks of one lane, each linked to its row of the table, or to its entry where that is `beyond` it.

    Put together by hand: a busy day has a thousand of them, which a template takes a tenth of a second for.
    """
    told = []
    for mark in lane.marks:
        href = f"{_entries()}{mark.index}" if beyond and mark.index in beyond else f"#e-{mark.index}"
        kind = f"m {lane.name}" if mark.open else f"m {lane.name} least"
        place = f'x="{mark.x:.2f}" y="4" width="{mark.width:.2f}" height="18"'
        told.append(f'<a href="{href}" tabindex="-1"><rect class="{escape(kind)}" {place}/></a>')
    return mark_safe("".join(told))


@register.simple_tag(takes_context=True)
def plain(context: Any, text: str | None) -> SafeString:
    """A text with its pseudonyms as this viewer may read them."""
    visit = context.get("visit")
    shown = visit.names if visit is not None else names.Shown({}, {})
    parts, last = [], 0
    for found in PSEUDONYM.finditer(text or ""):
        parts.append(conditional_escape((text or "")[last : found.start()]))
        parts.append(format_html('<span class="mask" title="{}">{}</span>', found[0], shown.of(found[0])))
        last = found.end()
    parts.append(conditional_escape((text or "")[last:]))
    return mark_safe("".join(parts))


@register.filter
def number(value: float | int | None) -> str:
    """A number as people write it: thousands apart, one decimal where it says something."""
    if value is None:
        return "–"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 0.1 else f"{value:.2f}"


@register.filter
def on_day(text: str) -> str:
    """A day written as 2026-03-26, as one says it."""
    try:
        return f"{date.fromisoformat(text):%-d %B}"
    except ValueError:
        return text


@register.filter
def seconds(value: float | None) -> str:
    """A duration as one reads it aloud."""
    if value is None:
        return "–"
    if value < 60:
        return f"{value:.0f} s"
    if value < 3600:
        return f"{int(value) // 60} min {int(value) % 60:02} s"
    return f"{int(value) // 3600} h {int(value) % 3600 // 60:02} min"


@register.filter
def words(value: str) -> str:
    """A code word as plain words."""
    return str(value).replace("-", " ").replace("_", " ")


@register.filter
def at_key(found: Mapping[str, Any], key: str) -> Any:
    """What stands under this key, or nothing."""
    return found.get(key, "")


@register.simple_tag(takes_context=True)
def query(context: Any, **changed: Any) -> str:
    """This page's query with some parts changed; an empty value takes one away."""
    found = context["request"].GET.copy()
    for name, value in changed.items():
        if value in ("", None):
            found.pop(name, None)
        else:
            found[name] = str(value)
    text = found.urlencode()
    return f"?{text}" if text else "?"
