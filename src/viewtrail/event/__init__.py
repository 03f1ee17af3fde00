"""An event: one thing one person did to one record, as a source saw it; the closed vocabulary."""

from viewtrail.event.derived import derived_id
from viewtrail.event.flat import COLUMNS, from_flat, to_flat
from viewtrail.event.kinds import EPOCH, Kind
from viewtrail.event.shape import EventShape
from viewtrail.event.strict_json import MAX_EVENT_BYTES, decode
from viewtrail.event.vocabulary import GROUPS, ROLES, SUBJECT, VOCABULARY, WORDS, words
from viewtrail.event.wire import Event, canonical, from_wire, made, rfc3339, to_wire

__all__ = [
    "COLUMNS",
    "EPOCH",
    "GROUPS",
    "MAX_EVENT_BYTES",
    "ROLES",
    "SUBJECT",
    "VOCABULARY",
    "WORDS",
    "Event",
    "EventShape",
    "Kind",
    "canonical",
    "decode",
    "derived_id",
    "from_flat",
    "from_wire",
    "made",
    "rfc3339",
    "to_flat",
    "to_wire",
    "words",
]
