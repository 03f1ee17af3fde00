"""One file a connector: one system's own format in, events out; found by looking in this folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from viewtrail.sources.asked import Asked
from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.streams import ByteSource


@dataclass(frozen=True, slots=True)
class Gives:
    """What comes from a system and what never does: types of events, fields that stay unknown, how soon."""

    types: tuple[str, ...]
    unknown: tuple[str, ...] = ()  # in plain words: what this source cannot say
    latency: str = "as soon as the file is read"


@dataclass(frozen=True, slots=True)
class Connector:
    """What a file in this folder offers as `CONNECTOR`; `read` gives batches of at most 2,000 items.

    `gives` says what it tells and what it cannot. `follows`: lines can be read as they are appended.
    """

    name: str
    reads: str  # one line for people: what it reads
    suffixes: tuple[str, ...]  # of file names, without .gz
    looks_like: Callable[[bytes], bool]  # given the first bytes of a file
    read: Callable[[ByteSource, Tally, Asked], Iterator[list[Item]]]
    gives: Gives
    follows: bool = False


@cache
def found() -> dict[str, Connector]:
    """Every connector of this folder by its name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return {module.CONNECTOR.name: module.CONNECTOR for module in modules}
