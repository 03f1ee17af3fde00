"""The regulator's trail: who changed what of a client, when; as a page, as files, and with its proofs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from viewtrail.app import trail_files
from viewtrail.app.evidence import MOST, make_pack
from viewtrail.app.findings import PSEUDONYM
from viewtrail.app.spans import moment
from viewtrail.errors import ViewtrailError
from viewtrail.event.vocabulary import TRANSACTIONS
from viewtrail.web import access, data
from viewtrail.web.page import Page, Subject
from viewtrail.web.paper import pdf
from viewtrail.web.visit import Visit

if TYPE_CHECKING:
    from viewtrail.store.asking_rows import Row

PAGE_OF: Final = 100
PRINTED: Final = 500
"""Rows of a PDF: more is read by programs, and those take the other files."""

KINDS: Final = tuple(sorted({name.partition(".")[0] for name in TRANSACTIONS}))
"""The first words of the types: status, deposit, document ..."""

_PLACE: Final = re.compile(r"(-?\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the trail is asked for; `wrong` says what of it could not be understood."""

    kinds: tuple[str, ...] = ()
    agent: str = ""
    record: str = ""
    start: int | None = None
    end: int | None = None
    after: tuple[int, int] | None = None
    wrong: str = ""


def trail(visit: Visit) -> HttpResponseBase:
    """A page of transactions, the latest first."""
    asked = _asked(visit.request.GET, visit.viewer.time_zone)
    rows = [] if asked.wrong else _rows(visit, asked, PAGE_OF + 1)
    _tell_of(visit, asked)
    more = rows[PAGE_OF - 1].place if len(rows) > PAGE_OF else None
    return visit.render(
        "trail.html",
        status=422 if asked.wrong else 200,
        rows=[(row, _said(row)) for row in rows[:PAGE_OF]],
        more=f"{more[0]}-{more[1]}" if more else "",
        asked=asked,
        get=visit.request.GET,
        kinds=KINDS,
        may_export=visit.viewer.has(access.COMPLIANCE, access.AUDITOR),
        most=MOST,
        printed=PRINTED,
    )


def export(visit: Visit, form: str) -> HttpResponseBase:
    """The same as a file; the log has it first that it was taken out, how many rows and by whom."""
    asked = _asked(visit.request.GET, visit.viewer.time_zone)
    if asked.wrong or form not in _FILES:
        raise Http404(asked.wrong or f"there is no {form} of the trail; there are {', '.join(_FILES)}")
    rows = _rows(visit, asked, PRINTED if form == "pdf" else MOST)
    if not rows:
        raise Http404("nothing of the trail matches, so there is nothing to export")
    visit.subject = Subject("evidence.exported", agent=asked.agent, record=asked.record)
    visit.tell("evidence.exported", what=f"trail-{form}", rows=len(rows))
    kind, name = _FILES[form]
    answer = HttpResponse(_content(visit, form, rows), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


_FILES: Final = {
    "csv": ("text/csv; charset=utf-8", "trail.csv"),
    "parquet": ("application/vnd.apache.parquet", "trail.parquet"),
    "pdf": ("application/pdf", "trail.pdf"),
    "pack": ("application/zip", "trail-evidence.zip"),
}


def _content(visit: Visit, form: str, rows: list[Row]) -> bytes:
    if form == "csv":
        return trail_files.csv_of(visit.questions, rows)
    if form == "parquet":
        return trail_files.parquet_of(visit.questions, rows)
    if form == "pack":
        return make_pack(data.home(), [row.index for row in rows])
    return _pdf(visit, rows)


def _pdf(visit: Visit, rows: list[Row]) -> bytes:
    """Rows with their entries' hashes, and the checkpoint that signs them, on paper."""
    leaves = visit.questions.leaves([row.index for row in rows])
    with data.home().reader() as log:
        signed, key = log.latest_checkpoint(), log.verifier_key
    html = render_to_string(
        "trail_print.html",
        {
            "visit": visit,
            "viewer": visit.viewer,
            "rows": [(row, _said(row), leaf.hex()) for row, leaf in zip(rows, leaves, strict=True)],
            "signed": signed,
            "key": key,
        },
    )
    return pdf(html)


def _rows(visit: Visit, asked: Asked, limit: int) -> list[Row]:
    return visit.questions.trail(
        kinds=asked.kinds,
        agent=asked.agent or None,
        record=asked.record or None,
        start=asked.start,
        end=asked.end,
        limit=limit,
        after=asked.after,
    )


def _tell_of(visit: Visit, asked: Asked) -> None:
    """Asked about one person or one client, the trail is a page about them."""
    if (asked.agent or asked.record) and not asked.wrong:
        visit.subject = Subject("timeline.viewed", agent=asked.agent, record=asked.record)
        if not visit.is_open:
            visit.opened(why="audit")


def _asked(get: Mapping[str, str], zone: str) -> Asked:
    kind, agent, record = get.get("kind", ""), get.get("agent", "").strip(), get.get("record", "").strip()
    if kind and kind not in KINDS:
        return Asked(wrong=f"{kind!r} is no kind; there are {', '.join(KINDS)}")
    if agent and not (PSEUDONYM.fullmatch(agent) and agent.startswith("a-")):
        return Asked(wrong=f"{agent!r} is no agent's pseudonym; it looks like a-k3vq7m2xw5t4nd6p")
    if record and not PSEUDONYM.fullmatch(record):
        with data.home().reader() as log:
            record = log.pseudonym("r", record)
    try:
        start = moment(get.get("from") or None, zone, "from")
        end = moment(get.get("to") or None, zone, "to")
    except ViewtrailError as error:
        return Asked(wrong=str(error))
    place = _PLACE.fullmatch(get.get("after", ""))
    after = (int(place[1]), int(place[2])) if place else None
    return Asked((kind,) if kind else (), agent, record, start, end, after)


_SHOWN: Final = (
    ("field", ""),
    ("from", "from"),
    ("to", "to"),
    ("kind", ""),
    ("document", ""),
    ("decision", ""),
    ("amount", ""),
    ("currency", ""),
    ("platform", "on"),
    ("account", "account"),
    ("value_band", "value band"),
    ("purpose", ""),
    ("given", "given:"),
    ("reason", "because"),
)


def _said(row: Row) -> str:
    """What a transaction says, in one line."""
    told = [
        f"{word} {row.data[name]}".strip() for name, word in _SHOWN if row.data.get(name) not in (None, "")
    ]
    return ", ".join(told)


PAGES = (
    Page(
        name="trail",
        path="trail",
        title="Trail",
        view=trail,
        roles=(access.COMPLIANCE, access.AUDITOR),
        rail=70,
    ),
    Page(
        name="trail-file",
        path="trail/export/<str:form>",
        title="Trail",
        view=export,
        roles=(access.COMPLIANCE, access.AUDITOR),
    ),
)
