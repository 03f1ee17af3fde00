"""The writing process put together: the log opened, its writer at work, its local socket listening."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from viewtrail.app.clock import now
from viewtrail.app.home import Home
from viewtrail.app.writer import Limits, Writer
from viewtrail.app.writer_requests import Requests
from viewtrail.store.writer_socket import WriterSocket


@contextmanager
def writing(home: Home, *, drain: Callable[[], None], on_broken: Callable[[], None]) -> Iterator[Writer]:
    """The writer of this home's log, for this process and, through the socket, for others.

    LogBusy when another process has the log. At the end nobody is let in any more, what waits is written, and
    the log is signed and closed.
    """
    log = home.own_log()
    try:
        writer = Writer(log, _limits(home), clock=now, free=lambda: _free(home), on_broken=on_broken)
    except BaseException:
        log.close()
        raise
    try:
        socket = WriterSocket(home.path, Requests(writer, drain))
        try:
            yield writer
        finally:
            writer.wake()
            socket.close()
    finally:
        writer.close()


def _limits(home: Home) -> Limits:
    told = home.settings
    return Limits(told.queue_events, told.disk_reserve_mib << 20, told.checkpoint_entries)


def _free(home: Home) -> int:
    disk = os.statvfs(home.path)
    return disk.f_bavail * disk.f_frsize
