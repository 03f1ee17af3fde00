"""Unsure who acted: a finding says why, is never of high severity, and stays a finding."""

from __future__ import annotations

import pickle

import pytest

from patterns.told import AGENTS, TODAY, Desk, at, ordinary, others_of, today
from viewtrail.finding import Finding, Reader, to_json
from viewtrail.measure.clocks import DAY, MINUTE
from viewtrail.settings import Settings
from viewtrail.watch import Loop

HUNDRED = others_of("a-1", 100)


def at_desks(days: int = TODAY) -> Desk:
    """Everybody has signed in at the own device on each day so far."""
    desk = ordinary()
    for n in range(days):
        for agent in AGENTS:
            sits(desk, agent, f"v-{agent}-{n}", at(n, "08:50"), f"dev-{agent}")
    return desk


def sits(desk: Desk, agent: str, visit: str, t: int, device: str | None, network: str = "office") -> Desk:
    told = {"visit": visit, "network": network, **({"device": device} if device is not None else {})}
    return desk.say("visit.started", t, agent=agent, **told)  # type: ignore[arg-type]


def takes(desk: Desk, **data: str) -> Desk:
    return desk.opens("a-1", HUNDRED, today("14:00"), 38, **data)


def found(desk: Desk) -> Finding:
    (finding,) = desk.fold().standing()
    return finding


def unsure(desk: Desk) -> str:
    finding = found(desk)
    assert finding.severity == "medium"
    assert all(text in finding.against for text in finding.attribution if "leave" not in text)
    return "; ".join(finding.attribution)


def test_at_the_own_device_nothing_is_unsure_and_it_is_grave() -> None:
    desk = sits(at_desks(), "a-1", "v-1", today("08:50"), "dev-a-1")
    finding = found(takes(desk, visit="v-1"))
    assert (finding.severity, finding.attribution) == ("high", ())


def test_where_no_source_tells_of_visits_nothing_is_unsure() -> None:
    assert found(takes(ordinary())).attribution == ()


def test_a_device_never_used_before() -> None:
    desk = sits(at_desks(), "a-1", "v-1", today("13:50"), "dev-elsewhere")
    assert "had not used before" in unsure(takes(desk, visit="v-1"))


def test_the_first_device_of_somebody_new_is_no_sign() -> None:
    desk = sits(ordinary(), "a-1", "v-1", today("08:50"), "dev-a-1")
    assert found(takes(desk, visit="v-1")).attribution == ()


def test_the_own_device_at_home_is_the_own_device() -> None:
    desk = sits(at_desks(), "a-1", "v-1", today("13:50"), "dev-a-1", network="home")
    assert found(takes(desk, visit="v-1")).attribution == ()


def test_a_new_network_where_no_device_is_told() -> None:
    desk = ordinary()
    for n in range(TODAY):
        sits(desk, "a-1", f"v-1-{n}", at(n, "08:50"), None)
    sits(desk, "a-1", "v-1", today("13:50"), None, network="elsewhere")
    assert "had not used before" in unsure(takes(desk, visit="v-1"))


def test_a_workstation_at_which_a_colleague_sat_that_morning() -> None:
    desk = sits(at_desks(), "a-2", "v-2", today("09:00"), "dev-a-1")
    sits(desk, "a-1", "v-1", today("13:50"), "dev-a-1")
    assert "somebody else worked at the same workstation" in unsure(takes(desk, visit="v-1"))


def test_a_terminal_that_everybody_uses_tells_nobody_apart() -> None:
    desk = ordinary()
    for n in range(TODAY + 1):
        for agent in AGENTS:
            sits(desk, agent, f"v-{agent}-{n}", at(n, "08:50"), "terminal")
    assert found(takes(desk, visit=f"v-a-1-{TODAY}")).attribution == ()


def test_two_sessions_at_once() -> None:
    desk = sits(at_desks(), "a-1", "v-1", today("08:50"), "dev-a-1")
    sits(desk, "a-1", "v-2", today("13:50"), "dev-a-1b")
    desk.opens("a-1", HUNDRED[:50], today("14:00"), 38, visit="v-1")
    desk.opens("a-1", HUNDRED[50:], today("14:00") + MINUTE // 3, 38, visit="v-2")
    assert "two sessions on different devices" in unsure(desk)


def test_moving_from_one_device_to_another_once_is_no_two_sessions() -> None:
    desk = at_desks()
    for n in range(TODAY):
        sits(desk, "a-1", f"v-b-{n}", at(n, "12:00"), "dev-a-1b")
    sits(desk, "a-1", "v-1", today("08:50"), "dev-a-1")
    sits(desk, "a-1", "v-2", today("14:19"), "dev-a-1b")
    desk.opens("a-1", HUNDRED[:50], today("14:00"), 18, visit="v-1")
    desk.opens("a-1", HUNDRED[50:], today("14:20"), 18, visit="v-2")
    assert found(desk).attribution == ()


def test_on_leave_which_only_hr_may_read() -> None:
    desk = ordinary().say(
        "leave.booked", today("07:00"), "a-1", agent="system", from_=today("00:00"), to=today("00:00") + DAY
    )
    finding = found(takes(desk))
    assert finding.attribution == ("the agent was on leave then",)
    shown = to_json(finding, Reader(hr=False))
    assert "leave" not in repr((shown["attribution"], shown["against"], shown["context"]))


def test_in_a_call_with_another_client_meanwhile() -> None:
    desk = ordinary().calls("a-1", ["r-1-70"], today("14:39"), 0, talk=39 * 60)
    assert "talking to somebody else" in unsure(takes(desk))


@pytest.mark.parametrize(("share", "said"), [(100, True), (30, False)])
def test_on_behalf_of_somebody_else(share: int, said: bool) -> None:
    desk = ordinary()
    desk.opens("a-1", HUNDRED[:share], today("14:00"), 30, on_behalf_of="a-2")
    desk.opens("a-1", HUNDRED[share:], today("14:01"), 30)
    finding = found(desk)
    assert bool(finding.attribution) is said


def test_it_is_the_same_one_at_a_time_and_after_a_restart() -> None:
    desk = sits(at_desks(), "a-1", "v-1", today("13:50"), "dev-elsewhere")
    takes(desk, visit="v-1")
    whole = desk.fold()
    entries = desk.entries()
    loop, steps = Loop(Settings(time_zone="Europe/Nicosia")), []
    for place, entry in enumerate(entries):
        if place == len(entries) - 60:
            loop = pickle.loads(pickle.dumps(loop))
        steps += loop.take(entry)
    assert steps + loop.finish() == whole.transitions
    assert all(step.finding.attribution for step in steps)
