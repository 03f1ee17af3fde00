"""The [calls] table of a mapping: what one telephone system's own numbers, lines and habits are."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any, Final

from viewtrail.errors import BadInput
from viewtrail.sources.numbers import is_country

KEYS: Final = frozenset(
    {"country", "pbx", "outside", "longest_extension", "trunks", "services", "unlisted", "campaign"}
)
AGAIN: Final = "see docs/reference/mapping.md"


@dataclass(frozen=True, slots=True)
class CallRules:
    """How the rows of one telephone system are to be understood."""

    country: str = ""  # of numbers without a country code
    pbx: str = ""  # which of several telephone systems: whose extensions these are
    outside: str = ""  # what is dialled before an outside number
    longest_extension: int = 5  # digits; a longer number is outside
    trunks: frozenset[str] = frozenset()  # outside lines whose names look like extensions
    services: frozenset[str] = frozenset()  # queues, menus, voice mail: numbers that are no person's
    unlisted: str = ""  # an extension that is nobody's is told under this and its number; "" = set aside
    campaign: str = ""  # the column that names the campaign or list

    def is_phone(self, name: str) -> bool:
        """Whether this is one of the own phones by its name alone."""
        return (
            name.isascii()
            and name.isdigit()
            and len(name) <= self.longest_extension
            and name not in self.trunks
            and name not in self.services
        )

    def is_outside(self, number: str) -> bool:
        """Whether a dialled number is nobody's extension and no service."""
        if len(number) <= self.longest_extension:
            return False
        digits = number.lstrip("+")
        return digits.isascii() and digits.isdigit() and number not in self.services


def call_rules(told: Any, where: str) -> CallRules:
    """The table, checked; BadInput names the key."""
    if not isinstance(told, dict):
        raise BadInput("is not a table", where=where, next=AGAIN)
    unknown = sorted(set(told) - KEYS)
    if unknown:
        raise BadInput(
            f"key {unknown[0]!r} is unknown", where=where, next=f"known: {', '.join(sorted(KEYS))}"
        )
    country = _text(told, "country", where)
    if country and not is_country(country):
        raise BadInput(
            f"country {country!r} is unknown", where=where, next='write two capital letters, like "CY"'
        )
    longest = told.get("longest_extension", 5)
    if type(longest) is not int or not 1 <= longest <= 7:
        raise BadInput("longest_extension is not a number from 1 to 7", where=where)
    return CallRules(
        country=country,
        pbx=_text(told, "pbx", where),
        outside=_text(told, "outside", where),
        longest_extension=longest,
        trunks=_texts(told, "trunks", where),
        services=_texts(told, "services", where),
        unlisted=_text(told, "unlisted", where),
        campaign=_text(told, "campaign", where),
    )


def _text(told: Table[str, Any], key: str, where: str) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise BadInput(f"{key} is not a text", where=where)
    return value


def _texts(told: Table[str, Any], key: str, where: str) -> frozenset[str]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadInput(f"{key} is not a list of texts", where=where)
    return frozenset(value)
