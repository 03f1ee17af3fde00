"""Who looks after which source: the setting `source_owners`, and the source that a finding is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from viewtrail.errors import SettingError
from viewtrail.finding import Finding
from viewtrail.store.projections import Heard

SETTING: Final = "source_owners"
OTHERS: Final = "*"


def owners(text: str) -> dict[str, str]:
    """Source -> address, "*" for every source not named; SettingError for what is no pair or comes twice."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        source, equals, address = (piece.strip() for piece in part.rpartition("="))
        if not equals or not source or "@" not in address:
            step = "write them like /crm=anna@x.example, *=it@x.example"
            raise SettingError(f"{part[:80]!r} is not a source and an address", where=SETTING, next=step)
        if source in found:
            raise SettingError(f"{source[:80]!r} has two owners", where=SETTING, next="name one of them")
        found[source] = address
    return found


def owner_of(source: str, known: Mapping[str, str]) -> str:
    """The address of who looks after this source; "" where nobody is named."""
    return known.get(source) or known.get(OTHERS, "")


def source_of(finding: Finding, heard: Heard) -> str:
    """The source that a finding is about, by the entry that opened it; "" where it is about none."""
    if finding.subject_kind != "source" or not finding.entries:
        return ""
    return next((one.source for one in heard.stretches if one.index == finding.entries[0]), "")
