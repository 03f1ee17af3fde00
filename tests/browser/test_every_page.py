"""Every page as anybody may need to read it: light and dark, wide and narrow, right to left, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from browser.company import Company

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

Open = Callable[..., "Page"]
Find = Callable[[str, str], str]

OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  const inScroller = (one) => { for (let at = one; at && at !== document.body; at = at.parentElement) {
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return true; } return false; };
  return [...document.querySelectorAll('body *')]
    .filter((one) => { const box = one.getBoundingClientRect();
      return box.width > 0 && (box.right > wide + 1 || box.left < -1) && !inScroller(one.parentElement)
        && !one.closest('.skip, .visually-hidden, dialog, caption.visually-hidden'); })
    .slice(0, 5).map((one) => one.tagName + '.' + one.className + ' ' + one.textContent.trim().slice(0, 40));
}"""


def addresses(page: Page, there: Company, finding: str) -> list[str]:
    """Every page that somebody finds: those of the rail, and one of each kind that is about something."""
    from viewtrail.store.board import Board

    found = Board(there.home).finding(finding)
    assert found is not None
    page.goto("/")
    rail = [str(one.get_attribute("href")) for one in page.locator("#places li > a").all()]
    more = [
        f"/findings/{finding}",
        f"/entries/{found.entries[0]}",
        "/findings?show=all&severity=high",
        "/find?q=nothing-like-it",
        "/no-such-page",
    ]
    why = "?purpose=review-of-a-finding"
    for place, id_ in (("agents", found.agent), ("records", found.records[0])):
        if f"/{place}" in rail:
            more.append(f"/{place}/{id_}{why}")
    return rail + more


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 400])
def test_nothing_stands_in_anybodys_way(
    page_of: Open, there: Company, finding_of: Find, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = page_of("maria", allow="404", color_scheme=scheme, viewport={"width": width, "height": 900})
    wrong: list[str] = []
    for place in addresses(page, there, finding_of("unexplained-openings", "18")):
        page.goto(place)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        found = Axe().run(page)
        wrong += [told(place, one) for one in found.response["violations"] if one["impact"] in GRAVE]
        wrong += [f"{place}: wider than the page: {one}" for one in page.evaluate(OVERFLOW)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ["adele", "hana"])
def test_nor_do_the_pages_that_only_administrators_and_hr_have(page_of: Open, who: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = page_of(who, color_scheme=scheme, viewport={"width": 400, "height": 900})
    page.goto("/")
    rail = [str(one.get_attribute("href")) for one in page.locator("#places li > a").all()]
    assert {"adele": "/settings", "hana": "/dates"}[who] in rail
    wrong: list[str] = []
    for place in rail:
        page.goto(place)
        found = Axe().run(page)
        wrong += [told(place, one) for one in found.response["violations"] if one["impact"] in GRAVE]
        wrong += [f"{place}: wider than the page: {one}" for one in page.evaluate(OVERFLOW)]
    assert not wrong, "\n".join(wrong)


GRAVE = ("serious", "critical")


def test_settings_with_all_their_tables_fit_a_narrow_screen(page_of: Open) -> None:
    page = page_of("adele", viewport={"width": 400, "height": 900})
    page.goto("/settings")
    assert page.evaluate("document.documentElement.scrollWidth") == 400


def told(place: str, violation: dict[str, Any]) -> str:
    targets = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
    return f"{place}: {violation['id']} ({violation['impact']}): {violation['help']}: {targets}"


def test_sign_in_is_for_everybody_too(page_of: Open) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        page = page_of(None, color_scheme=scheme)
        page.goto("/accounts/login/")
        found = Axe().run(page)
        assert [told("login", one) for one in found.response["violations"] if one["impact"] in GRAVE] == []


def test_pages_survive_right_to_left(page_of: Open, there: Company, finding_of: Find) -> None:
    page = page_of("maria", allow="404", viewport={"width": 1100, "height": 900})
    wrong: list[str] = []
    for place in addresses(page, there, finding_of("unexplained-openings", "18")):
        page.goto(place)
        page.evaluate("document.documentElement.dir = 'rtl'")
        wrong += [f"{place}: {one}" for one in page.evaluate(OVERFLOW)]
    assert wrong == []


def test_light_and_dark_are_a_choice_that_stays(page_of: Open) -> None:
    from playwright.sync_api import expect

    page = page_of("maria", color_scheme="light")
    page.goto("/")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/findings")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 23, 24)"


def test_the_search_is_a_key_away_and_finds_by_id(page_of: Open, there: Company, finding_of: Find) -> None:
    page = page_of("maria")
    id_ = finding_of("unexplained-openings", "18")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type(id_)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/findings/{id_}")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_the_skip_link_is_first_and_leads_to_the_page(page_of: Open) -> None:
    page = page_of("maria")
    page.goto("/findings")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_time_shows_both_clocks_and_utc_on_a_key(page_of: Open, finding_of: Find) -> None:
    page = page_of("maria")
    page.goto(f"/findings/{finding_of('unexplained-openings', '18')}")
    first = page.locator("article time").first
    assert "(agent)" in first.inner_text()
    assert "(you)" in first.inner_text()
    page.keyboard.press("u")
    assert first.inner_text().endswith("UTC")
    page.keyboard.press("u")
    assert "(agent)" in first.inner_text()
