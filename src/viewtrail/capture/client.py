"""What a CRM calls: one method for each thing an agent does. It never waits for a network and never raises.

What a call promises: on return the event is in a file of this machine (kill -9 of the process does not lose
it), numbered; a thread of its own delivers it. What cannot be an event is set aside with the reason. Only
where the disk hangs do events wait in memory: `health` says how many, and what a kill takes of them is told.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from json import JSONEncoder
from pathlib import Path
from typing import Any, Final, Literal, Unpack

from viewtrail.capture.acts import Acts, Field, Id, More, Surface, names_of
from viewtrail.capture.allow import Allowing
from viewtrail.capture.answers import Allowed, NotLogged, Proof
from viewtrail.capture.boot import Boot
from viewtrail.capture.ids import uuid7
from viewtrail.capture.post import Intake
from viewtrail.capture.set_aside import SetAside
from viewtrail.capture.shown import Export, Reveal
from viewtrail.capture.worth import worth
from viewtrail.errors import BadInput, SettingError, ViewtrailError
from viewtrail.event.kinds import EPOCH
from viewtrail.event.wire import from_wire, rfc3339

SPOOL_BYTES: Final = 64 * 1024 * 1024
"""About 200,000 views: an office of 300 agents through a weekend without the server."""

EVENT_BYTES: Final = 60_000
"""An entry of the log holds at most 65,535 bytes."""

SILENCE_S: Final = 60.0
"""Between two lines in the host's log about events that are none."""

AT_EXIT_S: Final = 2.0
"""How long a process that ends tries to deliver; what is left, a later process delivers."""

_log: Final = logging.getLogger("viewtrail.capture")
_encode: Final = JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode
_living: Final[weakref.WeakSet[Client]] = weakref.WeakSet()


class Client(Acts):
    """One for a process, made where the CRM starts; safe among threads, and after a fork.

    `spool` is a folder that all processes of this CRM may share. `proof` is what `reveal` and `export` wait
    for before they let contact data be shown.
    """

    def __init__(
        self,
        url: str,
        key: str,
        source: str,
        spool: str | os.PathLike[str],
        *,
        spool_bytes: int = SPOOL_BYTES,
        proof: Proof = "none",
        proof_s: float = 0.3,
        allow_s: float = 0.05,
    ) -> None:
        if not source or len(source) > 200:
            raise SettingError(
                "the source has no name, or a longer one than 200 characters", next='such as "/crm"'
            )
        if proof not in ("none", "on-disk", "acknowledged"):
            raise SettingError(f"{proof!r} is no proof", next="none, on-disk or acknowledged")
        self.source = source
        self.proof: Proof = proof
        self.proof_s = proof_s
        self._intake = Intake(url, key)
        self._root = Path(spool)
        self._spool_bytes = spool_bytes
        self._allow_s = allow_s
        self._aside = SetAside(self._root)
        self._refused = 0
        self._silent_until = 0.0
        self._new()
        _living.add(self)

    def _new(self) -> None:
        """What belongs to one process: after a fork it is made again."""
        self._lock = threading.Lock()
        self._boot: Boot | None = None
        self._allowing = Allowing(self._intake.another(), self.source)
        self._beside: list[Callable[[], None]] = []

    def event(
        self,
        type: str,
        agent: Id | None,
        subject: Id | None = None,
        *,
        id: str | None = None,
        time: datetime | int | None = None,
        numbered: bool | None = None,
        **data: Any,
    ) -> str:
        """Any event of the vocabulary; the id it got. `time` is an aware datetime or microseconds UTC.

        With an `id` of the host's own the event has no number unless `numbered` says that it is told once:
        what is told twice must be the same to the byte.
        """
        told = id or uuid7(_now() * 1_000)
        try:
            at = _moment(time)
            wire = self._wire(type, told, at, agent, subject, data)
            self._put(worth(type), wire, at, id is None if numbered is None else numbered)
        except (
            Exception
        ) as error:  # the host gives ids and data of any kind, and its work goes on whatever they do
            self.trouble(error)
        return told

    def _put(self, worth: str, wire: dict[str, Any], at: int, numbered: bool) -> bool:
        body = _encode(wire).encode()
        try:
            from_wire(wire)
            if len(body) > EVENT_BYTES:
                raise BadInput(
                    f"{len(body):,} bytes are more than the {EVENT_BYTES:,} that an event may have"
                )
        except BadInput as error:
            self._refuse(body, str(error))
            return False
        boot = self._booted()
        kept = boot.spool.put(worth, body, at, numbered=numbered)
        boot.delivery.poke()
        return kept

    def _wire(
        self, type: str, id: str, at: int, agent: Id | None, subject: Id | None, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The CloudEvents object; what the host does not know (None) is absent."""
        wire: dict[str, Any] = {"specversion": "1.0", "id": id, "source": self.source, "type": type}
        wire["time"] = rfc3339(at)
        if subject is not None:
            wire["subject"] = str(subject)
        said = {} if agent is None else {"agent": str(agent)}
        wire["data"] = said | {name: value for name, value in data.items() if value is not None}
        return wire

    def _refuse(self, body: bytes, why: str) -> None:
        self._refused += 1
        self._say("not an event, set aside: %s", why)
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._aside.keep(body, why)

    def trouble(self, error: Exception) -> None:
        """Something of ours went wrong: counted and logged, and the host goes on."""
        self._refused += 1
        self._say("an event could not be taken: %s", f"{error.__class__.__name__}: {error}")

    def _say(self, what: str, why: str) -> None:
        """One line a minute at most: a mistake in a busy page may not fill the host's log too."""
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + SILENCE_S
            _log.warning(f"{what} (%d until now, see health())", why, self._refused)

    @property
    def folder(self) -> Path:
        """Where the spool is, shared by all processes of this host."""
        return self._root

    # --- before contact data is shown -------------------------------------------------------------

    def allow(self, agent: Id, action: Literal["reveal", "export"], **about: Any) -> Allowed:
        """Ask the server, for 50 ms at most, whether to go on, ask for a reason or ask a manager.

        `about`: record, field, rows, reason. No answer in time means go on, and says so.
        """
        return self._allowing.ask(str(agent), action, about, self._allow_s)

    def reveal(
        self,
        agent: Id,
        record: Id,
        field: Field,
        *,
        reason: str | None = None,
        surface: Surface | None = None,
        visit: str | None = None,
        proof: Proof | None = None,
        ask: bool = False,
        **more: Unpack[More],
    ) -> Reveal:
        """`with client.reveal(agent, record, "phone"): ...` logs first, then the block may show it.

        With a proof: `NotLogged`, and no block, when it does not come. With `ask`: `ReasonWanted`, where the
        server wants a reason and none was given. Also as `async with`.
        """
        data = {"field": field, "reason": reason, "surface": surface, "visit": visit, **more}
        return Reveal(self, agent, record, data, proof or self.proof, ask=ask)

    def export(
        self,
        agent: Id | None,
        *,
        rows: int | None = None,
        fields: Sequence[str] | None = None,
        masked: bool | None = None,
        format: str | None = None,
        list: Id | None = None,
        reason: str | None = None,
        visit: str | None = None,
        proof: Proof | None = None,
        ask: bool = False,
        **more: Unpack[More],
    ) -> Export:
        """`with client.export(agent, format="csv") as export:`, inside it `for row in export.rows(...)`.

        Where `rows` is known beforehand it is logged before the block, else at its end with what was counted:
        with a proof, build the file in the block and send it after.
        """
        data = {
            "fields": names_of(fields), "masked": masked, "format": format, "list": list, "visit": visit,
            **more,
        }  # fmt: skip
        return Export(self, agent, rows, data, proof or self.proof, reason=reason, ask=ask)

    def proven(
        self, type: str, agent: Id | None, subject: Id | None, proof: Proof, data: Mapping[str, Any]
    ) -> str:
        """As `event`, and back only with the proof, or `NotLogged` after `proof_s` seconds without it."""
        if proof == "none":
            return self.event(type, agent, subject, **data)
        given = dict(data)
        id, at = given.pop("id", None), _moment(given.pop("time", None))
        told = id or uuid7(_now() * 1_000)
        wire = self._wire(type, told, at, agent, subject, given)
        try:
            from_wire(wire)
        except BadInput as error:
            raise NotLogged(f"this is no event: {error}", next="do not show the data") from error
        self._booted().prove(wire, proof, self.proof_s, lambda: self._put(worth(type), wire, at, id is None))
        return told

    # --- the life of a process --------------------------------------------------------------------

    def start(self) -> None:
        """Begin delivering what earlier processes left, before the first event. Call it after forking."""
        try:
            self._booted()
        except (ViewtrailError, OSError, RuntimeError) as error:  # no room, no right, no thread to be had
            self.trouble(error)

    def _booted(self) -> Boot:
        boot = self._boot
        if boot is None:
            with self._lock:
                boot = self._boot
                if boot is None:
                    boot = Boot(self._root, self.source, self._intake, self._aside, self._spool_bytes)
                    boot.say_started(_now())
                    self._boot = boot
                    atexit.register(self._at_exit)
        return boot

    def beside(self, close: Callable[[], None]) -> None:
        """What was made beside this client in this process: it is closed first when the client is."""
        self._beside.append(close)

    def flush(self, timeout: float = 5.0) -> bool:
        """True when all that this process has said is delivered, within `timeout` seconds."""
        return self._boot is None or self._boot.delivery.flush(timeout)

    def close(self, timeout: float = AT_EXIT_S) -> bool:
        """Deliver for `timeout` seconds at most, then stop; the rest waits on disk for the next process."""
        while self._beside:
            try:
                self._beside.pop()()
            except (ViewtrailError, OSError) as error:
                self.trouble(error)
        with self._lock:
            boot, self._boot = self._boot, None
        atexit.unregister(self._at_exit)
        self._allowing.close()
        if boot is None:
            return True
        done = boot.delivery.flush(timeout)
        boot.close()
        return done

    def _at_exit(self) -> None:
        with suppress(Exception):  # the process ends: nobody is left to be told, and what waits is on disk
            self.close()

    def health(self) -> dict[str, Any]:
        """For the host's own monitoring: is it delivering, what waits, what was lost and why."""
        told: dict[str, Any] = {
            "source": self.source,
            "refused": self._refused,
            "set_aside": self._aside.count,
        }
        told["last_set_aside"] = self._aside.last
        told["allow"] = self._allowing.counts()
        return told | (self._boot.health() if self._boot is not None else {"started": False})

    def _forked(self) -> None:
        if self._boot is not None:
            self._boot.forget()
        self._intake = self._intake.another()
        self._new()


def _now() -> int:
    return time.time_ns() // 1_000


def _moment(time: datetime | int | None) -> int:
    if time is None or isinstance(time, int):
        return _now() if time is None else time
    return _micros(time)


def _micros(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise BadInput("a time without a zone", where="time", next="give an aware datetime")
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _after_fork() -> None:
    for client in list(_living):
        client._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
