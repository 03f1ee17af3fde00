"""Which records a story is about: own or colleagues', the best of a desk, the list from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from viewtrail.stories import founding
from viewtrail.stories.calendar import HOUR, SECOND
from viewtrail.stories.company import Person, Record
from viewtrail.stories.life import Life
from viewtrail.stories.office_day import best_accounts


@dataclass(frozen=True, slots=True)
class Scene:
    """One deed of a story about to be told: who, when, and the company around it."""

    life: Life
    person: Person
    day: date
    start: int
    minutes: float
    rng: Random


Chooser = Callable[[Scene, int], list[str]]


def nobody_gave_a_reason(scene: Scene, count: int) -> list[str]:
    """Colleagues' records that nothing leads this agent to today: the own desk's first."""
    left = scene.life.without_reason(scene.person.id, scene.day)
    scene.rng.shuffle(left)
    left.sort(key=lambda record: scene.life.book[record].desk != scene.person.desk)
    chosen = left[:count]
    scene.rng.shuffle(chosen)
    return chosen


def best_of_desk(desk: str) -> Chooser:
    """The desk's most valuable accounts. Whoever asks later is given the very same ones."""

    def choose(scene: Scene, count: int) -> list[str]:
        life, agent = scene.life, scene.person.id
        quiet = set(life.without_reason(agent, scene.day)) | set(life.owned[agent])
        best = [record for record in best_accounts(life, desk) if record in quiet]
        return list(life.kept.setdefault(f"best-{desk}", best[:count]))

    return choose


def down_the_list(scene: Scene, count: int) -> list[str]:
    """A record here and there from the top of the company's lead list to its bottom, in list order."""
    leads = scene.life.without_reason(scene.person.id, scene.day)
    leads = sorted(record for record in leads if scene.life.book[record].kind == "lead")
    return [leads[n * len(leads) // count] for n in range(count)]


def own_book(scene: Scene, count: int) -> list[str]:
    """The agent's own records, waiting tasks first, none twice in one story."""
    mine = scene.life.alive(scene.person.id)
    waiting = [task.record for task in scene.life.kept_tasks if task.record in set(mine)]
    rest = [record for record in mine if record not in set(waiting)]
    scene.rng.shuffle(rest)
    return _not_yet(scene, f"own-{scene.person.id}", waiting + rest, count)


def book_of(colleague: str) -> Chooser:
    """A colleague's records, the most valuable first, none twice in one story."""

    def choose(scene: Scene, count: int) -> list[str]:
        theirs = scene.life.alive(colleague)
        theirs.sort(key=lambda record: -scene.life.book[record].value_band)
        return _not_yet(scene, f"book-{colleague}", theirs, count)

    return choose


def cold_leads(scene: Scene, count: int) -> list[str]:
    """The desk's leads that nobody has converted, of all owners and of the pool."""
    book = scene.life.book.values()
    cold = [r.id for r in book if r.desk == scene.person.desk and r.kind == "lead" and r.alive]
    return sorted(scene.rng.sample(cold, min(count, len(cold))))


def bought_list(scene: Scene, count: int) -> list[str]:
    """Leads that came with a bought list this morning, nobody's yet."""
    numbers = scene.rng.sample(range(100_000, 199_999), count)
    for n, number in enumerate(numbers):
        lead = Record(f"L-{number}", "lead", "", scene.person.desk, "en", 0)
        founding.register(scene.life, lead, scene.start - HOUR + n * SECOND, "bought")
    return [f"L-{number}" for number in numbers]


def desk_list(scene: Scene, count: int) -> list[str]:
    """The desk's list from its first row on."""
    return sorted(r.id for r in scene.life.book.values() if r.desk == scene.person.desk and r.alive)[:count]


def all_clients(scene: Scene, count: int) -> list[str]:
    """Clients of every desk, in list order: a compliance officer has all of them to look after."""
    clients = sorted(r.id for r in scene.life.book.values() if r.kind == "client")
    return clients[:count]


def _not_yet(scene: Scene, key: str, records: list[str], count: int) -> list[str]:
    seen = scene.life.kept.setdefault(key, [])
    chosen = [record for record in records if record not in seen][:count]
    seen += chosen
    return chosen
