"""Following a folder: each file that another system finished there is imported once, and that is remembered.

1. A complete file whose content was not read before is imported: events and what was set aside are on disk.
2. Only then is it written down as read. A crash in between reads it again, and adds nothing.
3. A file that cannot be read as a whole is set aside with the reason, and tried again after a restart.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from viewtrail.app import follow_state
from viewtrail.app.connect_numbers import choice_of
from viewtrail.app.follow import FOLDER
from viewtrail.app.home import AnyLog, Home
from viewtrail.app.import_files import Imported, alike, import_file
from viewtrail.errors import BadInput
from viewtrail.sources import Mapping
from viewtrail.sources.transports.folder import QUIET, Folder, There

BEGINNING: Final = 4_096
"""Bytes kept of a file that cannot be read: enough to see what it is; the file itself stays where it is."""


class FolderFollower:
    """Follows one folder. `step` reads at most one file; call it every second or so."""

    def __init__(
        self,
        home: Home,
        log: AnyLog,
        path: Path,
        *,
        kind: str | None,
        mapping: Mapping | None,
        pattern: str = "*",
        quiet: int = QUIET,
        once: bool = False,
    ) -> None:
        self._home, self._log = home, log
        self._kind, self._mapping = kind, mapping
        self._once = once
        name = sha256(f"{path.absolute()} {pattern} {kind}".encode()).hexdigest()[:12]
        self._place = home.path / FOLDER / f"{path.absolute().name[:40]}-{name}.json"
        state = _read(self._place)
        self.caught_up: bool = state["caught_up"]  # what is new from then on is live
        self.resumed = self._place.exists()
        self.folder = Folder(
            path,
            pattern,
            quiet=quiet,
            done=[There(*one) for one in state["done"]],
            contents=state["contents"],
        )
        self.said: list[str] = []
        self.done: list[Imported] = []
        "What became of files since somebody took them out of here."
        self._unreadable: set[There] = set()

    def step(self, now: int) -> bool:
        """Read the next complete file; whether there was one."""
        ready = [one for one in self.folder.poll(now, last=self._once) if one not in self._unreadable]
        if not ready:
            if not self.caught_up and not self.folder.waiting:
                self.caught_up = True
                self._save()
            return False
        try:
            self._take(ready[0], now)
        except BadInput as refusal:
            self._refuse(ready[0], refusal, now)
        return True

    def _take(self, one: There, now: int) -> None:
        content = self.folder.content(one)
        if content in self.folder.contents:
            self.said.append(f"{one.name}: holds what was read before")
        else:
            choice = choice_of(self._home, self._kind, self._mapping, live=self.caught_up)
            path, every = self.folder.path / one.name, self._home.settings.checkpoint_entries
            self.done.append(import_file(self._log, path, choice, clock=lambda: now, sign_every=every))
        self.folder.finished(one, content)
        self._save()

    def _refuse(self, one: There, refusal: BadInput, now: int) -> None:
        """Not retried while it is as it is; a mapping that is mended needs a restart anyway."""
        self._unreadable.add(one)
        done = Imported(one.name, set_aside=1)
        done.note(one.name, str(refusal), alike(str(refusal)))
        self.done.append(done)
        try:
            with (self.folder.path / one.name).open("rb") as file:
                begins = file.read(BEGINNING)
        except OSError as error:
            self.said.append(f"{one.name}: cannot be read ({error.strerror})")
            begins = b""
        self._log.put_aside(now, [(one.name, str(refusal), begins)])

    def _save(self) -> None:
        told = {
            "done": sorted(self.folder.done),
            "contents": list(self.folder.contents),
            "caught_up": self.caught_up,
        }
        follow_state.save(self._place, told)


def _read(place: Path) -> dict[str, Any]:
    if not place.exists():
        return {"done": [], "contents": [], "caught_up": False}
    return follow_state.load(place, _state, again="the folder's files are then read again, and add nothing")


def _state(told: dict[str, Any]) -> dict[str, Any]:
    return {"done": [*told["done"]], "contents": [*told["contents"]], "caught_up": told["caught_up"]}
