"""Contact data shown and files made: logged before they are, and with a proof not shown without it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeVar

from viewtrail.capture.answers import Allowed, Proof, ReasonWanted

T = TypeVar("T")

MOST_IDS: Final = 1_000
"""Ids of records that one event names; `rows` says how many there were."""

MOST_ID_BYTES: Final = 40_000


class Logging(Protocol):
    """What is needed of the client."""

    def allow(self, agent: Any, action: Any, **about: Any) -> Allowed: ...

    def proven(self, type: str, agent: Any, subject: Any, proof: Proof, data: Mapping[str, Any]) -> str: ...


class _Logged:
    """A block that begins with a log entry; also for `async with`, where the waiting is done by a thread."""

    allowed: Allowed | None = None

    def _begin(self) -> None:
        raise NotImplementedError

    def _end(self, failed: bool) -> None:
        """Nothing to add."""

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end(error is not None)
        except Exception as second:  # whatever it is: the host's own error, where there is one, comes first
            if error is None:
                raise
            error.add_note(f"and its end was not logged: {second}")

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._begin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)


class Reveal(_Logged):
    """The block in which a number, an address or a document may be shown. `id` is the event's."""

    def __init__(
        self, client: Logging, agent: Any, record: Any, data: dict[str, Any], proof: Proof, *, ask: bool
    ) -> None:
        self._client, self._agent, self._record = client, agent, record
        self._data, self._proof, self._ask = data, proof, ask
        self.id = ""

    def _begin(self) -> None:
        if self._ask:
            about = {name: self._data[name] for name in ("field", "reason")}
            self.allowed = _asked(self._client, self._agent, "reveal", about | {"record": str(self._record)})
            self._data["allowed"] = self.allowed.told
        self.id = self._client.proven("contact.revealed", self._agent, self._record, self._proof, self._data)


class Export(_Logged):
    """The block in which a file is made. `rows` counts what goes into it; `sha256` may be set to its hash."""

    def __init__(
        self,
        client: Logging,
        agent: Any,
        rows: int | None,
        data: dict[str, Any],
        proof: Proof,
        *,
        reason: str | None,
        ask: bool,
    ) -> None:
        self._client, self._agent, self._proof, self._ask = client, agent, proof, ask
        self._data, self._reason = data, reason
        self._expected = rows
        self._counted = 0
        self._ids: list[str] = []
        self._id_bytes = 0
        self.sha256: str | None = None
        self.id = ""

    def rows(self, rows: Iterable[T], id: str | Callable[[T], Any] | None = None) -> Iterator[T]:
        """The same rows, counted. `id` is the key, attribute or function that gives a row's record."""
        for row in rows:
            self.row(None if id is None else _id_of(row, id))
            yield row

    def row(self, record: Any = None) -> None:
        """One row went into the file, that of `record`."""
        self._counted += 1
        if record is not None and len(self._ids) < MOST_IDS and self._id_bytes < MOST_ID_BYTES:
            self._ids.append(str(record))
            self._id_bytes += len(self._ids[-1])

    def _begin(self) -> None:
        if self._ask:
            about = {"rows": self._expected, "reason": self._reason}
            self.allowed = _asked(self._client, self._agent, "export", about)
            self._data["allowed"] = self.allowed.told
        self._data["reason"] = self._reason
        if self._expected is not None:
            self._log(self._expected)

    def _end(self, failed: bool) -> None:
        """What was not logged before: all of it, or what came beyond what was expected."""
        more = self._counted - (self._expected or 0)
        if more > 0 or (self._expected is None and not failed):
            self._log(more)

    def _log(self, rows: int) -> None:
        found = {"rows": rows, "records": self._ids or None, "sha256": self.sha256}
        self.id = self._client.proven("export.created", self._agent, None, self._proof, self._data | found)


def _asked(client: Logging, agent: Any, action: str, about: Mapping[str, Any]) -> Allowed:
    allowed = client.allow(agent, action, **about)
    if allowed.word != "go-on" and not about.get("reason"):
        raise ReasonWanted(allowed)
    return allowed


def _id_of(row: Any, id: str | Callable[[Any], Any]) -> Any:
    if callable(id):
        return id(row)
    return row[id] if isinstance(row, Mapping) else getattr(row, id)
