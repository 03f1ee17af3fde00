"""Who sees and decides what: the rules, as a table of people and findings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from viewtrail.finding import Finding
from viewtrail.web import access
from viewtrail.web.access import Viewer

ME, AGENT, BOSS, DIRECTOR, OTHER = (f"a-{letter * 16}" for letter in "abcde")


@dataclass(frozen=True)
class Seen:
    role: str | None
    desk: str | None
    manager: str | None = None


STAFF = {
    ME: Seen("manager", "d-1", DIRECTOR),
    AGENT: Seen("agent", "d-1", BOSS),
    BOSS: Seen("manager", "d-1", DIRECTOR),
    DIRECTOR: Seen("admin", "all"),
    OTHER: Seen("agent", "d-2", BOSS),
}


def viewer(*roles: str, desks: tuple[str, ...] = (), agent: str = "") -> Viewer:
    return Viewer(1, "V", frozenset(roles), frozenset(desks), agent)


def finding(agent: str | None = AGENT, **more: object) -> Finding:
    told = Finding(
        id="f-" + "0" * 24,
        subject_kind="agent",
        agent=agent,
        agents=(),
        pattern="opened-records",
        queue="access",
        tier="final",
        severity="high",
        status="confirmed",
        first_at=0,
        last_at=1,
        detected_at=1,
        score=5.0,
        rarity_per_1000=None,
        budget=1.0,
        claim="",
        usual="",
        counts={},
        contributions=(),
        records=(),
        records_at_detection=0,
        entries=(),
        reasons={},
        ordinary=(),
        against=(),
        unknown=(),
        context=(),
        coverage=1.0,
        state="scoreable",
        version={},
    )
    return replace(told, **more)


SEES = [
    ("compliance sees everybody", viewer("compliance"), finding(), True),
    ("a head of sales sees the own desk", viewer("head-of-sales", desks=("d-1",)), finding(), True),
    ("but no other desk", viewer("head-of-sales", desks=("d-1",)), finding(OTHER), False),
    ("all desks, where they have all", viewer("head-of-sales", desks=("all",)), finding(OTHER), True),
    ("nobody sees a finding about themselves", viewer("compliance", agent=AGENT), finding(), False),
    ("nor about whom they report to", viewer("compliance", agent=AGENT), finding(BOSS), False),
    (
        "a head of sales is not shown that somebody on the own desk has given notice",
        viewer("head-of-sales", desks=("all",)),
        finding(queue="leavers"),
        False,
    ),
    ("nor is HR shown behaviour", viewer("hr"), finding(queue="leavers"), False),
    ("nor security", viewer("security"), finding(queue="leavers"), False),
    ("compliance is", viewer("compliance"), finding(queue="leavers"), True),
    ("nobody is shown the own", viewer("compliance", agent=AGENT), finding(queue="leavers"), False),
    (
        "where it is unsure who acted, security looks",
        viewer("security"),
        finding(attribution=("a device not used before",)),
        True,
    ),
    (
        "and the line manager does not",
        viewer("head-of-sales", desks=("all",)),
        finding(attribution=("a device not used before",)),
        False,
    ),
    (
        "a list concerns every head of sales",
        viewer("head-of-sales", desks=("d-2",)),
        finding(None, subject_kind="campaign", queue="calls"),
        True,
    ),
    ("and no security", viewer("security"), finding(None, subject_kind="campaign", queue="calls"), False),
    (
        "several together are shown to who sees all of them",
        viewer("head-of-sales", desks=("d-1", "d-2")),
        finding(None, agents=(AGENT, OTHER), subject_kind="ring", queue="rings"),
        True,
    ),
    (
        "and not to who sees one",
        viewer("head-of-sales", desks=("d-1",)),
        finding(None, agents=(AGENT, OTHER), subject_kind="ring", queue="rings"),
        False,
    ),
    (
        "nor to one of them",
        viewer("compliance", agent=OTHER),
        finding(None, agents=(AGENT, OTHER), subject_kind="ring", queue="rings"),
        False,
    ),
    ("nor further up", viewer("compliance", agent=AGENT), finding(DIRECTOR), False),
    (
        "findings about managers go to compliance",
        viewer("head-of-sales", desks=("all",)),
        finding(BOSS),
        False,
    ),
    ("who sees them", viewer("compliance"), finding(BOSS), True),
    (
        "a provisional claim is not for the line manager",
        viewer("head-of-sales", desks=("d-1",)),
        finding(tier="provisional"),
        False,
    ),
    ("but for the duty role", viewer("compliance"), finding(tier="provisional"), True),
    ("security sees its own queue", viewer("security"), finding(queue="security"), True),
    ("and no other", viewer("security"), finding(), False),
    ("HR sees no behaviour", viewer("hr"), finding(), False),
    ("an administrator of the console neither", viewer("admin"), finding(), False),
    ("an auditor reads evidence, no findings", viewer("auditor"), finding(), False),
    ("an agent sees none", viewer("agent", agent=OTHER), finding(), False),
    (
        "an unknown agent is on nobody's desk",
        viewer("head-of-sales", desks=("d-1",)),
        finding("a-" + "z" * 16),
        False,
    ),
    ("a finding about a list is compliance's", viewer("compliance"), finding(None), True),
    ("and no desk's", viewer("head-of-sales", desks=("all",)), finding(None), False),
]


@pytest.mark.parametrize(("who", "one", "sees"), [row[1:] for row in SEES], ids=[row[0] for row in SEES])
def test_who_sees_a_finding(who: Viewer, one: Finding, sees: bool) -> None:
    assert access.sees_finding(who, one, STAFF) is sees


def test_hr_terms_are_for_those_entitled() -> None:
    assert access.reader(viewer("compliance")).hr
    assert access.reader(viewer("hr")).hr
    assert not access.reader(viewer("head-of-sales")).hr
    assert not access.reader(viewer("security")).hr


def test_one_person_unmasks_alone_only_where_the_preset_says_so() -> None:
    head = viewer("head-of-sales", desks=("d-1",))
    assert access.may_unmask_alone(head, finding(), STAFF, "one-person")
    assert not access.may_unmask_alone(head, finding(), STAFF, "two-persons")
    assert not access.may_unmask_alone(head, finding(OTHER), STAFF, "one-person")
    assert not access.may_unmask_alone(
        viewer("compliance"), finding(tier="provisional"), STAFF, "one-person"
    ), "what may still be taken back takes nobody's mask off"


def test_the_second_person_is_from_compliance_and_somebody_else() -> None:
    assert access.may_second(viewer("compliance"), 2, [AGENT])
    assert not access.may_second(viewer("compliance"), 1, [AGENT]), "the one who asked"
    assert not access.may_second(viewer("head-of-sales"), 2, [AGENT])
    assert not access.may_second(viewer("compliance", agent=AGENT), 2, [AGENT])


def test_a_line_of_managers_that_runs_in_a_circle_ends() -> None:
    circle = {ME: Seen("manager", "d-1", BOSS), BOSS: Seen("manager", "d-1", ME)}
    assert access.line(ME, circle) == (BOSS, ME)
