"""rules.js takes an address for the same record as the Python that checks the rules."""

from __future__ import annotations

import json

import pytest

from capture.browser.person import Person
from capture.test_rules import MATCHES
from viewtrail.web.beacon.application import script

pytestmark = pytest.mark.slow


def test_the_browser_and_the_rules_agree_on_every_address(ivo: Person) -> None:
    tab = ivo.tab("/other")
    tab.run("delete window.viewtrail")
    tab.run(script().decode())
    for pattern, url, record in MATCHES:
        told = tab.run(f"viewtrail.matches({json.dumps(pattern)}, {json.dumps(url)})")
        assert told == record, f"{pattern} on {url}"
    tab.close()
