"""`POST /v1/events`: a body read, its items judged, the events written, and a result for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from viewtrail.app.allowing import Allowing
from viewtrail.app.api_keys import ApiKey
from viewtrail.app.writer import DiskLow, QueueFull, Writer
from viewtrail.errors import BadInput, LogBusy, LogDamaged, ViewtrailError
from viewtrail.event import Event
from viewtrail.log import Receipt
from viewtrail.log.ready import Ready
from viewtrail.web.intake.answers import COME_AGAIN, Receive, Refused, Result
from viewtrail.web.intake.body import blocks
from viewtrail.web.intake.items import Bad, Item, TooMany, binary, one
from viewtrail.web.intake.readied import Readied
from viewtrail.web.intake.reading import Group, Reading

LINES_AT_ONCE: Final = 256 << 10
"""Bytes of NDJSON that are read together."""

TRIES: Final = 100
"""How often, 50 ms apart, the rest of a long body asks for room in the queue before it gives up."""

ONE: Final = (b"application/cloudevents+json",)
BATCH: Final = (b"application/cloudevents-batch+json",)
LINES: Final = (b"application/x-ndjson", b"application/ndjson", b"application/jsonl")
JSON: Final = b"application/json"
KNOWN: Final = b", ".join((*BATCH, *ONE, JSON, LINES[0])).decode()


@dataclass(frozen=True, slots=True)
class Limits:
    """`body` bytes, unpacked, and `batch` items that one request may have."""

    body: int
    batch: int


@dataclass(slots=True)
class Sending:
    """One request: whose it is, how it is packed, and what has become of its items so far."""

    key: ApiKey
    reading: Reading
    headers: dict[bytes, bytes]
    skew: int
    dry_run: bool
    single: bool = False
    results: list[Result] = field(default_factory=list)

    def status(self) -> int:
        """200 for a batch of which anything was looked at; a single event answers for itself."""
        outcomes = {one.outcome for one in self.results}
        if outcomes == {"refused"}:
            return 403
        if not self.single:
            return 200
        return {"conflict": 409, "set-aside": 422}.get(outcomes.pop(), 200)


async def take(
    receive: Receive, writer: Writer, sending: Sending, limits: Limits, allowing: Allowing
) -> None:
    """Fills `sending.results`, in the order of the items. What a result says is in the log is on disk.

    Refused when the body as a whole cannot be taken; safe to send again whatever the answer was.
    """
    async for items in _groups(receive, sending, limits):
        if len(sending.results) + len(items) > limits.batch:
            raise _too_many(limits)
        if isinstance(items, Readied) and items.covered(sending.key) and not sending.dry_run:
            allowing.note(await _write_ready(writer, sending, items))
            continue
        items = items.again() if isinstance(items, Readied) else items
        await _write(writer, sending, items)
        if not sending.dry_run:
            told = zip(items, sending.results[-len(items) :], strict=True)
            allowing.note(item for item, one in told if isinstance(item, Event) and one.outcome == "added")
    if not sending.results:
        raise Refused(422, BadInput("there is no event in the body", next="send at least one"))


async def _groups(receive: Receive, sending: Sending, limits: Limits) -> AsyncIterator[Group]:
    """The items of the body, at most 2,000 at once: so many are taken as a whole or not at all."""
    headers = sending.headers
    body = blocks(receive, headers, limits.body)
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind in LINES:
        async for found in _lines(body, sending.reading):
            for group in found:
                yield group
        return
    if b"ce-specversion" in headers or b"ce-id" in headers:
        _known(kind in (JSON, b"", b"text/json"))
        sending.single = True
        yield [binary(headers, await _whole(body))]
        return
    _known(kind in ONE or kind in BATCH or kind == JSON)
    whole = await _whole(body)
    if kind in ONE or (kind == JSON and not whole.lstrip(b" \t\r\n").startswith(b"[")):
        sending.single = True
        yield [one(whole)]
        return
    try:
        found = await sending.reading.read(whole, limits.batch)
    except TooMany:
        raise _too_many(limits) from None
    except BadInput as error:
        raise Refused(422, error) from None
    for group in found:
        yield group


def _known(known: bool) -> None:
    if not known:
        raise Refused(415, BadInput("the Content-Type is none that is read here", next=f"send {KNOWN}"))


async def _whole(body: AsyncIterator[bytes]) -> bytes:
    parts = [block async for block in body]
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _lines(body: AsyncIterator[bytes], reading: Reading) -> AsyncIterator[Sequence[Group]]:
    """Items of NDJSON while it comes, some hundred lines at a time."""
    waiting, line = b"", 1
    async for block in body:
        waiting += block
        if len(waiting) >= LINES_AT_ONCE and b"\n" in block:
            whole, _, waiting = waiting.rpartition(b"\n")
            yield await reading.read(whole, 0, line)
            line += whole.count(b"\n") + 1
    yield await reading.read(waiting, 0, line)


async def _write(writer: Writer, sending: Sending, items: Sequence[Item]) -> None:
    """The results of these items: refused where the key does not cover their source, else the writer's."""
    events: list[Event] = []
    aside: list[tuple[str, str, bytes]] = []
    results: list[Result | None] = []
    for item in items:
        result = _judged(sending.key, item)
        results.append(result)
        if result is None:
            assert isinstance(item, Event)
            events.append(item)
        elif result.outcome == "set-aside":
            assert isinstance(item, Bad)
            aside.append(_aside(sending.key, item))
    receipts = iter(await _receipts(writer, sending, events, aside))
    sending.results += [
        result or _result(item, next(receipts)) for item, result in zip(items, results, strict=True)
    ]


async def _write_ready(writer: Writer, sending: Sending, group: Readied) -> list[Event]:
    """The same for items that are ready and all of sources that the key covers; the events to be counted."""
    aside = [_aside(sending.key, bad) for _, bad in group.bad]
    receipts = await _receipts(writer, sending, group.events(), aside, group.ready)
    sending.results += group.results(receipts, [_set_aside(bad) for _, bad in group.bad])
    return [event for place, event in group.counted if receipts[place].outcome == "added"]


def _judged(key: ApiKey, item: Item) -> Result | None:
    """The result of an item that the writer need not see; None for the others."""
    if item.source is not None and not key.covers(item.source):
        why = f"this key may not send for the source {item.source}; it may for {', '.join(key.sources)}"
        return Result(item.id, None, "refused", why)
    return _set_aside(item) if isinstance(item, Bad) else None


def _set_aside(item: Bad) -> Result:
    return Result(item.id, None, "set-aside", f"{item.where}: {item.why}" if item.where else item.why)


def _aside(key: ApiKey, item: Bad) -> tuple[str, str, bytes]:
    """(place, reason, raw): the same for the same item sent again, so that it is kept once."""
    place = f"{item.source}#{item.id}" if item.source and item.id else f"intake by {key.name}"
    return place, item.why, item.raw.encode("utf-8", "backslashreplace")


def _result(item: Item, receipt: Receipt) -> Result:
    return Result(item.id, receipt.index, receipt.outcome, receipt.why)


async def _receipts(
    writer: Writer,
    sending: Sending,
    events: Sequence[Event],
    aside: list[tuple[str, str, bytes]],
    ready: Ready | None = None,
) -> Sequence[Receipt]:
    if sending.dry_run:
        return await _asked(writer, sending, events)
    if not events and not aside:
        return ()
    for turn in range(TRIES):
        try:
            done = writer.submit(events, aside=aside, skew=sending.skew, ready=ready)
            return await asyncio.wrap_future(done)
        except QueueFull as error:
            # Nothing of it is written yet: the sender waits. Of a long body only the rest waits, here.
            if not sending.results or turn == TRIES - 1:
                raise Refused(429, error, COME_AGAIN) from None
            await asyncio.sleep(0.05)
        except ViewtrailError as error:
            raise unavailable(error) from None
        except OSError as error:
            raise unavailable(ViewtrailError(f"cannot write: {error.strerror}")) from None
    raise AssertionError("the last turn returns or raises")


async def _asked(writer: Writer, sending: Sending, events: Sequence[Event]) -> Sequence[Receipt]:
    try:
        return await asyncio.wrap_future(writer.would(events, skew=sending.skew))
    except QueueFull as error:
        raise Refused(429, error, COME_AGAIN) from None
    except ViewtrailError as error:
        raise unavailable(error) from None


def unavailable(error: ViewtrailError) -> Refused:
    """The answer when the log cannot take anything now: no fault of the sender's."""
    if isinstance(error, DiskLow) or "disk is full" in error.what:
        return Refused(507, ViewtrailError(error.what, next=error.next), ((b"retry-after", b"30"),))
    told = "the log can not be written to now" if isinstance(error, LogBusy | LogDamaged) else error.what
    step = "send the same again later: nothing that was acknowledged is lost"
    return Refused(503, ViewtrailError(told, where=error.where, next=step), ((b"retry-after", b"5"),))


def _too_many(limits: Limits) -> Refused:
    told = f"the batch has more than {limits.batch:,} events"
    return Refused(413, BadInput(told, next="send it in several requests"))
