"""A finding's public form: its fields, its times, its words, and what a reader without HR's rights sees."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns import (
    test_exports,
    test_opened_records,
    test_orphan_reveals,
    test_short_calls,
    test_unexplained_openings,
)
from patterns.told import Desk, today
from viewtrail.finding import (
    SEVERITIES,
    STATES,
    STATUSES,
    TIERS,
    TRANSITIONS,
    Contribution,
    Finding,
    Reader,
    Transition,
    finding_id,
    to_json,
)

CONTRACT = frozenset(
    "id subject_kind agent agents pattern tier severity status owner first_at last_at detected_at score "
    "rarity_per_1000 budget claim usual counts contributions records records_at_detection entries ordinary "
    "against unknown context coverage state version superseded_by".split()
)
"""The fields of the event contract's "A finding as JSON"."""

EXTRA = frozenset({"queue", "reasons", "why", "attribution"})
"""What we add; docs/explanation/detection.md says what each is."""

NEVER = re.compile(
    r"caught|suspicio|suspect|offend|thief|thieve|theft|guilt|violat|innocen|fraud|probab", re.I
)
"""A finding describes what was done, never who somebody is, and is no chance of guilt."""

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "detection.md"
TOLD = (
    test_unexplained_openings,
    test_opened_records,
    test_orphan_reveals,
    test_short_calls,
    test_exports,
)


def leaving(desk: Desk) -> Desk:
    t = today("08:00")
    return desk.say(
        "notice.given", t, "a-1", agent="system", last_day="2026-03-31", known_from=t, told_from=t
    )


def late_reasons() -> Desk:
    desk = test_unexplained_openings.example()
    for record in test_unexplained_openings.SIXTY:
        desk.assign(record, "a-1", today("13:00"), effective_from=today("09:00"))
    return desk


def newcomer() -> Desk:
    return (
        test_unexplained_openings.ordinary()
        .joins("a-9", today("08:00"))
        .opens("a-9", test_unexplained_openings.SIXTY, today("10:00"), 39)
    )


@cache
def told() -> tuple[Transition, ...]:
    """Every step of every told example, of a newcomer, of late reasons and of somebody about to leave."""
    desks = [module.example() for module in TOLD]
    desks += [newcomer(), late_reasons(), leaving(test_unexplained_openings.example())]
    return tuple(step for desk in desks for step in desk.fold().transitions)


def of_a_leaver() -> Finding:
    return next(s.finding for s in reversed(told()) if any(c.needs == "hr" for c in s.finding.contributions))


# -- identity ---------------------------------------------------------------------------------------


def test_the_id_is_kept_for_ever() -> None:
    assert finding_id("agent", "a-1", ("/crm", "e-1")) == "f-e56f67e8cf25c07ba0745870"


@given(
    st.tuples(*[st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)] * 4)
)
def test_another_subject_or_entry_is_another_id(names: tuple[str, str, str, str]) -> None:
    kind, subject, source, event = names
    same = finding_id(kind, subject, (source, event))
    assert same == finding_id(kind, subject, (source, event))
    assert re.fullmatch(r"f-[0-9a-f]{24}", same)
    assert finding_id(kind, subject, (source, event + "x")) != same
    assert finding_id(kind, subject + "x", (source, event)) != same
    assert finding_id(kind, subject, (source + "x", event)) != same


def test_an_id_stays_while_the_finding_grows() -> None:
    steps = test_unexplained_openings.example().fold().transitions
    assert len(steps) > 3
    assert len({step.finding.id for step in steps}) == 1
    assert len({step.finding.detected_at for step in steps}) == 1


# -- the public form --------------------------------------------------------------------------------


def test_the_fields_are_the_contracts_and_four_more_that_are_documented() -> None:
    assert set(to_json(of_a_leaver())) == CONTRACT | EXTRA
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in EXTRA)


def test_it_is_plain_json() -> None:
    for step in told():
        shown = to_json(step.finding)
        assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_times_are_rfc_3339_in_utc_and_in_order() -> None:
    form = re.compile(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,6})?Z")
    for step in told():
        shown = to_json(step.finding)
        assert all(form.fullmatch(shown[name]) for name in ("first_at", "last_at", "detected_at"))
        assert step.finding.first_at <= step.finding.last_at
        assert step.finding.first_at <= step.finding.detected_at


def test_words_with_a_closed_list_are_from_it() -> None:
    for step in told():
        finding = step.finding
        assert step.kind in TRANSITIONS
        assert (finding.tier in TIERS, finding.state in STATES) == (True, True)
        assert (finding.status in STATUSES, finding.severity in SEVERITIES) == (True, True)
    assert {step.finding.tier for step in told()} == set(TIERS), "the told findings show every tier"


def test_the_count_at_detection_is_not_more_than_all_records() -> None:
    for step in told():
        assert step.finding.records_at_detection <= len(step.finding.records)
        assert len(set(step.finding.records)) == len(step.finding.records)


# -- the sum, and who may see what ------------------------------------------------------------------


def total(shown: dict[str, Any]) -> float:
    return float(sum(part["amount"] for part in shown["contributions"]))


@pytest.mark.parametrize("reader", [Reader(hr=True), Reader(hr=False)], ids=["hr", "no hr"])
def test_the_contributions_sum_to_the_score(reader: Reader) -> None:
    for step in told():
        assert total(to_json(step.finding, reader)) == pytest.approx(step.finding.score, abs=1e-6)


def test_a_leavers_notice_is_shown_to_hr_alone() -> None:
    finding = of_a_leaver()
    full, hidden = to_json(finding), to_json(finding, Reader(hr=False))
    assert "notice period" in json.dumps(full)
    assert "last working day" in json.dumps(full)
    for word in ("notice", "last working day", "31 March", "2026-03-31", '"hr"'):
        assert word not in json.dumps(hidden)
    assert hidden["contributions"][-1]["factor"] == "how much is at stake, and other context"
    assert all(abs(part["amount"] - 1.0) > 1e-9 for part in hidden["contributions"]), "no term by its amount"
    assert full["score"] == hidden["score"]


amounts = st.floats(-3, 8).map(lambda amount: round(amount, 9))
parts = st.lists(
    st.builds(Contribution, st.text(max_size=8), amounts, st.sampled_from(["hr", "none"])), max_size=6
)


@given(parts)
def test_whatever_is_hidden_the_sum_is_the_same(contributions: list[Contribution]) -> None:
    finding = replace(of_a_leaver(), contributions=tuple(contributions))
    full, hidden = to_json(finding), to_json(finding, Reader(hr=False))
    assert total(hidden) == pytest.approx(total(full), abs=1e-6)
    assert all(part["needs"] == "none" for part in hidden["contributions"])
    told_hr = any(c.needs == "hr" for c in contributions)
    shown = sum(c.needs == "none" for c in contributions)
    assert len(hidden["contributions"]) == (max(shown, 1) if told_hr else shown)


# -- words ------------------------------------------------------------------------------------------


def sentences(finding: Finding) -> list[str]:
    shown = to_json(finding)
    texts = [shown["claim"], shown["usual"], shown["why"]]
    for name in ("ordinary", "against", "unknown", "context"):
        texts += shown[name]
    return [*texts, *(part["factor"] for part in shown["contributions"])]


def test_no_finding_says_who_somebody_is() -> None:
    for step in told():
        for text in sentences(step.finding):
            assert not NEVER.search(text), text


def test_the_words_not_to_be_used_would_be_noticed() -> None:
    assert NEVER.search("A suspicious offender")
    assert not NEVER.search("a-1 opened 60 different records with no business reason on file")


def test_a_claim_is_one_sentence_that_counts() -> None:
    for step in told():
        claim = step.finding.claim
        assert claim.endswith(".")
        assert claim.count(". ") == 0
        assert re.search(r"\d", claim)
        assert (step.finding.agent or "") in claim


def test_every_finding_offers_what_would_explain_it_and_what_speaks_against_it() -> None:
    for step in told():
        assert step.finding.ordinary
        assert "which account acted" in step.finding.against[0], "attribution first"


def test_a_finding_that_is_gone_says_why() -> None:
    gone = [step.finding for step in told() if step.finding.status in ("withdrawn", "explained")]
    assert gone
    assert all(finding.why for finding in gone)
