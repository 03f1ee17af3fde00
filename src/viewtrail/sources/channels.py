"""Which of Asterisk's channels are own phones, outside lines, or passages inside the system."""

from __future__ import annotations

from typing import Final

from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.directory import Directory
from viewtrail.sources.numbers import CACHED

PHONE: Final = "phone"
OUTSIDE: Final = "outside"
PASSAGE: Final = "passage"  # Local/...: two halves that Asterisk joins, no device
NONE: Final = "none"


class Channels:
    """The kind and name of a channel like `PJSIP/211-0000001a`, by the rules and by who is listed."""

    def __init__(self, rules: CallRules, directory: Directory | None) -> None:
        self._rules = rules
        self._directory = directory or Directory()
        self._known: dict[str, tuple[str, str]] = {}  # by the channel without its running number

    def party(self, channel: str) -> tuple[str, str]:
        """(kind, name): the name is the phone's or the line's, without technology and running number."""
        begins = channel.rpartition("-")[0]
        found = self._known.get(begins)
        if found is None:
            found = self._party(channel)
            if begins.partition("/")[2]:  # else the number is all that names it
                if len(self._known) >= CACHED:
                    self._known.clear()
                self._known[begins] = found
        return found

    def _party(self, channel: str) -> tuple[str, str]:
        technology, slash, rest = channel.partition("/")
        if not slash:
            return NONE, ""
        if technology == "Local":
            return PASSAGE, ""
        name = rest.rpartition("-")[0] or rest
        return (PHONE if self._is_phone(name) else OUTSIDE), name

    def _is_phone(self, name: str) -> bool:
        if name in self._rules.trunks:
            return False
        listed = self._directory.knows("extension", name) or self._directory.knows("sip", name)
        return listed or self._rules.is_phone(name)
