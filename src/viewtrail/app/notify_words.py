"""What a notice says, in a mail and to a machine: pseudonym, claim, link, no word that needs HR rights."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any, Final

from viewtrail.app.notify_due import ESCALATED, OPENED, UNOPENED, Notice
from viewtrail.app.notify_settings import Notices
from viewtrail.event import rfc3339
from viewtrail.finding import Reader, to_json
from viewtrail.review.sources import QUEUE

READER = Reader(hr=False)
"""A mailbox is read by more people than one: it is told what anybody may know."""


def link(asked: Notices, finding: str) -> str:
    """Where the console shows it."""
    return f"{asked.console}/findings/{finding}"


def mail(notice: Notice, asked: Notices) -> EmailMessage:
    """The notice as a mail to its address."""
    shown = to_json(notice.finding, READER)
    last = _OF_SOURCES if notice.finding.queue == QUEUE else _OF_PEOPLE
    message = EmailMessage()
    message["From"], message["To"] = asked.sender, notice.to
    message["Subject"] = f"Viewtrail: {_headline(notice)}"
    message["Message-ID"] = f"<{notice.name}@viewtrail.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"{shown['claim']}\n\nUsual: {shown['usual']}\n\n{link(asked, notice.finding.id)}\n\n{last}\n"
    )
    return message


_OF_PEOPLE: Final = "Most findings have an ordinary explanation. Ask before you conclude."
_OF_SOURCES: Final = (
    "This is about the source and about nobody. Until it is heard again, what was done is not known."
)


def _headline(notice: Notice) -> str:
    if notice.finding.queue == QUEUE:
        still = ", and nobody has looked yet" if notice.why == UNOPENED else ""
        return f"a source is silent{still}"
    match notice.why:
        case str(why) if why.startswith(ESCALATED):
            return f"a finding became graver ({notice.finding.severity})"
        case str(why) if why == UNOPENED:
            return f"nobody has opened a finding yet ({notice.finding.severity})"
        case _:
            return f"something to look at ({notice.finding.severity})"


def body(notice: Notice, asked: Notices) -> dict[str, Any]:
    """The notice as a webhook's JSON (standardwebhooks.com: type, timestamp, data)."""
    shown = to_json(notice.finding, READER)
    kind = OPENED if notice.why == OPENED else ESCALATED
    names = ("id", "agent", "agents", "pattern", "queue", "tier", "severity", "status", "claim", "usual")
    return {
        "type": f"finding.{kind}",
        "timestamp": rfc3339(notice.finding.detected_at),
        "data": {**{name: shown[name] for name in names}, "link": link(asked, notice.finding.id)},
    }
