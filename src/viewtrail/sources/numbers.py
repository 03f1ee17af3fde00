"""Telephone numbers as keyed hashes: two spellings of one number agree, and the number itself is not kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
)

SHORTEST = 6  # digits: below it is an extension, a service or a short code, and nobody's own number
LONGEST = 15  # digits of a number with its country's code (E.164 6.2.1)
CACHED = 200_000  # spellings kept with their hash; reading one takes about 40 microseconds


class Numbers:
    """Hashes of numbers under one key. `country` is that of numbers without a country code ("" = none)."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        # HMAC (RFC 2104) with the key's two blocks hashed once: a third of the time for so short a text
        block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))
        self._known: dict[str, dict[str, str | None]] = {}  # country, spelling, hash

    def __reduce__(self) -> tuple[type[Numbers], tuple[bytes]]:
        """To a process that reads files: the key alone, as a begun hash does not travel."""
        return Numbers, (self._key,)

    def hash(self, told: str, country: str) -> str | None:
        """The keyed hash of the number in E.164 form; None for what is no telephone number."""
        known = self._known.get(country)
        if known is None:
            known = self._known[country] = {}
        found = known.get(told, "")
        if found != "":
            return found
        if len(known) >= CACHED:
            known.clear()
        found = known[told] = self.read(told, country)
        return found

    def read(self, told: str, country: str) -> str | None:
        """The same for a spelling that is not asked for again, or is kept elsewhere."""
        plan = _plan(country)
        if plan is not None and plan.ordinary(told):  # asked here too: a call less for nearly every number
            return self._keyed(f"+{plan.code}{told}")
        number = plain_e164(told, country)
        if number is None:
            number = e164(told, country)
        return self._keyed(number) if number else None

    def _keyed(self, number: str) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(number.encode())
        outer.update(inner.digest())
        return f"n-{outer.hexdigest()[:40]}"


def e164(told: str, country: str) -> str | None:
    """The number as +countrycode..., or None. A national reading goes before one with a missing plus."""
    told = told.strip()
    if told[:4].lower() == "tel:":  # RFC 3966, as address books write it; parameters come after a semicolon
        told = told[4:].partition(";")[0]
    digits = sum(sign.isdigit() for sign in told)
    if not SHORTEST <= digits <= 20 or len(told) > 40 or any(sign.isalpha() for sign in told):
        return None
    plain = told
    number = _read(plain, country)
    if number is not None and _is_whole(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if plain.startswith("+"):
        return None
    # 0035799... where 00 is not the way to dial abroad, and 35799... as trunks hand it over
    number = _read(f"+{plain.removeprefix('00')}", "")
    if number is not None and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def _is_whole(number: PhoneNumber) -> bool:
    """Whether it could be a number; one without its area code could be many."""
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _read(told: str, country: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(told, country or None)
    except NumberParseException:
        return None


class _Plan(NamedTuple):
    """A country's numbers: its code, what is dialled before one abroad and at home, possible lengths.

    `ordinary` matches digits of a possible length that can be nothing but this country's own number.
    """

    code: str
    abroad: re.Pattern[str] | None
    home: re.Pattern[str] | None
    lengths: frozenset[int]
    ordinary: Callable[[str], re.Match[str] | None]


@cache
def _plan(country: str) -> _Plan | None:
    told = PhoneMetadata.metadata_for_region(country, None) if country else None
    if told is None or told.general_desc is None:
        return None
    code = str(told.country_code)
    abroad, home = told.international_prefix, told.national_prefix_for_parsing
    lengths = frozenset(told.general_desc.possible_length)
    marked = "|".join(f"(?:{begins})" for begins in (abroad, home, code, "0") if begins)
    digits = "|".join(f"[0-9]{{{length}}}" for length in sorted(lengths) if SHORTEST <= length <= LONGEST)
    return _Plan(
        code,
        re.compile(abroad) if abroad else None,
        re.compile(home) if home else None,
        lengths,
        re.compile(f"(?!{marked})(?:{digits or '(?!)'})").fullmatch,
    )


@cache
def _by_code(code: str) -> _Plan | None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    return _plan(regions[0]) if regions else None


def plain_e164(told: str, country: str) -> str | None:
    """What `e164` gives, many times as fast, for digits that leave no question open.

    "" for what is certainly no number, None where `e164` has to be asked.
    """
    plan = _plan(country)
    if plan is not None and plan.ordinary(told):
        return f"+{plan.code}{told}"
    digits = told.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        return None
    if digits is not told:
        return _abroad(digits)
    if plan is None:
        return None
    dialled = plan.abroad.match(told) if plan.abroad is not None else None
    if dialled is not None:
        return _abroad(told[dialled.end() :])
    here = None if told.startswith(plan.code) else _at_home(told, plan)
    # No number of this country; abroad it would have to be a valid one, which `e164` knows
    return here if here != "" or _abroad(told) == "" else None


def _abroad(digits: str) -> str | None:
    for length in (1, 2, 3):
        there = None if digits.startswith("0") else _by_code(digits[:length] or "0")
        if there is not None:
            return _at_home(digits[length:], there)
    return None


def _at_home(number: str, plan: _Plan) -> str | None:
    """A number within its country: as it is, "" if its length is none, None if it may begin otherwise."""
    if number.startswith("0") or (plan.home is not None and plan.home.match(number)):
        return None
    return f"+{plan.code}{number}" if len(number) in plan.lengths else ""


def is_country(told: str) -> bool:
    """Whether numbers can be read as belonging to this country."""
    return told in phonenumbers.SUPPORTED_REGIONS
