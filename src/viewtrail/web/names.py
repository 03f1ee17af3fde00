"""Which pseudonyms one person sees as the source's own ids, until when; everybody else sees pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db.models import Q

from viewtrail.app.findings import PSEUDONYM
from viewtrail.web import data

SHORT: Final = 8
"""Characters of a pseudonym that are shown: enough to tell people apart, the address has all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Source ids by pseudonym, for one viewer, at this moment; and until when (µs) by pseudonym."""

    ids: Mapping[str, str]
    until: Mapping[str, int]

    def of(self, pseudonym: str) -> str:
        """How this viewer reads a pseudonym in a line of text."""
        return self.ids.get(pseudonym) or short(pseudonym)

    def text(self, text: str) -> str:
        return PSEUDONYM.sub(lambda found: self.of(found[0]), text)


def short(pseudonym: str) -> str:
    """The beginning of a pseudonym; anything else as it is."""
    return pseudonym[:SHORT] if PSEUDONYM.fullmatch(pseudonym) else pseudonym


def shown_to(person: int, finding: str = "") -> Shown:
    """What this person may see unmasked now: on the page of a finding what was asked for there.

    Beyond it only what a second person has agreed to.
    """
    from viewtrail.web.accounts.models import Unmasking

    held = Unmasking.objects.filter(viewer_id=person, refused=False, until__gt=data.instant()).filter(
        Q(second__isnull=False) | Q(finding=finding)
    )
    until: dict[str, int] = {}
    for one in held:
        end = int(one.until.timestamp() * 1_000_000) if one.until else 0
        for pseudonym in (one.agent, *(_records(one.finding) if one.with_records else ())):
            until[pseudonym] = max(end, until.get(pseudonym, 0))
    home = data.home()
    ids = {pseudonym: _id(home.path, home.settings.tenant, pseudonym) for pseudonym in until}
    return Shown({key: id for key, id in ids.items() if id}, until)


def _records(finding: str) -> tuple[str, ...]:
    found = data.board().finding(finding)
    return found.records if found is not None else ()


@lru_cache(maxsize=4096)
def _id(home: Path, tenant: str, pseudonym: str) -> str:
    """The id behind a pseudonym, or "" when it is not known or was erased."""
    with data.home().reader() as reader:
        return reader.resolve(pseudonym) or ""
