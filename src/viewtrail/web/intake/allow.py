"""`POST /v1/allow`: may this agent reveal or export one more? Answered at once, from the own history."""

from __future__ import annotations

import json
from typing import Any, Final

from viewtrail.app.allowing import Allowing
from viewtrail.app.api_keys import ApiKey
from viewtrail.errors import BadInput
from viewtrail.web.intake.answers import Receive, Refused
from viewtrail.web.intake.body import blocks

MOST: Final = 16 << 10
"""Bytes of a question: it has a handful of short fields."""

LONGEST: Final = 400
"""Characters of an agent's id."""


async def allow(
    receive: Receive, headers: dict[bytes, bytes], key: ApiKey, allowing: Allowing
) -> dict[str, str]:
    """{"answer", "why"}; Refused where the question is none, or is not this key's to ask."""
    body = b"".join([block async for block in blocks(receive, headers, MOST)])
    asked = _read(body)
    source = _text(asked, "source")
    if not key.covers(source):
        step = f"it may for {', '.join(key.sources)}"
        raise Refused(403, BadInput(f"this key may not ask for the source {source}", next=step))
    try:
        found = allowing.answer(_text(asked, "agent"), _text(asked, "action"))
    except BadInput as error:
        raise Refused(422, error) from None
    return {"answer": found.word, "why": found.why}


def _read(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, BadInput("the body is not JSON", next="send an object")) from None
    if not isinstance(asked, dict):
        raise Refused(422, BadInput("the body is no object", next='send {"source", "agent", "action"}'))
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    told = asked.get(name)
    if not isinstance(told, str) or not 0 < len(told) <= LONGEST or not told.isprintable():
        step = f"send {name} as a text of 1 to {LONGEST} printable characters"
        raise Refused(422, BadInput(f"{name} is missing or no text", where=name, next=step))
    return told
