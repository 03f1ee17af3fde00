"""A pack of evidence convinces whoever trusts neither us nor the machine, and nothing else convinces them."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from log.some_events import HOUR, MONDAY, viewed, with_detail
from viewtrail.app import evidence_check, open_home
from viewtrail.app.evidence import make_pack
from viewtrail.errors import BadInput, KeyMissing
from viewtrail.log.checkpoint import parse, parse_public_key
from viewtrail.log.merkle import leaf_hash, verify_inclusion
from viewtrail.store import open_log, open_reader

WANTED = (0, 1, 255, 256, 511, 699)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("evidence") / "home"
    with open_log(home) as log:
        log.append([with_detail(n) if n % 5 == 0 else viewed(n) for n in range(700)], received=MONDAY + HOUR)
        log.checkpoint()
    return home


@pytest.fixture
def pack(filled: Path, tmp_path: Path) -> Path:
    return unpacked(make_pack(open_home(filled), WANTED), tmp_path / "pack")


def unpacked(raw: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        assert whole.testzip() is None
        whole.extractall(folder)
    return folder


def checked(pack: Path, *args: str) -> tuple[int, str]:
    """The pack's own check, run with nothing installed and nothing of ours to import."""
    command = [sys.executable, "-I", "-S", "-W", "error", str(pack / "check.py"), *args]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env={"PATH": os.environ["PATH"]})
    assert done.stderr == ""
    return done.returncode, done.stdout


def key_of(home: Path) -> str:
    with open_reader(home) as reader:
        return reader.verifier_key


def test_it_holds_alone_with_the_key_that_was_handed_out(filled: Path, pack: Path) -> None:
    code, told = checked(pack, key_of(filled))
    assert code == 0
    assert told.splitlines()[-1] == "6 of 6 entries proved, with the key given"
    assert "699.json: proved, entry 699 of 700 of viewtrail/default" in told
    code, told = checked(pack)
    assert (code, told.splitlines()[-1]) == (0, "6 of 6 entries proved, with the pack's own key")


def test_its_entries_are_the_logs_bytes_and_its_proofs_are_the_logs(filled: Path, pack: Path) -> None:
    checkpoint = parse((pack / "checkpoint").read_bytes())
    with open_reader(filled) as reader:
        for index in WANTED:
            row = reader.storage.row(index)
            assert row is not None
            raw = (pack / "entries" / f"{index}.json").read_bytes()
            assert raw == row[2]
            head, _, note = (pack / "entries" / f"{index}.tlog-proof").read_text().partition("\n\n")
            kind, place, *path = head.split("\n")
            assert (kind, place) == ("c2sp.org/tlog-proof@v1", f"index {index}")
            assert note == checkpoint.note
            hashes = [base64.b64decode(line, validate=True) for line in path]
            assert verify_inclusion(leaf_hash(raw), index, checkpoint.size, hashes, checkpoint.root)


@pytest.mark.parametrize("index", WANTED)
def test_one_changed_bit_of_an_entry_is_told(pack: Path, index: int) -> None:
    path = pack / "entries" / f"{index}.json"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    code, told = checked(pack)
    assert code == 1
    assert f"{index}.json: NOT PROVED, the entry is not the one that the log has there" in told
    assert told.count("NOT PROVED") == 1


def test_entries_that_change_places_are_told(pack: Path) -> None:
    one, two = (pack / "entries" / f"{index}.tlog-proof" for index in (255, 256))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    code, told = checked(pack)
    assert (code, told.count("the proof is of another entry")) == (1, 2)


def test_every_changed_line_of_a_proof_is_told(pack: Path) -> None:
    path = pack / "entries" / "256.tlog-proof"
    lines = path.read_text().split("\n")
    for number, line in enumerate(lines):
        if not line:
            continue
        broken = [*lines]
        broken[number] = line[:-1] + ("B" if line[-1] != "B" else "C") if len(line) > 4 else f"{line}1"
        path.write_text("\n".join(broken))
        code, told = checked(pack)
        assert (code, told.count("NOT PROVED")) == (1, 1), line
    for missing in (2, len(lines) - 2):
        path.write_text("\n".join(lines[:missing] + lines[missing + 1 :]))
        assert checked(pack)[0] == 1
    path.unlink()
    assert checked(pack)[0] == 1


def test_a_pack_made_up_under_another_key_convinces_nobody_who_has_the_right_one(
    filled: Path, tmp_path: Path
) -> None:
    with open_log(tmp_path / "forged") as log:
        log.append([viewed(n) for n in range(9)], received=MONDAY + HOUR)
        log.checkpoint()
    forged = unpacked(make_pack(open_home(tmp_path / "forged"), [3]), tmp_path / "pack")
    assert checked(forged)[0] == 0  # it agrees with itself: that is why the key has to come another way
    code, told = checked(forged, key_of(filled))
    assert (code, "the checkpoint is not signed with this key" in told) == (1, True)
    code, told = checked(forged, key_of(filled).replace("viewtrail/default+", "viewtrail/default+0", 1))
    assert (code, "NOT PROVED" in told) == (1, True)


def test_a_log_that_was_not_signed_that_far_is_signed_first(tmp_path: Path) -> None:
    with open_log(tmp_path / "home") as log:
        log.append([viewed(n) for n in range(10)], received=MONDAY + HOUR)
        log.checkpoint()
        log.append([viewed(n) for n in range(10, 20)], received=MONDAY + HOUR)
    home = open_home(tmp_path / "home")
    before = make_pack(home, [9])
    assert parse(unpacked(before, tmp_path / "one").joinpath("checkpoint").read_bytes()).size == 10
    pack = unpacked(make_pack(home, [19]), tmp_path / "two")
    assert checked(pack)[0] == 0
    with open_reader(tmp_path / "home") as reader:
        latest = reader.latest_checkpoint()
        assert latest is not None
        assert latest.size == 20


def test_the_same_entries_make_the_same_bytes(filled: Path) -> None:
    home = open_home(filled)
    assert make_pack(home, [5, 1, 5]) == make_pack(home, (1, 5))


def test_no_name_is_in_a_pack(filled: Path) -> None:
    raw = make_pack(open_home(filled), range(100))
    with zipfile.ZipFile(io.BytesIO(raw)) as whole:
        told = b"".join(whole.read(name) for name in whole.namelist())
    assert b"agent-" not in told
    assert b"192.0.2.7" not in told
    assert b"called back" not in told


def test_what_cannot_be_packed_is_said(filled: Path, tmp_path: Path) -> None:
    home = open_home(filled)
    for wrong in ([], [-1], [700], range(20_000)):
        with pytest.raises(BadInput):
            make_pack(home, wrong)
    with open_log(tmp_path / "home") as log:
        log.append([viewed(1)], received=MONDAY + HOUR)
        log.checkpoint()
    (tmp_path / "home" / "keys" / "log-signing.key").unlink()
    with pytest.raises(KeyMissing):
        make_pack(open_home(tmp_path / "home"), [0])


def test_the_plain_signature_check_agrees_with_the_library(filled: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"one").digest())
    public = key.public_key().public_bytes_raw()
    for n in range(12):
        text = b"text %d" % n
        signature = key.sign(text)
        assert evidence_check.signed(public, text, signature)
        assert not evidence_check.signed(public, text + b".", signature)
        changed = bytearray(signature)
        changed[5 * n] ^= 1
        try:
            assert not evidence_check.signed(public, text, bytes(changed))
        except ValueError as error:
            assert "not a point" in str(error)  # noqa: PT017 -- either answer refuses it
    assert parse_public_key(key_of(filled))[1] != public
