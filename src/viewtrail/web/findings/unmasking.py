"""Taking a pseudonym off: for a reason, by the preset in force, until a time, and logged before it shows."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from viewtrail.finding import Finding
from viewtrail.web import access, data, logbook
from viewtrail.web.accounts.models import Person, Unmasking
from viewtrail.web.findings.acts import Done, Refused
from viewtrail.web.visit import Visit

LEAST = 15
"""Characters of a reason: less is a shrug."""


def ask(visit: Visit, finding: Finding) -> Done:
    """See at once where one person is enough, else wait for a second."""
    reason = visit.request.POST.get("reason", "").strip()
    if len(reason) < LEAST:
        raise Refused(f"say why in at least {LEAST} characters: it stays in the log")
    if finding.agent is None:
        raise Refused("this finding is not about one agent")
    preset = data.home().settings.unmasking
    alone = access.may_unmask_alone(visit.viewer, finding, visit.staff, preset)
    kept = Unmasking(
        viewer_id=visit.viewer.id,
        agent=finding.agent,
        finding=finding.id,
        with_records=visit.request.POST.get("records") == "yes",
        reason=reason[:2000],
        asked=data.instant(),
    )
    if not alone:
        index = visit.tell("finding.viewed", what="unmasking-waits", words=kept.reason)
        kept.save()
        return Done("Asked for; a second person from compliance has to agree, here on this page.", index)
    index = _log(visit, kept, visit.by)
    kept.until = data.instant() + timedelta(hours=data.home().settings.unmasking_hours)
    kept.save()
    return Done("You see who it is until the time is up; the log has your reason.", index)


def answer(visit: Visit, finding: Finding) -> Done:
    """The second person agrees, or not."""
    agrees = visit.request.POST.get("agrees") == "yes"
    with transaction.atomic():
        found = Unmasking.objects.filter(
            pk=visit.request.POST.get("unmasking") or 0, finding=finding.id, until=None, refused=False
        ).first()
        if found is None:
            raise Refused("that was answered already")
        if not access.may_second(visit.viewer, found.viewer.pk, access.concerned(finding)):
            raise Refused("a second person from compliance has to agree, and not the one who asked")
        found.second = Person.objects.get(pk=visit.viewer.id)
        if not agrees:
            found.refused = True
            found.save()
            return Done("Not agreed to.", visit.tell("finding.viewed", what="unmasking-refused"))
        index = _log(visit, found, logbook.name_of(found.viewer), second=visit.pseudonym)
        found.until = data.instant() + timedelta(hours=data.home().settings.unmasking_hours)
        found.save()
    return Done(f"Agreed. {found.viewer} sees who it is until the time is up.", index)


def waiting(finding: Finding) -> list[Unmasking]:
    """Requests about this finding that nobody has answered yet."""
    found = Unmasking.objects.filter(finding=finding.id, until=None, refused=False)
    return list(found.select_related("viewer"))


def _log(visit: Visit, kept: Unmasking, by: str, second: str = "") -> int:
    return logbook.write(
        "identity.unmasked",
        by=by,
        finding=kept.finding,
        about=kept.agent,
        what="agent-and-records" if kept.with_records else "agent",
        who=second or visit.viewer.role,
        words=kept.reason,
    )
