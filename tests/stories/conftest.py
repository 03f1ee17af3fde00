"""One told company for all tests of this folder: telling it takes a second or two."""

from __future__ import annotations

import pytest

from stories.reasons import Reasons
from viewtrail.stories import Episode, Told, tell


@pytest.fixture(scope="session")
def told() -> Told:
    return tell(seed=1)


@pytest.fixture(scope="session")
def reasons(told: Told) -> Reasons:
    return Reasons(told.events)


@pytest.fixture(scope="session")
def episodes(told: Told) -> dict[str, Episode]:
    return {episode.name: episode for episode in told.episodes}
