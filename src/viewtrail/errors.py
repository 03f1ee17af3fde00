"""What went wrong, where, and what to do next: every error a person may read."""

from __future__ import annotations


class ViewtrailError(Exception):
    """Cannot go on. `what` happened, `where` (file:line, entry, setting) and the `next` step."""

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next = next

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        step = f"; {self.next}" if self.next else ""
        return f"{place}{self.what}{step}"


class BadInput(ViewtrailError):
    """Something handed to us is wrong: it is set aside or refused, never guessed at."""


class SettingError(ViewtrailError):
    """A setting has a value that it may not have."""


class KeyMissing(ViewtrailError):
    """A key that is needed to go on is not there or not readable."""


class LogBusy(ViewtrailError):
    """Another process is the log's writer."""


class LogDamaged(ViewtrailError):
    """The log on disk is not the log that was signed; nothing is written to it."""
