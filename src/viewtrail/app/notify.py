"""Tells people: a mail or a signed request when a finding opens, and five lines in the morning.

    python -m viewtrail.app.notify --home DIR

A process of its own, so that a slow mail server never makes the loop wait. It reads the board and keeps what
it sent in HOME/notify.json: each notice goes out once, or, where the process dies between sending and keeping
that, twice. A notice has the same Message-ID or webhook-id both times.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from viewtrail.app import notify_state
from viewtrail.app.clock import now as wall_clock
from viewtrail.app.home import Home, open_home
from viewtrail.app.notify_digest import digest_mail, morning
from viewtrail.app.notify_due import WEBHOOK, Due, Notice
from viewtrail.app.notify_send import NotSent, post, send_mail
from viewtrail.app.notify_settings import Notices, Recipient, notices
from viewtrail.app.notify_words import body, mail
from viewtrail.app.source_watch import health
from viewtrail.app.spans import local
from viewtrail.errors import ViewtrailError
from viewtrail.log import LogReader
from viewtrail.log.checkpoint import Checkpoint
from viewtrail.store.asking import Questions
from viewtrail.store.board import Board
from viewtrail.store.remote_log import RemoteLog

LOOK: Final = 2.0
"""Seconds between two looks at the board."""

AGAIN: Final = 60.0
"""Seconds before a server that did not take something is asked again."""

COULD_NOT: Final = 3


class Notify:
    """Sends what is due; `now` is the wall clock (µs), `say` hears what could not be sent."""

    def __init__(
        self, home: Home, reader: LogReader, now: Callable[[], int], say: Callable[[str], None]
    ) -> None:
        self.home, self.reader, self.now, self.say = home, reader, now, say
        self.asked: Notices = notices(home.settings, home.path / "keys", lambda id: reader.pseudonym("a", id))
        self.board = Board(home.path)
        self.due = Due(self.board, self.asked)
        fresh = not (home.path / notify_state.FILE).exists()
        self.state = notify_state.read(home.path, now())
        self.not_before: dict[str, float] = {}
        if fresh:
            if self._time_for_digest():  # the first one comes tomorrow morning
                self.state.digests = {one.address: self._today() for one in self.asked.digest}
            self.state.keep(now())

    def round(self) -> int:
        """Send what is due now; how many were sent."""
        found = self.due.notices(self.now(), self.state.since, self.state.sent)
        sent = sum(self._try(one) for one in found)
        if self._time_for_digest():
            sent += sum(self._try_digest(one) for one in self.asked.digest)
        return sent

    def _try(self, notice: Notice) -> bool:
        if time.monotonic() < self.not_before.get(notice.to, 0.0):
            return False
        try:
            if notice.to == WEBHOOK:
                url, secret = self.asked.webhook, self.asked.webhook_secret
                post(url, secret, notice.name, body(notice, self.asked), self.now())
            else:
                send_mail(mail(notice, self.asked), self.asked.server)
        except NotSent as error:
            return self._later(notice.to, error)
        self.state.sent[notice.key] = self.now()
        self.state.keep(self.now())
        return True

    def _later(self, to: str, error: NotSent) -> bool:
        self.not_before[to] = time.monotonic() + AGAIN
        self.say(f"{error}; tried again in a minute")
        return False

    # -- the digest ---------------------------------------------------------------------------------

    def _today(self) -> str:
        return str(local(self.now(), self.asked.zone).date())

    def _time_for_digest(self) -> bool:
        return local(self.now(), self.asked.zone).time() >= self.asked.digest_at

    def _try_digest(self, to: Recipient) -> bool:
        if self.state.digests.get(to.address) == self._today():
            return False
        if time.monotonic() < self.not_before.get(to.address, 0.0):
            return False
        with Questions(self.home.path) as questions:
            sources = health(self.home, questions, self.now())
        told = morning(self.board, self.due, to, sources, self._signed(), self.now())
        try:
            send_mail(digest_mail(told, self.asked, to), self.asked.server)
        except NotSent as error:
            return self._later(to.address, error)
        self.state.digests[to.address] = told.day
        self.state.keep(self.now())
        return True

    def _signed(self) -> Checkpoint | None:
        """A checkpoint of this moment where a writer runs, else the last one."""
        with suppress(ViewtrailError, OSError), RemoteLog(self.home.path) as log:
            return log.checkpoint()
        return self.reader.latest_checkpoint()


def main(args: Sequence[str] | None = None) -> int:
    """Send notices until told to stop; 3 and one line when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m viewtrail.app.notify", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, metavar="DIR")
    asked = parser.parse_args(args)
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    try:
        home = open_home(asked.home)
        with home.reader() as reader:
            at_work = Notify(home, reader, wall_clock, _say)
            _say("notices ready")
            while not stopped:
                _round(at_work)
                time.sleep(LOOK)
    except (ViewtrailError, OSError) as error:
        _say(str(error))
        return COULD_NOT
    return 0


def _round(at_work: Notify) -> None:
    try:
        at_work.round()
    except (ViewtrailError, OSError) as error:  # projections being rebuilt, a full disk: not for ever
        _say(f"notices wait: {error}")
        time.sleep(LOOK)


def _say(text: str) -> None:
    print(f"viewtrail: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
