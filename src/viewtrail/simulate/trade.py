"""The business itself: new leads, first deposits, money in and out, documents, and whose record it is."""

from __future__ import annotations

from typing import Final

import numpy as np

from viewtrail.simulate.book import NOBODY
from viewtrail.simulate.people import BACK_OFFICE, COMPLIANCE, CONVERSION, RETENTION
from viewtrail.simulate.rows import Ints, Rows, stamp
from viewtrail.simulate.touches import Touches
from viewtrail.simulate.world import HOUR, Today

ORIGINS: Final = ("affiliate", "search-ads", "webinar", "referral", "landing-page")
DEPOSITS_A_DAY: Final = 0.012
WITHDRAWALS_A_DAY: Final = 0.004
DOCUMENTS_A_DAY: Final = 0.003
UNTOUCHED_CONTACTS_A_DAY: Final = 0.004
"""Per client: moves by the client that no agent follows by opening the record at once."""
CONVERTED: Final = 0.03
"""Share of conversations over four minutes with a lead that end in a first deposit."""


def new_leads(today: Today) -> None:
    """Leads of the night are dealt before the shift; in a pool they wait for whoever is offered them."""
    world, rng = today.world, today.rng
    people, company = world.people, world.company
    sellers = np.flatnonzero(today.there & (people.kind == CONVERSION))
    counts = rng.poisson(company.drawn["new_leads_day"], len(sellers))
    owner = np.repeat(sellers, counts)
    if not len(owner):
        return
    n = len(owner)
    holder = np.full(n, NOBODY) if company.pooled else owner
    none = np.zeros(n, dtype=np.int64)
    new = world.book.add(holder, people.desk[owner], none > 0, none, none + today.day, 1 + rng.random(n))
    base = company.midnight[people.zone[owner], today.day]
    created = (base + rng.random(n) * (today.start[owner] - base)).astype(np.int64)
    created_rows(today, new, created)
    if not company.pooled:
        assigned_rows(today, new, owner, created + 4_000, "new-lead", f"n{today.day}")


def created_rows(today: Today, records: Ints, time: Ints) -> None:
    world = today.world
    book, company = world.book, world.company
    rows = Rows(world.ids, "/crm", "record.created", time, book.subjects(records))
    rows.raw('"agent":"svc-sync","actor_kind":"service"')
    rows.word("record_kind", book.client[records].astype(np.int64), ("lead", "client"))
    owner = book.owner[records]
    rows.text("owner", [world.people.names[o] if o >= 0 else "" for o in owner.tolist()])
    rows.word("desk", book.desk[records], [desk.name for desk in company.desks])
    rows.word("language", book.desk[records], [desk.language for desk in company.desks])
    rows.word("origin", today.rng.integers(0, len(ORIGINS), len(records)), ORIGINS)
    rows.number("value_band", book.value[records])
    today.rows.append(rows)


def assigned_rows(
    today: Today,
    records: Ints,
    to: Ints,
    time: Ints,
    reason: str,
    batch: str,
    *,
    by: int | None = None,
    from_: Ints | None = None,
    effective: int | None = None,
) -> None:
    """Who looks after the records from now on (or from `effective`)."""
    world = today.world
    people, book = world.people, world.book
    rows = Rows(world.ids, "/crm", "record.assigned", time, book.subjects(records))
    rows.raw(people.fragments[by] if by is not None else '"agent":"svc-sync","actor_kind":"service"')
    rows.text("to", [people.names[a] for a in to.tolist()])
    if from_ is not None:
        rows.text("from", [people.names[a] if a >= 0 else "" for a in from_.tolist()])
    rows.word("desk", people.desk[to], [*(desk.name for desk in world.company.desks), ""])
    rows.text("reason", [reason] * len(records)).text("batch", [batch] * len(records))
    if effective is not None:
        rows.text("effective_from", [stamp(effective)] * len(records))
    today.rows.append(rows)


def converted(today: Today, t: Touches) -> None:
    """A long conversation may end in a first deposit: the lead becomes a client of a retention agent."""
    world, rng = today.world, today.rng
    book, people = world.book, world.people
    good = (t.talk > 240_000) & ~book.client[t.rec] & (rng.random(len(t)) < CONVERTED)
    takers = np.flatnonzero(today.there & (people.kind == RETENTION))
    recs, at = np.unique(t.rec[good], return_index=True)
    if not len(takers) or not len(recs):
        return
    ended = (t.time + t.dwell)[good][at]
    to = rng.choice(takers, len(recs))
    book.client[recs] = True
    book.value[recs] = rng.integers(1, 6, len(recs))
    before = book.owner[recs]
    book.owner[recs], book.desk[recs] = to, people.desk[to]
    book.heat[recs] = 1.5
    book.changed()
    names = book.subjects(recs)
    opened = Rows(world.ids, "/platform", "account.opened", ended + HOUR // 4, names)
    opened.raw('"agent":"svc-sync","actor_kind":"service"')
    opened.text("account", [f"{name}-1" for name in book.texts(recs)]).raw(',"platform":"mt5"')
    today.rows.append(opened)
    _money(today, "deposit.processed", recs, ended + HOUR // 2, "approved")
    _valued(today, recs, ended + HOUR // 2 + 1_000)
    assigned_rows(today, recs, to, ended + HOUR, "first-deposit", f"f{today.day}", from_=before)


def client_moves(today: Today) -> None:
    """What clients do by themselves: deposits, withdrawals, documents, unanswered messages."""
    world, rng = today.world, today.rng
    clients = np.flatnonzero(world.book.client)
    office = np.flatnonzero(today.there & np.isin(world.people.kind, (BACK_OFFICE, COMPLIANCE)))
    if not len(clients):
        return

    def some(rate: float) -> tuple[Ints, Ints]:
        found = rng.choice(clients, rng.poisson(rate * len(clients)))
        return found, today.earliest + rng.integers(6 * HOUR, 20 * HOUR, len(found))

    recs, time = some(DEPOSITS_A_DAY)
    _money(today, "deposit.processed", recs, time, "approved")
    raised = rng.random(len(recs)) < 0.3
    up = np.unique(recs[raised])
    world.book.value[up] = np.minimum(20, world.book.value[up] + 1)
    world.book.heat[recs] += 0.4
    _valued(today, up, np.full(len(up), today.earliest + 21 * HOUR))
    recs, time = some(WITHDRAWALS_A_DAY)
    _money(today, "withdrawal.requested", recs, time, "")
    _decide(today, "withdrawal.decided", recs, time, office)
    recs, time = some(DOCUMENTS_A_DAY)
    rows = Rows(world.ids, "/platform", "document.uploaded", time, world.book.subjects(recs))
    rows.raw('"agent":"svc-sync","actor_kind":"service","kind":"identity"')
    rows.text("document", [f"x{today.day}-{i}" for i in range(len(recs))])
    today.rows.append(rows)
    _decide(today, "document.decided", recs, time, office)
    recs, time = some(UNTOUCHED_CONTACTS_A_DAY)
    rows = Rows(world.ids, "/platform", "client.contacted", time, world.book.subjects(recs))
    today.rows.append(
        rows.word("channel", rng.integers(0, 4, len(recs)), ("email", "email", "chat", "ticket"))
    )


def _money(today: Today, type_: str, recs: Ints, time: Ints, decision: str) -> None:
    world, rng = today.world, today.rng
    amount = 50 * 1.55 ** world.book.value[recs] * rng.lognormal(0, 0.5, len(recs))
    source = "/platform" if type_ != "withdrawal.decided" else "/back-office"
    rows = Rows(world.ids, source, type_, time, world.book.subjects(recs))
    rows.raw('"agent":"svc-sync","actor_kind":"service","currency":"USD"')
    rows.text("amount", [f"{value:.2f}" for value in amount.tolist()])
    rows.text("decision", [decision] * len(recs))
    today.rows.append(rows)


def _valued(today: Today, recs: Ints, time: Ints) -> None:
    rows = Rows(today.world.ids, "/platform", "record.valued", time, today.world.book.subjects(recs))
    rows.raw('"agent":"svc-sync","actor_kind":"service"')
    today.rows.append(rows.number("value_band", today.world.book.value[recs]))


def _decide(today: Today, type_: str, recs: Ints, time: Ints, office: Ints) -> None:
    world, rng = today.world, today.rng
    if not len(office) or not len(recs):
        return
    who = rng.choice(office, len(recs))
    later = time + (rng.gamma(1.2, 5 * HOUR, len(recs))).astype(np.int64)
    rows = Rows(world.ids, "/back-office", type_, later, world.book.subjects(recs))
    rows.agent([world.people.fragments[a] for a in who.tolist()])
    rows.word("decision", (rng.random(len(recs)) < 0.9).astype(np.int64), ("refused", "approved"))
    today.rows.append(rows)
