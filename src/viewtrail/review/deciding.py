"""The entries with which people decide: made here, so that what is written is what is read back."""

from __future__ import annotations

from typing import Any

from viewtrail.event import Event
from viewtrail.review.decision import TAKEN, UNDONE

SOURCE = "/console"


def viewed(finding: str, by: str, *, at: int, id: str, source: str = SOURCE) -> Event:
    """`by` opened the finding."""
    return _event("finding.viewed", finding, by, at, id, source, {})


def taken(finding: str, by: str, owner: str, *, at: int, id: str, source: str = SOURCE) -> Event:
    """From now on `owner` (a pseudonym) looks after it."""
    return _event("finding.viewed", finding, by, at, id, source, {"what": TAKEN, "who": owner})


def asked(
    finding: str, by: str, whom: str, *, at: int, id: str, words: str = "", source: str = SOURCE
) -> Event:
    """`whom` (a pseudonym) was asked through the system; the words go to the encrypted detail."""
    return _event("finding.asked", finding, by, at, id, source, {"about": whom}, words)


def answered(
    finding: str,
    by: str,
    *,
    at: int,
    id: str,
    words: str = "",
    told: str = "answered",
    source: str = SOURCE,
) -> Event:
    """The person asked answered (`told="answered"`), or `by` says that they were heard ("heard")."""
    return _event("finding.asked", finding, by, at, id, source, {"transition": told}, words)


def snoozed(
    finding: str, by: str, *, at: int, id: str, hours: int | None = None, source: str = SOURCE
) -> Event:
    """Put off for so many hours, or, with None, until it escalates."""
    more = {"to": f"{hours}h"} if hours is not None else {}
    return _event("finding.snoozed", finding, by, at, id, source, more)


def closed(
    finding: str,
    by: str,
    outcome: str,
    *,
    at: int,
    id: str,
    reason: str = "",
    words: str = "",
    source: str = SOURCE,
) -> Event:
    """Closed with one of OUTCOMES; `reason` is a code word, `words` go to the encrypted detail."""
    more = {"what": outcome, **({"why": reason} if reason else {})}
    return _event("finding.closed", finding, by, at, id, source, more, words)


def undone(type: str, finding: str, by: str, *, at: int, id: str, source: str = SOURCE) -> Event:
    """The last standing act of this type on this finding is taken back."""
    return _event(type, finding, by, at, id, source, {"transition": UNDONE})


def _event(
    type: str,
    finding: str,
    by: str,
    at: int,
    id: str,
    source: str,
    more: dict[str, Any],
    words: str = "",
) -> Event:
    extra = {"data": {"words": words}} if words else {}
    return Event(source, id, type, at, {"agent": by, "finding": finding, **more}, extra=extra)
