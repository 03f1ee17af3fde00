"""What to see in a CRM that was not instrumented: which addresses show which records, and who is looking.

The rules of a company are one JSON file, with one site for each CRM. `python -m viewtrail.capture.rules FILE
URL...` says what each address is taken for.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from viewtrail.capture.url_pattern import UrlPattern, url_pattern
from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.event.strict_json import decode
from viewtrail.event.vocabulary import WORDS

MAX_BYTES: Final = 262_144
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")
_HOST: Final = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")
_EXTENSION: Final = re.compile(r"[a-p]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

AGENT_WAYS: Final = ("header", "cookie", "selector", "managed")
"""Who says who is looking: the proxy, a cookie's hash, the page itself, or the company's policy."""


@dataclass(frozen=True, slots=True)
class PageRule:
    """Addresses that show a record (`kind`), or a list of them (`list`, `rows`, `row`)."""

    name: str
    url: str
    pattern: UrlPattern
    kind: str | None = None
    via: str | None = None
    rendered: str | None = None
    list: str | None = None
    rows: str | None = None
    row: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One CRM: its public key, the source of its events, its hosts and rules, and how the agent is known."""

    key: str
    source: str
    hosts: tuple[str, ...]
    pages: tuple[PageRule, ...]
    agent: Mapping[str, str]
    proxy_secret_sha256: str = ""
    extension: str = ""
    note: str = ""
    by_name: Mapping[str, PageRule] = field(default_factory=dict)

    def public(self) -> dict[str, Any]:
        """What a browser may know: no secret, and nothing it does not need."""
        shown = ("name", "url", "rendered", "list", "rows", "row")
        pages = [{name: getattr(rule, name) for name in shown if getattr(rule, name)} for rule in self.pages]
        told = {name: value for name, value in self.agent.items() if self.agent["way"] == "selector"}
        return {"site": self.key, "pages": pages, "agent": told, "note": self.note}

    def secret_is(self, told: str) -> bool:
        """True if `told` is the secret that this site's proxy adds."""
        digest = hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()
        return bool(self.proxy_secret_sha256) and hmac.compare_digest(digest, self.proxy_secret_sha256)

    def speaks_from(self, origin: str) -> bool:
        """True if a page of that origin, or the extension, may speak for this site."""
        host = origin.partition("://")[2]
        return host in self.hosts or (
            bool(self.extension) and origin == f"chrome-extension://{self.extension}"
        )

    def finds(self, url: str) -> tuple[PageRule, str] | None:
        """The rule that an address falls under, and the record it shows ("" for a list)."""
        for rule in self.pages:
            record = rule.pattern.matches(url)
            if record is not None:
                return rule, record
        return None


def read_sites(path: Path) -> dict[str, Site]:
    """The sites in a file by their keys, or `BadInput` naming the place and what to write there."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", where=str(path)) from None
    return sites(raw, str(path))


def sites(raw: bytes, where: str = "rules") -> dict[str, Site]:
    """The same from the bytes of a file."""
    told = decode(raw, where, limit=MAX_BYTES)
    listed = told.get("sites") if isinstance(told, dict) else None
    if not isinstance(listed, list) or not listed:
        raise BadInput("no sites", where=where, next='begin with {"sites": [{...}]}')
    found: dict[str, Site] = {}
    for number, one in enumerate(listed):
        site = _site(_fields(one, f"{where}: sites[{number}]"), f"{where}: sites[{number}]")
        if site.key in found:
            raise BadInput(
                f"key {site.key!r} stands twice", where=where, next="give each site a key of its own"
            )
        found[site.key] = site
    return found


def _site(told: dict[str, Any], where: str) -> Site:
    key = _matched(told, "key", _KEY, where, "8 to 64 letters and digits, such as site-4f1c9a")
    hosts = told.get("hosts")
    if (
        not isinstance(hosts, list)
        or not hosts
        or not all(isinstance(h, str) and _HOST.fullmatch(h) for h in hosts)
    ):
        raise BadInput("hosts is no list of host names", where=where, next='"hosts": ["crm.example.com"]')
    source = told.get("source")
    if not isinstance(source, str) or not 0 < len(source) <= 200:
        raise BadInput("source is missing", where=where, next='the name its events get: "source": "/crm-web"')
    pages = told.get("pages")
    if not isinstance(pages, list) or not pages:
        raise BadInput("no pages", where=where, next='"pages": [{"name": "lead", "url": "/leads/{record}"}]')
    rules = tuple(
        _page(_fields(one, f"{where}.pages[{n}]"), f"{where}.pages[{n}]") for n, one in enumerate(pages)
    )
    if len({rule.name for rule in rules}) < len(rules):
        raise BadInput("two pages have one name", where=where, next="give each page a name of its own")
    agent = _agent(told.get("agent"), f"{where}.agent")
    secret = str(told.get("proxy_secret_sha256") or "")
    if (agent["way"] == "header" or secret) and not _SHA256.fullmatch(secret):
        raise BadInput(
            "proxy_secret_sha256 is not the SHA-256 of the proxy's secret",
            where=where,
            next="printf %s THE-SECRET | sha256sum",
        )
    extension = str(told.get("extension") or "")
    if extension and not _EXTENSION.fullmatch(extension):
        raise BadInput(
            "extension is not the id of one", where=where, next="32 letters from a to p, as chrome shows it"
        )
    by_name = {rule.name: rule for rule in rules}
    note = str(told.get("note") or "")
    return Site(key, source, tuple(hosts), rules, agent, secret, extension, note, by_name)


def _page(told: dict[str, Any], where: str) -> PageRule:
    name = _matched(told, "name", _NAME, where, "small letters, digits and hyphens")
    pattern = url_pattern(told.get("url"), where)
    texts = {n: _short(told, n, where) for n in ("kind", "via", "rendered", "list", "rows", "row")}
    for word, known in (("kind", WORDS["record_kind"]), ("via", WORDS["via"])):
        if texts[word] is not None and texts[word] not in known:
            raise BadInput(f"{word} {texts[word]!r} is none of {', '.join(known)}", where=where)
    if "{record}" not in told["url"] and texts["list"] is None:
        raise BadInput(
            "names neither a record nor a list", where=where, next='put {record} in its url, or "list"'
        )
    if texts["list"] is not None and texts["rows"] is None:
        raise BadInput("a list needs its rows", where=where, next='a CSS selector: "rows": "table a.lead"')
    if texts["row"] is not None and texts["row"].startswith("/"):
        url_pattern(texts["row"], where)
    return PageRule(name, told["url"], pattern, **texts)


def _agent(told: object, where: str) -> dict[str, str]:
    """{"way": one of AGENT_WAYS, ...} from {"header": true}, {"cookie": NAME}, {"selector": ..., ...}."""
    said = _fields(told, where)
    ways = [way for way in AGENT_WAYS if said.get(way)]
    if len(ways) != 1:
        raise BadInput(
            f"one of {', '.join(AGENT_WAYS)} says who is looking", where=where, next='{"header": true}'
        )
    more = {name: str(value) for name, value in said.items() if isinstance(value, str)}
    return {"way": ways[0], **more}


def _fields(told: object, where: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise BadInput("is not a JSON object", where=where)
    return told


def _matched(told: dict[str, Any], name: str, pattern: re.Pattern[str], where: str, like: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadInput(f"{name} {value!r:.60} is not {like}", where=where)
    return value


def _short(told: dict[str, Any], name: str, where: str) -> str | None:
    value = told.get(name)
    if value is not None and (not isinstance(value, str) or not 0 < len(value) <= 400):
        raise BadInput(f"{name} is no text of up to 400 characters", where=where)
    return value


def main(arguments: list[str]) -> int:
    """Says what each address is taken for; 1 if an address falls under no rule or the file is wrong."""
    if len(arguments) < 2:
        print("python -m viewtrail.capture.rules FILE URL...", file=sys.stderr)
        return 2
    try:
        known = read_sites(Path(arguments[0]))
    except ViewtrailError as error:
        print(error, file=sys.stderr)
        return 1
    missed = 0
    for url in arguments[1:]:
        found = next((found for site in known.values() if (found := site.finds(url))), None)
        missed += found is None
        rule, record = found or (None, "")
        print(url, "no rule" if rule is None else f"{rule.name} {record or '(a list)'}", sep="\t")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
