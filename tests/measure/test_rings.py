"""One list split: what two days must share, and what honest days share without being told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from viewtrail.measure.rings import Part, Ring, rings

BOOKS = {"a-8": 100, "a-9": 100}


def part(agent: str, records: Sequence[int], unlikely: float = 4.0, *, told: bool = False) -> Part:
    """Clients of a-8 and a-9 in turn."""
    taken = {f"r-{n}": f"a-{8 + n % 2}" for n in records}
    return Part(agent, unlikely, told, taken)


def said(*parts: Part, active: int = 40, books: Mapping[str, int] = BOOKS) -> list[Ring]:
    return rings(parts, active, lambda: books)


def test_two_halves_of_one_list_are_told_of_together() -> None:
    (ring,) = said(part("a-1", range(40), told=True), part("a-2", range(40, 80), 3.0))
    assert ring.agents == ("a-1", "a-2")
    assert ring.told == ("a-1",)
    assert ring.twice == 0
    assert ring.by_chance == 8.0  # 20 x 20 of 100, for each of two owners


def test_of_three_thirds_all_are_told_of() -> None:
    thirds = [part(f"a-{n}", range(30 * n, 30 * n + 30), told=n == 2) for n in (1, 2, 3)]
    (ring,) = said(*thirds)
    assert ring.agents == ("a-2", "a-1", "a-3")


def test_nobody_is_told_of_beside_nobody() -> None:
    assert said(part("a-1", range(40)), part("a-2", range(40, 80))) == []


def test_who_opened_the_same_clients_did_not_split_them() -> None:
    assert said(part("a-1", range(40), told=True), part("a-2", range(30, 70))) == []


def test_a_colleague_on_an_ordinary_day_is_not_told_of() -> None:
    """Eight without a reason on a day like others: what an honest desk has every week."""
    assert said(part("a-1", range(40), told=True), part("a-2", range(40, 48), 1.2)) == []


def test_other_colleagues_clients_are_another_list() -> None:
    elsewhere = Part("a-2", 4.0, False, {f"q-{n}": "a-7" for n in range(40)})
    assert said(part("a-1", range(40), told=True), elsewhere) == []


def test_a_pool_is_a_book_of_which_nobody_knows_the_size() -> None:
    def pool(unlikely: float) -> list[Part]:
        return [Part(f"a-{m}", unlikely, m == 1, {f"q-{m}-{n}": None for n in range(40)}) for m in (1, 2)]

    (ring,) = said(*pool(4.0))
    assert (ring.pool, ring.by_chance) == (True, 0.0)
    assert said(*pool(3.0)) == []  # that they never met says nothing here


def test_the_more_colleagues_there_are_the_rarer_the_day_beside_must_be() -> None:
    halves = part("a-1", range(8), told=True), part("a-2", range(8, 16), 3.2)
    assert len(said(*halves, active=11)) == 1
    assert said(*halves, active=1_001) == []


def test_two_who_were_told_of_alone_are_told_of_together() -> None:
    halves = part("a-1", range(8), 3.0, told=True), part("a-2", range(8, 16), 3.0, told=True)
    assert len(said(*halves, active=1_001)) == 1


def test_few_met_by_chance_say_more_where_the_books_are_small() -> None:
    halves = part("a-1", range(30), told=True), part("a-2", range(30, 60), 2.0)
    assert len(said(*halves, books={"a-8": 40, "a-9": 40})) == 1
    assert said(*halves, books={"a-8": 4_000, "a-9": 4_000}) == []
