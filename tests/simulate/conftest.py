"""One simulated company with a quarter end and every kind of theft, read once for all tests here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from viewtrail.simulate import Summary, simulate


class Told:
    """What the files say, found by type and agent."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        self.events = lines(summary.events)
        self.truth = lines(summary.truth)
        self._by: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for event in self.events:
            self._by[event["type"], ""].append(event)
            self._by[event["type"], event["data"].get("agent", "-")].append(event)

    def of(self, *types: str, agents: Sequence[str] = ("",)) -> list[dict[str, Any]]:
        return [event for kind in types for agent in agents for event in self._by[kind, agent]]

    def within(self, line: dict[str, Any], *types: str) -> list[dict[str, Any]]:
        """Events of a truth line's agents and time, on its records if it names any, in time order."""
        records = set(line["records"])
        found = [
            event
            for event in self.of(*types, agents=line["agents"])
            if line["start"] <= event["time"] <= line["end"]
            and (not records or event.get("subject") in records)
        ]
        return sorted(found, key=lambda event: event["time"])

    def incidents(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.truth if line["line"] == "incident" and line["kind"] == kind]

    def agents(self) -> dict[str, dict[str, Any]]:
        return {line["agent"]: line for line in self.truth if line["line"] == "agent"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(simulate(90, 92, 23, out=tmp_path_factory.mktemp("company")))


@pytest.fixture(scope="session")
def read() -> Callable[[Summary], Told]:
    """Reads the files of a run of one's own."""
    return Told
