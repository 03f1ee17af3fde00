"""XES, the format of process-mining logs: each event of each trace is a row, streamed in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from viewtrail.errors import BadInput
from viewtrail.sources.asked import Asked
from viewtrail.sources.connectors import Connector, Gives
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.jsonl import BATCH
from viewtrail.sources.mapping import columns_named, parse_mapping
from viewtrail.sources.rows import RowsReader, by_mapping
from viewtrail.sources.streams import ByteSource

LONGEST_TAG = 16 << 20  # bytes the parser may hold back for one unfinished element

DEFAULT = """
connector = "xes"
source = "/xes"
# Overlapping exports may differ in other attributes of a trace, so the identity is made from these alone
id_from = [
  "trace:concept:name", "concept:name", "lifecycle:transition", "org:resource", "time:timestamp",
  "concept:instance", "identity:id",
]
system_agents = ["112"]  # the automatic system of BPI Challenge 2012

[time]
column = "time:timestamp"

[[set_aside]]
when = { "org:resource" = { present = false } }
why = "no org:resource: nobody is named as who did it"

[[event]]
name = "opened"
type = "record.viewed"
when = { "lifecycle:transition" = ["START", "start"] }
subject = "trace:concept:name"
agent = "org:resource"
data.record_kind = { const = "client" }
data.via = { const = "task" }
data.seen = { const = "unknown" }  # a work step was begun; that the record was looked at is not known
data.work_item = "concept:name"

[[event]]
name = "application"
type = "status.changed"
when = { "lifecycle:transition" = "COMPLETE", "concept:name" = { starts = "A_" } }
subject = "trace:concept:name"
agent = "org:resource"
data = { field = { const = "A" }, to = "concept:name" }

[[event]]
name = "offer"
type = "status.changed"
when = { "lifecycle:transition" = "COMPLETE", "concept:name" = { starts = "O_" } }
subject = "trace:concept:name"
agent = "org:resource"
data = { field = { const = "O" }, to = "concept:name" }

[[event]]
name = "done"
type = "task.completed"
when = { "lifecycle:transition" = ["COMPLETE", "complete"], "concept:name" = { not_starts = ["A_", "O_"] } }
subject = "trace:concept:name"
agent = "org:resource"
data = { task = "concept:name" }

[[event]]
name = "scheduled"  # names who scheduled the work and no owner: no reason to open the record
type = "record.updated"
when = { "lifecycle:transition" = { not = ["START", "start", "COMPLETE", "complete"] } }
subject = "trace:concept:name"
agent = "org:resource"
data.fields = { column = "lifecycle:transition", prefix = "work item: " }
data.work_item = "concept:name"
"""
"""How XES is read when no mapping is given: written for the loan process of BPI Challenge 2012."""


class XesEvents:
    """Fed with XML, collects every event: its attributes by key, its trace's own as `trace:KEY`."""

    def __init__(self) -> None:
        self.ready: list[tuple[str, dict[str, str]]] = []  # place within the file, attributes
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._traces = self._events = 0
        self._fed = 0
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse

    def feed(self, block: bytes, last: bool = False) -> None:
        """Read on; raises ExpatError where the XML is broken, BadInput for what is refused."""
        self._parser.Parse(block, last)
        self._fed += len(block)
        if not last and self._fed - self._parser.CurrentByteIndex > LONGEST_TAG:
            raise BadInput("one XML element is longer than 16 MiB")

    @property
    def line(self) -> int:
        return self._parser.CurrentLineNumber

    def _start(self, tag: str, given: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        above = self._path[-1] if self._path else ""
        self._path.append(tag)
        if tag == "trace":
            self._trace, self._events = {}, 0
            self._traces += 1
        elif tag == "event":
            self._event = {}
            self._events += 1
        elif above == "event" and "key" in given:
            self._event[given["key"]] = given.get("value", "")
        elif above == "trace" and "key" in given:
            self._trace[f"trace:{given['key']}"] = given.get("value", "")

    def _end(self, tag: str) -> None:
        if self._path.pop() == "event":
            self.ready.append((f"trace {self._traces} event {self._events}", self._event | self._trace))

    def _refuse(self, *declared: Any) -> None:
        raise BadInput("declares a document type or entities", next="export it without")


def read_xes(source: ByteSource, tally: Tally, asked: Asked) -> Iterator[list[Item]]:
    """Events of an XES file in batches of at most 2,000; a bad one is set aside as `name trace n event m`.

    Broken XML gives all that came before it and then one set-aside piece with the line. BadInput when
    nothing can be read at all, or for a document type, an entity or an endless element.
    """
    mapping = asked.mapping or parse_mapping(DEFAULT, "the default mapping for XES")
    columns = columns_named(mapping)
    convert = by_mapping(columns, mapping)
    current: dict[str, str] = {}
    reader = RowsReader(convert, tally, lambda row: json.dumps(current, ensure_ascii=False))
    items: list[Item] = []
    spot = ""
    parsed = XesEvents()

    def place() -> str:
        return f"{source.name} {spot}"

    for why in _parts(source, parsed):
        for spot, current in parsed.ready:  # noqa: B007  # both are read by what shows a row
            reader.take(tuple(map(current.get, columns)), place, items)
            if len(items) >= BATCH - 64:
                yield items
                items = []
        parsed.ready.clear()
        if why:
            if not tally.read:
                raise BadInput(f"is not readable XES: {why}", where=source.name)
            reader.refuse(
                "", f"{why}; nothing after this place is read", f"{source.name}:{parsed.line}", items
            )
    yield items


def _parts(source: ByteSource, parsed: XesEvents) -> Iterator[str]:
    """Feeds the file; after each part "" (go on) or why nothing more can be read."""
    try:
        for block in source.blocks():
            parsed.feed(block)
            yield ""
        if not source.broken:
            parsed.feed(b"", last=True)
        yield source.broken
    except expat.ExpatError as error:
        yield f"broken XML ({error})"


CONNECTOR = Connector(
    name="xes",
    reads="XES logs of process mining (also gzip): who worked on which case, when",
    suffixes=(".xes",),
    looks_like=lambda first: first.startswith(b"<") and (b"<log" in first or b"xes" in first.lower()),
    read=read_xes,
    gives=Gives(
        types=("record.viewed", "status.changed", "task.completed", "record.updated"),
        unknown=("whether a record was looked at: a work step was begun", "how long", "calls"),
    ),
)
