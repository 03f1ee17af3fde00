"""What a verification found: two verdicts, what could not be checked, and how fresh the log is proven."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOWN = 20  # problems spelled out; the rest is counted


@dataclass
class Verdict:
    """Good while nothing was found; `found` counts all, `problems` tells the first ones."""

    found: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.found == 0

    def add(self, problem: str) -> None:
        self.found += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)


@dataclass
class Report:
    """What was verified. `unchecked` says why a verdict could not be reached; `notes` are no faults."""

    size: int = 0
    root: bytes = b""
    integrity: Verdict = field(default_factory=Verdict)
    completeness: Verdict = field(default_factory=Verdict)
    unchecked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fresh: str = "not provable without a checkpoint kept elsewhere"

    @property
    def exit_code(self) -> int:
        """0 both good, 1 integrity broken, 2 incomplete, 3 could not check."""
        if not self.integrity.good:
            return 1
        if self.unchecked:
            return 3
        return 0 if self.completeness.good else 2

    def lines(self) -> list[str]:
        """The report for a person."""
        told = [f"{entries(self.size)}, root {self.root.hex() or 'none'}"]
        if self.size or not self.unchecked:
            told += _verdict("integrity", "nothing was altered", self.integrity)
            read = (
                self.size or self.integrity.good
            )  # of a log that cannot be read nothing is known to be there
            gaps = _verdict("completeness", "no gap in any source's numbering", self.completeness)
            told += gaps if read else ["completeness: not checked"]
        else:
            told = ["integrity: not checked", "completeness: not checked"]
        told += [f"could not check: {why}" for why in self.unchecked]
        fresh = self.fresh if self.integrity.good else "not asked of a log that was altered"
        return [*told, f"freshness: {fresh}", *(f"note: {note}" for note in self.notes)]


def so_many(count: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 agent, 2,000 agents."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def entries(count: int) -> str:
    """So many entries, in words."""
    return so_many(count, "entry", "entries")


def _verdict(name: str, good: str, verdict: Verdict) -> list[str]:
    if verdict.good:
        return [f"{name}: good ({good})"]
    more = [f"  and {verdict.found - SHOWN:,} more"] if verdict.found > SHOWN else []
    return (
        [f"{name}: BROKEN" if name == "integrity" else f"{name}: INCOMPLETE"]
        + [f"  {problem}" for problem in verdict.problems]
        + more
    )
