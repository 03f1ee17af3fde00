"""Every pattern proves itself, and says so when the settings in force leave it no voice."""

from __future__ import annotations

import pytest

from viewtrail.app.prove import chosen, history, prove
from viewtrail.errors import BadInput
from viewtrail.patterns.base import discovered
from viewtrail.settings import Settings
from viewtrail.stories.proofs import PROOFS


def test_every_pattern_has_a_proof_and_every_proof_a_pattern() -> None:
    assert sorted(proof.pattern for proof in PROOFS) == sorted(pattern.name for pattern in discovered())
    assert chosen(None) == list(PROOFS)


@pytest.mark.parametrize("proof", PROOFS, ids=[proof.pattern for proof in PROOFS])
def test_it_speaks_on_its_example_and_is_silent_on_the_twin(proof: object) -> None:
    found = prove(proof, Settings())  # type: ignore[arg-type]
    assert found.holds, found
    assert found.tier == "final"


def test_under_a_budget_of_next_to_nothing_it_says_that_it_no_longer_speaks() -> None:
    (proof,) = chosen("exports")
    found = prove(proof, Settings(budget=0.000_1))
    assert (found.speaks, found.silent, found.holds) == (False, True, False)
    assert found.score is None


def test_who_learns_for_longer_is_told_more_ordinary_days() -> None:
    assert history(Settings()) == 30
    long = Settings(learning_days=56)
    assert history(long) == 50
    (proof,) = chosen("exports")
    assert prove(proof, long).tier == "final", "not the plain limit of somebody without a precedent"


def test_a_pattern_that_is_none_says_which_there_are() -> None:
    with pytest.raises(BadInput, match="no pattern is called 'skims'") as error:
        chosen("skims")
    assert "short-calls" in str(error.value.next)
