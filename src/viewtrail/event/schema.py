"""The event contract for other people's tools: its JSON Schema, and the files generated from it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from viewtrail.event.kinds import DAYS, LONGEST_MS, Kind
from viewtrail.event.meanings import MEANINGS
from viewtrail.event.reference import kind_name, page
from viewtrail.event.strict_json import MAX_INTEGER
from viewtrail.event.vocabulary import AGENTLESS, MOST, NEEDS_SUBJECT, VOCABULARY, on_wire, words

SCHEMA_FILE: Final = "events.schema.json"
PAGE_FILE: Final = "events.md"

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = rf"{_DAY}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.,][0-9]+)?)?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)"
_ID: Final = {"type": ["string", "integer", "null"], "minLength": 1, "maxLength": 400}
_IDS: Final = {"type": ["array", "string", "null"], "items": {"type": ["string", "integer"], "minLength": 1}}

KIND_SCHEMAS: Final[dict[Kind, dict[str, Any]]] = {
    Kind.AGENT: _ID,
    Kind.AGENTS: _IDS,
    Kind.RECORD: _ID,
    Kind.RECORDS: _IDS,
    Kind.KEY: _ID,
    Kind.LABEL: {"type": ["string", "integer", "null"]},
    Kind.CODE: {"type": ["string", "null"]},
    Kind.COUNT: {"type": ["integer", "null"], "minimum": 0, "maximum": MAX_INTEGER},
    Kind.MS: {"type": ["number", "null"], "minimum": 0, "maximum": LONGEST_MS / 1000},
    Kind.BOOL: {"type": ["boolean", "null"]},
    Kind.TIME: {"type": ["string", "null"], "pattern": f"^({_DAY}|{_MOMENT})$"},
    Kind.DATE: {"type": ["string", "null"], "format": "date", "pattern": f"^{_DAY}$"},
    Kind.AMOUNT: {"type": ["string", "null"], "pattern": r"^-?[0-9]{1,18}(\.[0-9]{1,8})?$"},
    Kind.SHAPE: {"type": ["string", "null"]},
    Kind.NAMES: {"type": ["array", "string", "null"], "items": {"type": ["string", "integer"]}},
    Kind.HOURS: {"examples": ["mon-fri 09:00-18:00", {day: ["09:00-18:00"] for day in DAYS[:5]}]},
    Kind.SCOPE: {
        "type": ["object", "null"],
        "properties": {
            "desk": {"type": ["string", "integer", "null"]},
            "agents": _IDS,
            "records": _IDS,
            "list": _ID,
        },
        "additionalProperties": False,
    },
}
"""Kind -> what the wire may hold. Enumerations stand at their fields. null is the same as absent."""


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one event on the wire.

    It accepts whatever intake accepts in the spellings it shows, and says what intake would refuse as far as
    a schema can: that `to` is not before `from`, and that strings are NFC, only intake checks.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Viewtrail event",
        "description": "One thing one person did to one record, as a source saw it: a CloudEvents 1.0 event.",
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1, "maxLength": 200},
            "source": {"type": "string", "minLength": 1, "maxLength": 200},
            "type": {"type": "string", "minLength": 1, "maxLength": 100, "examples": list(VOCABULARY)},
            "time": {"type": "string", "format": "date-time", "pattern": f"^{_MOMENT}$"},
            "subject": _ID,
            "sequence": _ID,
            "data": {"type": ["object", "null"]},
        },
        "allOf": [_rule(type_) for type_ in VOCABULARY],
        "$defs": {
            kind_name(kind): {"description": kind.value, **told} for kind, told in KIND_SCHEMAS.items()
        },
    }


def _rule(type_: str) -> dict[str, Any]:
    """What holds for events of one type; every other type is free in its data."""
    fields = {
        on_wire(stored, kind): _field(type_, stored, kind) for stored, kind in VOCABULARY[type_].items()
    }
    then: dict[str, Any] = {"description": MEANINGS[type_], "properties": {"data": {"properties": fields}}}
    needed = []
    if type_ in NEEDS_SUBJECT:
        needed.append("subject")
        then["properties"]["subject"] = {"type": ["string", "integer"]}
    if type_ not in AGENTLESS:
        needed.append("data")
        fields["agent"] = {**fields["agent"], "type": ["string", "integer"]}
        then["properties"]["data"] |= {"type": "object", "required": ["agent"]}
    if needed:
        then["required"] = needed
    return {"if": {"properties": {"type": {"const": type_}}, "required": ["type"]}, "then": then}


def _field(type_: str, stored: str, kind: Kind) -> dict[str, Any]:
    if kind is Kind.ENUM:
        allowed = words(type_, stored)
        return {"enum": [*allowed, *([True] if "true" in allowed else []), None]}
    limit = {"maximum": MOST[stored]} if stored in MOST else {}
    return {"$ref": f"#/$defs/{kind_name(kind)}", **limit}


def files() -> dict[str, str]:
    """The generated files, by name."""
    return {SCHEMA_FILE: json.dumps(schema(), indent=1) + "\n", PAGE_FILE: page(SCHEMA_FILE)}


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_text(content, encoding="utf-8")
        print(f"{folder / name}: written")


if __name__ == "__main__":
    main()
