"""`viewtrail follow`: a log that is being written, read as it grows."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

import typer

from viewtrail.app.clock import now
from viewtrail.cli.common import HomeOption, KindOption, MapOption, at, note, say
from viewtrail.errors import BadInput
from viewtrail.event import rfc3339
from viewtrail.log.report import so_many

if TYPE_CHECKING:
    from viewtrail.app.follow import Follower
    from viewtrail.app.follow_folder import FolderFollower
    from viewtrail.sources.transports.tcp import LineServer
    from viewtrail.sources.transports.tcp_out import LineCaller

TRIM = 1 << 20  # bytes of received lines after which the spool is emptied, once all of them are told


def follow(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|DIR|tcp://HOST:PORT", show_default=False)],
    kind: KindOption = None,
    map_file: MapOption = None,
    once: Annotated[bool, typer.Option("--once", help="Read what is there now, then stop.")] = False,
    settle: Annotated[
        float,
        typer.Option("--settle", metavar="SECONDS", help="A call without a new row for this long is over."),
    ] = 30.0,
    peer: Annotated[
        list[str] | None,
        typer.Option("--peer", metavar="ADDRESS", help="With tcp://: who may connect. May be repeated."),
    ] = None,
    connect: Annotated[
        bool,
        typer.Option("--connect", help="With tcp://: connect there, and again when it ends, not listen."),
    ] = False,
    match: Annotated[
        str, typer.Option("--match", metavar="GLOB", help="With a folder: files with such names alone.")
    ] = "*",
    quiet: Annotated[
        float,
        typer.Option("--quiet", metavar="SECONDS", help="With a folder: unchanged for so long is complete."),
    ] = 5.0,
    home: HomeOption = None,
) -> None:
    """Read a log as it grows: every new line becomes its events within a second, a call when it is over.

    A folder instead of a file: every file that is put there is imported once, when it is complete.

    Goes on from where it stopped, through rotated files too. What is in the file at the first start is
    history; what comes after is live. With tcp:// it listens for lines, as 3CX's active socket sends them;
    with --connect it fetches them from where 3CX listens (its passive socket).
    """
    from viewtrail.app import follow as following
    from viewtrail.app.follow_folder import FolderFollower
    from viewtrail.sources import read_mapping

    place = at(context, home)
    mapping = read_mapping(map_file) if map_file else None
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with place.writer() as log:
        if Path(file).is_dir():
            if connect or peer:
                raise BadInput("--connect and --peer are for tcp://", where=file, next="leave them out")
            read = FolderFollower(
                place, log, Path(file), kind=kind, mapping=mapping, pattern=match,
                quiet=round(quiet * 1_000_000), once=once,
            )  # fmt: skip
            _folder(read, stop, once)
            return
        path, server = _opened(file, place.path, frozenset(peer or ()), connect)
        try:
            follower = following.Follower(place, log, path, kind=kind, mapping=mapping, settle=settle)
            since = "from where it stopped" if follower.resumed else "from its start"
            note(f"{path.name} as {follower.kind}, {since}")
            tell = _Telling(server)
            following.follow(follower, clock=now, wait=stop.wait, tell=tell, once=once)
            if once and follower.tail.left:
                note(
                    f"{path.name}: the last line has no end yet ({so_many(follower.tail.left, 'byte')}): "
                    "it was left for next time"
                )
            follower.close()
            if log.size:
                log.checkpoint()
            say(tell.counts(follower))
        finally:
            if server is not None:
                server.close()


def _folder(follower: FolderFollower, stop: threading.Event, once: bool) -> None:
    from viewtrail.app import follow as following

    folder = follower.folder
    note(f"{folder.path}: {folder.pattern}, {'goes on' if follower.resumed else 'from its first file'}")
    following.follow(follower, clock=now, wait=stop.wait, tell=_tell_of_files, once=once)
    if once and folder.waiting:
        note(
            f"{so_many(folder.waiting, 'file is', 'files are')} not complete yet: the next run reads what is"
        )


def _tell_of_files(follower: FolderFollower) -> None:
    from viewtrail.cli.import_ import report

    for line in follower.said:
        note(line)
    for done in follower.done:
        report(done)
    follower.said.clear()
    follower.done.clear()


class _Telling:
    """A line whenever something was added or happened to the file; the spool of a socket is kept small."""

    def __init__(self, server: LineServer | LineCaller | None) -> None:
        self._server = server
        self._last = ""

    def __call__(self, follower: Follower) -> None:
        for line in follower.tail.said:
            note(line)
        follower.tail.said.clear()
        if self._server is not None:
            self._socket(self._server, follower)
        told = self.counts(follower)
        if told != self._last and self._last:
            note(told)
        self._last = told
        read = follower.tail.position.offset
        if self._server is not None and read > TRIM and self._server.trim(read):
            follower.tail.begin_again()

    def _socket(self, server: LineServer | LineCaller, follower: Follower) -> None:
        """What happened to the connection; what could not be heard meanwhile is an entry first."""
        from viewtrail.sources.transports.tcp_out import LineCaller

        for line in server.said():
            note(line)
        if isinstance(server, LineCaller):
            for since, until in server.missed():
                follower.not_connected(since, until)
                note(f"nothing could be heard from {rfc3339(since)} to {rfc3339(until)}: noted as a gap")
            server.told()

    def counts(self, follower: Follower) -> str:
        done = follower.done
        told = f"{done.read:,} read, {done.added:,} added, {done.repeated:,} repeated"
        told += f", {done.set_aside:,} set aside"
        conflicts = f", {done.conflicts:,} in conflict" if done.conflicts else ""
        skipped = f", {done.not_mapped.total():,} skipped" if done.not_mapped else ""
        return f"{done.file}: {told}{conflicts}{skipped}"


def _opened(
    file: str, home: Path, peers: frozenset[str], connect: bool
) -> tuple[Path, LineServer | LineCaller | None]:
    """The file to follow; for tcp:// the one into which is written what is received."""
    if not file.startswith("tcp://"):
        if connect or peers:
            raise BadInput("--connect and --peer are for tcp://", where=file, next="leave them out")
        if not Path(file).exists():
            raise BadInput("is not there", where=file, next="check the path; it has to exist once")
        return Path(file), None
    host, port = _place(file)
    if connect:
        if peers:
            raise BadInput("--peer is for listening", where=file, next="leave it out with --connect")
        from viewtrail.sources.transports.tcp_out import LineCaller

        if not host or not port:
            raise BadInput(f"{file!r} does not say whom to connect to", next="write tcp://10.0.0.9:5010")
        spool = home / "follow" / f"tcp-{quote(host, safe='')}-{port}.log"
        return spool, LineCaller(host, port, spool, clock=now)
    from viewtrail.sources.transports.tcp import LineServer

    spool = home / "follow" / f"tcp-{port}.log"
    return spool, LineServer(host or "127.0.0.1", port, spool, peers)


def _place(file: str) -> tuple[str, int]:
    try:
        told = urlsplit(file)
        host, port = told.hostname or "", told.port
    except ValueError:
        port = None
    if port is None:
        raise BadInput(f"{file!r} has no port", next="write it like tcp://10.0.0.5:5005")
    return host, port
