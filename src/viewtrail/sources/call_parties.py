"""Who is on either end of a call in the cloud: an own phone, by whatever it is known, or a number outside."""

from __future__ import annotations

from typing import Final, NamedTuple

from viewtrail.sources.call_posts import phone
from viewtrail.sources.call_rules import CallRules
from viewtrail.sources.directory import Directory
from viewtrail.sources.numbers import CACHED, e164

KINDS: Final = ("extension", "sip", "email")
SHOWN: Final = 7
"""Digits that an own phone's name may have: a longer one is a telephone number, and no event holds one."""


class Party(NamedTuple):
    """An own phone with the name that the directory knows it by, or else a number as it was shown."""

    phone: str = ""
    account: str = ""
    number: str = ""


class Parties:
    """Reads `client:anna`, `sip:anna@office.example`, `+35799123456` and `anna@example.test`."""

    def __init__(self, rules: CallRules, directory: Directory | None) -> None:
        self._rules = rules
        self._directory = directory or Directory()
        self._found: dict[str, str] = {}

    def of(self, told: str, call: str) -> Party:
        """The party; `call` names a phone whose own name may not stand in an event's id."""
        scheme, colon, rest = told.partition(":")
        named = colon and scheme.lower() in ("client", "sip", "sips")
        name = rest if named else told
        if scheme.lower() in ("sip", "sips"):
            user = rest.partition("@")[0]
            if self._rules.is_outside(user):
                return Party(number=user)
            name = name.partition(";")[0] if self._known(name) else user
        if not name or name in self._rules.trunks:
            return Party()
        known = self._known(name)
        if not (named or known or self._rules.is_phone(name)):
            return Party(number=name)
        account = known or name
        return Party(phone(name if _is_plain(name) else f"line-{call[-8:]}"), account)

    def _known(self, name: str) -> str:
        """How the directory knows this name: as it is written, or as the number that it is."""
        found = self._found.get(name)
        if found is None:
            written = (name, e164(name, self._rules.country) or "")
            known = (one for one in written if any(self._directory.knows(kind, one) for kind in KINDS))
            if len(self._found) >= CACHED:
                self._found.clear()
            found = self._found[name] = next(known, "")
        return found


def _is_plain(name: str) -> bool:
    return "@" not in name and sum(sign.isdigit() for sign in name) <= SHOWN and len(name) <= 40
