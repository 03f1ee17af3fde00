"""A browser, and the company it looks at; each person signs in once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from browser.company import PASSWORD, Company, company
from support import require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company, once a process: its findings are told apart by the tests that use them."""
    with company(tmp_path_factory.mktemp("company")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system. For one file of tests: while it runs, this thread has an event loop."""
    chromium = shutil.which("chromium", path="/usr/bin")
    require(chromium, "chromium", "apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """Cookies of those who have signed in in this browser."""
    return {}


@pytest.fixture
def page_of(browser: Browser, there: Company, kept: dict[str, Any]) -> Iterator[Open]:
    """`page_of("maria")`: a page in which she is signed in. What the browser complains of fails the test."""
    opened: list[tuple[BrowserContext, list[str]]] = []

    def open_page(who: str | None, *, allow: str = "", **more: Any) -> Page:
        if who is not None and who not in kept:
            kept[who] = signed_in(browser, there, who)
        context = browser.new_context(base_url=there.url, storage_state=kept.get(who or ""), **more)
        context.set_default_timeout(15_000)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda told: _listen(complaints, told, allow))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append((context, complaints))
        return page

    yield open_page
    for context, complaints in opened:
        context.close()
        assert complaints == [], "the browser complained"


def _listen(complaints: list[str], told: Any, allow: str) -> None:
    if told.type in ("error", "warning") and not (allow and re.search(allow, told.text)):
        complaints.append(f"{told.type}: {told.text} ({told.location.get('url')})")


def signed_in(browser: Browser, there: Company, who: str) -> Any:
    """Cookies of somebody who has given address and password."""
    context = browser.new_context(base_url=there.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail address").fill(f"{who}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{there.url}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def finding_of(there: Company) -> Callable[[str, str], str]:
    """The id of the finding with that pattern on that day of March; "" while there is none."""
    from viewtrail.store.board import Board

    def find(pattern: str, day: str) -> str:
        told = [one for one in Board(there.home).findings() if f"on {day} March" in one.claim]
        found = [one.id for one in told if one.pattern == pattern]
        return found[0] if found else ""

    return find
