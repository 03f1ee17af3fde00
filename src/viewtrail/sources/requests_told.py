"""One request to somebody else's CRM into the event that it is, or why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from viewtrail.errors import BadInput
from viewtrail.event import EPOCH, Event, from_wire, made, rfc3339
from viewtrail.event.kinds import Fault, opaque, text
from viewtrail.sources import url_rules
from viewtrail.sources.asked import Asked
from viewtrail.sources.directory import Directory
from viewtrail.sources.mapping import Mapping
from viewtrail.sources.row_ids import RowIds
from viewtrail.sources.times import named
from viewtrail.sources.url_rules import OF_RECORDS, WebRules, address, filled, find

GIVEN: Final = url_rules.TYPES
NOT_GIVEN: Final = (
    "whether a record was looked at, and how long: the server sent it",
    "how many rows a list or an export had",
    "what was looked for: filters are kept as shapes",
    "pages that the browser draws by itself without asking the server",
)

NO_RULE: Final = "no URL rule is for this address"
STATIC: Final = "a static file"
HEALTH: Final = "a health check"
BOT: Final = "a bot"
NOBODY: Final = "nobody was signed in"
PREFETCH: Final = "fetched ahead by the browser"
ELSEWHERE: Final = "another host"
FAILED: Final = "refused or failed"
MOVED: Final = "answered with a redirect"
EMPTY: Final = "answered with nothing to see"
NO_ANSWER: Final = "never answered"
HEAD: Final = "asked for the headers alone"

_STATIC: Final = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|otf|mp[34]|webm|wasm|webmanifest)",
    re.IGNORECASE,
)
_HEALTHY: Final = frozenset(
    "/health /healthz /health-check /healthcheck /livez /readyz /ready /ping /up /metrics "
    "/nginx_status /server-status /favicon.ico /robots.txt".split()
)
_MACHINE: Final = re.compile(
    r"kube-probe|healthcheck|health-check|googlehc|elb-|uptime|pingdom|statuscake|nagios|zabbix|"
    r"prometheus|blackbox|site24x7|consul health",
    re.IGNORECASE,
)
_BOT: Final = re.compile(
    r"bot\b|crawl|spider|slurp|scan|curl|wget|python|java/|go-http|okhttp|libwww|httpx|axios|"
    r"headless|phantom|selenium|scrapy|postman|powershell|node-fetch|ruby|perl",
    re.IGNORECASE,
)

_PAGES: Final = ("record.viewed", "record.served", "list.viewed", "search.performed")
_OF_SERVED: Final = ("record_kind", "via", "list", "surface", "visit")

MOST_STATIC: Final = 50_000  # paths that are remembered


class Request(NamedTuple):
    """What a log says of one request. `ahead`: the browser fetched it before anybody asked for it.

    `referer` is the page that asked; it is read only where a rule wants it.
    """

    method: str
    target: str
    status: int
    who: str
    host: str = ""
    user_agent: str = ""
    ahead: bool = False
    referer: str = ""


class Requests:
    """Makes the events of one file's requests, with ids for rows that have none of their own."""

    def __init__(self, connector: str, asked: Asked, place: str) -> None:
        self.mapping = _needed(asked.mapping, place)
        self.rules = rules_of(self.mapping)
        self._directory: Directory | None = asked.directory
        self._ids = RowIds(connector, self.mapping.source)
        self._static: set[str] = set()  # paths that no rule is for: half of a log and more
        self._made: dict[tuple[str, str, url_rules.UrlRule], Event] = {}
        self.referers = self.rules.referers

    def tell(
        self, request: Request, at: Callable[[], int], row: Sequence[str | None], own_id: str = ""
    ) -> list[Event] | str:
        """The event of a request, or why there is none; `row` is what makes it itself if it has no id."""
        host, path, query = address(request.target)
        host = host or request.host
        if self.rules.hosts and host and host.lower() not in self.rules.hosts:
            return ELSEWHERE
        if path in self._static:
            return STATIC
        found = find(self.rules.urls, request.method, path, query, request.referer)
        if found is None:
            return self._unruled(request, path)
        why = _unanswered(found.rule, request)
        if why:
            return why
        const = self.rules.agent.const
        if not const and request.who in ("", "-"):
            return BOT if is_script(request.user_agent) else NOBODY
        if request.ahead and found.rule.type not in ("record.viewed", "record.served"):
            return PREFETCH
        type_, surface = self._told_as(found.rule, request, path)
        if found.plain:
            return [self._quick(found, request, type_, surface, at(), row, own_id)]
        data = _fields(type_, filled(found))
        when = at()
        data["agent"] = const or self._agent(request.who, when)
        _usual(type_, data, surface)
        subject = found.parts["record"] if type_ in OF_RECORDS else None
        return [self._event(type_, subject, when, data, own_id or self._ids.of(row))]

    def _told_as(self, rule: url_rules.UrlRule, request: Request, path: str) -> tuple[str, str]:
        """The type and the surface. An opening is one only if a page went to somebody's screen.

        Served is not seen: what a program asked for, what is data and no page, and what the browser fetched
        ahead was sent and nobody is known to have looked at it.
        """
        program = is_script(request.user_agent) and not request.user_agent.startswith(self.rules.apps)
        surface = "api" if program else "ui"
        if rule.type != "record.viewed":
            return rule.type, surface
        if not rule.opened and self.rules.api.search(path):
            surface = "api"
        return ("record.served" if surface == "api" or request.ahead else rule.type), surface

    def _quick(
        self,
        found: url_rules.Asked,
        request: Request,
        type_: str,
        surface: str,
        at: int,
        row: Sequence[str | None],
        own_id: str,
    ) -> Event:
        """An event whose rule has no part but the record: as checked once, with what differs checked here."""
        rule = found.rule
        first = self._made.get((type_, surface, rule))
        if first is None:
            first = self._first(rule, type_, surface)
            self._made[type_, surface, rule] = first
        try:
            agent = opaque(self.rules.agent.const or self._agent(request.who, at))
            id_ = text(own_id, 200) if own_id else self._ids.of(row)
            subject = opaque(found.parts["record"]) if type_ in OF_RECORDS else None
        except Fault as fault:
            raise BadInput(f"the record, the agent or the request's id {fault}") from None
        data = {**first.data, "agent": agent}
        return made(first.source, id_, type_, at, data, subject, None, first.extra)

    def _first(self, rule: url_rules.UrlRule, type_: str, surface: str) -> Event:
        data = {"agent": "a", **_fields(type_, dict(rule.data))}
        _usual(type_, data, surface)
        return self._event(type_, "r" if type_ in OF_RECORDS else None, 0, data, "1")

    def _unruled(self, request: Request, path: str) -> str:
        if request.method == "HEAD":
            return HEAD
        if path in _HEALTHY or path in self.rules.health:
            return HEALTH
        end = path.rfind(".")
        if end > 0 and _STATIC.fullmatch(path, end):
            if len(self._static) < MOST_STATIC and not any(
                rule.path.fullmatch(path) for rule in self.rules.urls
            ):
                self._static.add(path)
            return STATIC
        return HEALTH if is_machine(request.user_agent) else NO_RULE

    def _agent(self, who: str, at: int) -> str:
        """Whose name this is; BadInput if nobody's and names are not taken as they are."""
        rules = self.rules.agent
        name = sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:20] if rules.hash else who
        found = self._directory.agent(rules.kind, name, at) if self._directory else None
        if found is not None:
            return found
        if not rules.unlisted or (self._directory and self._directory.knows(rules.kind, name)):
            raise BadInput(
                f"{rules.field} {named(name)} is nobody's on {rfc3339(at)[:10]}",
                next="name it in the table of people, or say unlisted in [web.agent]",
            )
        return rules.unlisted + name

    def _event(self, type_: str, subject: str | None, at: int, data: dict[str, Any], id_: str) -> Event:
        return from_wire(
            {
                "specversion": "1.0",
                "id": id_,
                "source": self.mapping.source,
                "type": type_,
                "time": EPOCH + timedelta(microseconds=at),
                "subject": subject,
                "data": data,
            }
        )


def _fields(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """Of an opening's fields those that stay when it was served and nobody is known to have seen it."""
    return {name: data[name] for name in _OF_SERVED if name in data} if type_ == "record.served" else data


def _usual(type_: str, data: dict[str, Any], surface: str) -> None:
    """What holds unless the rule says otherwise."""
    if type_ == "record.viewed":
        data.setdefault("seen", "unknown")
    if type_ in ("record.viewed", "record.served", "contact.revealed"):
        data.setdefault("surface", surface)


@lru_cache(maxsize=4096)
def is_machine(user_agent: str) -> bool:
    """Whether a program that watches over servers says that it asked."""
    return _MACHINE.search(user_agent) is not None


@lru_cache(maxsize=4096)
def is_script(user_agent: str) -> bool:
    """Whether a program and no browser says that it asked."""
    return _BOT.search(user_agent) is not None or is_machine(user_agent)


def rules_of(mapping: Mapping) -> WebRules:
    return url_rules.web_rules(mapping.own.get("web"), f"{mapping.place} [web]")


def _needed(mapping: Mapping | None, place: str) -> Mapping:
    if mapping is None or "web" not in mapping.own:
        raise BadInput(
            "holds addresses, and what they mean is not known",
            where=mapping.place if mapping else place,
            next="say it in a mapping with [web] (docs/how-to/connect-access-logs.md)",
        )
    return mapping


def _unanswered(rule: url_rules.UrlRule, request: Request) -> str:
    """Why the answer showed nothing; "" if it did. 304: the browser had the page and showed it again."""
    status = request.status
    if rule.statuses:
        return "" if status in rule.statuses else FAILED if status >= 400 else "answered otherwise"
    if 200 <= status < 300:
        return EMPTY if status in (204, 205) and request.method == "GET" else ""
    if status == 304:
        return "" if rule.type in _PAGES else EMPTY
    if 300 <= status < 400:
        return MOVED
    return NO_ANSWER if status < 200 else FAILED
