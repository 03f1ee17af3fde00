"""What each type of event means to the loop: an act put into its day, or a fact told to those it concerns."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from viewtrail.log.entry import Stored
from viewtrail.measure.agent_day import AgentDay
from viewtrail.measure.counts import (
    EXPORTED,
    LISTED,
    OPENED,
    REVEALED,
    SERVED,
    SHORT_IN,
    SHORT_OUT,
    SHOWN_AT_ONCE,
    Mark,
)
from viewtrail.measure.joined_calls import Unjoined
from viewtrail.measure.lists import Call
from viewtrail.measure.presence import Sitting
from viewtrail.measure.reasons import INBOUND_AFTER, is_contact, is_short
from viewtrail.watch.days import Days
from viewtrail.watch.facts import ABOUT_PEOPLE, Facts, Since
from viewtrail.watch.live import Live

ABOUT_RECORDS: Final = frozenset(
    "record.created record.assigned record.valued client.contacted task.due task.cancelled "
    "queue.offered".split()
)
DECIDING: Final = frozenset(
    "document.uploaded document.decided account.opened account.approved account.closed deposit.processed "
    "withdrawal.requested withdrawal.decided consent.changed".split()
)
"""What back office and compliance do with a record, and some of it agents for their clients."""

WORKING: Final = DECIDING | frozenset("note.added status.changed record.updated task.completed".split())
CAMPAIGNS: Final = frozenset(("campaign.started", "campaign.ended"))


class Acts:
    """One method for each kind of event; `handlers` names them by type. `index` is the entry at hand."""

    def __init__(self, facts: Facts, days: Days, live: Live) -> None:
        self.facts, self.days, self.live = facts, days, live
        self.index = -1
        self.handlers = self._handlers()

    def _handlers(self) -> dict[str, Callable[[Stored, int], None]]:
        found: dict[str, Callable[[Stored, int], None]] = {
            "record.viewed": self._viewed,
            "record.left": self._closed_record,
            "visit.started": self._sat_down,
            "visit.ended": self._sat_down,
            "record.served": self._served,
            "contact.revealed": self._revealed,
            "contact.copied": self._revealed,
            "page.printed": self._revealed,
            "list.viewed": self._listed,
            "search.performed": self._listed,
            "export.created": self._exported,
            "call.ended": self._called,
            "call.matched": self._matched,
            "message.sent": self._wrote,
            "capture.gap": self.facts.gap,
        }
        found |= dict.fromkeys(WORKING, self._worked)
        found |= dict.fromkeys(ABOUT_RECORDS, self._told_of_record)
        found |= dict.fromkeys(ABOUT_PEOPLE, self._told_of_person)
        found |= dict.fromkeys(CAMPAIGNS, self._told_of_campaign)
        return found

    def _mark(self, day: AgentDay, mark: Mark) -> None:
        zone_day = self.days.place(day, mark)
        if zone_day.open:
            self.live.take(zone_day, day, mark)

    # -- behaviour ----------------------------------------------------------------------------------

    def _viewed(self, event: Stored, t: int) -> None:
        data = event.data
        if data.get("surface") == "job" or event.subject is None:
            return
        day = self.days.of(data, t)
        if day is not None:
            identity = (event.source, event.id)
            get = data.get
            named = (get("campaign"), get("list"), get("visit"), get("via"))
            if named[0] is not None or named[3] == "campaign":
                self.facts.book.names_campaigns(t)
            if "on_behalf_of" in data:
                self._done_for(event)
            self._mark(day, Mark(t, OPENED, event.subject, 1, self.index, identity, *named))
            self.facts.book.touched(event.subject, t)
            if "dwell_ms" in data:
                self.facts.dwells.tell(identity, data["dwell_ms"], self.days.now)

    def _served(self, event: Stored, t: int) -> None:
        """Sent, and nobody is known to have been shown it: nobody's opening, and out of the house."""
        data = event.data
        if data.get("surface") == "job" or event.subject is None:
            return
        day = self.days.of(data, t)
        if day is not None:
            named = (None, data.get("list"), data.get("visit"), data.get("via"))
            identity = (event.source, event.id)
            self._mark(day, Mark(t, SERVED, event.subject, 1, self.index, identity, *named))

    def _sat_down(self, event: Stored, t: int) -> None:
        """Where a visit came from, for whom it may matter who sat there."""
        data = event.data
        agent, visit = data.get("agent"), data.get("visit")
        if agent is not None and visit is not None:
            sitting = Sitting(data.get("device"), data.get("network"))
            self.facts.presence.visit(agent, visit, sitting, t, self.days.now)

    def _done_for(self, event: Stored) -> None:
        other = event.data.get("on_behalf_of")
        if other is not None:
            self.facts.presence.acted_for((event.source, event.id), other, self.days.now)

    def _closed_record(self, event: Stored, t: int) -> None:
        """How long a record stayed open, told when it was left; `view` is the source#id of its opening."""
        dwell = event.data.get("dwell_ms")
        if dwell is not None:
            source, _, name = event.data.get("view", "").partition("#")
            whole = event.data.get("complete") is not False
            self.facts.dwells.tell((source, name), dwell, self.days.now, complete=whole)

    def _revealed(self, event: Stored, t: int) -> None:
        """A contact uncovered, copied or printed: whoever did so has it."""
        day = self.days.of(event.data, t)
        if day is not None and event.subject is not None:
            self._done_for(event)
            identity, visit = (event.source, event.id), event.data.get("visit")
            self._mark(
                day, Mark(t, REVEALED, event.subject, 1, self.index, identity, None, None, visit, None)
            )
            self.facts.book.touched(event.subject, t)

    def _exported(self, event: Stored, t: int) -> None:
        day = self.days.of(event.data, t)
        if day is not None:
            self._done_for(event)
            rows, visit = event.data.get("rows", 0), event.data.get("visit")
            identity = (event.source, event.id)
            self._mark(day, Mark(t, EXPORTED, "", rows, self.index, identity, None, None, visit, None))

    def _listed(self, event: Stored, t: int) -> None:
        """Rows on the screen: those named, else as many as a page can show."""
        data = event.data
        records, rows = data.get("records"), data.get("rows", 0)
        day = self.days.of(data, t) if records or rows else None
        if day is None:
            return
        self._done_for(event)
        if records:
            day.named[self.index] = tuple(map(sys.intern, records))
        weight = 0 if records else min(rows, SHOWN_AT_ONCE)
        identity, asked = (event.source, event.id), f"{data.get('filter')} {data.get('sort')}"
        where = (None, data.get("list"), data.get("visit"), asked)
        self._mark(day, Mark(t, LISTED, "", weight, self.index, identity, *where))

    def _called(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        data = event.data
        day = self.days.of(data, t)
        if day is None:
            return
        answered, talk = data.get("answered"), data.get("talk_ms")
        out = data.get("direction") != "in"
        start = t - 1000 * ((talk or 0) + (data.get("ring_ms") or 0))
        told = Unjoined(data["agent"], start, t, out, is_contact(answered, data.get("ring_ms"), talk))
        if event.subject is not None:
            self._reached(day, event.subject, told)
        elif "call" in data:
            record = self.facts.joined.called((event.source, data["call"]), told, self.days.now)
            if record is not None:
                self._reached(day, record, told)
        if answered:
            short = is_short(answered, talk, data.get("machine"))
            day.calls.append(Call(t, out, short, data.get("campaign"), event.source))
            if short:
                kind = SHORT_OUT if out else SHORT_IN
                identity = (event.source, event.id)
                self._mark(
                    day, Mark(t, kind, event.subject or "", 1, self.index, identity, data.get("campaign"))
                )

    def _matched(self, event: Stored, _t: int) -> None:
        """Whose call it was became known later: it counts as if the call had said so."""
        record, call = event.data.get("record"), event.data.get("call")
        if record is None or call is None:
            return
        for told in self.facts.joined.matched((event.source, call), record, self.days.now):
            self._reached(self.days.known(told.agent, told.end), record, told)

    def _reached(self, day: AgentDay | None, record: str, call: Unjoined) -> None:
        """A call with the client of `record`; `day` is None where it lies too far back to change."""
        self.facts.book.touched(record, call.end)
        if not call.out:
            since = call.start - INBOUND_AFTER
            self.facts.book.get(record, since).inbound += ((call.start, call.end),)
        elif day is not None and call.contact:
            day.contact(record, call.start, call.end)
        if day is not None and call.end < self.days.high:
            self.days.late_fact(record, Since(call.end, call.end))

    def _wrote(self, event: Stored, t: int) -> None:
        day = self.days.of(event.data, t)
        if day is not None and event.subject is not None:
            day.wrote(event.subject, t)
            self.facts.book.touched(event.subject, t)
            self.days.late_fact(event.subject, Since(t, t))

    def _worked(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        day = self.days.of(event.data, t)
        if day is not None and event.subject is not None:
            day.worked(event.subject, t)
            self.facts.book.touched(event.subject, t)
            if event.type != "note.added":
                day.changed(event.subject, t)
            if t < self.days.high:
                self.days.late_fact(event.subject, Since(t, t))

    # -- context ------------------------------------------------------------------------------------

    def _told_of_record(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        since = self.facts.record(event.type, event, t)
        if event.subject is not None:
            if event.type != "record.valued":  # values are set anew every night, by a job
                self.facts.book.touched(event.subject, t)
            self.days.late_fact(event.subject, since)

    def _told_of_campaign(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        since = self.facts.campaign(event.type, event, t)
        if since.holds < self.days.high:
            for record in event.data.get("records", ()):
                self.days.late_fact(record, since)

    def _told_of_person(self, event: Stored, t: int) -> None:
        self.facts.heard(event.type, event, t)
        since = self.facts.person(event.type, event, t)
        self.days.late_about(event.subject or "", since)
