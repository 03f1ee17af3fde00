"""What the intake says: results by the item, or what was wrong, where, and what to do next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from viewtrail.errors import ViewtrailError

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

COME_AGAIN: Final[Headers] = ((b"retry-after", b"1"),)
_encode: Final = msgspec.json.Encoder().encode


class Result(msgspec.Struct, gc=False):
    """What became of one event. `index` is its place in the log, where it has one."""

    id: str | None
    index: int | None
    outcome: str  # added, repeated, conflict, set-aside, refused
    why: str = ""


class Refused(Exception):
    """A request that is not answered with results: its status, and what a person may read about it."""

    def __init__(self, status: int, error: ViewtrailError, headers: Headers = ()) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error
        self.headers = headers

    def told(self) -> dict[str, Any]:
        """The body of the answer."""
        found = {"error": self.error.what, "where": self.error.where, "next": self.error.next}
        return {name: text for name, text in found.items() if text}


async def answer(send: Send, status: int, told: Any, headers: Headers = ()) -> None:
    """One answer, JSON."""
    body = told if isinstance(told, bytes) else _encode(told)
    head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def answer_refused(send: Send, refused: Refused, results: list[Result] | None = None) -> None:
    """The refusal; with what had become of the first events of a long body before it."""
    told = refused.told()
    if results:
        told |= {"accepted": accepted(results), "results": results}
    await answer(send, refused.status, told, refused.headers)


def accepted(results: list[Result]) -> int:
    """How many of them are in the log."""
    return sum(one.outcome in ("added", "repeated") for one in results)
