"""Opening a log in a data directory: for writing (one process) or for reading (any number)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from viewtrail.errors import BadInput, KeyMissing, LogDamaged
from viewtrail.log.checkpoint import parse, parse_public_key
from viewtrail.log.log import Log, LogReader, origin
from viewtrail.log.report import Report, Verdict
from viewtrail.log.verify import verify
from viewtrail.store.keys import load_keys
from viewtrail.store.sqlite_log import SqliteLog


def open_log(
    home: Path,
    *,
    tenant: str = "default",
    key_files: Mapping[str, Path] | None = None,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Log:
    """The log in `home` for writing, created with its keys when there is none.

    Raises LogBusy when another process writes, LogDamaged when the log is not what was signed, KeyMissing
    when a key of an existing log is gone: a new key would be another log's.
    """
    home = Path(home)
    storage = SqliteLog(home, writer=True)
    try:
        keys = load_keys(home, elsewhere=key_files, make=storage.size() == 0, entropy=entropy)
        return Log(storage, tenant=tenant, keys=keys, entropy=entropy)
    except BaseException:
        storage.close()
        raise


def open_reader(
    home: Path, *, tenant: str = "default", key_files: Mapping[str, Path] | None = None
) -> LogReader:
    """The log in `home` for reading; without readable keys all but names and details can be read."""
    home = Path(home)
    storage = SqliteLog(home, writer=False)
    try:
        keys = load_keys(home, elsewhere=key_files)
    except KeyMissing:
        keys = None
    return LogReader(storage, tenant=tenant, keys=keys)


def verify_home(
    home: Path,
    *,
    tenant: str = "default",
    key_files: Mapping[str, Path] | None = None,
    public_key: str = "",
    against: Path | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Report:
    """Verify the log in `home`, also while another process writes. Never raises for what it finds.

    `against` is a file with a checkpoint that was kept elsewhere. `public_key` is a verifier key
    (name+id+base64) for whoever has none of the log's own keys.
    """
    home = Path(home)
    try:
        held = parse(against.read_bytes(), str(against)) if against else None
        given = parse_public_key(public_key) if public_key else None
    except (BadInput, OSError) as error:
        return Report(unchecked=[str(error)])
    try:
        reader = open_reader(home, tenant=tenant, key_files=key_files)
    except BadInput as error:
        return Report(unchecked=[str(error)])
    except LogDamaged as error:
        return Report(integrity=Verdict(1, [str(error)]))
    with reader:
        if other := _another_tenant(reader, tenant):
            why = f"this log is of the tenant {other!r}, and {tenant!r} was asked for"
            return Report(unchecked=[f"{why}; set tenant = {other!r}"])
        name, public = given or (origin(tenant), reader.public_key)
        return verify(
            reader.storage,
            tenant=tenant,
            name=name,
            public_key=public,
            keys=reader.keys,
            against=held,
            tell=tell,
        )


def _another_tenant(reader: LogReader, tenant: str) -> str:
    """Whose log this is, where it was asked for under another name; a slip must not read as a broken log."""
    try:
        held = reader.latest_checkpoint()
    except LogDamaged:
        return ""  # verification says what is damaged
    whose = held.origin.removeprefix(origin("")) if held is not None else tenant
    return whose if whose != tenant else ""
