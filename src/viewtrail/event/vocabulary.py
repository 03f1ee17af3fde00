"""The closed vocabulary: every type of event, what its subject is and which fields it has."""

from __future__ import annotations

from typing import Final

from viewtrail.event.kinds import Kind

ROLES: Final = ("agent", "senior", "manager", "compliance", "back-office", "admin", "service")

_TASKS: Final = ("callback", "follow-up", "kyc", "other")
_PURPOSES: Final = tuple("quarterly-review compliance-sweep handover cover clean-up training other".split())

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "actor_kind": ("human", "service", "system"),
    "record_kind": ("lead", "client", "account"),
    "via": ("list", "search", "queue", "link", "task", "call", "campaign", "other"),
    "surface": ("ui", "api", "export", "job"),
    "seen": ("true", "unknown"),
    "direction": ("out", "in"),
    "ended_by": ("agent", "client"),
    "dialer": ("manual", "power"),
    "role": ROLES,
    "contact.revealed:field": ("phone", "email", "address", "document", "other"),
    "contact.copied:field": ("phone", "email", "address", "document", "other"),
    "message.sent:channel": ("email", "sms", "chat", "other"),
    "client.contacted:channel": ("call", "email", "chat", "ticket", "other"),
    **dict.fromkeys(("task.due:kind", "task.cancelled:kind", "queue.offered:kind"), _TASKS),
    **dict.fromkeys(("work.declared:purpose", "work.cancelled:purpose"), _PURPOSES),
}
"""Words a field may have, by field or by type:field. The closed lists of the contract."""

MOST: Final = {"value_band": 20}
"""The highest value of a count that has one. Value bands are logarithmic in deposits; 0 is none."""

# Written as the contract's table reads: the type, what its subject is, then its fields by kind.
# Each part between semicolons is a kind from _KINDS and the fields of that kind; "?" = may be absent.
_KINDS: Final = {
    "agent": Kind.AGENT,
    "agents": Kind.AGENTS,
    "record": Kind.RECORD,
    "records": Kind.RECORDS,
    "key": Kind.KEY,
    "label": Kind.LABEL,
    "code": Kind.CODE,
    "word": Kind.ENUM,
    "count": Kind.COUNT,
    "ms": Kind.MS,
    "bool": Kind.BOOL,
    "time": Kind.TIME,
    "date": Kind.DATE,
    "amount": Kind.AMOUNT,
    "shape": Kind.SHAPE,
    "names": Kind.NAMES,
    "hours": Kind.HOURS,
    "scope": Kind.SCOPE,
}

_TASK = "word kind; time due_at; agent by; key task"
_PERSON = (
    "word role; label desk entity; key time_zone; agent manager; "
    "names languages; hours hours; time known_from"
)

BEHAVIOUR: Final = {
    "record.served": ("record", "key view visit; word surface record_kind via; key list"),
    "visit.started": ("", "key visit device; label network; bool remote"),
    "visit.ended": ("", "key visit device; label network; bool remote"),
    "record.viewed": (
        "record",
        "word record_kind via surface seen; count position; key list visit campaign; ms dwell_ms active_ms",
    ),
    "record.left": ("record", "key view visit; ms dwell_ms active_ms; bool complete"),
    "list.viewed": (
        "",
        "key list visit; shape filter; label sort; count rows; records records; names fields_readable",
    ),
    "search.performed": ("", "shape filter; count rows; key list visit; records records"),
    "contact.revealed": ("record", "word field surface; code reason; ms shown_ms; key visit"),
    "contact.copied": ("record", "word field; key visit"),
    "page.printed": ("record?", "label field; key visit list"),
    "export.created": (
        "",
        "count rows; records records; names fields; bool masked; label format; key sha256 list visit",
    ),
    "call.started": ("record?", "key call campaign; word direction dialer"),
    "call.ended": (
        "record?",
        "key call campaign; word direction ended_by dialer; bool answered machine; "
        "ms ring_ms talk_ms; code cause",
    ),
    "message.sent": ("record", "word channel; key campaign"),
    "note.added": ("record", "names fields"),
    "record.updated": ("record", "names fields"),
    "task.completed": ("record", "names fields; key task; code kind"),
}

TRANSACTIONS: Final = {
    "record.created": (
        "record",
        "word record_kind; agent owner; label desk language origin; count value_band",
    ),
    "record.assigned": (
        "record",
        "agent to from; label desk; code reason; key batch; time effective_from known_from",
    ),
    "status.changed": ("record", "label field from to"),
    "record.valued": ("record", "count value_band"),
    "document.uploaded": ("record", "key document; code kind decision reason"),
    "document.decided": ("record", "key document; code kind decision reason"),
    "account.opened": ("record", "record account; label platform"),
    "account.approved": ("record", "record account; label platform"),
    "account.closed": ("record", "record account; label platform"),
    "deposit.processed": ("record", "amount amount; label currency; record account; code decision"),
    "withdrawal.requested": ("record", "amount amount; label currency; record account; code decision"),
    "withdrawal.decided": ("record", "amount amount; label currency; record account; code decision"),
    "consent.changed": ("record", "label purpose; bool given"),
}

CONTEXT: Final = {
    "agent.joined": ("agent", _PERSON),
    "agent.changed": ("agent", _PERSON),
    "agent.left": ("agent", _PERSON),
    "notice.given": ("agent", "date last_day; time known_from told_from"),
    "notice.withdrawn": ("agent", "date last_day; time known_from told_from"),
    "leave.booked": ("agent", "time from to known_from; code kind"),
    "leave.cancelled": ("agent", "time from to known_from; code kind"),
    "work.declared": (
        "agent",
        "word purpose; time from to known_from; scope scope; count records_expected; "
        "agent declared_by; key work",
    ),
    "work.cancelled": (
        "agent",
        "word purpose; time from to known_from; scope scope; agent declared_by; key work",
    ),
    "campaign.started": (
        "key?",
        "key campaign; agents agents; label desk; names desks; time from to; records records",
    ),
    "campaign.ended": (
        "key?",
        "key campaign; agents agents; label desk; names desks; time from to; records records",
    ),
    "task.due": ("record", _TASK),
    "task.cancelled": ("record", _TASK),
    "queue.offered": ("record", _TASK),
    "client.contacted": ("record", "word channel"),
    "contact.linked": ("record", "key hash"),
    "extension.assigned": ("agent", "key pbx extension; time from to"),
    "call.matched": ("", "key call; record record"),
    "canary.contacted": ("record", "label channel"),
}

_WHO_WHAT = (
    "key finding case what who; agent about; record record; label tier transition; code why; label from to"
)

_HUMAN_ACTS: Final = (
    "session.signed-in session.refused setting.changed finding.viewed finding.asked finding.snoozed "
    "finding.closed case.opened case.noted case.closed timeline.viewed evidence.exported "
    "identity.unmasked pattern.changed hold.placed erasure.done retention.pruned key.rotated"
).split()

SYSTEM: Final = {
    "source.started": ("key?", "key feed; time from to; count lost; code why"),
    "source.silent": ("key?", "key feed; time from to; count lost; code why"),
    "capture.gap": ("key?", "key feed; time from to; count lost; code why"),
    "capture.counted": ("", "key feed; label browser; time from to; count pages unseen"),
    "identity.conflicted": ("key?", "key feed what; code why"),
    "clock.stepped": ("key?", "key feed; time from to; code why"),
    "clock.ticked": ("key?", "key feed"),
    "finding.updated": ("key?", "key finding; label transition tier; key by"),
    **dict.fromkeys(_HUMAN_ACTS, ("key?", _WHO_WHAT)),
}

AGENTLESS: Final = (
    frozenset({"client.contacted", "contact.linked", "canary.contacted"})
    | frozenset(SYSTEM)
    | frozenset(CONTEXT)
)
"""Types that may come without `data.agent`: nobody inside did them, or who entered them is not known."""

GROUPS: Final = {
    "behaviour": BEHAVIOUR,
    "transactions": TRANSACTIONS,
    "context": CONTEXT,
    "the system itself": SYSTEM,
}

COMMON: Final = {"agent": Kind.AGENT, "on_behalf_of": Kind.AGENT, "actor_kind": Kind.ENUM}


def _fields(spec: str) -> dict[str, Kind]:
    found = dict(COMMON)
    for part in filter(None, spec.split("; ")):
        kind, *names = part.split()
        found.update(dict.fromkeys(names, _KINDS[kind]))
    return found


VOCABULARY: Final[dict[str, dict[str, Kind]]] = {
    name: _fields(spec) for group in GROUPS.values() for name, (_, spec) in group.items()
}
"""type -> stored field -> kind. Stored durations end in _ms; on the wire they are seconds ending in _s."""

SUBJECT: Final[dict[str, str]] = {
    name: subject.rstrip("?") for group in GROUPS.values() for name, (subject, _) in group.items()
}
"""type -> "record", "agent", "key" (an id kept in clear) or "" (no subject)."""

NEEDS_SUBJECT: Final = frozenset(
    name
    for group in GROUPS.values()
    for name, (subject, _) in group.items()
    if subject and not subject.endswith("?")
)


SPANS: Final = frozenset(name for name, fields in VOCABULARY.items() if fields.get("from") is Kind.TIME)
"""Types whose `from` and `to` are times; elsewhere they are agents or labels."""


def on_wire(stored: str, kind: Kind) -> str:
    """The wire's name of a stored field: durations are seconds there."""
    return stored.removesuffix("_ms") + "_s" if kind is Kind.MS else stored


def words(type_: str, field: str) -> tuple[str, ...]:
    """The words that `field` of `type_` may have, for a field of kind ENUM."""
    return WORDS.get(f"{type_}:{field}") or WORDS[field]
