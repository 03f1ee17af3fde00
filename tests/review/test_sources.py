"""A silent source is a finding about the source; what is known to be missing is a stretch of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.log import Logged, Stored
from viewtrail.log.entry import Entry
from viewtrail.review.sources import ACCESS, QUEUE, Sources, complete, relied_on

MINUTE = 60_000_000
AT = 1_773_000_000_000_000


class Said:
    """Entries in the order of the log, folded as they come."""

    def __init__(self) -> None:
        self.sources, self.index = Sources({"code": "1", "settings": "2"}), 0

    def __call__(
        self, type_: str, at: int, *, source: str = "viewtrail", subject: str = "", **data: Any
    ) -> Any:
        event = Stored(
            data={name.rstrip("_"): value for name, value in data.items()},
            id=f"e-{self.index}",
            source=source,
            subject=subject or None,
            time=at,
            type=type_,
        )
        entry = Entry(event=event, received=at + MINUTE, tenant="t", v=1)
        self.index += 1
        return self.sources.take(Logged(self.index - 1, at + MINUTE, entry))


@pytest.fixture
def said() -> Said:
    return Said()


def silent(said: Said, at: int = AT, feed: str = "/crm") -> Any:
    return said("source.silent", at, feed=feed, from_=at, why="nothing-heard")


def heard(said: Said, since: int = AT, at: int = AT + 90 * MINUTE) -> Any:
    return said("source.silent", at, feed="/crm", from_=since, to=at, why="heard-again")


def test_a_silent_source_opens_a_finding_about_the_source_and_about_nobody(said: Said) -> None:
    (step,) = silent(said)
    found = step.finding
    assert (step.kind, found.subject_kind, found.queue, found.status) == ("opened", "source", QUEUE, "open")
    assert found.agent is None
    assert not found.agents
    assert found.claim == "The source /crm is silent: nothing came of it since 2026-03-08 20:00 UTC."


def test_it_is_told_once_and_ends_when_the_source_is_heard_again(said: Said) -> None:
    silent(said)
    assert silent(said, AT) == []
    (step,) = heard(said)
    assert (step.kind, step.finding.status) == ("explained", "explained")
    assert step.finding.why == "heard again 2026-03-08 21:30 UTC"
    assert step.finding.last_at == AT + 90 * MINUTE
    (one,) = said.sources.stretches.values()
    assert (one.start, one.end) == (AT, AT + 90 * MINUTE)
    assert heard(said) == []


def test_silent_again_is_another_finding(said: Said) -> None:
    (first,) = silent(said)
    heard(said)
    (second,) = silent(said, AT + 300 * MINUTE)
    assert first.finding.id != second.finding.id
    assert len(said.sources.told) == 2


def test_nobody_else_may_say_that_a_source_is_silent(said: Said) -> None:
    assert said("source.silent", AT, source="/crm", feed="/pbx", why="nothing-heard") == []
    assert not said.sources.told


def test_a_source_speaks_of_its_own_gaps_alone(said: Said) -> None:
    said("capture.gap", AT, source="/crm", feed="/pbx", from_=AT, to=AT + MINUTE, lost=3)
    (one,) = said.sources.stretches.values()
    assert one.source == "/crm"


def test_what_came_late_is_missing_no_more(said: Said) -> None:
    gap: dict[str, Any] = {"feed": "/crm", "from_": AT, "to": AT + MINUTE, "subject": "7-9"}
    said("capture.gap", AT, **gap, why="numbers-missing", lost=3)
    said("capture.gap", AT, **{**gap, "subject": "12-12"}, why="numbers-missing", lost=1)
    said("capture.gap", AT, **gap, why="numbers-came-late", lost=0)
    (one,) = said.sources.stretches.values()
    assert one.index == 1
    said("capture.gap", AT, **{**gap, "subject": "1-99"}, why="numbers-have-no-order", lost=0)
    assert not said.sources.stretches


def test_calls_rely_on_calls_and_a_finding_about_a_source_on_nothing() -> None:
    assert "call.ended" in relied_on("calls")
    assert "record.viewed" not in relied_on("calls")
    assert {"record.viewed", "record.assigned", "task.due"} <= relied_on("access") == ACCESS
    assert not relied_on(QUEUE)


@pytest.mark.parametrize(
    ("lost", "share"),
    [
        ([], 1.0),
        ([(0, 50)], 0.5),
        ([(-50, 10), (5, 20)], 0.8),
        ([(90, None)], 0.9),
        ([(200, 300), (-9, 0)], 1.0),
        ([(-1, None)], 0.0),
    ],
)
def test_the_share_known_complete(lost: list[tuple[int, int | None]], share: float) -> None:
    assert complete(0, 100, lost) == share


@given(st.lists(st.tuples(st.integers(-20, 120), st.one_of(st.none(), st.integers(-20, 120)))))
def test_the_share_is_that_of_the_moments_outside_all_stretches(lost: list[tuple[int, int | None]]) -> None:
    stretches = [(a, b) for a, b in lost if b is None or b > a]
    held = sum(not any(a <= t and (b is None or t < b) for a, b in stretches) for t in range(100))
    assert complete(0, 100, stretches) == round(held / 100, 4)
