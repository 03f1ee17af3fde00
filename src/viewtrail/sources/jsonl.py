"""JSONL of CloudEvents: one object (or one batch) a line, read in big blocks; and JSON files of the same."""

from __future__ import annotations

from collections.abc import Iterator

from viewtrail.errors import BadInput
from viewtrail.event import decode, from_wire
from viewtrail.sources.intake import Item, SetAside, Tally, aside, from_batch
from viewtrail.sources.streams import ByteSource

BATCH = 2_000
LONGEST_LINE = 16 << 20  # a batch of 2,000 large events fits; one event alone may be 256 KiB
LONGEST_JSON = 256 << 20  # a JSON array has to be in memory as a whole
BOM = b"\xef\xbb\xbf"


def read_jsonl(source: ByteSource, tally: Tally) -> Iterator[list[Item]]:
    """Events of a JSONL file in batches of at most 2,000; a bad line is set aside as `name:line`."""
    number = source.before
    for lines in _line_blocks(source):
        for start in range(0, len(lines), BATCH):
            part = lines[start : start + BATCH]
            yield from _batches(part, number, source.name, tally)
            number += len(part)
    if source.broken:
        yield [_broken(source, f"{source.name}:{number + 1}", tally)]


def _batches(lines: list[bytes], before: int, name: str, tally: Tally) -> Iterator[list[Item]]:
    """The items of these lines, in their order: one batch, or several where a line itself is a batch."""
    items: list[Item] = []
    for number, line in enumerate(lines, start=before + 1):
        try:
            items.append(from_wire(decode(line)))
        except BadInput as error:
            plain = line.strip()
            if plain.startswith(b"["):
                yield _counted(items, tally)
                yield from in_batches(from_batch(plain, f"{name}:{number}", tally))
                items = []
            elif plain:
                items.append(aside(line.rstrip(b"\r"), _why(line, error), f"{name}:{number}"))
    yield _counted(items, tally)


def _why(line: bytes, error: BadInput) -> BadInput:
    """Why the line is no event; of one that was cut short nobody knows how long it is."""
    if len(line) <= LONGEST_LINE:
        return error
    return BadInput(f"has more than {LONGEST_LINE:,} bytes without a line's end")


def _counted(items: list[Item], tally: Tally) -> list[Item]:
    bad = sum(isinstance(item, SetAside) for item in items)
    tally.read += len(items)
    tally.set_aside += bad
    tally.kept += len(items) - bad
    tally.events += len(items) - bad
    return items


def in_batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def in_pieces(items: list[Item]) -> Iterator[list[Item]]:
    """Items that are there already, as batches; none of none."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _line_blocks(source: ByteSource) -> Iterator[list[bytes]]:
    """The lines of the file, many at a time; a line over the limit is given cut short, so it is set aside."""
    rest = b""
    fresh = True
    for block in source.blocks():
        if fresh:
            # Editors on Windows put it at the start of a file; anywhere else it is a fault
            block, fresh = block.removeprefix(BOM), False
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        if lines:
            yield lines
        if len(rest) > LONGEST_LINE:
            rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield [rest]


def _broken(source: ByteSource, place: str, tally: Tally) -> Item:
    tally.read += 1
    tally.set_aside += 1
    return aside(b"", BadInput(source.broken), place)


def read_json(source: ByteSource, tally: Tally) -> Iterator[list[Item]]:
    """Events of a JSON file: one object or one array; the nth, if bad, is set aside as `name item n`."""
    body = bytearray()
    for block in source.blocks():
        body += block
        if len(body) > LONGEST_JSON:
            raise BadInput(
                f"is over {LONGEST_JSON >> 20} MiB as one JSON text",
                where=source.name,
                next="write one event a line (JSONL)",
            )
    yield from in_batches(from_batch(bytes(body).removeprefix(BOM), source.name, tally))
    if source.broken:
        yield [_broken(source, source.name, tally)]
