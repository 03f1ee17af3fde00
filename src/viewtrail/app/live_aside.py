"""What a running loop has done beside it: snapshots, and the fold of all history after an import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

from viewtrail.app.fold import Fold, keep
from viewtrail.app.home import Home
from viewtrail.app.live_pace import Pace
from viewtrail.log import LogReader

QUIET: Final = 1.5
"""Seconds without more history before all of it is folded: an import is one thing to people."""

PATIENCE: Final = 60.0
"""Seconds after which history is folded though more keeps coming; three times as long as it took at least."""

MANY: Final = 200_000
"""Entries after which a snapshot is worth its time, however soon."""

SOME: Final = 2_000
"""Entries below which folding again is as quick as reading a snapshot."""

SELDOM: Final = 900.0
"""Seconds between two snapshots where fewer entries came, or where there never is a better moment."""

GIVE_WAY: Final = 10
"""How much nicer than the loop the process is that writes a snapshot (nice(2)): nobody waits for one."""

SHARE: Final = 20.0
"""A snapshot that took a second to write is followed by so many without one."""


class Aside:
    """Watches how far behind the snapshot is and whether history waits; owns the processes it starts."""

    def __init__(self, home: Home, reader: LogReader, pace: Pace) -> None:
        self.home, self.reader, self.pace = home, reader, pace
        self.behind = False
        "Whether entries were left out that only a fold of everything can place."
        self._since = self._last = self._began = self._took = 0.0
        self._kept, self._kept_at = 0, time.monotonic()
        self._saving: int | None = None
        self._rest = 0.0  # seconds to go by before the next snapshot
        self._folding: subprocess.Popen[bytes] | None = None

    def began(self, fold: Fold) -> None:
        """Another fold is at work, of which a snapshot spared so many entries."""
        self.behind = False
        self._kept, self._kept_at = fold.spared, time.monotonic()

    def skipped(self) -> None:
        """An entry that became known earlier than what was folded."""
        self._last = time.monotonic()
        if not self.behind:
            self.behind, self._since = True, self._last

    def folded(self, fold: Fold) -> None:
        """Some more entries were folded: keep a snapshot when it is time, and when there is time for it.

        It makes a later start quicker and nothing else, so that it can wait: see `SELDOM`.
        """
        new, since = fold.size - self._kept, time.monotonic() - self._kept_at
        if since >= SELDOM:
            due = new >= SOME
        else:
            due = new >= MANY and since >= self._rest and self._calm(fold.size)
        if due and not self.behind and self._saved():
            self._save(fold)

    def _calm(self, folded: int) -> bool:
        """Whether the loop follows the log closely, and the log grows slowly."""
        return not self.pace.rush and self.reader.size - folded < SOME

    def ready(self) -> bool:
        """Whether the fold of everything is there to be taken over; starts it when the time has come."""
        self._saved()
        if self._folding is not None:
            if self._folding.poll() is None:
                return False
            good = self._folding.returncode == 0
            self._took = time.monotonic() - self._began
            self._folding = None
            return good or self._again()
        now = time.monotonic()
        patience = max(PATIENCE, 3 * self._took)
        if self.behind and (now - self._last >= QUIET or now - self._since >= patience):
            self._since = self._began = now
            command = [sys.executable, "-P", "-m", "viewtrail.app.live", "--refold"]
            self._folding = subprocess.Popen([*command, "--home", str(self.home.path)])
        return False

    def _again(self) -> bool:
        self._last = self._since = time.monotonic()
        return False

    def end(self, fold: Fold) -> None:
        """Stop what runs beside, and keep the state where that spares the next start some time."""
        if self._folding is not None:
            self._folding.kill()
            self._folding.wait()
        if self._saving is not None:
            os.waitpid(self._saving, 0)
            self._saving = None
        if not self.behind and fold.size - self._kept >= SOME:
            keep(self.home, self.reader, fold)

    def _saved(self) -> bool:
        """Whether no snapshot is being written any more."""
        if self._saving is not None:
            done, _ = os.waitpid(self._saving, os.WNOHANG)
            if done == 0:
                return False
            self._saving = None
            self._rest = (1 + SHARE) * (time.monotonic() - self._kept_at)
        return True

    def _save(self, fold: Fold) -> None:
        """Write the snapshot in a copy of this process: pickling the state takes longer than people wait."""
        self._kept, self._kept_at = fold.size, time.monotonic()
        self._saving = os.fork()
        if self._saving == 0:
            with suppress(BaseException):
                os.nice(GIVE_WAY)
                keep(self.home, self.reader, fold)
            os._exit(0)
