"""One entry of the log, as it was told, with the proof that it stands where it stands."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase

from viewtrail.log.entry import Logged, encode
from viewtrail.log.merkle import leaf_hash
from viewtrail.web import access, data
from viewtrail.web.page import Page, Subject
from viewtrail.web.visit import Visit


def about(visit: Visit, index: int) -> Subject:
    """An entry is somebody's act: whoever may not see that person's acts does not see it either."""
    with data.home().reader() as log:
        if not 0 <= index < log.size:
            raise Http404(f"the log has no entry {index:,}; its last one is {log.size - 1:,}")
        event = log.entry(index).entry.event
    agent = str(event.data.get("agent", ""))
    everywhere = visit.viewer.has(access.COMPLIANCE, access.AUDITOR, access.SECURITY)
    if agent == visit.viewer.agent != "" or not (everywhere or _theirs(visit, agent)):
        raise Http404("there is no such entry, or it is not yours to see")
    record = event.subject if event.subject and event.subject.startswith("r-") else ""
    return Subject("timeline.viewed", agent=agent if agent.startswith("a-") else "", record=record)


def _theirs(visit: Visit, agent: str) -> bool:
    return agent in visit.staff and access.sees_agent(visit.viewer, agent, visit.staff)


def entry(visit: Visit, index: int) -> HttpResponseBase:
    """What it says, its bytes, and the path from its hash to the root that was signed."""
    with data.home().reader() as log:
        found, signed, last = log.entry(index), log.latest_checkpoint(), log.size - 1
        proof = log.inclusion(index, signed.size) if signed is not None and index < signed.size else None
    raw = encode(found.entry)
    seen = visit.staff.get(str(found.entry.event.data.get("agent", "")))
    return visit.render(
        "entry.html",
        one=found,
        event=found.entry.event,
        said=_said(found),
        raw=raw.decode(),
        leaf=leaf_hash(raw).hex(),
        signed=signed,
        proof=_steps(proof),
        zone=(seen.time_zone or "") if seen is not None else "",
        last=last,
    )


def _said(found: Logged) -> list[tuple[str, object]]:
    return sorted(found.entry.event.data.items())


def _steps(proof: list[bytes] | None) -> list[str] | None:
    return None if proof is None else [one.hex() for one in proof]


PAGE = Page(
    name="entry",
    path="entries/<int:index>",
    title="Entry",
    view=entry,
    roles=(access.COMPLIANCE, access.HEAD, access.SECURITY, access.AUDITOR),
    about=about,
    purpose="known",
)
