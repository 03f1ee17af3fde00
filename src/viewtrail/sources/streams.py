"""A file as blocks of bytes, plain or gzip: counted for the progress bar and guarded against bombs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from viewtrail.errors import BadInput

BLOCK = 1 << 20
GZIP = b"\x1f\x8b"
BOMB_RATIO = 200  # honest JSON and CSV pack 10 to 40 times; deflate's own ceiling is about 1,030
BOMB_AFTER = 64 << 20  # below this size a bomb does no harm, and short files may well be all alike


class ByteSource:
    """The unpacked bytes of one file; `done` of `total` bytes on disk are read, `broken` says what was wrong.

    A damaged or cut gzip file gives all that could be unpacked before it, then ends with `broken` set.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            step = "name the files in it, or read them as they come: viewtrail follow FOLDER"
            raise BadInput("is a folder", where=str(path), next=step)
        try:
            self._file: BinaryIO = path.open("rb")
            self.total = path.stat().st_size
        except OSError as error:
            raise BadInput(
                f"cannot be opened ({error.strerror})",
                where=str(path),
                next="check the path and its permissions",
            ) from error
        self.path = path
        self.name = path.name
        self.done = 0
        self.followed = False  # a part of a file: what stands above its header was read before
        self.before = 0  # lines of the file that came before these bytes
        self.broken = ""
        self.packed = self._file.read(2) == GZIP
        self._file.seek(0)

    def __enter__(self) -> ByteSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def blocks(self) -> Iterator[bytes]:
        """The bytes from the start, in blocks of about 1 MiB; BadInput on a gzip bomb."""
        self._file.seek(0)
        self.done = 0
        yield from self._unpacked() if self.packed else self._plain()

    def first(self, size: int = 4096) -> bytes:
        """The first unpacked bytes, to see what kind of file this is."""
        return next(self.blocks(), b"")[:size]

    def _plain(self) -> Iterator[bytes]:
        while block := self._file.read(BLOCK):
            self.done += len(block)
            yield block

    def _unpacked(self) -> Iterator[bytes]:
        given, member = 0, zlib.decompressobj(31)
        fresh = True  # between two gzip members nothing is missing if the file ends
        for packed in self._plain():
            while packed:
                try:
                    block = member.decompress(packed, BLOCK)
                except zlib.error as error:
                    self.broken = f"the gzip data is damaged ({error})"
                    return
                packed, fresh = member.unconsumed_tail, False
                given += len(block)
                if given > BOMB_AFTER and given > BOMB_RATIO * self.done:
                    raise BadInput(
                        f"unpacks to more than {BOMB_RATIO} times its size",
                        where=self.name,
                        next="unpack it first",
                    )
                if block:
                    yield block
                if member.eof:
                    packed = member.unused_data.lstrip(b"\0")  # tape and object stores pad with zeros
                    member, fresh = zlib.decompressobj(31), True
        if not fresh:
            self.broken = (
                "the gzip data ends too early; everything before is read, fetch the file again for the rest"
            )


class BytesInHand(ByteSource):
    """Bytes that were read or received already, under the name of where they come from."""

    def __init__(self, content: bytes, name: str, before: int = 0) -> None:
        self._file = BytesIO(content)
        self.followed = True
        self.before = before
        self.path = Path(name)
        self.name = name
        self.total = len(content)
        self.done = 0
        self.broken = ""
        self.packed = False
