"""A folder into which another system puts files: each is given once, when it does not grow any more."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from viewtrail.errors import BadInput


class Folder:
    """The files of `path` whose names fit `pattern`, in the order of their times and names.

    A file is given when it had the same size and time twice in a row, so that none is read half. `done` are
    (name, size, time in nanoseconds) of files given before; a file that was written anew is given anew.
    """

    def __init__(self, path: Path, pattern: str = "*", done: Iterable[tuple[str, int, int]] = ()) -> None:
        self.path = path
        self.pattern = pattern
        self.done = {(name, size, at) for name, size, at in done}
        self._seen: set[tuple[str, int, int]] = set()

    def poll(self) -> list[Path]:
        """The files that are complete now and were not given; call `finished` for each that was read."""
        there = self._there()
        ready = sorted((one for one in there & self._seen if one not in self.done), key=_order)
        self._seen = there
        return [self.path / name for name, _, _ in ready]

    def finished(self, path: Path) -> None:
        """This file was read and what it told is kept."""
        about = path.stat()
        self.done.add((path.name, about.st_size, about.st_mtime_ns))
        self.done &= self._there() | {(path.name, about.st_size, about.st_mtime_ns)}

    def _there(self) -> set[tuple[str, int, int]]:
        try:
            found = [one for one in self.path.iterdir() if fnmatch(one.name, self.pattern) and one.is_file()]
        except OSError as error:
            raise BadInput(f"cannot be read ({error.strerror})", where=str(self.path)) from error
        told = set()
        for one in found:
            about = one.stat()
            told.add((one.name, about.st_size, about.st_mtime_ns))
        return told


def _order(told: tuple[str, int, int]) -> tuple[int, str]:
    return told[2], told[0]
