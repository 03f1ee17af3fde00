"""The lock on a process's folder in the spool: it says that the process lives, and falls with it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Final

OWNER: Final = "owner"


class Lock:
    """A folder `DIR/BOOT` with a file lock that falls with its process, however that ends."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd

    @classmethod
    def make(cls, root: Path, boot: str, source: str) -> Lock:
        """A folder of our own. It gets its name only once it is locked, so that nobody adopts it before."""
        draft, path = root / f".{boot}", root / boot
        draft.mkdir(mode=0o700, parents=True)
        fd = os.open(draft / OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(fd, json.dumps({"source": source, "pid": os.getpid()}).encode())
        draft.rename(path)
        return cls(path, fd)

    @classmethod
    def adopt(cls, path: Path, source: str) -> Lock | None:
        """The folder of a process that is dead, or None: it lives, or reported for another source."""
        try:
            fd = os.open(path / OWNER, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A crash of the machine can leave an empty file: then its events say themselves whose they are.
            whose = json.loads(os.pread(fd, 4096, 0) or b"{}").get("source", source)
            if whose == source and os.stat(path / OWNER).st_ino == os.fstat(fd).st_ino:
                return cls(path, fd)
        except (OSError, ValueError, AttributeError):
            pass
        os.close(fd)
        return None

    def forget(self) -> None:
        """Close our copy after a fork; the parent still holds the lock."""
        os.close(self._fd)

    def release(self, *, remove: bool) -> None:
        """Let it go: removed when everything in it was delivered, else for a later process to adopt."""
        if remove:
            for name in [*self.path.iterdir()]:
                name.unlink(missing_ok=True)
            self.path.rmdir()
        os.close(self._fd)
