"""How long a record was looked at: within a second of the truth, or a lower bound that says it is one."""

from __future__ import annotations

import time

import pytest

from capture.browser.chromium import Chromium
from capture.browser.person import Looking, Person
from viewtrail.event import Event

pytestmark = pytest.mark.slow

NEAR = 1.0
"""Seconds by which a dwell may miss the truth."""


def near(event: Event, looking: Looking) -> None:
    """The dwell is the truth within a second, and says it is whole; or it is below and says so."""
    seconds, most = event.data["dwell_ms"] / 1_000, looking.seconds + looking.unsure
    truth = f"told {seconds}, true {looking.seconds:.2f} to {most:.2f}"
    assert seconds <= most + NEAR, truth
    if event.data["complete"]:
        assert seconds >= looking.seconds - NEAR, truth


def test_a_record_opened_and_left_has_its_dwell(ivo: Person) -> None:
    tab, looking = ivo.tab(), Looking()
    tab.go(f"{ivo.crm.url}/lead/L-1")
    (opening,) = ivo.viewed(1)
    with looking:
        time.sleep(2.5)
    tab.click("#out")
    (end,) = ivo.left(1)
    assert opening.data["seen"] == "true"
    assert opening.data["via"] == "list"
    assert end.data["view"] == f"/crm#{opening.id}"
    assert end.data["complete"]
    near(end, looking)
    assert ivo.crm.kept.conflicts == []


def test_a_tab_that_is_closed_says_goodbye(ivo: Person) -> None:
    tab, looking = ivo.tab("/lead/L-1"), Looking()
    with looking:
        time.sleep(1.5)
    tab.close()
    (end,) = ivo.left(1)
    assert end.data["complete"]
    near(end, looking)


def test_time_in_another_tab_does_not_count(ivo: Person) -> None:
    tab, looking = ivo.tab("/lead/L-1"), Looking()
    with looking:
        time.sleep(1.2)
    other = ivo.tab("/other")
    time.sleep(2)
    tab.front()
    with looking:
        time.sleep(1.2)
    tab.close()
    other.close()
    (end,) = ivo.left(1)
    assert end.data["complete"]
    near(end, looking)
    assert len(ivo.viewed(1)) == 1, "coming back to a tab is no new opening"


def test_time_in_a_minimised_window_does_not_count(ivo: Person) -> None:
    tab, looking = ivo.tab("/lead/L-1"), Looking()
    with looking:
        time.sleep(1.2)
    tab.window("minimized")
    tab.wait("document.visibilityState === 'hidden'")
    time.sleep(2)
    tab.window("normal")
    with looking:
        time.sleep(1)
    tab.close()
    (end,) = ivo.left(1)
    assert end.data["complete"]
    near(end, looking)


def test_a_sleeping_laptop_does_not_look(ivo: Person) -> None:
    looking = Looking()
    with looking.turning():
        tab = ivo.tab("/lead/L-1")
    with looking:
        time.sleep(1.5)
    with looking.turning():
        tab.send("Page.setWebLifecycleState", state="frozen")
    time.sleep(3 + looking.unsure)  # so long that it could not be taken for what is unsure
    with looking.turning():
        tab.send("Page.setWebLifecycleState", state="active")
    with looking:
        time.sleep(1)
    tab.close()
    (end,) = ivo.left(1)
    assert end.data["complete"]
    near(end, looking)


def test_a_page_that_stood_still_without_a_word_gives_a_lower_bound(ivo: Person) -> None:
    tab, looking = ivo.tab("/lead/L-1"), Looking()
    with looking:
        time.sleep(1.5)
        tab.run("{ const end = performance.now() + 5600; while (performance.now() < end); }")
    tab.close()
    (end,) = ivo.left(1)
    assert not end.data["complete"]
    assert 0.3 <= end.data["dwell_ms"] / 1_000 <= looking.seconds - 5, "up to the last look at the clock"


def test_a_tab_that_is_killed_leaves_what_its_heartbeats_said(ivo: Person) -> None:
    tab, looking = ivo.tab("/lead/L-1"), Looking()
    with looking:
        for step in range(13):
            tab.move(50 + step, 60)
            time.sleep(0.5)
        tab.browser.start("Page.crash", tab.session)
    ivo.viewed(1)
    ivo.crm.clock.skip(1_900)
    ivo.crm.relay.served.sweep()
    (end,) = ivo.left(1)
    assert end.data["complete"] is False
    near(end, looking)
    assert end.data["dwell_ms"] >= 4_900, "one heartbeat came"
    assert end.data["active_ms"] >= 4_000


def test_a_tab_killed_at_once_has_no_dwell_rather_than_a_short_one(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    ivo.viewed(1)
    tab.browser.start("Page.crash", tab.session)
    ivo.crm.clock.skip(1_900)
    ivo.crm.relay.served.sweep()
    (end,) = ivo.left(1)
    assert end.data["complete"] is False
    assert "dwell_ms" not in end.data


def test_offline_and_back_loses_nothing(ivo: Person) -> None:
    tab, looking = ivo.tab("/single"), Looking()
    tab.run("show('L-1')")
    ivo.viewed(1)
    with looking:
        time.sleep(1)
        tab.offline(True)
        time.sleep(1)
        tab.run("document.querySelector('#app').replaceChildren()")
    time.sleep(2)
    assert ivo.crm.kept.of("record.left") == []
    tab.offline(False)
    (end,) = ivo.left(1)
    tab.close()
    assert end.data["complete"]
    near(end, looking)


def test_active_seconds_are_those_with_a_hand_on_mouse_or_keys(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    time.sleep(0.5)
    tab.move(30, 30)
    time.sleep(7)
    tab.close()
    (end,) = ivo.left(1)
    assert end.data["dwell_ms"] == pytest.approx(7_500, abs=1_000)
    assert end.data["active_ms"] == pytest.approx(5_000, abs=600)


def test_a_heartbeat_comes_only_after_activity(ivo: Person) -> None:
    tab = ivo.tab("/lead/L-1")
    time.sleep(6.5)
    kinds = [line[6] for line in ivo.crm.lines() if line[0] == "heard"]
    assert kinds == [0], "visible, and nothing since"
    tab.move(40, 40)
    time.sleep(1.5)
    assert len([line for line in ivo.crm.lines() if line[0] == "heard"]) == 2
    tab.close()


def test_the_dwell_of_each_record_of_a_single_page_is_its_own(ivo: Person, chromium: Chromium) -> None:
    tab = ivo.tab("/single")
    truth: dict[str, Looking] = {}
    for record, seconds in (("L-1", 1.0), ("L-2", 2.0), ("L-3", 0.6)):
        tab.run(f"show({record!r})")
        truth[record] = Looking()
        with truth[record]:
            time.sleep(seconds)
    tab.close()
    ivo.left(3)
    for record, looking in truth.items():
        (end,) = ivo.left(1, record)
        assert end.data["complete"]
        near(end, looking)
    assert [event.subject for event in ivo.viewed(3)] == ["L-1", "L-2", "L-3"]
