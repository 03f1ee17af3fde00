"""Our own programs speak of people by pseudonym: those are kept, and nobody's id is taken for one."""

from pathlib import Path

from log.some_events import MONDAY, viewed
from viewtrail.event import Event
from viewtrail.store import open_log

ANN, LEAD = "a-abcdefghijklmnop", "r-2345672345672345"


def told(home: Path, *events: Event, masked: bool) -> list[Event]:
    with open_log(home) as log:
        log.append(events, received=MONDAY, masked=masked)
        return [logged.entry.event for logged in log.read()]  # type: ignore[misc]


def test_a_pseudonym_is_kept_and_an_id_becomes_one(tmp_path: Path) -> None:
    first, second = told(
        tmp_path,
        viewed(1, subject=LEAD, data={"agent": ANN}),
        viewed(2, subject="L-1", data={"agent": "jane"}),
        masked=True,
    )
    assert (first.subject, first.data["agent"]) == (LEAD, ANN)
    assert second.subject != "L-1"
    assert second.data["agent"] != "jane"


def test_from_outside_what_looks_like_a_pseudonym_is_an_id_like_any_other(tmp_path: Path) -> None:
    (event,) = told(tmp_path, viewed(1, subject=LEAD, data={"agent": ANN}), masked=False)
    assert event.subject != LEAD
    assert event.data["agent"] != ANN


def test_the_pseudonym_of_a_record_is_no_agent(tmp_path: Path) -> None:
    (event,) = told(tmp_path, viewed(1, subject=ANN, data={"agent": LEAD}), masked=True)
    assert event.subject is not None
    assert event.subject.startswith("r-")
    assert event.subject != ANN
    assert event.data["agent"] != LEAD


def test_lists_scopes_and_both_ends_of_a_change_are_kept_too(tmp_path: Path) -> None:
    assigned = viewed(
        1, type="record.assigned", subject=LEAD, data={"agent": "system", "to": ANN, "from": ANN}
    )
    declared = viewed(
        2,
        type="work.declared",
        subject=ANN,
        data={"agent": ANN, "scope": {"agents": [ANN, "jane"], "records": [LEAD], "desk": "desk-2"}},
    )
    first, second = told(tmp_path, assigned, declared, masked=True)
    assert (first.data["to"], first.data["from"]) == (ANN, ANN)
    assert second.subject == ANN
    scope = second.data["scope"]
    assert (scope["agents"][0], scope["records"], scope["desk"]) == (ANN, [LEAD], "desk-2")
    assert scope["agents"][1] not in ("jane", ANN)


def test_only_new_names_are_stored_to_be_resolved(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(1, subject=LEAD, data={"agent": "jane"})], received=MONDAY, masked=True)
        event = log.entry(0).entry.event
        assert log.resolve(event.data["agent"]) == "jane"
        assert log.resolve(LEAD) is None
