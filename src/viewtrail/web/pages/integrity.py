"""Can this be trusted? Size, checkpoint, a verification now; integrity and completeness as two verdicts."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from viewtrail.app import verify_job
from viewtrail.app.clock import now
from viewtrail.app.refusals import HOOKS, refused
from viewtrail.app.source_health import beacon_matter
from viewtrail.web import access, data
from viewtrail.web.page import Page, Subject
from viewtrail.web.visit import Visit


def integrity(visit: Visit) -> HttpResponseBase:
    """What is signed, what the last verification said, and what of each source is proved missing."""
    home = data.home()
    if visit.request.method == "POST":
        if verify_job.start(home.path):
            visit.subject = Subject("evidence.exported")
            visit.tell("evidence.exported", what="verification")
        return HttpResponseRedirect(reverse("integrity"))
    with home.reader() as log:
        size, signed, key = log.size, log.latest_checkpoint(), log.verifier_key
    state = verify_job.read(home.path)
    part = "verification.html" if visit.is_part else "integrity.html"
    return visit.render(
        part,
        size=size,
        signed=signed,
        unsigned=size - (signed.size if signed else 0),
        key=key,
        state=state,
        percent=_percent(state),
        verdicts=_verdicts(state),
        sources=[] if visit.is_part else data.health(),
        beacon="" if visit.is_part else beacon_matter(refused(home.path, now())),
        hooks={} if visit.is_part else refused(home.path, now(), HOOKS),
    )


def checkpoint(visit: Visit) -> HttpResponseBase:
    """The latest checkpoint as a file to keep elsewhere."""
    with data.home().reader() as log:
        signed = log.latest_checkpoint()
    answer = HttpResponse(signed.note if signed else "", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="checkpoint.txt"'
    return answer


def _percent(state: verify_job.State | None) -> int:
    return 100 * state.done // state.of if state is not None and state.of else 0


def _verdicts(state: verify_job.State | None) -> dict[str, str]:
    """The two verdicts in a word each, once there are any."""
    if state is None or state.exit_code is None:
        return {}
    told = {}
    for line in state.lines:
        name, _, rest = line.partition(": ")
        if name in ("integrity", "completeness"):
            told[name] = rest
    return told


PAGES = (
    Page(
        name="integrity",
        path="integrity",
        title="Integrity",
        view=integrity,
        roles=(access.COMPLIANCE, access.SECURITY, access.AUDITOR, access.ADMIN, access.HEAD),
        rail=90,
    ),
    Page(
        name="checkpoint",
        path="integrity/checkpoint",
        title="Checkpoint",
        view=checkpoint,
        roles=(access.COMPLIANCE, access.SECURITY, access.AUDITOR, access.ADMIN),
    ),
)
