"""One real browser for the tests of a worker, and a fresh CRM and a fresh person for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.browser.chromium import PROGRAM, Chromium
from capture.browser.crm import Crm
from capture.browser.person import Person
from support import require


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    require(os.access(PROGRAM, os.X_OK), "Chromium", "apt-get install chromium")
    browser = Chromium(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Crm]:
    served = Crm(tmp_path / "views")
    yield served
    served.close()


@pytest.fixture
def ivo(chromium: Chromium, crm: Crm) -> Iterator[Person]:
    """Somebody signed in to the CRM, in a browser context of their own."""
    person = Person(chromium, crm, "ivo")
    yield person
    chromium.forget(person.context)
