"""Events made ready to be written, as far as that needs neither the log nor the time they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viewtrail.errors import BadInput
from viewtrail.event import Event, canonical
from viewtrail.log.detail import key_name, plain_detail
from viewtrail.log.entry import Stored, body_of, check_data, encode_json, identity_key, known_at
from viewtrail.log.numbering import Run, runs
from viewtrail.log.pseudonyms import Pseudonyms, hmac_sha256

CONTENT = 16  # bytes of the keyed content digest


@dataclass(frozen=True, slots=True)
class Ready:
    """Events by the column, in order; plain values throughout, so that another process can make them.

    `keys` find identities, `contents` are the keyed digests, `bodies` the canonical bytes inside an entry.
    `since` is from when each would count as known if it were history. `names` are "kind:id" -> pseudonym of
    all that the bodies hold. `details`: (position, name of the detail key, bytes to seal under it).
    """

    keys: list[bytes]
    contents: list[bytes]
    bodies: list[bytes]
    since: list[int]
    earliest: int
    latest: int
    names: dict[str, str]
    details: list[tuple[int, str, bytes]]
    runs: list[Run]


class Readying:
    """Makes events ready under one log's tenant key; wherever that is done, the result is the same."""

    def __init__(self, tenant_key: bytes) -> None:
        self.digest = hmac_sha256(tenant_key)
        self.names = Pseudonyms(tenant_key)

    def ready(self, events: Sequence[Event]) -> Ready | None:
        """The events as columns; None when there are none, or one of them needs to be looked at by itself."""
        try:
            return self._columns(events) if events else None
        except (BadInput, TypeError, ValueError, OverflowError, RecursionError):
            return None
        finally:
            self.names.take_used()

    def _columns(self, events: Sequence[Event]) -> Ready:
        keys = [identity_key(event.source, event.id) for event in events]
        contents = [self.content(event) for event in events]
        bodies, details = [], []
        for place, event in enumerate(events):
            stored = stored_of(event, self.names)
            bodies.append(body_of(stored))
            if event.extra:
                name = key_name(stored.data.get("agent"), event.source, event.time)
                details.append((place, name, plain_detail(event.extra)))
        times = [event.time for event in events]
        return Ready(
            keys,
            contents,
            bodies,
            [known_at(0, True, event.time, event.data) for event in events],
            min(times),
            max(times),
            self.names.take_used(),
            details,
            runs([event.source for event in events], [event.sequence for event in events], times),
        )

    def content(self, event: Event) -> bytes:
        """The keyed digest of all that was sent (docs/decisions/0002)."""
        return self.digest(content_bytes(event))[:CONTENT]


def stored_of(event: Event, names: Pseudonyms, *, masked: bool = False) -> Stored:
    """The event as its entry holds it; BadInput where its data cannot be written."""
    data = names.data(event.type, event.data, masked=masked)
    check_data(data)
    return Stored(
        data=data,
        id=event.id,
        sequence=event.sequence,
        source=event.source,
        subject=names.subject(event.type, event.subject, masked=masked),
        time=event.time,
        type=event.type,
    )


def content_bytes(event: Event) -> bytes:
    """The same bytes as `event.canonical`, by the faster encoder where both agree (no detail: no floats)."""
    if event.extra:
        return canonical(event)
    return encode_json(
        Stored(
            data=event.data,  # type: ignore[arg-type]  # any mapping is written alike
            id=event.id,
            sequence=event.sequence,
            source=event.source,
            subject=event.subject,
            time=event.time,
            type=event.type,
        )
    )
