"""One file a connector: one system's own format in, events out; found by looking in this folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from viewtrail.sources.intake import Item, Tally
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.streams import ByteSource


@dataclass(frozen=True, slots=True)
class Connector:
    """What a file in this folder offers as `CONNECTOR`; `read` gives batches of at most 2,000 items."""

    name: str
    reads: str  # one line for people: what it reads
    suffixes: tuple[str, ...]  # of file names, without .gz
    looks_like: Callable[[bytes], bool]  # given the first bytes of a file
    read: Callable[[ByteSource, Tally, Mapping | None], Iterator[list[Item]]]


@cache
def found() -> dict[str, Connector]:
    """Every connector of this folder by its name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return {module.CONNECTOR.name: module.CONNECTOR for module in modules}
