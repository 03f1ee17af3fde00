"""Notices reach a real server and receiver: once, signed, not at night, never the person concerned."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.living import HOUR, MINUTE, Told, views
from app.post_boxes import Mailbox, Receiver, mailbox, receiver
from cli.commands import viewtrail
from viewtrail.app.home import Home, open_home
from viewtrail.app.notify import Notify
from viewtrail.app.notify_due import awake
from viewtrail.app.notify_settings import Quiet, notices
from viewtrail.errors import SettingError
from viewtrail.event import Event
from viewtrail.review import deciding
from viewtrail.settings import Settings
from viewtrail.store.board import Board

MORNING = int(datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()) * 1_000_000


class Company:
    """A home with a loop on it, notices set up, and people to be told."""

    def __init__(self, path: Path, settings: dict[str, object]) -> None:
        path.mkdir(exist_ok=True)
        lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        (path / "viewtrail.toml").write_text("\n".join(lines))
        self.path, self.now, self.said, self.closed = path, MORNING, list[str](), False
        self.told = Told(path)
        self.introduce("head", "senior", None)
        for agent in ("A-1", "A-2", "A-3"):
            self.introduce(agent, "agent", "head")
        self.notify = self.start()

    def start(self) -> Notify:
        home: Home = open_home(self.path)
        return Notify(home, home.reader(), lambda: self.now, self.said.append)

    def introduce(self, agent: str, role: str, manager: str | None) -> None:
        data = {"role": role, "desk": "d", **({"manager": manager} if manager else {})}
        joined = Event("/hr", f"joined-{agent}", "agent.joined", self.now - 40 * 24 * HOUR, data, agent)
        self.hear([joined])

    def hear(self, events: list[Event]) -> None:
        self.told.hear(events, self.now)
        self.told.settle()

    def burst(self, agent: str) -> str:
        """Many records in a few minutes; the id of the finding that it made."""
        before = {one.id for one in Board(self.path).findings()}
        self.hear(views(agent, 150, at=self.now))
        (new,) = {one.id for one in Board(self.path).findings()} - before
        return new

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.notify.reader.close()
            self.told.stop()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


@pytest.fixture
def company(tmp_path: Path, box: Mailbox) -> Iterator[Company]:
    made = Company(
        tmp_path / "home",
        {
            "mail_server": f"127.0.0.1:{box.port}",
            "mail_from": "viewtrail@broker.example",
            "notify_mail": "duty@broker.example, head@broker.example=head",
            "notify_escalation_mail": "next@broker.example",
            "notify_quiet": "20:00-07:30",
            "digest_mail": "duty@broker.example",
            "console_url": "https://viewtrail.broker.example",
        },
    )
    yield made
    made.close()


def test_a_finding_is_told_once_with_claim_pseudonym_and_link(company: Company, box: Mailbox) -> None:
    finding = company.burst("A-1")
    assert company.notify.round() == 2
    assert sorted(box.to) == ["duty@broker.example", "head@broker.example"]
    said = box.text()
    assert f"https://viewtrail.broker.example/findings/{finding}" in said
    shown = Board(company.path).finding(finding)
    assert shown is not None
    assert shown.claim in said
    assert "A-1 " not in said, "the agent's own id stays inside"
    assert company.notify.round() == 0
    company.notify = company.start()
    assert company.notify.round() == 0, "a restart sends nothing again"


def test_what_was_not_taken_is_sent_later(company: Company, box: Mailbox) -> None:
    company.burst("A-1")
    box.refusing = True
    assert company.notify.round() == 0
    assert any("451" in line for line in company.said)
    box.refusing = False
    assert company.notify.round() == 0, "not at once again"
    company.notify.not_before.clear()
    assert company.notify.round() == 2


def test_nobody_is_told_of_a_finding_about_themselves_or_those_above(company: Company, box: Mailbox) -> None:
    company.burst("head")
    assert company.notify.round() == 1
    assert box.to == ["duty@broker.example"]


def test_what_happens_at_night_is_told_in_the_morning(company: Company, box: Mailbox) -> None:
    company.now += 12 * HOUR
    company.burst("A-1")
    assert company.notify.round() == 0
    company.now += 10 * HOUR + 29 * MINUTE
    company.notify.state.digests = {"duty@broker.example": "2026-03-03"}
    assert company.notify.round() == 0
    company.now += 2 * MINUTE
    assert company.notify.round() == 2


def test_one_that_nobody_opens_goes_on_to_the_next_and_opening_stops_that(
    company: Company, box: Mailbox
) -> None:
    first, second = company.burst("A-1"), company.burst("A-2")
    assert company.notify.round() == 4
    company.hear([deciding.viewed(second, "duty", at=company.now, id="v1")])
    company.now += 4 * HOUR - 20 * MINUTE
    assert company.notify.round() == 0
    company.now += 40 * MINUTE
    assert company.notify.round() == 1
    assert box.to[-1] == "next@broker.example"
    assert first in box.text()
    assert "nobody has opened" in str(box.mails[-1]["Subject"])
    company.now += 9 * HOUR
    assert company.notify.round() == 0


def test_one_that_was_opened_before_it_could_be_sent_is_not_sent(company: Company, box: Mailbox) -> None:
    finding = company.burst("A-1")
    company.hear([deciding.viewed(finding, "duty", at=company.now, id="v1")])
    assert company.notify.round() == 0


def test_findings_from_before_notices_were_switched_on_are_not_sent(company: Company, box: Mailbox) -> None:
    company.burst("A-1")
    (company.path / "notify.json").unlink()
    company.now += HOUR
    company.notify = company.start()
    assert company.notify.round() == 0


@pytest.fixture
def hooked(tmp_path: Path) -> Iterator[tuple[Company, Receiver]]:
    with receiver() as heard:
        made = Company(tmp_path / "home", {"notify_webhook": heard.url})
        yield made, heard
        made.close()


def test_a_webhook_is_signed_and_says_no_more_than_a_mail(hooked: tuple[Company, Receiver]) -> None:
    company, heard = hooked
    finding = company.burst("A-1")
    assert company.notify.round() == 1
    (headers, body), secret = (
        heard.requests[0],
        (company.path / "keys" / "webhook.secret").read_text().strip(),
    )
    headers = {name.lower(): value for name, value in headers.items()}
    headers["webhook-timestamp"] = str(int(datetime.now(UTC).timestamp()))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)
    sign = Webhook(secret).sign
    at = datetime.fromtimestamp(company.now // 1_000_000, UTC)
    original = {name.lower(): value for name, value in heard.requests[0][0].items()}
    assert original["webhook-signature"] == sign(original["webhook-id"], at, body.decode())
    assert original["webhook-signature"] != sign(original["webhook-id"], at, body.decode() + " ")
    told = json.loads(body)
    assert told["type"] == "finding.opened"
    assert told["data"]["id"] == finding
    assert not {"context", "contributions", "reasons", "why"} & set(told["data"])
    assert company.notify.round() == 0


def test_a_webhook_verifies_with_the_public_library_when_it_is_fresh(
    hooked: tuple[Company, Receiver],
) -> None:
    company, heard = hooked
    company.now = int(datetime.now(UTC).timestamp()) * 1_000_000
    company.burst("A-1")
    assert company.notify.round() == 1
    headers, body = heard.requests[0]
    secret = (company.path / "keys" / "webhook.secret").read_text().strip()
    assert Webhook(secret).verify(body, headers)["type"] == "finding.opened"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


@pytest.mark.parametrize("status", [500, 302, 410])
def test_a_receiver_that_did_not_take_it_is_asked_again(
    hooked: tuple[Company, Receiver], status: int
) -> None:
    company, heard = hooked
    heard.status = status
    company.burst("A-1")
    assert company.notify.round() == 0
    assert len(heard.requests) == 1, "a redirect is not followed"
    heard.status = 200
    company.notify.not_before.clear()
    assert company.notify.round() == 1
    ids = {dict(headers)["webhook-id"] for headers, _ in heard.requests}
    assert len(ids) == 1, "the receiver knows it again"


def test_the_digest_comes_once_each_morning_and_is_an_anchor(company: Company, box: Mailbox) -> None:
    company.told.log.checkpoint()
    assert company.notify.round() == 0, "not on the day on which it was switched on"
    company.now += 22 * HOUR + 29 * MINUTE
    assert company.notify.round() == 0
    company.now += MINUTE
    assert company.notify.round() == 1
    assert company.notify.round() == 0
    text = box.text()
    first, *rest = text.splitlines()
    assert first == "Nothing to look at."
    assert rest[:4] == [line for line in rest[:4] if line], "five lines, then the checkpoint"
    assert rest[4] == ""
    mail = company.path.parent / "mail.eml"
    mail.write_bytes(box.raw[-1])
    company.close()
    done = viewtrail("verify", "--against", mail, home=company.path)
    assert done.code == 0, done.out
    assert "proven up to entry" in done.out
    with sqlite3.connect(company.path / "log.db") as db:
        db.execute(
            "UPDATE entries SET entry = cast(replace(entry, 'senior', 'manager') AS BLOB) WHERE idx = 0"
        )
    db.close()
    done = viewtrail("verify", "--against", mail, home=company.path)
    assert done.code == 1, done.out
    assert "integrity: BROKEN" in done.out


def test_an_altered_log_is_broken_against_yesterdays_mail(company: Company, box: Mailbox) -> None:
    """Even when the whole log was written anew with its own keys: the mail remembers the other one."""
    company.burst("A-1")
    company.told.log.checkpoint()
    company.now += 24 * HOUR
    company.notify.round()
    digest = next(raw for raw, one in zip(box.raw, box.mails, strict=True) if "2026-03-03" in one["Subject"])
    mail = company.path.parent / "mail.eml"
    mail.write_bytes(digest)
    company.close()
    keys = shutil.copytree(company.path / "keys", company.path.parent / "keys")
    shutil.rmtree(company.path)
    shutil.copytree(keys, company.path / "keys")
    with open_home(company.path).own_log() as log:
        log.append(views("A-2", 200, at=MORNING), received=MORNING)
        log.checkpoint()
    assert viewtrail("verify", home=company.path).code == 0
    done = viewtrail("verify", "--against", mail, home=company.path)
    assert done.code == 1, done.out
    assert "integrity: BROKEN" in done.out


def test_the_digest_counts_what_is_open_and_what_is_silent(company: Company, box: Mailbox) -> None:
    company.burst("A-1")
    company.now += 23 * HOUR
    company.notify.round()
    text = next(str(one.get_content()) for one in box.mails if "1 to look at" in one["Subject"])
    assert text.startswith("To look at: 1 finding, 1 new since yesterday (a-")
    assert "Capture: healthy, " in text


def test_quiet_hours_do_not_count_as_waiting() -> None:
    night = Quiet(datetime(2026, 1, 1, 20).time(), datetime(2026, 1, 1, 7, 30).time())  # noqa: DTZ001 -- a time of day
    evening = MORNING + 10 * HOUR
    assert awake(evening, evening + 12 * HOUR, night, "UTC") == HOUR
    assert awake(MORNING, MORNING + 2 * HOUR, night, "UTC") == 2 * HOUR


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("notify_mail", "not an address", "not an address"),
        ("notify_quiet", "all night", "20:00-07:30"),
        ("digest_at", "25:00", "time of day"),
        ("mail_server", "mail.example", "mail.example.com:587"),
        ("notify_webhook", "ftp://x.example", "http"),
        ("mail_user", "viewtrail", "mail.secret"),
    ],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=said) as caught:
        notices(Settings(**{name: value}), tmp_path, lambda id: id)  # type: ignore[arg-type]
    assert name in str(caught.value)
