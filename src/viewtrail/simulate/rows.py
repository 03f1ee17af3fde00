"""Columns of one type of event, turned into JSON lines of the wire form without a dict in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SOURCES: Final = ("/crm", "/pbx", "/hr", "/back-office", "/platform")
COUNTED: Final = frozenset({0, 3})
"""Sources that number their events: the CRM and the back office."""

_encode: Final = msgspec.json.Encoder().encode


class Ids:
    """One running number for all events of a company: (source, id) is never used twice."""

    def __init__(self) -> None:
        self._next = 1

    def take(self, n: int) -> range:
        found = range(self._next, self._next + n)
        self._next += n
        return found


def stamps(time: Ints) -> list[str]:
    """Milliseconds since 1970 as RFC 3339 texts, UTC."""
    texts: list[str] = np.datetime_as_string(time.astype("M8[ms]"), timezone="UTC").tolist()
    return texts


def stamp(time: int) -> str:
    return stamps(np.array([time], dtype=np.int64))[0]


class Rows:
    """Events of one type from one source. Lines lack their closing brace: the writer adds the sequence."""

    def __init__(self, ids: Ids, source: str, type_: str, time: Ints, subject: list[str] | None = None):
        self.source = SOURCES.index(source)
        self.time = time.astype(np.int64)
        self.ids = ids.take(len(time))
        fixed = f'","source":"{source}","type":"{type_}","time":"'
        self._heads = [
            f'{{"specversion":"1.0","id":"{i}{fixed}{t}"'
            for i, t in zip(self.ids, stamps(self.time), strict=True)
        ]
        self._subject = subject
        self._parts: list[Iterable[str]] = []

    def __len__(self) -> int:
        return len(self._heads)

    def agent(self, fragments: list[str]) -> Rows:
        """Who did it: the first field of `data`, each fragment without a comma before it."""
        self._parts.append(fragments)
        return self

    def word(self, name: str, codes: NDArray[Any], words: Sequence[str]) -> Rows:
        """A field with few values; an empty word is an absent field."""
        table = [f',"{name}":"{word}"' if word else "" for word in words]
        self._parts.append([table[code] for code in codes.tolist()])
        return self

    def text(self, name: str, texts: Sequence[str]) -> Rows:
        self._parts.append([f',"{name}":"{text}"' if text else "" for text in texts])
        return self

    def raw(self, fragment: str) -> Rows:
        """The same JSON for all rows, with its comma."""
        self._parts.append([fragment] * len(self))
        return self

    def number(self, name: str, values: NDArray[Any]) -> Rows:
        """A whole number, absent below 0."""
        self._parts.append([f',"{name}":{v}' if v >= 0 else "" for v in values.tolist()])
        return self

    def seconds(self, name: str, ms: NDArray[Any]) -> Rows:
        """Milliseconds written as seconds, absent below 0."""
        self._parts.append([f',"{name}":{v / 1000}' if v >= 0 else "" for v in ms.tolist()])
        return self

    def truth(self, name: str, values: NDArray[Any]) -> Rows:
        """1 true, 0 false, -1 not known."""
        table = [f',"{name}":false', f',"{name}":true', ""]
        self._parts.append([table[v] for v in values.astype(np.int64).tolist()])
        return self

    def lines(self) -> list[str]:
        subject: Iterable[str] = self._subject if self._subject is not None else [""] * len(self)
        return [
            f'{head}{about},"data":{{{"".join(parts).lstrip(",")}}}'
            for head, about, *parts in zip(self._heads, subject, *self._parts, strict=True)
        ]


class Single:
    """Events told one by one: context, transactions, declarations."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._order = count()
        self.waiting: list[tuple[int, int, int, str]] = []

    def tell(self, source: str, type_: str, time: int, subject: str | None = None, **data: Any) -> None:
        """One event at `time` (ms). A trailing underscore in a field name is dropped: from_, to_."""
        about = {} if subject is None else {"subject": subject}
        fields = {name.rstrip("_"): value for name, value in data.items() if value is not None}
        event = {"specversion": "1.0", "id": str(self._ids.take(1)[0]), "source": source, "type": type_}
        event |= {"time": stamp(time), **about}
        line = _encode({**event, "data": fields}).decode()[:-1]
        self.waiting.append((time, next(self._order), SOURCES.index(source), line))

    def until(self, limit: int) -> list[tuple[int, int, str]]:
        """What happened before `limit`, as (time, source, line); the rest waits."""
        due = [(t, source, line) for t, _, source, line in self.waiting if t < limit]
        self.waiting = [row for row in self.waiting if row[0] >= limit]
        return due
