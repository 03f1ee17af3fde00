"""Any edit is caught: bits flipped in every column, rows taken away, copied, swapped, logs cut short."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from log.some_events import HOUR, KEYS, MONDAY, viewed, with_detail
from viewtrail.errors import KeyMissing, LogDamaged, ViewtrailError
from viewtrail.event import Event, rfc3339
from viewtrail.log.checkpoint import Signer
from viewtrail.store import open_log, verify_home

COUNT = 700


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with two full tiles, details, a conflict, something set aside, two checkpoints."""
    home = tmp_path_factory.mktemp("whole")
    events = [
        with_detail(n, sequence=None) if n % 50 == 0 else viewed(n, sequence=None) for n in range(COUNT)
    ]
    with open_log(home) as log:
        log.append(events[:400], received=MONDAY + HOUR)
        log.checkpoint()
        log.append([*events[400:], viewed(1, sequence=None, subject="L-9")], received=MONDAY + HOUR)
        log.append([viewed(9_999, sequence=None)], received=MONDAY)
        log.checkpoint()
    sqlite3.connect(home / "log.db").execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert verify_home(home).lines()[1].startswith("integrity: good")
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "home")
    return tmp_path / "home"


def edit(home: Path, *statements: str) -> None:
    db = sqlite3.connect(home / "log.db")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def flipped(value: object, chance: random.Random) -> object:
    """The value with one bit of it changed."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(20))
    raw = bytearray(value.encode() if isinstance(value, str) else value)  # type: ignore[arg-type]
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
    return raw.decode() if isinstance(value, str) else bytes(raw)


COLUMNS = {
    "entries": ["known", "entry"],
    "identities": ["keys", "contents", "mac", "first"],
    "tiles": ["hashes", "n", "level"],
    "details": ["sealed", "key", "idx"],
    "detail_keys": ["wrapped", "key"],
    "names": ["sealed", "pseudonym"],
    "checkpoints": ["note"],
    "set_aside": ["sealed", "place", "reason"],
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in COLUMNS.items() for c in columns])
def test_a_single_flipped_bit_is_noticed(home: Path, table: str, column: str, seed: int) -> None:
    chance = random.Random(f"{table}.{column}.{seed}")
    db = sqlite3.connect(home / "log.db", isolation_level=None)
    place = "pseudonym" if table == "names" else "rowid"
    key, value = chance.choice(
        db.execute(f"SELECT {place}, {column} FROM {table} ORDER BY {place}").fetchall()
    )
    try:
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {place} = ?", (flipped(value, chance), key))
    except sqlite3.IntegrityError:
        return  # the database itself refuses it
    finally:
        db.close()
    report = verify_home(home)
    assert report.exit_code == 1, (key, report.lines())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entries WHERE idx = 17",
        "DELETE FROM entries WHERE idx >= 690",
        "DELETE FROM entries",
        "DELETE FROM tiles WHERE n = 0 AND level = 0",
        "DELETE FROM tiles WHERE level = 1",
        "INSERT INTO tiles VALUES (0, 9, x'00')",
        "INSERT INTO tiles VALUES (2, 0, x'00')",
        "INSERT INTO tiles VALUES (7, 0, x'00')",
        "DELETE FROM identities WHERE first = 0",
        "DELETE FROM details WHERE idx = 50",
        "DELETE FROM details",
        "DELETE FROM detail_keys",
        "INSERT INTO details SELECT 3, key, sealed FROM details WHERE idx = 50",
        "INSERT INTO details SELECT 9999, key, sealed FROM details WHERE idx = 50",
        "UPDATE details SET sealed = (SELECT sealed FROM details WHERE idx = 100) WHERE idx = 50",
        "UPDATE entries SET entry = (SELECT entry FROM entries WHERE idx = 5) WHERE idx = 6",
        "UPDATE entries SET known = known + 1 WHERE idx = 600",
        "UPDATE entries SET idx = -1 WHERE idx = 5",
        "INSERT INTO entries SELECT -5, known, entry FROM entries WHERE idx = 5",
        "INSERT INTO entries SELECT 99999, known, entry FROM entries WHERE idx = 5",
        "UPDATE names SET sealed = (SELECT max(sealed) FROM names) WHERE pseudonym LIKE 'r-%'",
        "UPDATE identities SET contents = zeroblob(length(contents))",
        "UPDATE checkpoints SET note = replace(note, char(10), char(13, 10))",
        "INSERT INTO checkpoints SELECT 5000, replace(note, '701', '5000') FROM checkpoints WHERE size > 500",
        "UPDATE checkpoints SET size = size + 1",
        "UPDATE meta SET value = 1 WHERE name = 'received'",
        "UPDATE meta SET value = value + 1 WHERE name = 'known'",
    ],
)
def test_rows_taken_away_copied_or_swapped_are_noticed(home: Path, statement: str) -> None:
    edit(home, statement)
    report = verify_home(home)
    assert report.exit_code == 1, report.lines()
    assert report.lines()[1] == "integrity: BROKEN"


def test_an_order_flag_that_lies_is_noticed(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(2), viewed(1)], received=MONDAY + HOUR, backfill=True)
    edit(tmp_path, "UPDATE meta SET value = 1 WHERE name = 'monotone'")
    assert verify_home(tmp_path).exit_code == 1


def test_bits_flipped_anywhere_in_the_file_are_noticed_or_change_nothing(home: Path, whole: Path) -> None:
    chance, raw = random.Random(4), (whole / "log.db").read_bytes()
    told = tell(whole)
    for _ in range(60):
        broken = bytearray(raw)
        broken[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        (home / "log.db").write_bytes(broken)
        for leftover in home.glob("log.db-*"):
            leftover.unlink()
        report = verify_home(home)
        if report.exit_code == 0:  # free space, or a header field that SQLite itself does not use
            assert tell(home) == told


def tell(home: Path) -> list[object]:
    db = sqlite3.connect(home / "log.db")
    tables = [*COLUMNS, "meta"]
    return [
        db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables if table != "meta"
    ]


def cut(home: Path, size: int) -> None:
    """Cut the log to `size` entries so well that its tables agree, as a lost write-ahead log would."""
    db = sqlite3.connect(home / "log.db")
    db.execute("DELETE FROM entries WHERE idx >= ?", (size,))
    db.execute("DELETE FROM identities WHERE first >= ?", (size,))
    db.execute("DELETE FROM details WHERE idx >= ?", (size,))
    db.execute("DELETE FROM checkpoints WHERE size > ?", (size,))
    db.execute("DELETE FROM tiles WHERE level = 0 AND n >= ?", (size // 256,))
    db.execute("UPDATE tiles SET hashes = substr(hashes, 1, 32 * ?) WHERE level = 1", (size // 256,))
    db.commit()
    db.close()


def test_a_log_cut_short_is_noticed_by_the_checkpoint_beside_it_and_not_written_to(home: Path) -> None:
    cut(home, 400)
    report = verify_home(home)
    assert report.exit_code == 1
    assert "some are gone" in "".join(report.integrity.problems)
    with pytest.raises(LogDamaged, match="its signed checkpoint"):
        open_log(home)


def test_a_log_cut_with_its_checkpoint_is_noticed_by_one_held_elsewhere(home: Path, tmp_path: Path) -> None:
    mail = tmp_path / "mail.txt"
    mail.write_bytes((home / "checkpoint").read_bytes())
    assert verify_home(home, against=mail).exit_code == 0
    assert "proven up to entry" in verify_home(home, against=mail).fresh
    cut(home, 400)
    (home / "checkpoint").unlink()
    report = verify_home(home)
    assert (report.exit_code, report.fresh) == (0, "not provable without a checkpoint kept elsewhere")
    assert verify_home(home, against=mail).exit_code == 1


def test_a_rewritten_log_with_the_same_keys_is_noticed_by_a_checkpoint_held_elsewhere(
    home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(home / "keys", other / "keys")
    with open_log(other) as log:
        log.append([viewed(n, sequence=None) for n in range(5, 800)], received=MONDAY + HOUR)
        log.checkpoint()
    assert verify_home(other).exit_code == 0
    report = verify_home(other, against=home / "checkpoint")
    assert report.exit_code == 1
    assert "are not those of the checkpoint held elsewhere" in report.integrity.problems[0]


def test_what_cannot_be_checked_is_said_to_be_so(home: Path, tmp_path: Path) -> None:
    assert verify_home(tmp_path / "nowhere").exit_code == 3
    assert verify_home(home, against=tmp_path / "nowhere").exit_code == 3
    (tmp_path / "crlf").write_bytes((home / "checkpoint").read_bytes().replace(b"\n", b"\r\n"))
    assert verify_home(home, against=tmp_path / "crlf").exit_code == 3
    (tmp_path / "strange").write_text(Signer("viewtrail/strange", KEYS.signing).sign(3, bytes(32)).note)
    assert verify_home(home, against=tmp_path / "strange").exit_code == 3
    assert verify_home(home, public_key="nonsense").exit_code == 3


def test_the_signer_refuses_when_entries_changed_since_they_were_hashed(home: Path) -> None:
    with open_log(home) as log:
        log.append([viewed(n, sequence=None) for n in range(2_000, 2_010)], received=MONDAY + 2 * HOUR)
        edit(home, "UPDATE entries SET entry = CAST(replace(entry, 'list', 'link') AS BLOB) WHERE idx = 705")
        with pytest.raises(LogDamaged, match="nothing was signed"):
            log.checkpoint()


def test_the_signer_refuses_when_the_past_is_not_what_was_signed(home: Path) -> None:
    with open_log(home) as log:
        log.append([viewed(2_000, sequence=None)], received=MONDAY + 2 * HOUR)
        edit(home, "UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 1")
        with pytest.raises(LogDamaged, match="not those that were signed"):
            log.checkpoint()


def test_the_signer_refuses_when_another_checkpoint_came_between(home: Path) -> None:
    with open_log(home) as log:
        log.append([viewed(2_000, sequence=None)], received=MONDAY + 2 * HOUR)
        before = (home / "checkpoint").read_text()
        latest = log.latest_checkpoint
        log.latest_checkpoint = lambda: (latest(), (home / "checkpoint").write_text("other"))[0]  # type: ignore[method-assign]
        with pytest.raises(LogDamaged, match="changed meanwhile"):
            log.checkpoint()
        (home / "checkpoint").write_text(before)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entries SET entry = CAST(replace(entry, 'list', 'link') AS BLOB) WHERE idx = 699",
        "DELETE FROM entries WHERE idx = 650",
        "DELETE FROM tiles WHERE level = 0 AND n = 1",
        "UPDATE tiles SET hashes = zeroblob(length(hashes)) WHERE level = 1",
        "UPDATE meta SET value = 99 WHERE name = 'format'",
    ],
)
def test_a_damaged_log_is_not_written_to(home: Path, damage: str) -> None:
    edit(home, damage)
    with pytest.raises(LogDamaged):
        open_log(home)


def test_a_wrong_key_is_not_written_with(home: Path) -> None:
    for key in (home / "keys").iterdir():
        kept = key.read_bytes()
        key.write_bytes(bytes(32))
        with pytest.raises(KeyMissing):
            open_log(home)
        assert verify_home(home).exit_code == 1
        key.write_bytes(kept)
    with pytest.raises(ViewtrailError):
        open_log(home, tenant="somebody-else")


def test_a_checkpoint_that_does_not_read_is_not_written_beside(home: Path) -> None:
    (home / "checkpoint").write_text("nothing")
    with pytest.raises(LogDamaged, match="not a checkpoint"):
        open_log(home)
    assert verify_home(home).exit_code == 1


def test_a_file_that_is_no_database_is_damage(home: Path) -> None:
    (home / "log.db").write_bytes(b"not a database at all, not even nearly" * 200)
    assert verify_home(home).exit_code == 1
    with pytest.raises(LogDamaged):
        open_log(home)


def test_a_lost_outer_checkpoint_is_put_back_with_the_next_one(home: Path) -> None:
    (home / "checkpoint").unlink()
    with open_log(home) as log:
        log.append([viewed(2_000, sequence=None)], received=MONDAY + 2 * HOUR)
        signed = log.checkpoint()
    assert (home / "checkpoint").read_text() == signed.note


def test_erasure_that_an_entry_authorises_is_told_from_loss(home: Path) -> None:
    with open_log(home) as log:
        name = log.storage.detail(50)
        assert name is not None
    edit(home, f"DELETE FROM detail_keys WHERE key = '{name[0]}'")
    assert verify_home(home).exit_code == 1
    done = Event("viewtrail", "erase-1", "erasure.done", MONDAY, {"agent": "dpo", "what": name[0]})
    with open_log(home) as log:
        log.append([done], received=MONDAY + 2 * HOUR)
        assert log.detail(50) is None
    report = verify_home(home)
    assert report.exit_code == 0
    assert any("authorised by entry" in note for note in report.notes)


def test_gaps_make_a_log_incomplete_and_leave_it_whole(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.append([viewed(n) for n in (0, 1, 4)], received=MONDAY + HOUR)
    report = verify_home(tmp_path)
    assert (report.exit_code, report.integrity.good, report.completeness.good) == (2, True, False)
    assert report.completeness.problems == ["/crm: numbers 3 to 4 are missing (2)"]
    told = Event("viewtrail", "gap-1", "capture.gap", MONDAY, {"feed": "/pbx", "lost": 12})
    with open_log(tmp_path) as log:
        log.append([viewed(2), viewed(3), told], received=MONDAY + HOUR)
    assert verify_home(tmp_path).completeness.problems == ["/pbx reported 12 events lost (entry 5)"]


def test_a_time_without_a_connection_is_told_as_what_it_is(tmp_path: Path) -> None:
    span = {"feed": "/pbx", "from": MONDAY, "to": MONDAY + HOUR}
    told = [
        Event("/pbx", f"gap-{n}", "capture.gap", MONDAY, {**span, **more})
        for n, more in enumerate(({"why": "not-connected"}, {}))
    ]
    with open_log(tmp_path) as log:
        log.append(told, received=MONDAY + HOUR)
    between = f"from {rfc3339(MONDAY)} to {rfc3339(MONDAY + HOUR)}"
    assert verify_home(tmp_path).completeness.problems == [
        f"/pbx was not connected {between}: what it did then may be missing (entry 0)",
        f"/pbx reported an unknown number of events lost {between} (entry 1)",
    ]


ALTERED = (
    "UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), 'record.viewed', 'record.vieweD') AS BLOB)"
)


def test_one_altered_entry_is_named(home: Path) -> None:
    edit(home, f"{ALTERED} WHERE idx = 101")
    assert "entry 101 is not what was logged" in verify_home(home).integrity.problems


def test_an_entry_after_the_last_full_tile_is_narrowed_down(home: Path) -> None:
    edit(home, f"{ALTERED} WHERE idx = 650")
    problems = verify_home(home).integrity.problems
    assert any("one of entries 512 to 700 was altered" in problem for problem in problems), problems


def test_what_is_not_there_is_not_called_good(tmp_path: Path) -> None:
    report = verify_home(tmp_path / "nothing")
    assert report.lines()[:2] == ["integrity: not checked", "completeness: not checked"]
    assert report.exit_code == 3
