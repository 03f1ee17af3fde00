"""The morning mail: five lines and the log's checkpoint, which makes a mailbox the log's anchor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from statistics import median
from typing import Final

from viewtrail.app.notify_due import Due
from viewtrail.app.notify_settings import Notices, Recipient
from viewtrail.app.source_health import Health
from viewtrail.app.spans import local
from viewtrail.finding import Finding
from viewtrail.log.checkpoint import Checkpoint
from viewtrail.measure.clocks import DAY, MINUTE
from viewtrail.review.decisions import Decision
from viewtrail.store.board import Board

ENOUGH: Final = 5
"""So many findings must have been closed before how long one takes is told."""

LONGEST_LOOK: Final = 8 * 60 * MINUTE
"""Opened in the morning and closed at night is one look interrupted; longer is another day's."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What the digest is made from."""

    day: str
    open: Sequence[Finding]
    new: int
    closed: tuple[int, int]
    minutes: float | None
    left: int
    sources: Sequence[Health]
    lag: int
    size: int
    checkpoint: Checkpoint | None


def morning(
    board: Board, due: Due, to: Recipient, sources: Sequence[Health], signed: Checkpoint | None, now: int
) -> Morning:
    """Everything of the last day that this recipient may hear of."""
    standing = [one for one in board.findings(living=True) if due.may_hear(to, one)]
    yesterday = str(local(now - DAY, due.asked.zone).date())
    return Morning(
        str(local(now, due.asked.zone).date()),
        standing,
        sum(1 for one in standing if one.detected_at >= now - DAY),
        board.ordinary(50),
        _minutes(list(board.decisions(one.id for one in board.findings(living=False, limit=100)).values())),
        sum(1 for one in board.left(500) if one.day == yesterday),
        sources,
        board.lag(),
        board.made().size,
        signed,
    )


def _minutes(decisions: Sequence[Decision]) -> float | None:
    """How long people looked before they closed one: the median of those that were closed in one sitting."""
    took = [
        (one.at - one.seen) / MINUTE
        for one in decisions
        if one.state == "closed" and one.at and one.seen and one.at - one.seen <= LONGEST_LOOK
    ]
    return median(took) if len(took) >= ENOUGH else None


def lines(told: Morning, console: str) -> list[str]:
    """The five lines."""
    return [_what(told, console), _how_long(told), _ordinary(told), _capture(told), _anchor(told)]


def _what(told: Morning, console: str) -> str:
    if not told.open:
        return "Nothing to look at."
    many = "1 finding" if len(told.open) == 1 else f"{len(told.open)} findings"
    named = ", ".join(dict.fromkeys(one.agent or one.subject_kind for one in told.open[:5]))
    return f"To look at: {many}, {told.new} new since yesterday ({named}): {console}/findings"


def _how_long(told: Morning) -> str:
    if told.minutes is None:
        return f"How long: not known yet; it is told once {ENOUGH} findings were closed here."
    each = max(1, round(told.minutes))
    return f"How long: about {each * len(told.open)} minutes; the last ones took {each} each."


def _ordinary(told: Morning) -> str:
    closed, ordinary = told.closed
    past = f"of the last {closed} closed, {ordinary} had an ordinary explanation"
    if closed < 20:
        past += " (expect most to be ordinary)"
    return f"Ordinary: {told.left} looked alike yesterday and were left alone; {past}."


def _capture(told: Morning) -> str:
    if not told.sources:
        return "Capture: no source has sent anything yet."
    wrong = [f"{one.source.source}: {one.matter}" for one in told.sources if one.matter]
    wrong += [f"{told.lag:,} entries wait to be looked at"] if told.lag > 10_000 else []
    events = sum(one.source.events_24h for one in told.sources)
    heard = f"{events:,} events from {len(told.sources)} sources in a day"
    return f"Capture: {'; '.join(wrong)} ({heard})." if wrong else f"Capture: healthy, {heard}."


def _anchor(told: Morning) -> str:
    if told.checkpoint is None:
        return "Log: empty, nothing was signed yet."
    return (
        f"Log: {told.checkpoint.size:,} entries signed. Keep this mail: "
        "`viewtrail verify --against mail.eml` holds the log against it."
    )


def digest_mail(told: Morning, asked: Notices, to: Recipient) -> EmailMessage:
    """The whole mail, with the checkpoint's lines below."""
    message = EmailMessage()
    message["From"], message["To"] = asked.sender, to.address
    what = "nothing to look at" if not told.open else f"{len(told.open)} to look at"
    message["Subject"] = f"Viewtrail, {told.day}: {what}"
    message["Message-ID"] = f"<digest-{told.day}@viewtrail.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    note = f"\n{told.checkpoint.note}" if told.checkpoint is not None else ""
    message.set_content("".join(f"{line}\n" for line in lines(told, asked.console)) + note)
    return message
