"""Every setting in one frozen place, read once: viewtrail.toml in the home, then the environment."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from viewtrail.errors import SettingError

FILE: Final = "viewtrail.toml"
PREFIX: Final = "VIEWTRAIL_"


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
    return Settings(**values)


def _checked(name: str, value: Any, where: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise SettingError("no such setting", where=where, next=f"there are {', '.join(sorted(known))}")
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
