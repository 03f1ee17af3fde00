"""Work declared after it was done: one person says it, a second agrees, and the loop explains the finding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction

from viewtrail.app.clock import now
from viewtrail.event import words as vocabulary
from viewtrail.finding import Finding
from viewtrail.measure.clocks import LATE
from viewtrail.web import access, data, logbook
from viewtrail.web.accounts.models import Declaration
from viewtrail.web.findings.acts import Done, Refused
from viewtrail.web.templatetags.told import at, zone
from viewtrail.web.visit import Visit

PURPOSES: Final = vocabulary("work.declared", "purpose")
SCOPES: Final = {"records": "the records of this finding", "desk": "all records of the agent's desk"}
MOST_RECORDS: Final = 1_000


def propose(visit: Visit, finding: Finding) -> Done:
    """Keep the declaration until a second person has answered."""
    said = visit.request.POST
    if finding.agent is None:
        raise Refused("this finding is not about one agent, so no work of theirs can be declared")
    if said.get("purpose") not in PURPOSES or said.get("scope") not in SCOPES:
        raise Refused("choose what the work was, and which records it was about")
    first, last = _day(said.get("first", "")), _day(said.get("last", ""))
    if last < first:
        raise Refused("the last day is before the first")
    expected = said.get("expected", "")
    if not expected.isascii() or not expected.isdigit() or not 0 < int(expected) <= 100_000:
        raise Refused("say how many records the work was about, as a whole number")
    index = visit.tell("finding.viewed", what="declaration-waits", words=said.get("words", "")[:2000])
    Declaration.objects.create(
        by_id=visit.viewer.id,
        finding=finding.id,
        agent=finding.agent,
        purpose=said["purpose"],
        scope=said["scope"],
        first=first,
        last=last,
        expected=int(expected),
        words=said.get("words", "")[:2000],
        asked=data.instant(),
    )
    return Done("Declared; it counts once a second person has agreed, here on this page.", index)


def answer(visit: Visit, finding: Finding) -> Done:
    """Agree to a waiting declaration, or not."""
    agrees = visit.request.POST.get("agrees") == "yes"
    with transaction.atomic():
        found = Declaration.objects.filter(
            pk=visit.request.POST.get("declaration") or 0, finding=finding.id, answered=None
        ).first()
        if found is None:
            raise Refused("that declaration was answered already")
        if found.by.pk == visit.viewer.id:
            raise Refused("you declared it yourself: a second person has to agree")
        found.answered, found.agreed = data.instant(), agrees
        found.save()
        if not agrees:
            return Done("Not agreed to.", visit.tell("finding.viewed", what="declaration-refused"))
        index = _declare(visit, finding, found)
    if now() - finding.last_at <= LATE:
        return Done("Agreed. Within the hour the finding is reckoned again and says what explains it.", index)
    # Days that closed longer ago are final: two persons have said what it was, so it is closed as that.
    index = visit.tell(
        "finding.closed",
        what="declared-afterwards",
        words=f"{found.by} declared {found.purpose.replace('-', ' ')}; {visit.viewer.name} agreed.",
    )
    return Done(
        "Agreed, and closed as declared afterwards: its days are too long past to be reckoned again.", index
    )


def _declare(visit: Visit, finding: Finding, found: Declaration) -> int:
    """The entry: declared by the one, entered by the other."""
    seen = visit.staff.get(found.agent)
    if found.scope == "records":
        scope: dict[str, object] = {"records": list(finding.records[:MOST_RECORDS])}
    else:
        scope = {"desk": (seen.desk if seen is not None else None) or access.ALL_DESKS}
    return logbook.write(
        "work.declared",
        by=visit.by,
        subject=found.agent,
        declared_by=logbook.name_of(found.by),
        purpose=found.purpose,
        scope=scope,
        records_expected=found.expected,
        work=f"declared-{found.pk}-{finding.id}",
        words=found.words,
        **{"from": found.first.isoformat(), "to": found.last.isoformat()},
    )


def waiting(finding: Finding) -> list[Declaration]:
    """Declarations about this finding that nobody has answered yet."""
    return list(Declaration.objects.filter(finding=finding.id, answered=None).select_related("by"))


def days_of(finding: Finding, zone_name: str) -> tuple[str, str]:
    """The first and last day of the finding on the agent's clock, for the form."""
    there = zone(zone_name) or UTC
    first, last = (at(t).astimezone(there) for t in (finding.first_at, finding.last_at))
    return first.date().isoformat(), last.date().isoformat()


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise Refused(f"{text[:20]!r} is no day; write it as 2026-03-26") from None
