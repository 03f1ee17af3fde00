"""One life of one process: its spool, its delivery, and the proof that an event is where it should be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from viewtrail.capture.answers import NotLogged, Proof
from viewtrail.capture.asking import Asking
from viewtrail.capture.delivery import Delivery, results_of
from viewtrail.capture.ids import boot_id, uuid7
from viewtrail.capture.post import Intake, Reply
from viewtrail.capture.set_aside import SetAside
from viewtrail.capture.spool import Spool
from viewtrail.capture.worth import worth
from viewtrail.event.wire import rfc3339

_REFUSED = "do not show the data; the agent can try again"


class Boot:
    """Started with the first event of a process; in a forked child `forget` it and make another."""

    def __init__(self, root: Path, source: str, intake: Intake, aside: SetAside, spool_bytes: int) -> None:
        self.spool = Spool(root, source, boot_id(), spool_bytes)
        self.delivery = Delivery(self.spool, intake, aside, root)
        self._asking = Asking(intake.another())
        self._withheld = 0
        self.spool.start()
        self.delivery.start()

    def say_started(self, at: int) -> None:
        """Number 1 of this boot: without it, a loss at the very beginning could not be seen."""
        event = {
            "specversion": "1.0",
            "id": uuid7(at * 1_000),
            "source": self.spool.source,
            "type": "source.started",
            "time": rfc3339(at),
            "data": {"feed": self.spool.source},
        }
        self.spool.put(worth("source.started"), json.dumps(event).encode(), at)

    def prove(self, wire: Mapping[str, Any], proof: Proof, deadline: float, put: Callable[[], bool]) -> None:
        """Return when the event is on the disk, or in the log; `NotLogged` when it is not by the deadline.

        An entry without a reveal is possible (the proof came too late), a reveal without an entry is not.
        """
        if proof == "on-disk":
            why = "" if put() and self.spool.sync(deadline) else "the event is not on the disk"
            self.delivery.poke()
        else:
            # Not by the spool: it has no number, because one that was withheld would look like a loss.
            body = json.dumps([wire], ensure_ascii=True).encode()
            why = _acknowledged(self._asking.ask("/v1/events", body, deadline))
        if why:
            self._withheld += 1
            raise NotLogged(f"no proof within {deadline * 1000:.0f} ms: {why}", next=_REFUSED)

    def health(self) -> dict[str, Any]:
        spool, delivery = self.spool, self.delivery
        last = delivery.last_sent
        return {
            "started": True,
            "boot": spool.boot,
            "last_number": spool.last_number,
            "pending": spool.pending,
            "spool_bytes": spool.held_bytes,
            "in_memory": spool.in_memory,
            "waiting_for_disk": spool.waiting,
            "spool_problem": spool.problem,
            "delivering": not delivery.problem,
            "problem": delivery.problem,
            "retry_in_s": round(delivery.retry_in, 1),
            "sent": delivery.sent,
            "last_sent": None if last is None else datetime.fromtimestamp(last, UTC).isoformat(),
            "from_earlier_processes": delivery.adopted,
            "lost": {row.why: row.lost for row in spool.ledger.rows() if row.lost},
            "withheld": self._withheld,
        }

    def close(self) -> None:
        self._asking.close()
        self.delivery.close(then=self.spool.close)

    def forget(self) -> None:
        """In a forked child: all of this is the parent's."""
        self.delivery.forget()
        self.spool.forget()


def _acknowledged(reply: Reply | None) -> str:
    """Why the event is not known to be in the log, or ""."""
    if reply is None:
        return "the server did not answer"
    results = results_of(reply.body, 1) if reply.status == 200 else None
    if results is None:
        return f"the server answered {reply.status}"
    good = results[0]["outcome"] in ("added", "repeated")
    return "" if good else f"{results[0]['outcome']}: {results[0].get('why', '')}"
