"""What is a view and what is not: 0 views of what nobody saw, 0 told twice."""

from __future__ import annotations

import time

import pytest

from capture.browser.chromium import until
from capture.browser.person import Person

pytestmark = pytest.mark.slow


def fetched(ivo: Person, path: str) -> None:
    """Wait until the browser has asked the CRM for this page."""
    until(lambda: path in ivo.crm.requests, lambda: time.sleep(0.02), what=f"a request for {path}")


def nothing_seen(ivo: Person, record: str) -> None:
    assert ivo.crm.kept.of("record.viewed", record=record) == []
    ivo.crm.half_a_minute_later()
    (served,) = ivo.crm.kept.of("record.served", record=record)
    assert served.data["view"].startswith("/crm#")


@pytest.mark.parametrize("way", ["link", "prefetch"])
def test_a_page_fetched_ahead_is_served_and_not_viewed(ivo: Person, way: str) -> None:
    tab = ivo.tab(f"/ahead?way={way}")
    fetched(ivo, "/lead/L-1")
    time.sleep(1)
    nothing_seen(ivo, "L-1")
    tab.close()


def test_a_prefetched_page_is_viewed_when_it_is_shown(ivo: Person) -> None:
    tab = ivo.tab("/ahead?way=prefetch")
    fetched(ivo, "/lead/L-1")
    time.sleep(2.5)
    shown = ivo.crm.clock()
    tab.click("#lead")
    (opening,) = ivo.viewed(1)
    assert ivo.crm.requests.count("/lead/L-1") == 1, "the page that was fetched ahead is the one shown"
    assert opening.time >= shown - 300_000, "the view begins when the page is shown, not when it was fetched"
    tab.close()


def test_a_prerendered_page_is_a_view_from_when_it_is_shown_and_not_before(ivo: Person) -> None:
    target = ivo.unwatched("/ahead?way=prerender&click=3500")
    until(
        lambda: ivo.crm.requests.count("/viewtrail/beacon.js") == 2,
        lambda: time.sleep(0.02),
        what="the beacon in the prerendered page",
    )
    time.sleep(1.5)
    assert ivo.crm.kept.of("record.viewed") == []
    before = ivo.crm.clock()
    (opening,) = ivo.viewed(1)
    assert opening.time >= before
    assert ivo.crm.requests.count("/lead/L-1") == 1
    ivo.browser.send("Target.closeTarget", targetId=target)
    (end,) = ivo.left(1)
    assert end.data["dwell_ms"] <= 1_500


def test_a_page_prerendered_and_never_shown_is_served(ivo: Person) -> None:
    target = ivo.unwatched("/ahead?way=prerender")
    until(
        lambda: ivo.crm.requests.count("/viewtrail/beacon.js") == 2,
        lambda: time.sleep(0.02),
        what="the beacon in the prerendered page",
    )
    time.sleep(1)
    ivo.browser.send("Target.closeTarget", targetId=target)
    time.sleep(0.5)
    nothing_seen(ivo, "L-1")


def test_hovering_over_a_link_is_no_view(ivo: Person) -> None:
    tab = ivo.tab("/ahead?way=hover")
    box = tab.run("(r => [r.x + r.width / 2, r.y + r.height / 2])(lead.getBoundingClientRect())")
    tab.move(round(box[0]), round(box[1]))
    fetched(ivo, "/lead/L-1")
    time.sleep(1)
    nothing_seen(ivo, "L-1")
    tab.close()


def test_a_tab_opened_behind_is_viewed_when_it_comes_to_the_front(ivo: Person) -> None:
    front = ivo.tab("/other")
    tab = ivo.tab("/lead/L-1", behind=True)
    time.sleep(1)
    nothing_seen(ivo, "L-1")
    tab.front()
    (opening,) = ivo.viewed(1)
    assert ivo.crm.kept.of("record.served")[0].data["view"] == f"/crm#{opening.id}"
    tab.close()
    front.close()


def test_a_record_that_is_not_drawn_is_not_viewed(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1?hidden")
    time.sleep(1)
    assert ivo.crm.kept.of("record.viewed") == []
    tab.run("document.querySelector('main').hidden = false")
    assert len(ivo.viewed(1)) == 1
    tab.close()


def test_a_record_scrolled_out_of_sight_is_still_open(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1?tall")
    ivo.viewed(1)
    tab.run("scrollTo(0, 2900)")
    time.sleep(1.5)
    assert ivo.crm.kept.of("record.left") == []
    tab.close()
    (end,) = ivo.left(1)
    assert end.data["dwell_ms"] >= 1_400


def test_a_token_in_the_head_of_the_page_stands_for_the_whole_page(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1?meta")
    ivo.viewed(1)
    tab.click("#out")
    assert len(ivo.left(1)) == 1


def test_a_page_that_speaks_for_itself_needs_no_markup(ivo: Person) -> None:
    tab = ivo.tab("/single")
    tab.run("spoken('L-7')")
    assert [event.subject for event in ivo.viewed(1)] == ["L-7"]
    tab.run("viewtrail.view(null)")
    assert [event.subject for event in ivo.left(1)] == ["L-7"]
    tab.close()


def test_a_record_drawn_anew_is_the_same_view(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    ivo.viewed(1)
    for _ in range(3):
        tab.run("{ const old = document.querySelector('main'); old.replaceWith(old.cloneNode(true)); }")
        time.sleep(0.3)
    tab.close()
    ivo.left(1)
    assert len(ivo.viewed(1)) == 1


def test_two_tabs_on_one_record_are_two_views(ivo: Person) -> None:
    first = ivo.tab("/lead/L-1")
    ivo.viewed(1)
    second = ivo.tab("/lead/L-1")
    openings = ivo.viewed(2)
    assert len({event.id for event in openings}) == 2
    first.close()
    second.close()
    assert {event.data["view"] for event in ivo.left(2)} == {f"/crm#{event.id}" for event in openings}


def test_fast_back_and_forth_is_a_view_each_time_and_never_one_too_many(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    ivo.viewed(1)
    tab.run("addEventListener('pageshow', (event) => { window.restored = event.persisted; })")
    tab.click("#next")
    tab.wait("location.pathname === '/lead/L-2' && document.readyState === 'complete'")
    ivo.viewed(1, "L-2")
    for visits in range(2, 5):
        tab.back()
        tab.wait("location.pathname === '/lead/L-1' && window.restored")
        ivo.viewed(visits, "L-1")
        tab.back(1)
        tab.wait("location.pathname === '/lead/L-2'")
        ivo.viewed(visits, "L-2")
    tab.close()
    ivo.left(8)
    time.sleep(0.5)
    kept = ivo.crm.kept
    for record in ("L-1", "L-2"):
        openings = kept.of("record.viewed", record=record)
        ends = kept.of("record.left", record=record)
        assert len(openings) == len(ends) == 4
        assert {end.data["view"] for end in ends} == {f"/crm#{opening.id}" for opening in openings}
        assert [opening.data["via"] for opening in openings] == ["list", "other", "other", "other"]
    assert kept.conflicts == []
    assert ivo.crm.requests.count("/lead/L-1") == 1, "the pages came out of the back/forward cache"


def test_leaving_at_once_is_a_view_as_short_as_it_was(ivo: Person) -> None:
    tab = ivo.tab("/other")
    for number in range(10):
        tab.go(f"{ivo.crm.url}/lead/L-{number}")
        tab.wait("window.viewtrail")
        time.sleep(0.2)
    tab.go(f"{ivo.crm.url}/other")
    ends = ivo.left(10)
    assert [event.subject for event in ivo.viewed(10)] == [f"L-{number}" for number in range(10)]
    assert all(end.data["dwell_ms"] <= 1_200 for end in ends)
    assert all(end.data["complete"] for end in ends)
    tab.close()


def test_a_thousand_records_fetched_by_a_script_are_served_and_none_is_viewed(ivo: Person) -> None:
    tab = ivo.tab("/other")
    tab.run(
        "(async () => { for (let i = 0; i < 1000; i += 20) await Promise.all("
        "[...Array(20).keys()].map((j) => fetch('/lead/S-' + (i + j)).then((r) => r.text()))); })()"
    )
    ivo.crm.half_a_minute_later()
    served = ivo.crm.kept.of("record.served")
    assert len(served) == len({event.subject for event in served}) == 1_000
    assert ivo.crm.kept.of("record.viewed") == []
    tab.close()


FRAMES = """(async () => {
  for (let i = 0; i < %d; i += 25) await Promise.all([...Array(25).keys()].map((j) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.style = "%s";
    frame.onload = () => setTimeout(() => { frame.remove(); done(); }, %d);
    frame.src = "/lead/S-" + (i + j);
    document.body.append(frame);
  })));
})()"""


def test_a_thousand_pages_with_a_blocked_beacon_are_served_and_none_is_viewed(ivo: Person) -> None:
    tab = ivo.tab("/other")
    tab.send("Network.enable")
    tab.send("Network.setBlockedURLs", urls=["*/viewtrail/*"])
    tab.run(FRAMES % (1_000, "width:40px;height:20px", 0), 120)
    ivo.crm.half_a_minute_later()
    served = ivo.crm.kept.of("record.served")
    assert len(served) == len({event.subject for event in served}) == 1_000
    assert ivo.crm.kept.of("record.viewed") == []
    tab.close()


@pytest.mark.parametrize("style", ["display:none", "position:absolute;left:-5000px"])
def test_pages_in_frames_that_nobody_can_see_are_not_viewed(ivo: Person, style: str) -> None:
    tab = ivo.tab("/other")
    tab.run(FRAMES % (25, style, 1_000))
    assert "/viewtrail/beacon.js" in ivo.crm.requests
    ivo.crm.half_a_minute_later()
    assert len(ivo.crm.kept.of("record.served")) == 25
    assert ivo.crm.kept.of("record.viewed") == []
    tab.close()


def test_a_list_names_the_two_hundred_it_showed(ivo: Person) -> None:
    tab = ivo.tab("/leads")
    (shown,) = ivo.crm.kept.of("list.viewed")
    assert shown.data["records"] == [f"L-{number}" for number in range(1, 201)]
    assert ivo.crm.kept.of("record.viewed") == [], "a row of a list is not an opening"
    tab.close()


def test_a_copy_and_a_print_are_noted_without_what_they_held(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1?note")
    ivo.viewed(1)
    tab.run("getSelection().selectAllChildren(phone); document.execCommand('copy')")
    tab.run("dispatchEvent(new Event('beforeprint'))")
    until(lambda: bool(ivo.crm.kept.of("page.printed")), lambda: time.sleep(0.02), what="page.printed")
    (copied,) = ivo.crm.kept.of("contact.copied")
    assert (copied.subject, copied.data["field"]) == ("L-1", "phone")
    assert "357" not in repr(ivo.crm.kept.events), "never what was copied"
    tab.close()


def test_without_asking_no_copy_is_noted(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    ivo.viewed(1)
    tab.run("getSelection().selectAllChildren(phone); document.execCommand('copy')")
    tab.close()
    ivo.left(1)
    assert ivo.crm.kept.of("contact.copied") == []


def test_the_page_keeps_no_cookie_and_no_storage(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    ivo.viewed(1)
    assert (
        tab.run("document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)") == "{}{}"
    )
    tab.close()


def test_a_host_that_cannot_keep_events_now_gets_them_later(ivo: Person) -> None:
    ivo.crm.kept.full = True
    tab = ivo.tab("/lead/L-1")
    time.sleep(0.5)
    assert ivo.crm.kept.of("record.viewed") == []
    ivo.crm.kept.full = False
    assert len(ivo.viewed(1)) == 1
    tab.close()


def test_what_a_page_said_and_the_server_never_heard_is_a_gap(ivo: Person) -> None:
    tab, crm = ivo.tab("/single"), ivo.crm
    tab.run("show('L-1')")
    ivo.viewed(1)
    tab.run(
        "window.real = window.fetch; window.fetch = (to, how) => String(to).includes('beacon')"
        " ? Promise.resolve(new Response('{\"results\": []}')) : real(to, how)"
    )
    tab.run("show('L-2')")
    tab.wait("document.querySelector('#app').textContent === 'L-2'")
    time.sleep(1)  # its opening is said, and held back in the browser
    tab.run("window.fetch = window.real")
    tab.run("show('L-3')")
    ivo.viewed(1, "L-3")
    crm.clock.skip(301)
    crm.relay.served.sweep()
    (gap,) = crm.kept.of("capture.gap")
    assert gap.data["why"] == "beacon-signals"
    assert gap.data["lost"] >= 2, "the end of L-1 and the opening of L-2"
    tab.close()
