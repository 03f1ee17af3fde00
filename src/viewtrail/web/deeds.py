"""What was done, in plain words: what stands in a column "what", beside who did it and to which record."""

from __future__ import annotations

from typing import Final

_WORK: Final = {
    "record.served": "was sent the record, not known to have seen it",
    "visit.started": "began a session of work",
    "visit.ended": "ended a session of work",
    "record.viewed": "opened the record",
    "record.left": "left the record",
    "list.viewed": "looked at a list",
    "search.performed": "searched",
    "contact.revealed": "had a contact shown",
    "contact.copied": "copied a contact",
    "page.printed": "printed a page",
    "export.created": "exported rows",
    "call.started": "call began to ring",
    "call.ended": "call",
    "message.sent": "sent a message",
    "note.added": "wrote a note",
    "record.updated": "changed the record",
    "task.completed": "completed a task",
}

_CHANGES: Final = {
    "record.created": "record came in",
    "record.assigned": "record was assigned",
    "status.changed": "status was changed",
    "record.valued": "value band was set",
    "document.uploaded": "document was added",
    "document.decided": "document was decided on",
    "account.opened": "account was opened",
    "account.approved": "account was approved",
    "account.closed": "account was closed",
    "deposit.processed": "deposit was processed",
    "withdrawal.requested": "withdrawal was asked for",
    "withdrawal.decided": "withdrawal was decided on",
    "consent.changed": "consent was changed",
}

_CONTEXT: Final = {
    "agent.joined": "person joined",
    "agent.changed": "role, desk or hours changed",
    "agent.left": "person left",
    "notice.given": "notice was given",
    "notice.withdrawn": "notice was taken back",
    "leave.booked": "leave was booked",
    "leave.cancelled": "leave was cancelled",
    "work.declared": "work was declared",
    "work.cancelled": "declared work was cancelled",
    "campaign.started": "campaign began",
    "campaign.ended": "campaign ended",
    "task.due": "task was given",
    "task.cancelled": "task was cancelled",
    "queue.offered": "queue offered the record",
    "client.contacted": "client was in touch",
    "contact.linked": "number or address was linked",
    "extension.assigned": "extension was assigned",
    "call.matched": "call was matched with the record",
    "canary.contacted": "invented record was contacted",
}

_LOOKING: Final = {
    "source.started": "source began to send",
    "source.silent": "source fell silent",
    "capture.gap": "events are missing",
    "capture.counted": "pages were counted",
    "identity.conflicted": "same id came with other content",
    "clock.stepped": "clock was set",
    "clock.ticked": "time passed",
    "finding.updated": "finding was updated",
    "session.signed-in": "signed in to the console",
    "session.refused": "sign-in to the console was refused",
    "setting.changed": "setting was changed",
    "finding.viewed": "finding was opened",
    "finding.asked": "question was put",
    "finding.snoozed": "finding was put off",
    "finding.closed": "finding was closed",
    "case.opened": "case was opened",
    "case.noted": "note was added",
    "case.closed": "case was closed",
    "timeline.viewed": "days or records were looked at",
    "evidence.exported": "evidence was taken out",
    "identity.unmasked": "pseudonym was taken off",
    "pattern.changed": "pattern was changed",
    "hold.placed": "legal hold was placed",
    "erasure.done": "detail was erased",
    "retention.pruned": "old period was pruned",
    "key.rotated": "signing key was changed",
}

WORDS: Final = {**_WORK, **_CHANGES, **_CONTEXT, **_LOOKING}
"""Type of event -> its words."""


def what(kind: str) -> str:
    """A type in words; one that this release does not know as it is written."""
    return WORDS.get(kind) or kind
