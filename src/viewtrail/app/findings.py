"""Findings out of the projections: chosen, and with the source's own ids where somebody may see them."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from viewtrail.app.home import Home
from viewtrail.app.spans import moment
from viewtrail.errors import BadInput, KeyMissing
from viewtrail.event import Event, from_wire, rfc3339
from viewtrail.finding import Finding, to_json
from viewtrail.log import LogReader
from viewtrail.store.projections import Projections, read_projections
from viewtrail.watch.ledger import LIVING

PSEUDONYM: Final = re.compile(r"\b[ar]-[a-z2-7]{16}\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which findings. `agent` is a pseudonym or, which unmasks somebody, the source's own id."""

    agent: str | None = None
    since: str | None = None
    all: bool = False
    source_ids: bool = False
    queue: str | None = None

    @property
    def names_somebody(self) -> bool:
        return self.source_ids or (self.agent is not None and not PSEUDONYM.fullmatch(self.agent))


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings asked for as JSON objects; `behind`: entries that came after they were made.

    `unmet`: nobody of the name asked for is in the log, so that no findings means nothing.
    """

    findings: list[dict[str, Any]]
    hidden: int
    behind: int
    unmet: bool = False


def findings(home: Home, asked: Asked, *, now: int, entropy: Callable[[int], bytes]) -> Answer:
    """The findings that were asked for, as the last replay left them.

    When a pseudonym has to be taken off or put on, the log says so first: no entry, no answer. KeyMissing
    when the keys for that are not there, LogBusy while another process writes.
    """
    found = read_projections(home.path)
    if asked.names_somebody:
        with home.writer() as log:
            log.append([_unmasked(asked, now, entropy)], received=now)
            log.checkpoint()
    with home.reader() as reader:
        return _answer(home, found, asked, reader)


def _answer(home: Home, found: Projections, asked: Asked, log: LogReader) -> Answer:
    made, agent = found.made, asked.agent
    if made.size > log.size or log.root(made.size).hex() != made.root:
        step = "run `viewtrail rebuild`"
        raise BadInput("the findings were made from another log", where=str(home.path), next=step)
    if agent is not None and not PSEUDONYM.fullmatch(agent):
        agent = log.pseudonym("a", agent)
    since = moment(asked.since, home.settings.time_zone, "--since")
    of = [one for one in found.findings if _is_asked_for(one, agent, since, asked.queue)]
    told = [one for one in of if asked.all or one.status in LIVING]
    shown = [to_json(one) for one in told]
    if asked.source_ids:
        names = Names(log)
        shown = [names.back(one) for one in shown]
    later = sum(1 for logged in log.read(made.size) if logged.entry.event.source != "viewtrail")
    unmet = agent is not None and not of and not _met(agent, log)
    return Answer(shown, len(of) - len(told), later, unmet)


def _met(agent: str, log: LogReader) -> bool:
    """Whether a source told of this pseudonym at all; that somebody asked for it here is no such thing."""
    told = (logged.entry.event for logged in log.read())
    return any(
        agent in (event.subject, event.data.get("agent"), event.data.get("to"))
        for event in told
        if event.source != "viewtrail"
    )


def _is_asked_for(one: Finding, agent: str | None, since: int | None, queue: str | None) -> bool:
    if queue is not None and one.queue != queue:
        return False
    if agent is not None and agent != one.agent and agent not in one.agents:
        return False
    return since is None or max(one.detected_at, one.last_at) >= since


def _unmasked(asked: Asked, now: int, entropy: Callable[[int], bytes]) -> Event:
    """Who takes which pseudonyms off, and how it was asked for."""
    data: dict[str, Any] = {
        "agent": user(),
        "what": "findings" if asked.agent is None else "findings-of-one-agent",
        "why": "asked-on-the-command-line",
        "asked": {"agent": asked.agent or "", "since": asked.since or "", "all": asked.all},
    }
    if asked.agent is not None and not PSEUDONYM.fullmatch(asked.agent):
        data["about"] = asked.agent
    return from_wire(
        {
            "specversion": "1.0",
            "id": f"unmasked-{entropy(16).hex()}",
            "source": "viewtrail",
            "type": "identity.unmasked",
            "time": rfc3339(now),
            "data": data,
        }
    )


def user() -> str:
    """The operating system's name of whoever runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


class Names:
    """Puts the source's ids back for pseudonyms, wherever in a finding they stand."""

    def __init__(self, log: LogReader) -> None:
        if log.keys is None:
            raise KeyMissing("the log's keys are not readable", next="put the files of HOME/keys back")
        self._resolve = cache(log.resolve)

    def text(self, text: str) -> str:
        """A pseudonym that was erased, or never met, stays."""
        return PSEUDONYM.sub(lambda found: self._resolve(found[0]) or found[0], text)

    def back(self, value: Any) -> Any:
        """The same object with ids in place of pseudonyms in every text."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.back(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.back(item) for item in value]
        return value


COLUMNS: Final = (
    "id agent agents pattern queue tier severity status first_at last_at detected_at score rarity_per_1000 "
    "claim usual records_at_detection records entries reasons against ordinary unknown context state why "
    "superseded_by attribution"
).split()

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def flat(finding: dict[str, Any]) -> list[str | int | float]:
    """The cells of one finding for a spreadsheet, none of which a spreadsheet takes for a formula."""
    return [_cell(finding[name]) for name in COLUMNS]


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        value = "; ".join(f"{name} {item}" for name, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "; ".join(map(str, value))
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


__all__ = ["COLUMNS", "Answer", "Asked", "Names", "findings", "flat", "user"]
