"""Who acts in the log from the console: they are people who look, not the people looked at."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from viewtrail.web import data, logbook


def insiders() -> frozenset[str]:
    """The pseudonyms of everybody who may sign in here and has none of their own as an agent."""
    from viewtrail.web.accounts.models import Person

    home = data.home()
    people = Person.objects.filter(agent="")
    return frozenset(_pseudonym(home.path, logbook.name_of(person)) for person in people)


@lru_cache(maxsize=4096)
def _pseudonym(home: Path, name: str) -> str:
    with data.home().reader() as reader:
        return reader.pseudonym("a", name)
