"""Events that the log will not take, kept beside the spool with the reason; a person looks at them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 16 * 1024 * 1024
"""Some 30,000 events: then something is wrong in the host's code, and more of the same says no more."""

FILE: Final = "set-aside.jsonl"


class SetAside:
    """`DIR/set-aside.jsonl`, shared by all processes: one object a line, {"why", "event"}."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE
        self.count = 0
        self.last = ""

    def keep(self, event: bytes, why: str) -> bool:
        """False: it could not be kept, for want of room or of a folder. It counts as set aside anyhow."""
        self.count += 1
        self.last = why
        line = b'{"why":%s,"event":%s}\n' % (json.dumps(why).encode(), event)
        try:
            fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        try:
            return os.fstat(fd).st_size + len(line) <= MOST_BYTES and os.write(fd, line) == len(line)
        except OSError:
            return False
        finally:
            os.close(fd)
