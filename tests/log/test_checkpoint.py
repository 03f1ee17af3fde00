"""Checkpoints: signed notes that others' tools read, and that are read strictly here."""

import base64

import pytest
from aics_tlog.checkpoint import parse_checkpoint, verify_checkpoint
from aics_tlog.note import parse_note, parse_vkey

from log.some_events import KEYS
from viewtrail.errors import BadInput
from viewtrail.log import checkpoint
from viewtrail.log.checkpoint import Signer, is_signed, parse

SIGNER = Signer("viewtrail/default", KEYS.signing)
ROOT = bytes(range(100, 132))
GOLDEN = (
    "viewtrail/default\n"
    "4711\n"
    "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=\n"
    "\n"
    "\u2014 viewtrail/default gpn2TMyY/PGnbnpRDioEj45wxV55UEcF8RYH"
    "uCHpaSjJP8qmYD+VaGAlxTX/v4a/Mh4pIBwznJZ2bdu91mC8lERMtQw=\n"
)
NOTE = SIGNER.sign(4711, ROOT).note


def test_a_checkpoint_of_fixed_content_never_changes() -> None:
    assert NOTE == GOLDEN


def test_it_reads_back_as_it_was_signed() -> None:
    held = parse(NOTE)
    assert (held.origin, held.size, held.root, held.note) == ("viewtrail/default", 4711, ROOT, NOTE)
    assert is_signed(held, SIGNER.name, SIGNER.public)


def test_another_implementation_accepts_it() -> None:
    vkey = parse_vkey(checkpoint.public_key_text(SIGNER.name, SIGNER.public))
    assert verify_checkpoint(parse_note(NOTE), vkey).ok
    theirs = parse_checkpoint(parse_note(NOTE).text)
    assert (theirs.origin, theirs.size, theirs.root) == ("viewtrail/default", 4711, ROOT)


def test_the_verifier_key_reads_back_and_an_altered_one_does_not() -> None:
    text = checkpoint.public_key_text(SIGNER.name, SIGNER.public)
    assert checkpoint.parse_public_key(text + "\n") == (SIGNER.name, SIGNER.public)
    name, mark, raw = text.split("+", 2)
    for wrong in (text[:-4], f"{name}+00000000+{raw}", f"{name}+{mark}+!!", "nothing", f"+{mark}+{raw}"):
        with pytest.raises(BadInput):
            checkpoint.parse_public_key(wrong)


LINE = NOTE.split("\n")[4]
B64 = LINE.rsplit(" ", 1)[1]


@pytest.mark.parametrize(
    "wrong",
    {
        "CRLF": NOTE.replace("\n", "\r\n"),
        "one carriage return": NOTE.replace("4711\n", "4711\r\n"),
        "leading zero": NOTE.replace("4711", "04711"),
        "plus sign": NOTE.replace("4711", "+4711"),
        "negative size": NOTE.replace("4711", "-1"),
        "size of other digits": NOTE.replace("4711", "٤٧١١"),
        "size with a line feed before": NOTE.replace("4711", "\n4711"),
        "enormous size": NOTE.replace("4711", "9" * 20),
        "root with loose padding bits": NOTE.replace("goM=", "goN="),
        "root without padding": NOTE.replace("goM=", "goM"),
        "root in the other alphabet": NOTE.replace("+f4", "-f4"),
        "root of 31 bytes": NOTE.replace("ZGVm", "").replace("goM=", "goODhA=="),
        "signature with a space": NOTE.replace(B64, B64[:8] + " " + B64[8:]),
        "signature with a line break": NOTE.replace(B64, B64[:8] + "\n" + B64[8:]),
        "signature that is not base64": NOTE.replace(B64, B64[:-2] + "!!"),
        "signature of four bytes": NOTE.replace(B64, base64.b64encode(b"four").decode()),
        "hyphen for the dash": NOTE.replace("\u2014", "-"),
        "seventeen signatures": NOTE + (LINE + "\n") * 16,
        "no signature": NOTE.rsplit(LINE)[0],
        "no blank line": NOTE.replace("\n\n", "\n"),
        "no newline at the end": NOTE[:-1],
        "a line too many": NOTE.replace("\n\n", "\nmore\n\n"),
        "a line too few": NOTE.replace("4711\n", ""),
        "empty": "",
        "a NUL": NOTE.replace("4711", "4711\0"),
        "a tab": NOTE.replace("4711", "4711\t"),
        "no origin": NOTE.replace("viewtrail/default\n4711", "\n4711"),
        "a space in the origin": NOTE.replace("viewtrail/default\n", "viewtrail default\n"),
        "not UTF-8": NOTE.encode() + b"\xff\n",
        "far too long": NOTE + "x" * 70_000,
    }.items(),
    ids=lambda pair: pair[0],
)
def test_a_note_that_is_none_is_refused(wrong) -> None:
    with pytest.raises(BadInput, match="not a checkpoint"):
        parse(wrong[1], "mail.txt")


def test_signatures_of_others_are_passed_over_but_not_a_broken_or_repeated_own_one() -> None:
    other = Signer("witness.example/1", bytes(32)).sign(4711, ROOT).note.split("\n")[4]
    assert is_signed(parse(NOTE + other + "\n"), SIGNER.name, SIGNER.public)
    assert not is_signed(parse(NOTE + LINE + "\n"), SIGNER.name, SIGNER.public)
    assert not is_signed(parse(NOTE.replace("4711", "4712")), SIGNER.name, SIGNER.public)
    assert not is_signed(parse(NOTE), "viewtrail/other", SIGNER.public)
    impostor = Signer(SIGNER.name, bytes(32))
    assert not is_signed(parse(impostor.sign(4711, ROOT).note), SIGNER.name, SIGNER.public)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "tab\t"])
def test_a_name_that_would_break_the_format_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        Signer(name, KEYS.signing)
