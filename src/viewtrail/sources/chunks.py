"""Rows of a text file that were read together, and the lines they stood in.

A few dozen rows at a time: as many as stay in the processor's cache until events are made of them.
"""

from __future__ import annotations

from typing import NamedTuple


class Lines:
    """Some lines of a file as they stood, each split off only when somebody asks for it."""

    __slots__ = ("_split", "first", "text")

    def __init__(self, text: str, first: int) -> None:
        self.text = text
        self.first = first  # the number of the first of them
        self._split: list[str] | None = None

    def of(self, line: int) -> str:
        """The line of this number, without its end."""
        if self._split is None:
            self._split = self.text.split("\n")
        return self._split[line - self.first].rstrip("\r\n")


class OneRow(Lines):
    """The same for a row that has several lines, or a text that is no line of a file: it is given whole."""

    __slots__ = ()

    def of(self, line: int) -> str:
        return self.text.rstrip("\r\n")


class Chunk(NamedTuple):
    """Rows that were read together. The row of the nth line is the nth; an empty line has an empty row."""

    rows: list[list[str]]
    lines: Lines
    sound: bool  # whether all of their text is known to be text that every reader understands alike


class NotCsv(NamedTuple):
    """A piece of the file that is no row: its line, its text, and why."""

    line: int
    text: str
    why: str
