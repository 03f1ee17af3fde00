"""What processes that ended left undelivered in the spool: found, and delivered by a living one."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from viewtrail.capture.chain import FileChain
from viewtrail.capture.folder import LEDGER, Folder
from viewtrail.capture.ledger import Ledger
from viewtrail.capture.lock import OWNER, Lock
from viewtrail.capture.worth import CLASSES

DRAFT_S: Final = 60
"""Seconds after which a folder that never got its name belongs to a process that died making it."""


class Adopted(Folder):
    """The folder of a dead process, locked by us until everything in it is acknowledged."""

    def __init__(self, source: str, lock: Lock) -> None:
        path = lock.path
        ended = time.time_ns() // 1_000
        chains = {name: FileChain(path, name) for name in CLASSES}
        torn = sum([chain.found(ended) for chain in chains.values()])
        super().__init__(source, path.name, {**chains}, Ledger(path / LEDGER, ended=True))
        self._lock = lock
        if torn:
            self.lose("torn", torn, 0, 0)

    def close(self, *, forget: bool = False) -> None:
        """Give it back, or away with it when nothing is left in it."""
        empty = self.empty
        for chain in self.chains.values():
            chain.close()
        self.ledger.close()
        if forget:
            self._lock.forget()
        else:
            with contextlib.suppress(OSError):
                self._lock.release(remove=empty)


def adopt(root: Path, source: str, skip: frozenset[str]) -> list[Adopted]:
    """The folders in `root` whose process is dead, oldest first; those named in `skip` are ours already."""
    found = []
    for path in sorted(root.iterdir()):
        if path.name.startswith("."):
            _drop_draft(path)
        elif path.is_dir() and path.name not in skip:
            lock = Lock.adopt(path, source)
            if lock is not None:
                found.append(Adopted(source, lock))
    return found


def _drop_draft(path: Path) -> None:
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > DRAFT_S:
            for file in path.iterdir():
                file.unlink()
            path.rmdir()


def bytes_beside(root: Path, boot: str) -> int:
    """Bytes in the spool that are not this process's."""
    total = 0
    for folder in os.scandir(root):
        if folder.name != boot and os.path.exists(os.path.join(folder.path, OWNER)):
            with contextlib.suppress(OSError):
                total += sum(file.stat().st_size for file in os.scandir(folder.path))
    return total
