"""The intake described for other people's tools: OpenAPI 3.1, its events from the vocabulary itself."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec

from viewtrail import __version__
from viewtrail.event.schema import schema

_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "what is wrong"},
        "where": {"type": "string"},
        "next": {"type": "string", "description": "what to do next"},
        "accepted": {"type": "integer"},
        "results": {"type": "array", "items": {"$ref": "#/components/schemas/Result"}},
    },
}
_RESULT: Final = {
    "type": "object",
    "required": ["id", "index", "outcome", "why"],
    "properties": {
        "id": {"type": ["string", "null"]},
        "index": {"type": ["integer", "null"], "minimum": 0, "description": "its place in the log"},
        "outcome": {"enum": ["added", "repeated", "conflict", "set-aside", "refused"]},
        "why": {"type": "string"},
    },
}
_RESULTS: Final = {
    "type": "object",
    "required": ["accepted", "results"],
    "properties": {
        "accepted": {"type": "integer", "minimum": 0, "description": "how many are in the log"},
        "results": {"type": "array", "items": {"$ref": "#/components/schemas/Result"}},
    },
}
_ANSWERS: Final = {
    "200": ("Taken: a result for each event, in their order; a bad one is set aside and kept.", "Results"),
    "400": ("A header or the query cannot be read, or gzip is broken.", "Error"),
    "401": ("No key in force was sent.", "Error"),
    "403": ("The key covers the source of none of these events.", "Results"),
    "409": ("A single event whose id was used with other content; the log says that it came.", "Results"),
    "413": ("Too long, or too many events.", "Error"),
    "415": ("A Content-Type or Content-Encoding that is not read.", "Error"),
    "422": ("No batch, or a single event that is none; the latter is set aside and kept.", "Refusal"),
    "429": ("The queue is full: send the same again after Retry-After seconds.", "Error"),
    "503": ("The log cannot be written to now: send the same again.", "Error"),
    "507": ("The disk's reserve is reached: send the same again when there is room.", "Error"),
}


@cache
def openapi() -> bytes:
    """The document as JSON."""
    event = schema()
    types = _types(event)
    told = {
        "openapi": "3.1.0",
        "info": {"title": "Viewtrail intake", "version": __version__},
        "paths": {"/v1/events": {"post": _post()}, "/v1/allow": {"post": _allow()}, **_asked()},
        "components": {
            "schemas": {
                "Event": {"description": event["description"], "anyOf": [_ref(name) for name in types]},
                **types,
                **event["$defs"],
                "Result": _RESULT,
                "Results": _RESULTS,
                "Error": _ERROR,
                "Refusal": {"anyOf": [_ref("Results"), _ref("Error")]},
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.encode(told).replace(b"#/$defs/", b"#/components/schemas/")


def _types(event: dict[str, Any]) -> dict[str, Any]:
    """A schema for each type of event, and one for every other type: as generators of clients like it, where
    the contract itself says it with if and then."""
    base, found = {"type": "object", "properties": event["properties"]}, {}
    for rule in event["allOf"]:
        type_, then = rule["if"]["properties"]["type"], rule["then"]
        properties = event["properties"] | then["properties"] | {"type": type_}
        found[type_["const"]] = {
            **base,
            "description": then["description"],
            "required": [*event["required"], *then.get("required", ())],
            "properties": {**properties, "data": event["properties"]["data"] | then["properties"]["data"]},
        }
    other = {**event["properties"]["type"], "not": {"enum": list(found)}}
    other.pop("examples")
    found["other"] = {
        **base,
        "description": "A type outside the vocabulary: kept and shown as unknown, never analysed.",
        "required": event["required"],
        "properties": event["properties"] | {"type": other},
    }
    return found


def _allow() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": 400}
    question = {"source": text, "agent": text, "action": {"enum": ["reveal", "export"]}}
    words = {"enum": ["go-on", "ask-a-reason", "ask-a-manager"]}
    return {
        "operationId": "allow",
        "summary": "May this agent reveal or export one more now? From the agent's own last four weeks.",
        "description": "Go on while that is not known yet. It is advice to the CRM and never a lock-out.",
        "security": [{"key": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "object", "properties": question, "required": sorted(question)}
                }
            },
        },
        "responses": {
            "200": {
                "description": "the answer",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {"answer": words, "why": {"type": "string"}},
                            "required": ["answer", "why"],
                        }
                    }
                },
            },
            **{
                status: {"description": text, "content": {"application/json": {"schema": _ref("Error")}}}
                for status, text in (
                    ("400", "the body is not JSON"),
                    ("401", "no key in force"),
                    ("403", "the key is not for this source"),
                    ("413", "the body is too long"),
                    ("415", "the body is packed in an unknown way"),
                    ("422", "a field is missing or no text"),
                )
            },
        },
    }


def _post() -> dict[str, Any]:
    batch = {"type": "array", "items": _ref("Event"), "minItems": 1}
    return {
        "operationId": "postEvents",
        "summary": "Events in: one, a batch, or one a line. What is answered as added is on disk.",
        "description": "Safe to send again: the same event adds nothing. The body may be packed with gzip.",
        "security": [{"key": []}],
        "parameters": [
            {
                "name": "dry_run",
                "in": "query",
                "description": "1: nothing is written, the answer says what would be",
                "schema": {"enum": ["0", "1"]},
            },
            {
                "name": "Sent",
                "in": "header",
                "description": "when the sender sent it, by the sender's clock",
                "schema": {"type": "string", "format": "date-time"},
            },
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents-batch+json": {"schema": batch},
                "application/cloudevents+json": {"schema": _ref("Event")},
                "application/json": {"schema": {"anyOf": [batch, _ref("Event")]}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        },
        "responses": {
            status: {"description": text, "content": {"application/json": {"schema": _ref(name)}}}
            for status, (text, name) in _ANSWERS.items()
        },
    }


def _asked() -> dict[str, Any]:
    about = {"/health": "Whether the process lives.", "/ready": "Whether events would be taken now."}
    return {
        path: {
            "get": {
                "operationId": path[1:],
                "summary": text,
                "responses": {"200": _said("yes"), "503": _said("no")},
            }
        }
        for path, text in about.items()
    }


def _said(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
