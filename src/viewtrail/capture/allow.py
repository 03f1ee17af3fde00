"""May this agent do that now? Asked of the server, with an answer in time or none; never a lock-out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, Final

from viewtrail.capture.answers import WORDS, Allowed
from viewtrail.capture.asking import Asking
from viewtrail.capture.post import Intake, Reply

PATH: Final = "/v1/allow"
MOST_WHY: Final = 300


class Allowing:
    """`POST /v1/allow` {"source", "agent", "action", ...} -> {"answer": a word, "why": a sentence}."""

    def __init__(self, intake: Intake, source: str) -> None:
        self._asking = Asking(intake)
        self._source = source
        self._counts = dict.fromkeys((*WORDS, "not-answered"), 0)
        self._lock = threading.Lock()

    def ask(self, agent: str, action: str, about: Mapping[str, Any], deadline: float) -> Allowed:
        """The answer within `deadline` seconds; else go on, and it says that nobody answered."""
        try:
            asked = {name: value for name, value in about.items() if value is not None}
            body = json.dumps({"source": self._source, "agent": agent, "action": action, **asked}).encode()
            allowed = _read(self._asking.ask(PATH, body, deadline))
        except (TypeError, ValueError, OSError, RuntimeError) as error:  # what cannot be said, asked or read
            allowed = Allowed("go-on", f"{type(error).__name__}: {error}", asked=False)
        with self._lock:
            self._counts[allowed.told] += 1
        return allowed

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    def close(self) -> None:
        self._asking.close()


def _read(reply: Reply | None) -> Allowed:
    if reply is None:
        return Allowed("go-on", "no answer in time", asked=False)
    told = json.loads(reply.body) if reply.status == 200 else {}
    word = told.get("answer") if isinstance(told, dict) else None
    if word not in WORDS:
        return Allowed("go-on", f"the server answered {reply.status}", asked=False)
    return Allowed(word, str(told.get("why") or "")[:MOST_WHY])
