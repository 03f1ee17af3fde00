"""What a host is told: may this go on, and why contact data is not shown when it may not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from viewtrail.errors import ViewtrailError

Word = Literal["go-on", "ask-a-reason", "ask-a-manager"]
Proof = Literal["none", "on-disk", "acknowledged"]
"""What must be known before contact data is shown: nothing · the event is on this machine's disk (fsync) ·
the event is in the log (acknowledged by the server)."""

WORDS: Final = ("go-on", "ask-a-reason", "ask-a-manager")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The answer to "may this agent do that now?". `asked` is False where nobody answered in time."""

    word: Word
    why: str = ""
    asked: bool = True

    @property
    def told(self) -> str:
        """As it stands in the event: an answer that nobody gave is not an answer."""
        return self.word if self.asked else "not-answered"


class NotLogged(ViewtrailError):
    """No log, no reveal: the proof that was asked for did not come in time; do not show the data."""


class ReasonWanted(ViewtrailError):
    """Ask the agent for a reason (or a manager to agree) and call again with `reason`; never a lock-out."""

    def __init__(self, allowed: Allowed) -> None:
        whom = "the agent for a reason" if allowed.word == "ask-a-reason" else "a manager"
        super().__init__(
            allowed.why or f"{allowed.word} was answered", next=f"ask {whom}, then call again with reason="
        )
        self.allowed = allowed
