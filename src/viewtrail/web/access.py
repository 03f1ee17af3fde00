"""Who may see and decide what: every rule of the console about people, in one place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from viewtrail.finding import LEAVERS, Finding, Reader
from viewtrail.review.access import LEADING, Concerned, Decider, refusal
from viewtrail.review.access import closing_refused as refused
from viewtrail.review.decision import Decision
from viewtrail.review.sources import QUEUE

HEAD, COMPLIANCE, SECURITY, HR, AGENT, AUDITOR, ADMIN = ROLES = (
    "head-of-sales",
    "compliance",
    "security",
    "hr",
    "agent",
    "auditor",
    "admin",
)

MEANINGS: Final[dict[str, str]] = {
    HEAD: "findings, agents and calls of the own desks",
    COMPLIANCE: "everything, each time with a purpose",
    SECURITY: "sources, integrity and findings where it is unsure who acted",
    HR: "dates of joining, notice and leave; no behaviour",
    AGENT: "the own trail",
    AUDITOR: "the trail and its proofs, read-only, for a time",
    ADMIN: "people, keys and settings of the console; nobody's behaviour",
}

ALL_DESKS: Final = "all"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in. `agent` is their own pseudonym in the log, or ""."""

    id: int
    name: str
    roles: frozenset[str]
    desks: frozenset[str] = frozenset()
    agent: str = ""
    entity: str = ""
    time_zone: str = "UTC"

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def role(self) -> str:
        """The role that lets them see most; it stands in the log beside what they did."""
        order = (COMPLIANCE, HEAD, SECURITY, AUDITOR, HR, ADMIN, AGENT)
        return next((role for role in order if role in self.roles), "none")


class Seen(Protocol):
    """What the log says about an agent."""

    @property
    def role(self) -> str | None: ...
    @property
    def desk(self) -> str | None: ...
    @property
    def manager(self) -> str | None: ...


Staff = Mapping[str, Seen]


def reader(viewer: Viewer) -> Reader:
    """What this person may read in a finding: HR terms only with the right to them."""
    return Reader(hr=viewer.has(COMPLIANCE, HR))


def on_own_desk(viewer: Viewer, agent: str, staff: Staff) -> bool:
    seen = staff.get(agent)
    return seen is not None and (seen.desk in viewer.desks or ALL_DESKS in viewer.desks)


def sees_agent(viewer: Viewer, agent: str, staff: Staff) -> bool:
    """Whether this person may see what that agent does. Their own days are shown on My trail alone."""
    if agent == viewer.agent:
        return False
    if viewer.has(COMPLIANCE):
        return True
    seen = staff.get(agent)
    leads = seen is not None and seen.role in LEADING
    return viewer.has(HEAD) and not leads and on_own_desk(viewer, agent, staff)


def sees_finding(viewer: Viewer, finding: Finding, staff: Staff) -> bool:
    """A finding about a person is never shown to that person, nor to those who report to them."""
    if why_not_theirs(viewer, finding, staff) is not None:
        return False
    if viewer.has(COMPLIANCE):
        return True
    if finding.queue == LEAVERS:  # who has given notice is told to nobody else: HR itself sees no behaviour
        return False
    if finding.subject_kind == "campaign":  # about a list, and nobody is named in it
        return viewer.has(HEAD)
    if viewer.has(SECURITY) and finding.queue in ("security", QUEUE):
        return True
    if viewer.has(SECURITY) and finding.attribution:
        return True
    # Where it is unsure who acted, security looks first: a line manager would ask the wrong person.
    if finding.attribution:
        return False
    # A provisional claim goes to whoever is on duty and not to the line manager, until it has matured.
    if not viewer.has(HEAD) or finding.tier == "provisional":
        return False
    about = concerned(finding)
    return bool(about) and all(sees_agent(viewer, agent, staff) for agent in about)


def why_not_theirs(viewer: Viewer, finding: Finding, staff: Staff) -> str | None:
    """Why this person must not be shown a finding or decide about it; None when nothing speaks against."""
    return refusal(decider(viewer, staff), _people(finding, staff))


def decider(viewer: Viewer, staff: Staff, person: str = "") -> Decider:
    """The viewer as the rules of review know them; `person` is their pseudonym where they are no agent."""
    role = COMPLIANCE if viewer.has(COMPLIANCE) else viewer.role
    return Decider(viewer.agent or person, role, line(viewer.agent, staff))


def _people(finding: Finding, staff: Staff) -> list[Concerned]:
    return [Concerned(agent, _role(agent, staff)) for agent in concerned(finding)]


def _role(agent: str, staff: Staff) -> str:
    seen = staff.get(agent)
    return (seen.role if seen is not None else None) or "agent"


def line(agent: str, staff: Staff) -> tuple[str, ...]:
    """Everybody whom an agent reports to, the nearest first."""
    found: list[str] = []
    while agent in staff:
        manager = staff[agent].manager
        if manager is None or manager in found or manager == agent:
            break
        found.append(manager)
        agent = manager
    return tuple(found)


def concerned(finding: Finding) -> tuple[str, ...]:
    """The agents whom a finding is about."""
    return (finding.agent, *finding.agents) if finding.agent else finding.agents


def closing_refused(
    viewer: Viewer, person: str, finding: Finding, staff: Staff, outcome: str, decision: Decision | None
) -> str | None:
    """Why the viewer may not close a finding so; None when the closing may be entered."""
    return refused(decider(viewer, staff, person), _people(finding, staff), outcome, decision)


def may_unmask_alone(viewer: Viewer, finding: Finding, staff: Staff, preset: str) -> bool:
    """One person is enough for a pushed finding on the own desk, where the entity has chosen so."""
    if preset != "one-person" or finding.tier == "provisional":
        return False
    about = concerned(finding)
    own = viewer.has(HEAD) and all(on_own_desk(viewer, agent, staff) for agent in about)
    return bool(about) and (own or viewer.has(COMPLIANCE)) and sees_finding(viewer, finding, staff)


def may_second(viewer: Viewer, asked_by: int, about: Collection[str]) -> bool:
    """The second person is from compliance, is somebody else, and is not whom it is about."""
    return viewer.has(COMPLIANCE) and viewer.id != asked_by and viewer.agent not in about
