"""Verification of a home, also against a checkpoint that was kept elsewhere, as a file or in a mail."""

from __future__ import annotations

import email
import email.policy
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from viewtrail.app.home import Home
from viewtrail.errors import BadInput
from viewtrail.log.checkpoint import Checkpoint, parse
from viewtrail.log.report import Report
from viewtrail.store import verify_home

LARGEST: Final = 16 << 20
"""Bytes of a mail or note that are read: a checkpoint has three hundred."""

_NOTE: Final = re.compile(
    r"^(?P<body>\S[^\n]*\n[0-9]{1,19}\n[A-Za-z0-9+/]{43}=\n)\s*\n(?P<signed>(?:— \S+ [A-Za-z0-9+/=]+\n)+)",
    re.MULTILINE,
)
_QUOTED: Final = re.compile(r"^[ \t]*(?:>[ \t]?)*[ \t]*|[ \t]+$", re.MULTILINE)


def verify(home: Home, against: Path | None, tell: Callable[[int, int], None] | None = None) -> Report:
    """Both verdicts on the log of `home`. Never raises for what it finds or could not check."""
    if against is None:
        return _readable(home, verify_home(home.path, tenant=home.settings.tenant, tell=tell))
    try:
        held = read_checkpoint(against)
    except BadInput as error:
        return Report(unchecked=[str(error)])
    with tempfile.NamedTemporaryFile("wb", suffix=".checkpoint") as note:
        note.write(held.note.encode())
        note.flush()
        held_at = Path(note.name)
        return _readable(
            home, verify_home(home.path, tenant=home.settings.tenant, against=held_at, tell=tell)
        )


def _readable(home: Home, report: Report) -> Report:
    """SQLite writes beside a log in order to read it; where it may not, that is no word about the log."""
    if report.integrity.good or report.size or os.access(home.path, os.W_OK):
        return report
    what = f"{home.path}: the folder may not be written to, and SQLite cannot read the log without"
    return Report(unchecked=[f"{what}; verify a copy of the folder ({report.integrity.problems[0]})"])


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a note or a mail; of several, the one that covers most. BadInput when none is."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST)
    except OSError as error:
        raise BadInput(
            f"cannot be opened ({error.strerror})", where=str(path), next="check the path"
        ) from error
    try:
        return parse(raw, str(path))
    except BadInput as error:
        found = [held for text in _texts(raw) for held in _notes(text)]
        if not found:
            step = "give the file `checkpoint` of a home, or a mail that carries one"
            raise BadInput(f"{error.what}, and no mail with one", where=str(path), next=step) from None
        return max(found, key=lambda held: held.size)


def _texts(raw: bytes) -> Iterator[str]:
    """What of a file may hold a note: the text of a mail and of what is attached to it, or all of it."""
    yield raw.decode("utf-8", "replace")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and not part.is_multipart():
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                yield body.decode("utf-8", "replace")


def _notes(text: str) -> Iterator[Checkpoint]:
    """The notes in a text. A mail program may have quoted or indented them or changed the ends of lines."""
    plain = _QUOTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")) + "\n"
    for found in _NOTE.finditer(plain):
        try:
            yield parse(f"{found['body']}\n{found['signed']}")
        except BadInput:
            continue  # looks like one and is none; if there is no other, the caller says so
