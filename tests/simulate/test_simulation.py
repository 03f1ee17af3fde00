"""The files: the same bytes for the same seed, valid events in time order, one truth for each agent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from viewtrail.errors import SettingError
from viewtrail.event import decode, from_flat, from_wire, to_wire
from viewtrail.simulate import STRUCTURES, simulate


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    one = simulate(20, 8, 5, out=tmp_path / "one")
    two = simulate(20, 8, 5, out=tmp_path / "two")
    other = simulate(20, 8, 6, out=tmp_path / "other")
    assert one.events.read_bytes() == two.events.read_bytes()
    assert one.truth.read_bytes() == two.truth.read_bytes()
    assert one.events.read_bytes() != other.events.read_bytes()
    assert one.drawn != other.drawn


@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_line_of_every_structure_is_a_valid_event_that_keeps_all_its_fields(
    structure: str, tmp_path: Path
) -> None:
    summary = simulate(24, 12, 2, out=tmp_path, structure=structure)
    seen = set()
    last = 0
    with summary.events.open(encoding="utf-8") as file:
        for line in file:
            event = from_wire(decode(line))
            assert not event.extra, event
            assert from_wire(to_wire(event)) == event
            assert event.time >= last
            last = event.time
            seen.add((event.source, event.id))
    assert len(seen) == summary.count


def test_sources_that_number_their_events_leave_no_gap(company) -> None:
    numbers = [int(e["sequence"]) for e in company.events if e["source"] == "/crm"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_parquet_says_the_same_as_json_lines(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = parquet.read_table(simulate(16, 5, 3, out=tmp_path / "p", flat=True).events).to_pylist()
    wire = simulate(16, 5, 3, out=tmp_path / "j").events.read_text(encoding="utf-8").splitlines()
    assert [from_flat(row) for row in rows] == [from_wire(decode(line)) for line in wire]


def test_truth_names_everybody_once_with_what_reports_are_split_by(company) -> None:
    people = [line for line in company.truth if line["line"] == "agent"]
    assert len({line["agent"] for line in people}) == len(people) == company.summary.agents + 1
    for line in people:
        assert {"role", "desk", "zone", "hours", "part_time", "tenure_days", "language"} <= set(line)


def test_clean_leaves_the_thefts_out_and_honest_false_the_lookalikes(tmp_path: Path) -> None:
    clean = simulate(40, 20, 4, out=tmp_path / "clean", clean=True)
    plain = simulate(40, 20, 4, out=tmp_path / "plain", honest=False)
    assert clean.thefts == 0 < clean.lookalikes
    assert plain.thefts > 0
    assert clean.drawn == plain.drawn


@pytest.mark.parametrize(
    ("agents", "days", "structure"), [(3, 10, "standard"), (20, 0, "standard"), (20, 10, "holacracy")]
)
def test_what_cannot_be_simulated_is_refused_with_what_can(
    agents: int, days: int, structure: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError):
        simulate(agents, days, 1, out=tmp_path, structure=structure)


def test_a_record_is_left_by_the_agent_who_opened_it_and_not_before(company) -> None:
    assert company.of("record.left")
    views = {f"{e['source']}#{e['id']}": e for e in company.of("record.viewed")}
    for event in company.of("record.left"):
        view = views[event["data"]["view"]]
        assert (view["data"]["agent"], view["subject"]) == (event["data"]["agent"], event["subject"])
        assert view["time"] <= event["time"]


def test_another_seed_of_thefts_gives_other_thefts_in_the_same_company(tmp_path: Path) -> None:
    """Who works there, where and since when is the same; who takes, when and what is not."""
    found = []
    for number in (0, 1, 2):
        made = simulate(20, 70, 6, out=tmp_path / str(number), theft_seed=number)
        truth = [json.loads(line) for line in made.truth.read_text(encoding="utf-8").splitlines()]
        staff = [
            (one["agent"], one["desk"], one["role"], one["zone"]) for one in truth if one["line"] == "agent"
        ]
        thefts = [
            (one["start"], one["kind"], *one["agents"])
            for one in truth
            if one["line"] == "incident" and not one["honest"]
        ]
        found.append((truth[0].get("theft_seed"), truth[0]["drawn"], staff[:20], thefts))
    assert [one[0] for one in found] == [None, 1, 2]
    assert found[0][1:3] == found[1][1:3] == found[2][1:3]
    assert len({tuple(one[3]) for one in found}) == 3
