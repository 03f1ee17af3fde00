"""Projections: what was written is read back, replaced whole, and the same bytes for the same content."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.finding import Contribution, Count, Finding, Left, Transition, finding_id
from viewtrail.store.projections import Made, Projections, read_projections, write_projections


def finding(n: int = 1) -> Finding:
    return Finding(
        id=finding_id("agent", f"a-{n}", ("/crm", f"e-{n}")),
        subject_kind="agent",
        agent=f"a-{n}",
        agents=(),
        pattern="unexplained-openings",
        queue="access",
        tier="final",
        severity="high",
        status="confirmed",
        first_at=1,
        last_at=2,
        detected_at=2,
        score=6.25,
        rarity_per_1000=None,
        budget=1.0,
        claim="a claim",
        usual="the usual",
        counts={"opened:day": Count(47, 1.5, "records")},
        contributions=(Contribution("seen", 6.25, "hr"),),
        records=("r-1", "r-2"),
        records_at_detection=1,
        entries=(3, 4),
        reasons={"task": 1},
        ordinary=("a handover",),
        against=("an unlocked screen",),
        unknown=(),
        context=(("last working day", "hr"),),
        coverage=1.0,
        state="scoreable",
        version={"code": "1", "settings": "2"},
    )


def found(*numbers: int) -> Projections:
    every = [finding(n) for n in numbers]
    return Projections(
        Made(9, "ab" * 32, "0.1.0", "01234567"),
        every,
        [Transition("opened", 4, 2, one) for one in every],
        [Left("a-1", "2026-03-11", "looked alike", "was declared", {"declared": 80})],
    )


def test_they_come_back_as_they_were_and_to_the_byte(tmp_path: Path) -> None:
    write_projections(tmp_path, found(1, 2))
    first = (tmp_path / "projections.db").read_bytes()
    assert read_projections(tmp_path) == found(1, 2)
    write_projections(tmp_path, found(1))
    assert read_projections(tmp_path) == found(1)
    write_projections(tmp_path, found(1, 2))
    assert (tmp_path / "projections.db").read_bytes() == first


def test_a_write_that_fails_leaves_the_old_ones(tmp_path: Path) -> None:
    write_projections(tmp_path, found(1))
    (tmp_path / "projections.db.part").mkdir()
    with pytest.raises(ViewtrailError, match="cannot write projections"):
        write_projections(tmp_path, found(1, 2))
    assert read_projections(tmp_path) == found(1)


def test_none_there_or_not_ours(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no log here; check --home"):
        read_projections(tmp_path)
    (tmp_path / "log.db").touch()
    with pytest.raises(BadInput, match="viewtrail replay"):
        read_projections(tmp_path)
    (tmp_path / "projections.db").write_bytes(b"")
    with pytest.raises(BadInput, match="viewtrail rebuild"):
        read_projections(tmp_path)
