"""Following a file that is appended to: whole lines only, through rotation, and on from a saved position.

1. A line counts when its end is there; what follows the last line end waits.
2. Renamed away (logrotate's create): the old file is read to its end, then the new one from its start.
3. Copied and cut (copytruncate): the rest is read from the copy beside it, then the file from its start.
4. A position names the file by its first bytes, so after a restart the right file is found under any name.
"""

from __future__ import annotations

import gzip
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

from viewtrail.errors import BadInput

MOST: Final = 4 << 20
"""Bytes given at once."""

LONGEST: Final = 16 << 20
"""Bytes without a line end after which they are given as they are: no line of a log is that long."""

HEAD: Final = 4096
"""First bytes that a file is known by: enough for a header and rows with their times and ids."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file was read: `offset` bytes and `lines` lines of the one that begins with `head`."""

    offset: int = 0
    lines: int = 0
    head: str = ""
    head_size: int = 0


class Piece(NamedTuple):
    """Whole lines, and the number of the first of them in its file."""

    lines: bytes
    first: int


class Tail:
    """The new lines of `path`. `said` tells what happened to the file since it was last asked."""

    def __init__(self, path: Path, position: Position | None = None) -> None:
        self.path = path
        self.position = position or Position()
        self.said: list[str] = []
        self._file: BinaryIO | None = None
        self._old: Path | None = None  # what is open if it is a rotated file; `path` comes after it

    @property
    def at_end(self) -> bool:
        """Whether everything that is in the file now was given."""
        try:
            return self._old is None and self.position.offset >= self.path.stat().st_size
        except OSError:
            return True

    @property
    def left(self) -> int:
        """Bytes of the file that were not given: a last line whose end is not there yet."""
        try:
            return max(0, self.path.stat().st_size - self.position.offset) if self._old is None else 0
        except OSError:
            return 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def begin_again(self) -> None:
        """The file was emptied on purpose: what comes is read from its start."""
        self.close()
        self.position = Position()
        self._old = None

    def poll(self) -> Piece | None:
        """The next whole lines, at most about 4 MiB; None if there are none now."""
        for _ in range(1_000):  # the old file's rest, files rotated since, the new one's lines
            if self._file is None and not self._open():
                return None
            if self._old is None and self._is_cut():
                self.close()
                continue
            piece = self._lines()
            if piece is not None:
                return piece
            if not self._is_over():
                return None
            last = self._rest()
            after = self._after()
            self.begin_again()
            if after is not None:  # rotated more than once meanwhile: the files between, oldest first
                self._old, self._file = after, _opened(after)
            if last is not None:
                return last
        return None

    def _open(self) -> bool:
        """Open the file that the position is in: under its own name, or as it was rotated."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            return False
        except OSError as error:
            raise BadInput(f"cannot be read ({error.strerror})", where=str(self.path)) from error
        if self._is_ours(file):
            self._file, self._old = file, None
        else:
            file.close()
            self._file = self._rotated()
            if self._file is None:
                self.said.append(
                    f"{self.path.name}: is another file than the one read before, which is not beside it; "
                    "what was appended to that after the last reading is not read"
                )
                self.position = Position()
                return self._open()
            self.said.append(f"{self.path.name}: was rotated; the rest of the old file is read first")
        self._file.seek(self.position.offset)
        return True

    def _is_ours(self, file: BinaryIO) -> bool:
        """Whether this file begins as the position says, and is long enough to be it."""
        at = self.position
        if not at.head_size:
            return True
        file.seek(0)
        begins = file.read(at.head_size)
        if len(begins) < at.head_size or _digest(begins) != at.head:
            return False
        file.seek(0, os.SEEK_END)
        return file.tell() >= at.offset

    def _beside(self) -> list[Path]:
        """Rotated files of this one, oldest first: its name with a number or a date after it."""
        name = re.escape(self.path.name)
        stem, suffix = re.escape(self.path.stem), re.escape(self.path.suffix)
        rotated = re.compile(rf"(?:{name}[.-]\d[\d.-]*|{stem}-\d[\d-]*{suffix})(?:\.gz)?", re.ASCII)
        found = [one for one in self.path.parent.iterdir() if rotated.fullmatch(one.name) and one.is_file()]
        return sorted(found, key=lambda one: (one.stat().st_mtime_ns, one.name))

    def _rotated(self) -> BinaryIO | None:
        """The file beside, newest first, that is the one read before."""
        for one in reversed(self._beside()):
            try:
                file = _opened(one)
                if self._is_ours(file):
                    self._old = one
                    return file
                file.close()
            except (OSError, EOFError):
                continue
        return None

    def _after(self) -> Path | None:
        """The file that was rotated after the open one, if that is a rotated file too."""
        assert self._file is not None
        beside = self._beside()
        here = self._old
        if here is None:  # it was renamed while it was open: its new name is that of its inode
            number = os.fstat(self._file.fileno()).st_ino
            here = next((one for one in beside if one.stat().st_ino == number), None)
        later = beside[beside.index(here) + 1 :] if here in beside else []
        return later[0] if later else None

    def _is_cut(self) -> bool:
        """Whether the open file was emptied and perhaps written anew."""
        assert self._file is not None
        ours = self._is_ours(self._file)
        if ours:
            self._file.seek(self.position.offset)
        return not ours

    def _lines(self) -> Piece | None:
        assert self._file is not None
        read = self._file.read(MOST)
        end = read.rfind(b"\n") + 1
        while not end and len(read) < LONGEST:
            more = self._file.read(MOST)
            if not more:
                break
            read += more
            end = read.rfind(b"\n") + 1
        if not end:
            if len(read) < LONGEST:
                self._known(self.position.offset, self.position.lines, len(read))
                return None
            end = len(read)
        return self._given(read[:end])

    def _given(self, lines: bytes) -> Piece:
        first = self.position.lines + 1
        self._known(self.position.offset + len(lines), self.position.lines + lines.count(b"\n"))
        return Piece(lines, first)

    def _known(self, offset: int, lines: int, beyond: int = 0) -> None:
        """The position, with the first bytes by which its file is found again."""
        assert self._file is not None
        self._file.seek(0)
        head = self._file.read(min(HEAD, offset + beyond))
        self._file.seek(offset)
        self.position = Position(offset, lines, _digest(head), len(head))

    def _is_over(self) -> bool:
        """Whether the open file will not grow any more: another has its name, and is written to."""
        if self._old is not None:
            return True
        assert self._file is not None
        try:
            there, here = self.path.stat(), os.fstat(self._file.fileno())
        except FileNotFoundError:
            return False
        return there.st_size > 0 and (there.st_ino, there.st_dev) != (here.st_ino, here.st_dev)

    def _rest(self) -> Piece | None:
        """What stands after the last line end of a file that is over: its last line."""
        assert self._file is not None
        rest = self._file.read(LONGEST)
        return Piece(rest + b"\n", self.position.lines + 1) if rest.strip() else None


def _opened(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path))
    return path.open("rb")


def _digest(begins: bytes) -> str:
    return sha256(begins).hexdigest()


def first_line(path: Path) -> bytes:
    """The first line of a file, for tables whose header says what the columns are."""
    with path.open("rb") as file:
        return file.readline(1 << 20)
