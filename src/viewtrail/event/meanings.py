"""What each type of event means, in one sentence for those who write their CRM's events."""

from __future__ import annotations

from typing import Final

_TRANSACTIONS: Final = {
    "record.created": "A record came into the CRM.",
    "record.assigned": "A record was given to an agent, or taken from one.",
    "status.changed": "A status field of a record changed; `from` and `to` are its words.",
    "record.valued": "A record's value band was set again: 0 is no deposits, 20 the highest.",
    "document.uploaded": "A document was added to a record.",
    "document.decided": "Somebody accepted or refused a document.",
    "account.opened": "A trading account was opened for a client.",
    "account.approved": "A trading account was approved.",
    "account.closed": "A trading account was closed.",
    "deposit.processed": "A deposit was processed.",
    "withdrawal.requested": "A withdrawal was asked for.",
    "withdrawal.decided": "A withdrawal was approved or refused.",
    "consent.changed": "A client gave or took back consent to a purpose.",
}

_BEHAVIOUR: Final = {
    "record.served": "The server sent a record; nobody is known to have seen it (a script, a prefetch).",
    "visit.started": "An agent signed in or opened a session of work.",
    "visit.ended": "That session ended.",
    "record.viewed": "An agent opened a record; send `dwell_s` only if the view has ended.",
    "record.left": "The view ended; `view` is `source#id` of its opening, `complete` false a lower bound.",
    "list.viewed": "An agent looked at a list of records; `records` are the ids shown.",
    "search.performed": "An agent searched; `filter` is the shape of the question, never its values.",
    "contact.revealed": "A hidden phone number, address or document was shown to an agent.",
    "contact.copied": "A contact detail was copied.",
    "page.printed": "A page was printed.",
    "export.created": "Rows left the CRM as a file.",
    "call.started": "A call began to ring.",
    "call.ended": "A call ended; `talk_s` runs from answer to end and never holds the ringing.",
    "message.sent": "An agent sent a message to a client.",
    "note.added": "A note was written; its text is never sent, only the names of the fields.",
    "record.updated": "Fields of a record changed; only their names are sent.",
    "task.completed": "A task about a record was done.",
}

_CONTEXT: Final = {
    "agent.joined": "A person joined.",
    "agent.changed": "A person's role, desk, manager, zone or hours changed.",
    "agent.left": "A person left.",
    "notice.given": "Notice was given; `told_from` is when the person knows of it.",
    "notice.withdrawn": "Notice was taken back.",
    "leave.booked": "Leave was booked.",
    "leave.cancelled": "Leave was cancelled.",
    "work.declared": "Unusual work was announced; without scope, dates and volume it is context only.",
    "work.cancelled": "Announced work will not happen.",
    "campaign.started": "A campaign began; a long list of records may come in several of these events.",
    "campaign.ended": "A campaign ended.",
    "task.due": "An agent was given a task about a record at `time`; it is due at `due_at`.",
    "task.cancelled": "That task will not be done.",
    "queue.offered": "A queue gave an agent a record to work on.",
    "client.contacted": "The client made a move: a reason to open the record.",
    "contact.linked": "A keyed hash of a number or address belongs to a record; the number is never sent.",
    "extension.assigned": "A telephone extension belonged to an agent for a time.",
    "call.matched": "A call was joined with its record after it had been logged.",
    "canary.contacted": "An invented record was contacted from outside.",
}

_SYSTEM: Final = {
    "source.started": "A source began to send.",
    "source.silent": "A source has sent nothing for longer than is usual for it.",
    "capture.gap": "Events are known to be missing: how many, from when to when, and why.",
    "capture.counted": "Pages with a record sent to a kind of browser in an hour, and how many gave no sign.",
    "identity.conflicted": "The same source and id came with other content; the first content stands.",
    "clock.stepped": "A clock was set.",
    "clock.ticked": "Time passed; the loop moves on by entries alone.",
    "finding.updated": "The loop opened or changed a finding; never an input of the loop.",
    "session.signed-in": "A person signed in to the console.",
    "session.refused": "A sign-in to the console was refused.",
    "setting.changed": "A setting changed.",
    "finding.viewed": "A person opened a finding.",
    "finding.asked": "A person put a question about a finding to somebody.",
    "finding.snoozed": "A person put a finding off.",
    "finding.closed": "A person closed a finding.",
    "case.opened": "A person opened a case.",
    "case.noted": "A person added a note to a case; its text is kept encrypted.",
    "case.closed": "A person closed a case.",
    "timeline.viewed": "A person opened another person's timeline.",
    "evidence.exported": "A person took an evidence pack out.",
    "identity.unmasked": "A person turned a pseudonym back into an id.",
    "pattern.changed": "A pattern was switched on or off, or set anew.",
    "hold.placed": "A legal hold was placed: nothing under it is pruned or erased.",
    "erasure.done": "The keys of somebody's detail were destroyed, with authority.",
    "retention.pruned": "A period past its retention was pruned; its leaf hashes stay.",
    "key.rotated": "The log's signing key changed; the old key signed this.",
}

MEANINGS: Final[dict[str, str]] = {**_BEHAVIOUR, **_TRANSACTIONS, **_CONTEXT, **_SYSTEM}
"""type -> its meaning. A meaning never changes; a new one is a new type."""
