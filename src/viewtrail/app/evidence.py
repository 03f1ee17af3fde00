"""Evidence that leaves the house: entries as they are in the log, with proofs that hold without us."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from viewtrail.app.home import Home
from viewtrail.errors import BadInput, KeyMissing
from viewtrail.log import LogReader
from viewtrail.log.checkpoint import Checkpoint

MOST: Final = 10_000
"""Entries of one pack: more is a copy of the log, which has formats of its own."""

STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""The same entries give the same bytes, whenever the pack is made."""

ABOUT: Final = """\
Entries of the log {origin}, as they are in it, byte for byte.

    python check.py 'KEY'

checks them without a network and with nothing installed but Python. KEY is the log's verifier key: take it
from where you know it to be right, not from key.txt, which only says that this folder agrees with itself.

entries/N.json        entry N: the exact bytes that were hashed
entries/N.tlog-proof  that it is in the log: its path to the root of a signed checkpoint (c2sp.org/tlog-proof)
checkpoint            the signed size and root of the log ({size:,} entries) that all proofs lead to
key.txt               the verifier key this folder was made with
check.py              the check, in plain Python; read it before you trust it

Agents and records stand here under pseudonyms. Times are microseconds since 1970-01-01T00:00:00Z. What was
sent with an entry beyond these fields is sealed in the log; "detail" is the commitment to it.
"""


def make_pack(home: Home, indexes: Sequence[int]) -> bytes:
    """A zip of these entries, their proofs, the checkpoint and a check that runs anywhere.

    The log is signed first where its last checkpoint does not reach that far: LogBusy when another process
    writes and cannot be asked. Whoever hands a pack out tells the log (`evidence.exported`) before.
    """
    wanted = sorted(set(indexes))
    if not 1 <= len(wanted) <= MOST:
        raise BadInput(f"{len(wanted):,} entries asked for", where="evidence", next=f"ask for 1 to {MOST:,}")
    with home.reader() as reader:
        if wanted[0] < 0 or wanted[-1] >= reader.size:
            wrong = wanted[0] if wanted[0] < 0 else wanted[-1]
            raise BadInput(f"entry {wrong} is not in the log, which has {reader.size:,}", where="evidence")
        if not reader.verifier_key:
            raise KeyMissing("the log's keys are not readable", next="put the files of HOME/keys back")
        return _zipped(_files(reader, wanted, _covering(home, reader, wanted[-1])))


def _covering(home: Home, reader: LogReader, last: int) -> Checkpoint:
    """The latest checkpoint, which covers entry `last`; made where there is none yet."""
    found = reader.latest_checkpoint()
    if found is not None and found.size > last:
        return found
    with home.writer() as log:
        return log.checkpoint()


def _files(reader: LogReader, wanted: Sequence[int], checkpoint: Checkpoint) -> list[tuple[str, bytes]]:
    about = ABOUT.format(origin=checkpoint.origin, size=checkpoint.size)
    found = [
        ("README.txt", about.encode()),
        ("check.py", files("viewtrail.app").joinpath("evidence_check.py").read_bytes()),
        ("checkpoint", checkpoint.note.encode()),
        ("key.txt", f"{reader.verifier_key}\n".encode()),
    ]
    for index in wanted:
        row = reader.storage.row(index)
        if row is None:
            raise BadInput(f"entry {index} is not in the log", where="evidence")
        found.append((f"entries/{index}.json", row[2]))
        found.append((f"entries/{index}.tlog-proof", tlog_proof(reader, index, checkpoint).encode()))
    return found


def tlog_proof(reader: LogReader, index: int, checkpoint: Checkpoint) -> str:
    """The proof that entry `index` is in the log of the checkpoint (c2sp.org/tlog-proof)."""
    path = [base64.b64encode(item).decode() for item in reader.inclusion(index, checkpoint.size)]
    return "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", checkpoint.note])


def _zipped(content: Sequence[tuple[str, bytes]]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, raw in content:
            told = zipfile.ZipInfo(name, STAMP)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o644 << 16
            pack.writestr(told, raw)
    return whole.getvalue()
