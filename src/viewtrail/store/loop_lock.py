"""One loop on a home: whoever folds the log into its projections holds this lock."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

from viewtrail.errors import LogBusy

FILE: Final = "loop.lock"


class LoopLock:
    """Held from its making until `close` or the end of the process; LogBusy while another holds it."""

    def __init__(self, home: Path, name: str = FILE, *, what: str, next: str) -> None:
        self.handle: int | None = os.open(home / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise LogBusy(what, where=str(home), next=next) from error

    def close(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def __enter__(self) -> LoopLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
