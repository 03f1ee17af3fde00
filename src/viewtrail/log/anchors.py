"""Holding the log against its checkpoints: those kept with it, and one held elsewhere."""

from __future__ import annotations

from viewtrail.errors import BadInput
from viewtrail.log.checkpoint import Checkpoint, is_signed, parse
from viewtrail.log.merkle import TILE, Tree
from viewtrail.log.report import Report
from viewtrail.log.storage import Storage
from viewtrail.log.stored_tree import subtrees


def check_checkpoints(
    storage: Storage,
    outer: str,
    name: str,
    public_key: bytes | None,
    against: Checkpoint | None,
    report: Report,
) -> None:
    tree = Tree(subtrees(storage))
    kept = [(size, note, "the checkpoint in the database") for size, note in storage.checkpoints()]
    if outer:
        kept.append((-1, outer, "the checkpoint beside the log"))
    for size, note, which in kept:
        try:
            held = parse(note, which)
        except BadInput as error:
            report.integrity.add(str(error))
            continue
        if size not in (-1, held.size):
            report.integrity.add(f"{which} of {held.size:,} entries is stored as one of {size:,}")
        if public_key is not None and not is_signed(held, name, public_key):
            report.integrity.add(f"{which} of {held.size:,} entries is not signed by the log's key")
        _compare(tree, held, which, report)
    if public_key is None:
        report.unchecked.append("the log's public key is not known, so no signature was checked")
    if against is not None:
        _check_against(tree, name, public_key, against, report)


def _compare(tree: Tree, held: Checkpoint, which: str, report: Report) -> bool:
    if held.size > report.size:
        report.integrity.add(
            f"{which} covers {held.size:,} entries, the log has {report.size:,}: some are gone"
        )
    elif tree.root(0, held.size) != held.root:
        whole = held.size // TILE * TILE
        what = f"the first {held.size:,} entries are not those of {which}"
        if not report.integrity.found and whole < held.size:
            what += f": one of entries {whole:,} to {held.size - 1:,} was altered"  # all full tiles agree
        report.integrity.add(what)
    else:
        return True
    return False


def _check_against(
    tree: Tree, name: str, public_key: bytes | None, against: Checkpoint, report: Report
) -> None:
    which = "the checkpoint held elsewhere"
    if against.origin != name:
        report.unchecked.append(f"{which} is of {against.origin}, this log is {name}")
        return
    same = _compare(tree, against, which, report)
    if public_key is not None and not is_signed(against, name, public_key):
        report.unchecked.append(f"{which} is not signed by the key this log has now")
    elif same:
        report.fresh = f"proven up to entry {against.size - 1:,} by {which}" if against.size else report.fresh
        if against.size < report.size:
            report.fresh += f"; the {report.size - against.size:,} entries after it are not covered"
