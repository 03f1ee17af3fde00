"""Every setting in one frozen place, read once: viewtrail.toml in the home, then the environment."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viewtrail.errors import SettingError

FILE: Final = "viewtrail.toml"
PREFIX: Final = "VIEWTRAIL_"

NEARLY: Final = 0.9
"""Likeness (difflib) from which a variable is taken for a misspelt setting: a letter or two are wrong."""


def _setting(default: Any, unit: str, reason: str, *, decides: bool = False) -> Any:
    """A setting with its unit and the reason for its default; `decides`: findings depend on it."""
    return field(default=default, metadata={"unit": unit, "reason": reason, "decides": decides})


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Values in `viewtrail.toml` are overridden by `VIEWTRAIL_<NAME>`."""

    tenant: str = _setting("default", "name", "one log, one tree, one set of pseudonyms for each tenant")
    time_zone: str = _setting(
        "UTC",
        "IANA name",
        "for agents whose own zone nobody has told; their days are shown as a gap",
        decides=True,
    )
    budget: float = _setting(
        1.0,
        "findings per 1,000 agent-days",
        "a ceiling for what is pushed to people: about one a week for 300 agents",
        decides=True,
    )
    calls_budget: float = _setting(
        1.0,
        "findings per 1,000 agent-days",
        "short calls have a queue and a ceiling of their own",
        decides=True,
    )
    learning_days: int = _setting(
        28, "days", "before this, an agent has no precedent and plain limits speak", decides=True
    )
    episode_days: int = _setting(
        7, "days", "later signals within it join the open finding instead of opening another", decides=True
    )
    limit_cap: int = _setting(
        5, "findings in 7 days", "plain limits that fire more often do not fit the company", decides=True
    )
    checkpoint_entries: int = _setting(
        50_000,
        "entries",
        "while importing, sign at least this often, so that little is unsigned after a crash",
    )
    queue_events: int = _setting(
        20_000,
        "events",
        "as many as may wait to be written, about 40 MB; beyond it senders are told to come again (429)",
    )
    disk_reserve_mib: int = _setting(
        512,
        "MiB",
        "left free for findings, decisions and signatures; below it nothing from outside is taken (507)",
    )
    intake_body_mib: int = _setting(
        16, "MiB", "the longest body of one request, unpacked; a batch of 10,000 ordinary events has five"
    )
    intake_batch: int = _setting(
        10_000, "events", "the most that one batch may have: the answer has a line for each of them"
    )
    console_url: str = _setting(
        "http://localhost:8420",
        "URL",
        "where browsers reach the console; https turns on secure cookies and strict transport security",
    )
    second_factor: str = _setting(
        "required",
        "required or offered",
        "a password alone opens no page about a person; offered is for a demo on one's own machine",
    )
    session_hours: int = _setting(
        12, "hours", "a working day; whoever left the console open signs in again the next morning"
    )
    unmasking: str = _setting(
        "one-person",
        "one-person or two-persons",
        "who may see the id behind a pseudonym: one person for a finding on the own desk, or always two",
    )
    unmasking_hours: int = _setting(
        24, "hours", "long enough to ask the person, short enough that nobody keeps a list"
    )
    oidc_issuer: str = _setting(
        "", "URL", "sign-in through the company's own OpenID Connect provider, where there is one"
    )
    oidc_client: str = _setting(
        "", "client id", "what the provider calls this console; the secret is HOME/keys/oidc-client.secret"
    )

    days_off: str = _setting(
        "",
        "dates, comma-separated",
        "public holidays of the company: a source that says nothing on them is not silent",
    )
    source_owners: str = _setting(
        "",
        "source=address, comma-separated",
        "who looks after a source and is told when it falls silent, in place of the duty person: "
        "`/pbx/3cx=pbx@x.example, *=it@x.example`, where * is every other source",
    )
    notify_mail: str = _setting(
        "",
        "addresses, comma-separated",
        "who is told of a finding at once: the duty person; `anna@x.example=E-17` also says whose address it "
        "is, so that nobody is told of a finding about themselves",
    )
    notify_webhook: str = _setting(
        "", "URL", "where a signed notice is posted as well; its secret is HOME/keys/webhook.secret"
    )
    notify_quiet: str = _setting(
        "20:00-07:00", "times of day", "a finding can wait for the morning: nobody is called out of bed by it"
    )
    notify_unopened_hours: int = _setting(
        4, "hours", "a finding that nobody has opened so long, quiet hours not counted, goes on to the next"
    )
    notify_escalation_mail: str = _setting(
        "", "addresses, comma-separated", "who is told of a finding that the duty person has not opened"
    )
    digest_mail: str = _setting(
        "",
        "addresses, comma-separated",
        "who gets five lines each morning, with the log's checkpoint: a mailbox outside is its anchor",
    )
    digest_at: str = _setting("07:30", "time of day", "before the working day begins")
    mail_from: str = _setting(
        "viewtrail@localhost", "address", "most servers refuse mail from an address that is not theirs"
    )
    mail_server: str = _setting(
        "localhost:25",
        "host:port",
        "the company's own server; port 465 is TLS from the start, others use STARTTLS where offered",
    )
    mail_user: str = _setting(
        "", "name", "where the server wants a sign-in; the password is HOME/keys/mail.secret"
    )

    cost_per_lead: float = _setting(
        0.0,
        "money",
        "what acquiring one lead costs, for the exposure page alone; 0 leaves money out",
    )
    cost_currency: str = _setting("EUR", "code", "the currency of cost_per_lead")

    def version(self) -> str:
        """A short hash of the settings that findings depend on."""
        deciding = {f.name: getattr(self, f.name) for f in fields(self) if f.metadata["decides"]}
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:8]


def read(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force for `home`; `SettingError` names the place of a wrong one."""
    file = home / FILE
    found: dict[str, Any] = {}
    if file.exists():
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingError(str(error), where=str(file)) from None
    values = asdict(Settings())
    for name, value in found.items():
        values[name] = _checked(name, value, f"{file}: {name}", values)
    for name in list(values):
        text = environment.get(PREFIX + name.upper())
        if text is not None:
            values[name] = _checked(name, text, PREFIX + name.upper(), values)
    _spelt(environment, values)
    return Settings(**values)


def _spelt(environment: Mapping[str, str], known: Mapping[str, Any]) -> None:
    """A variable that is nearly the name of a setting is a slip; passing over it would keep the default."""
    names = [PREFIX + name.upper() for name in known]
    for told in sorted(environment):
        if told.startswith(PREFIX) and told not in names:
            for meant in difflib.get_close_matches(told, names, n=1, cutoff=NEARLY):
                raise SettingError("no such setting", where=told, next=f"did you mean {meant}?")


def _checked(name: str, value: Any, where: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise SettingError("no such setting", where=where, next=f"there are {', '.join(sorted(known))}")
    if name == "time_zone":
        _check_zone(value, where)
    wanted = type(getattr(Settings(), name))
    try:
        if wanted in (int, float) and not isinstance(value, bool):
            value = wanted(value)
    except ValueError:
        raise SettingError(f"{value!r} is not a number", where=where) from None
    if type(value) is not wanted or (wanted in (int, float) and not value > 0) or value == "":
        raise SettingError(
            f"{value!r} is not a positive {wanted.__name__}" if wanted is not str else "is empty", where=where
        )
    return value


def _check_zone(value: Any, where: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError, AttributeError):
        step = 'write it like "Europe/Nicosia"'
        raise SettingError(f"{value!r} is no time zone", where=where, next=step) from None
