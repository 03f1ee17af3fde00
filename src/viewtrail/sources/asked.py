"""What a connector is told besides the bytes: the mapping, who is who, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewtrail.sources.directory import Directory
from viewtrail.sources.mapping import Mapping


@dataclass(slots=True)
class Held:
    """Rows of calls that are not over, kept between two readings of a followed file.

    The bytes of a reading begin with the rows that were kept (`lines`: where they stood in the file), then
    what is new from line `next_line` on. The first `quiet` rows have waited long enough: a call whose last
    row is among them is complete. After the reading `open` has the rows to keep: as which line each was read,
    and its text.
    """

    quiet: int = 0
    lines: tuple[int, ...] = ()
    next_line: int = 1
    open: list[tuple[int, str]] = field(default_factory=list)

    def line(self, read: int) -> int:
        """The line in the file of the line that was read as number `read` (from 1)."""
        if read <= len(self.lines):
            return self.lines[read - 1]
        return self.next_line + read - len(self.lines) - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """How one file is to be read. Without `held` the file is read to its end and nothing is kept back."""

    mapping: Mapping | None = None
    directory: Directory | None = None
    held: Held | None = None
