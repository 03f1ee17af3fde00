"""Pictures of the console for the documentation: `python tests/browser/screenshots.py [docs/pictures]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT: Final = Path(__file__).parents[2]
WIDE, NARROW = {"width": 1440, "height": 960}, {"width": 400, "height": 860}


def main(folder: Path) -> None:
    """The company of the browser tests, on the day after somebody opened 151 records."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    from playwright.sync_api import sync_playwright

    from browser.company import company
    from browser.conftest import FLAGS

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, company(Path(place) / "company") as there:
        there.the_morning_comes()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            for name, path, scheme, size in pictures(there.home):
                page = signed_in(browser, there.url, scheme, size)
                page.goto(path)
                page.wait_for_timeout(400)  # what is drawn late, like a table that finds it must scroll
                page.screenshot(path=folder / f"{name}.png")
                print(folder / f"{name}.png")
                page.context.close()
            browser.close()


def pictures(home: Path) -> list[tuple[str, str, str, dict[str, int]]]:
    """(name, address, light or dark, size) of each picture."""
    from viewtrail.store.board import Board

    found = {one.detected_at: one for one in Board(home).findings(living=True)}
    finding = next(one for one in found.values() if "26 March" in one.claim)
    why = "?purpose=review-of-a-finding"
    return [
        ("today", "/", "light", WIDE),
        ("today-dark", "/", "dark", WIDE),
        ("today-narrow", "/", "light", NARROW),
        ("findings", "/findings", "light", WIDE),
        ("finding", f"/findings/{finding.id}", "light", WIDE),
        ("finding-dark", f"/findings/{finding.id}", "dark", WIDE),
        ("entry", f"/entries/{finding.entries[0]}", "light", WIDE),
        ("agent", f"/agents/{finding.agent}{why}&day=2026-03-26", "light", WIDE),
        ("record", f"/records/{finding.records[0]}{why}", "light", WIDE),
        ("integrity", "/integrity", "light", WIDE),
    ]


def signed_in(browser: Browser, url: str, scheme: str, size: dict[str, int]) -> Page:
    from browser.company import PASSWORD

    page = browser.new_context(base_url=url, color_scheme=scheme, viewport=size).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("maria@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{url}/")
    page.goto("/")  # without the greeting
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
