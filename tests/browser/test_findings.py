"""A morning with the console: a finding arrives, is looked into, asked about, explained or closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from browser.company import Company, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

Open = Callable[..., "Page"]
Find = Callable[[str, str], str]


def test_a_finding_arrives_while_somebody_looks(page_of: Open, there: Company) -> None:
    from playwright.sync_api import expect

    today, listed = page_of("maria"), page_of("lena")
    for page, place in ((today, "/"), (listed, "/findings")):
        page.goto(place)
        expect(page.locator("html")).to_have_attribute("data-live", "on")
        assert page.get_by_text("on 27 March 2026").count() == 0
    there.the_morning_comes()
    expect(today.get_by_role("link", name=re.compile("27 March 2026")).first).to_be_visible()
    expect(listed.get_by_role("link", name=re.compile("27 March 2026")).first).to_be_visible()
    # The same finding grows while one looks at it, without another opening by hand.
    assert listed.url.endswith("/findings")


def test_a_clause_leads_to_its_entries_and_an_entry_to_its_proof(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    page = page_of("maria")
    page.goto(f"/findings/{finding_of('unexplained-openings', '18')}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("opened 101 different records")
    before = len(there.entries("finding.viewed"))
    page.get_by_role("heading", level=1).get_by_role("link", name="each open for").click()
    expect(page).to_have_url(re.compile("proof=open"))
    table = page.locator("section[aria-labelledby=entries]")
    expect(table).to_be_in_viewport()
    expect(table.get_by_role("heading")).to_have_text("Those of which it is known how long they were open")
    assert len(there.entries("finding.viewed")) == before, "a clause is a part of the page that is open"
    table.get_by_role("row").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("record.viewed")
    expect(page.get_by_text("leads to the root of the log")).to_be_visible()


def test_opening_a_finding_is_in_the_log(page_of: Open, there: Company, finding_of: Find) -> None:
    id_ = finding_of("unexplained-openings", "18")
    page = page_of("nikos")
    before = len(there.entries("finding.viewed"))
    page.goto(f"/findings/{id_}")
    new = there.entries("finding.viewed")[before:]
    assert [(one["finding"], one["who"], one["why"]) for one in new] == [
        (id_, "head-of-sales", "review-of-a-finding")
    ]


def test_somebody_asks_the_agent_without_knowing_who_it_is(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    page = page_of("nikos")
    page.goto(f"/findings/{finding_of('short-calls', '12')}")
    page.keyboard.press("a")
    page.get_by_label("The question").fill("Many calls ended after six seconds. Was something wrong?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Asked. The agent reads it on My trail")).to_be_visible()
    expect(page.locator(".tag.state")).to_have_text("asked")
    expect(page.locator("section[aria-labelledby=history]")).to_contain_text("Was something wrong?")
    asked, held = there.entries("finding.asked")[-1], there.entries("hold.placed")[-1]
    assert held["index"] < asked["index"], "the hold comes first"
    assert "six seconds" not in str(asked), "words lie in the encrypted detail"


def test_closing_by_keyboard_alone_and_taking_it_back(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    id_ = finding_of("orphan-reveals", "24")
    page = page_of("lena")
    page.goto("/findings")
    page.keyboard.press("j")
    for _ in range(20):
        if page.locator("tr.here").get_attribute("id") == id_:
            break
        page.keyboard.press("j")
    expect(page.locator("tr.here")).to_have_attribute("id", id_)
    page.keyboard.press("e")
    expect(page.locator("#count")).to_have_text("1")
    page.keyboard.type("Ordinary")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Closed: ordinary work.")).to_be_visible()
    expect(page.locator(f"#{id_}")).to_have_count(0)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.locator(f"#{id_}")).to_have_count(1)
    assert [one.get("what", one.get("transition")) for one in there.entries("finding.closed")][-2:] == [
        "ordinary-work",
        "undone",
    ]


def test_declared_work_needs_two_and_then_the_finding_explains_itself(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    id_ = finding_of("unexplained-openings", "26")
    # While everything is started again the pages' streams break off, and say so.
    first = page_of("nikos", allow="422|INCOMPLETE_CHUNKED|CONNECTION_REFUSED")
    first.goto(f"/findings/{id_}")
    first.get_by_text("It was work somebody ordered").click()
    first.get_by_label("The work").select_option("clean-up")
    first.get_by_label("Who ordered it, and why").fill("I asked for the list to be cleaned before the move.")
    first.get_by_role("button", name="Declare").click()
    expect(first.get_by_text("it counts once a second person has agreed")).to_be_visible()
    first.get_by_role("button", name="Agree", exact=True).click()
    expect(first.get_by_role("alert")).to_contain_text("a second person has to agree")

    second = page_of("maria", allow="INCOMPLETE_CHUNKED|CONNECTION_REFUSED")
    second.goto(f"/findings/{id_}")
    second.get_by_role("button", name="Agree", exact=True).click()
    expect(second.get_by_text("Within the hour the finding is reckoned again")).to_be_visible()
    there.an_hour_later()
    second.goto(f"/findings/{id_}")
    expect(second.locator(".tag.state")).to_have_text("explained")
    expect(second.locator("section[aria-labelledby=history]")).to_contain_text("explained")
    declared = there.entries("work.declared")[-1]
    assert declared["agent"] != declared["declared_by"]


def test_an_older_finding_closes_as_declared_afterwards(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    id_ = finding_of("unexplained-openings", "11")
    first = page_of("nikos")
    first.goto(f"/findings/{id_}")
    first.get_by_text("It was work somebody ordered").click()
    first.get_by_role("button", name="Declare").click()
    second = page_of("maria")
    second.goto(f"/findings/{id_}")
    second.get_by_role("button", name="Agree", exact=True).click()
    expect(second.locator(".tag.state")).to_have_text("closed: declared afterwards")


def test_a_name_is_shown_for_a_reason_to_one_person_alone(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    id_ = finding_of("unexplained-openings", "17")
    page = page_of("nikos")
    page.goto(f"/findings/{id_}")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("a-1")
    page.get_by_text("See who it is").click()
    page.get_by_label("Why", exact=True).fill("I have to talk to the agent this afternoon.")
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_text("the log has your reason")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"a-1\d\d \(agent"))
    expect(page.get_by_text("shown to you until")).to_be_visible()
    assert there.entries("identity.unmasked")[-1]["finding"] == id_
    other = page_of("maria")
    other.goto(f"/findings/{id_}")
    expect(other.get_by_role("heading", level=1)).not_to_contain_text(re.compile(r"a-1\d\d \(agent"))


def test_a_breach_needs_a_second_person_and_the_agent_heard(
    page_of: Open, there: Company, finding_of: Find
) -> None:
    from playwright.sync_api import expect

    id_ = finding_of("unexplained-openings", "17")

    def propose(page: Page) -> None:
        page.goto(f"/findings/{id_}")
        page.keyboard.press("e")
        page.get_by_label("A breach is established").check()
        page.get_by_label("In a sentence").fill("The list was found with the new employer.")
        page.get_by_role("button", name="Close", exact=True).click()

    first = page_of("maria", allow="422")
    propose(first)
    expect(first.locator(".tag.state")).to_have_text("awaits a second person and the agent to be heard")
    propose(first)
    expect(first.get_by_role("alert")).to_contain_text("a second person has to agree")
    second = page_of("lena")
    propose(second)
    expect(second.locator(".tag.state")).to_have_text("awaits the agent to be heard")
    second.get_by_text("The agent was heard").click()
    second.get_by_label("What they said").fill("The agent said that the list was for a friend.")
    second.get_by_role("button", name="Note it").click()
    expect(second.locator(".tag.state")).to_have_text("closed: a breach is established")
    wait_for(lambda: len(there.entries("finding.closed")) >= 2, "both closings")
