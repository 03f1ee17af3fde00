"""A small file of each connector's own format, one module a connector: what its connector is held against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from viewtrail.sources import connectors
from viewtrail.sources.mapping import Mapping, parse_mapping


@dataclass(frozen=True)
class Sample:
    """`parts` in the order of the file; between two of them no call or record is torn apart.

    A file of any run of parts is `head`, the parts with `between` between them, `tail`; so the header of a
    table is its `head`. At least one part gives an event, and at least one piece cannot be read. Who is who
    and whose numbers these are stands in `sources.telephony`. `lines`: every line of a part can be read by
    itself, so a file may be cut at any of them. `ids`: some of those that this file has always been given.
    """

    name: str
    parts: tuple[str, ...]
    ids: frozenset[str]
    mapping: str = ""
    head: str = ""
    between: str = ""
    tail: str = ""
    lines: bool = True

    @property
    def text(self) -> str:
        return self.file(self.parts)

    @property
    def rules(self) -> Mapping | None:
        return parse_mapping(self.mapping, "map.toml") if self.mapping else None

    def file(self, parts: tuple[str, ...]) -> str:
        """A file that holds these parts alone."""
        return self.head + self.between.join(parts) + self.tail


@cache
def samples() -> dict[str, Sample]:
    """Every connector's sample by the connector's name: `samples/x.py` has SAMPLE for `connectors/x.py`."""
    found = {}
    for module in iter_modules(connectors.__path__):
        path = Path(__file__).parent / f"{module.name}.py"
        assert path.exists(), f"connectors/{module.name}.py has no sample: write {path}"
        name = import_module(f"{connectors.__name__}.{module.name}").CONNECTOR.name
        found[name] = import_module(f"{__name__}.{module.name}").SAMPLE
    return found
