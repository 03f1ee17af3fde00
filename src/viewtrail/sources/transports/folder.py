"""A folder into which another system puts files: each is given once, when it does not grow any more.

1. A name that says "not finished" (report.csv.part, .report.csv) is left alone until the file is renamed.
2. Renamed from such a name, a file is complete at once.
3. Any other is complete when its size and time stayed the same for `quiet` µs.
4. `finished` remembers the content: the same under another name (rotated, copied) was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from fnmatch import fnmatch
from hashlib import sha256
from os import stat_result
from pathlib import Path
from typing import Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.sources.streams import ByteSource

UNFINISHED: Final = (
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".filepart",
    ".crdownload",
    ".swp",
    ".writing",
    "~",
)
"""Ends of names under which rsync, browsers, WinSCP and careful programs write before they rename."""

QUIET: Final = 5_000_000
"""µs without a change: a program that writes a report pauses for less, and nobody minds the wait."""

REMEMBERED: Final = 20_000
"""Contents remembered, 1.3 MB: a file each quarter of an hour for half a year."""


class There(NamedTuple):
    """A file as it was seen: written to again, it is another one."""

    name: str
    size: int
    at: int  # its time, ns


class Folder:
    """The files of `path` whose names fit `pattern`, in the order of their times and names.

    `done` are files given before and still there, `contents` what was in files given before.
    """

    def __init__(
        self,
        path: Path,
        pattern: str = "*",
        *,
        quiet: int = QUIET,
        done: Iterable[There] = (),
        contents: Iterable[str] = (),
    ) -> None:
        self.path = path
        self.pattern = pattern
        self.quiet = quiet
        self.done = {There(*one) for one in done}
        self.contents = dict.fromkeys(contents)
        self.waiting = 0  # files that were not complete when last looked
        self._since: dict[There, int] = {}
        self._writing: set[tuple[int, int]] = set()

    def poll(self, now: int, *, last: bool = False) -> list[There]:
        """The files complete at `now` (µs) that were not given; call `finished` for each that was read.

        `last`: there is no second look, so that a file counts as unchanged since its own time.
        """
        written = self._writing  # as it was at the last look
        there = dict(self._there())
        since = {}
        for one, about in there.items():
            renamed = (about.st_dev, about.st_ino) in written
            before = one.at // 1_000 if last else now - self.quiet if renamed else now
            since[one] = self._since.get(one, before)
        self._since = since
        fresh = [one for one in there if one not in self.done]
        ready = [one for one in fresh if now - since[one] >= self.quiet]
        self.waiting = len(fresh) - len(ready)
        self.done &= there.keys()
        return sorted(ready, key=lambda one: (one.at, one.name))

    def content(self, one: There) -> str:
        """What is in the file, as a hash of its unpacked bytes: rotation packs it and changes nothing."""
        digest = sha256()
        with closing(ByteSource(self.path / one.name)) as source:
            for block in source.blocks():
                digest.update(block)
        return digest.hexdigest()

    def finished(self, one: There, content: str) -> None:
        """This file was read, and what it told is kept. Changed meanwhile, it will be given again."""
        self.done.add(one)
        self.contents.pop(content, None)
        self.contents[content] = None
        while len(self.contents) > REMEMBERED:
            del self.contents[next(iter(self.contents))]

    def _there(self) -> Iterator[tuple[There, stat_result]]:
        try:
            found = list(self.path.iterdir())
        except OSError as error:
            raise BadInput(f"cannot be read ({error.strerror})", where=str(self.path)) from error
        writing = set()
        for one in found:
            try:
                if not one.is_file():
                    continue
                about = one.stat()
            except OSError:
                continue  # gone meanwhile
            if one.name.startswith(".") or one.name.lower().endswith(UNFINISHED):
                writing.add((about.st_dev, about.st_ino))
            elif fnmatch(one.name, self.pattern):
                yield There(one.name, about.st_size, about.st_mtime_ns), about
        self._writing = writing
