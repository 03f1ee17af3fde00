"""For each pattern a day on which it has to speak, and the day that looks the same and is nobody's matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viewtrail.stories.small_desk import (
    AGENTS,
    DAY,
    MINUTE,
    Desk,
    at,
    book_of,
    found,
    others_of,
)

BLIND = ("record.assigned", "task.due")
"""Where these are not connected, no reason can be told from its absence."""

BAND = 12
"""The value band of the best clients told of; 5 is that of the others."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Two days of one desk after the same weeks. What happens is told of a-1 on working day `n`."""

    pattern: str
    example: str
    twin: str
    speaks: Callable[[Desk, int], object]
    silent: Callable[[Desk, int], object]
    unheard: tuple[str, ...] = ()
    "Types of events that this company's sources do not send."
    valued: bool = False
    "Whether the desk knows what its clients are worth."

    def told(self, history: int, *, twin: bool) -> Desk:
        """The desk with so many ordinary days, and one more on which it happens."""
        desk = Desk(silent=self.unheard)
        found(desk)
        if self.valued:
            _valued(desk)
        for n in range(history + 1):
            desk.ordinary_day(n)
        (self.silent if twin else self.speaks)(desk, history)
        return desk


def _valued(desk: Desk) -> None:
    for agent in AGENTS:
        for n, record in enumerate(book_of(agent)):
            band = BAND if n < 40 else 5
            desk.say("record.valued", at(0, "00:00") - DAY, record, agent="system", value_band=band)


def _sixty(desk: Desk, n: int) -> None:
    desk.opens("a-1", others_of("a-1", 60), at(n, "10:00"), 39)


def _sixty_declared(desk: Desk, n: int) -> None:
    _sixty(desk, n)
    desk.declare("a-1", n, at(n - 1, "16:00"))


def _rung(desk: Desk, n: int) -> None:
    _sixty(desk, n)
    desk.calls("a-1", others_of("a-1", 60), at(n, "10:00") + MINUTE // 2, 39, answered=False, ring=11)


def _rung_declared(desk: Desk, n: int) -> None:
    _rung(desk, n)
    desk.declare("a-1", n, at(n - 1, "16:00"))


def _eighty(desk: Desk, n: int) -> None:
    desk.opens("a-1", others_of("a-1", 80), at(n, "10:00"), 39)


def _eighty_each(desk: Desk, n: int) -> None:
    for agent in AGENTS:
        desk.opens(agent, others_of(agent, 80), at(n, "10:00"), 39)


def _reveals(desk: Desk, n: int) -> None:
    desk.reveals("a-1", others_of("a-1", 60), at(n, "10:00"), 120)


def _reveals_called(desk: Desk, n: int) -> None:
    desk.calls("a-1", others_of("a-1", 60), at(n, "09:59"), 120, talk=45)
    _reveals(desk, n)


def _short(desk: Desk, n: int) -> None:
    desk.calls("a-1", book_of("a-1", 0, 40), at(n, "10:00"), 35, talk=6)


def _short_for_all(desk: Desk, n: int) -> None:
    desk.calls("a-1", book_of("a-1", 0, 40), at(n, "10:00"), 35, talk=6, campaign="bought")
    for agent in AGENTS[1:4]:
        desk.calls(agent, book_of(agent, 0, 30), at(n, "10:00"), 35, talk=7, campaign="bought")


def _export(desk: Desk, n: int) -> None:
    desk.exports("a-1", 600, at(n, "17:00"))


def _export_always(desk: Desk, n: int) -> None:
    for before in range(n):
        desk.exports("a-1", 450 + before % 2 * 50, at(before, "17:00"))
    _export(desk, n)


def _paged(desk: Desk, n: int) -> None:
    desk.lists("a-1", 40, at(n, "18:00"))


def _paged_always(desk: Desk, n: int) -> None:
    for before in range(n):
        desk.lists("a-1", 32 + before % 2 * 4, at(before, "18:00"), each=50)
    desk.lists("a-1", 40, at(n, "18:00"), each=50)


def _rested(n: int) -> list[str]:
    """Clients whom nobody has called for weeks: they stand in the CRM, and no day's work names them."""
    return [f"old-{place}" for place in range(n)]


def _old_clients(desk: Desk, n: int) -> None:
    for record in _rested(60):
        desk.say("record.created", at(0, "00:00"), record, agent="system")
    desk.opens("a-1", _rested(60), at(n, "10:00"), 60)


def _old_clients_called(desk: Desk, n: int) -> None:
    _old_clients(desk, n)
    desk.calls("a-1", _rested(60), at(n, "10:02"), 60, talk=45)


def _night(desk: Desk, n: int) -> None:
    desk.opens("a-1", book_of("a-1", 0, 30), at(n, "22:30"), 60)


def _night_always(desk: Desk, n: int) -> None:
    for before in range(n):
        desk.opens("a-1", book_of("a-1", before % 40, before % 40 + 26), at(before, "22:30"), 60)
    _night(desk, n)


def _best(desk: Desk, n: int) -> None:
    desk.say("notice.given", at(n, "07:00"), "a-1", agent="system", last_day="2027-12-31")
    desk.opens("a-1", book_of("a-1", 0, 40), at(n, "16:30"), 60, via="list")


def _best_called(desk: Desk, n: int) -> None:
    _best(desk, n)
    desk.calls("a-1", book_of("a-1", 0, 40), at(n, "16:31"), 60, talk=90)


def _served(desk: Desk, n: int) -> None:
    for place, record in enumerate(others_of("a-1", 60)):
        t = at(n, "14:00") + place * 38 * MINUTE // 59
        desk.say("record.served", t, record, agent="a-1", surface="ui")


def _served_own(desk: Desk, n: int) -> None:
    mine = book_of("a-1", 0, 60)
    for place, record in enumerate(mine):
        desk.say("record.served", at(n, "10:00") + place * 5 * MINUTE, record, agent="a-1", surface="ui")
    desk.calls("a-1", mine, at(n, "10:02"), 295, talk=120)


PROOFS = (
    Proof(
        "best-of-own-book",
        "forty of the best own clients opened in an hour, and nothing comes of it",
        "the same forty, and each is called",
        _best,
        _best_called,
        valued=True,
    ),
    Proof(
        "exports",
        "600 rows exported by somebody who never exports so many",
        "the same rows by somebody who exports nearly as many every day",
        _export,
        _export_always,
    ),
    Proof(
        "listed-records",
        "forty pages of two hundred clients looked through within three minutes, and none opened",
        "forty pages of fifty by somebody who puts lists together every day",
        _paged,
        _paged_always,
    ),
    Proof(
        "off-hours-openings",
        "thirty own clients opened at half past ten in the evening, and nothing comes of it",
        "the same by somebody who prepares the next day at night, every day",
        _night,
        _night_always,
    ),
    Proof(
        "opened-records",
        "eighty records in forty minutes, where reasons cannot be seen",
        "the same by the whole desk: leads were given out anew",
        _eighty,
        _eighty_each,
        unheard=BLIND,
    ),
    Proof(
        "orphan-reveals",
        "sixty telephone numbers revealed and nobody called",
        "the same sixty, each of them called",
        _reveals,
        _reveals_called,
    ),
    Proof(
        "own-reasons-alone",
        "sixty clients of colleagues opened, and each rung for eleven seconds",
        "the same, and the manager had declared the campaign the afternoon before",
        _rung,
        _rung_declared,
    ),
    Proof(
        "resting-records",
        "sixty records that nobody had touched for weeks opened in an hour, where reasons cannot be seen",
        "the same sixty, and each client is called",
        _old_clients,
        _old_clients_called,
        unheard=BLIND,
    ),
    Proof(
        "served-records",
        "sixty records of others sent to a sign-in within forty minutes and shown to nobody",
        "sixty own clients behind a blocked beacon: sent, not shown, and called",
        _served,
        _served_own,
    ),
    Proof(
        "short-calls",
        "forty answered calls of six seconds one after another",
        "the same on a bought list on which the colleagues' calls are as short",
        _short,
        _short_for_all,
    ),
    Proof(
        "unexplained-openings",
        "sixty records of colleagues in forty minutes with no reason on file",
        "the same, and the manager had declared a review the afternoon before",
        _sixty,
        _sixty_declared,
    ),
)
