"""The [web] table of a mapping: which addresses of somebody else's CRM mean what, and who asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping as Table
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from viewtrail.errors import BadInput
from viewtrail.event import from_wire
from viewtrail.sources.cells import constant
from viewtrail.sources.directory import KINDS

KEYS: Final = frozenset({"url", "agent", "hosts", "format", "fields", "health", "any_case", "api", "apps"})
URL_KEYS: Final = frozenset(
    {"path", "query", "method", "status", "type", "data", "filter", "referer", "opened"}
)
AGENT_KEYS: Final = frozenset({"field", "const", "kind", "unlisted", "hash"})
AGAIN: Final = "see docs/reference/mapping.md"

OF_RECORDS: Final = frozenset(
    {"record.viewed", "record.served", "contact.revealed", "record.updated", "note.added", "page.printed"}
)
OF_LISTS: Final = frozenset({"list.viewed", "search.performed"})
TYPES: Final = (*sorted(OF_RECORDS), *sorted(OF_LISTS), "export.created")

PAGING: Final = frozenset(
    "page per_page perpage page_size pagesize limit offset start length cursor sort sort_by order orderby "
    "order_by dir direction draw _ t ts v csrf token lang locale tab view".split()
)
"""Parameters that turn pages and sort: no part of what was looked for."""

API: Final = re.compile(
    r"/(?:api|rest|graphql|odata|rpc|jsonrpc|soap|webservices?)(?:[/.]|$)|\.(?:json|xml)/?$", re.IGNORECASE
)
"""Paths that programs ask for: the answer is data and no page, and nobody is known to have seen it."""

MOST_TERMS: Final = 10
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,39}")
_PART: Final = re.compile(r"\{([a-z_]+)\}|(\*\*)|(\*)")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class WhoAsked:
    """Where the name of who asked stands, and as what the directory knows it; `const` is an agent's id."""

    field: str = "remote_user"
    const: str = ""
    kind: str = "web"
    unlisted: str = ""  # a name that is nobody's is told under this and itself; "" = set aside
    hash: bool = False  # the value (a cookie) is a secret: its hash stands for it


@dataclass(frozen=True, slots=True, eq=False)
class UrlRule:
    """One `[[web.url]]`: requests for these addresses are this event."""

    type: str
    path: re.Pattern[str]
    methods: frozenset[str]
    statuses: frozenset[int]
    query: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, Any], ...]
    filter: bool
    plain: bool = False  # of its parts only the record enters the event
    referer: re.Pattern[str] | None = None  # the path of the page that asks, which may name the record
    opened: bool = False  # the page itself asks for it when a record is opened: told as that with any path


@dataclass(frozen=True, slots=True)
class WebRules:
    """How requests of one web application are to be understood."""

    urls: tuple[UrlRule, ...]
    agent: WhoAsked = field(default_factory=WhoAsked)
    hosts: frozenset[str] = frozenset()
    format: str = ""  # nginx's log_format; "" = combined
    fields: Table[str, str] = field(default_factory=dict)  # JSON lines: variable -> JMESPath
    health: frozenset[str] = frozenset()
    api: re.Pattern[str] = API
    apps: tuple[str, ...] = ()  # beginnings of User-Agents of programs in which people look at records

    @property
    def referers(self) -> bool:
        """Whether any rule wants to know which page asked."""
        return any(rule.referer for rule in self.urls)


def web_rules(told: Any, where: str) -> WebRules:
    """The table, checked; BadInput names the key."""
    told = _checked(told, KEYS, where)
    urls = told.get("url", [])
    if not isinstance(urls, list) or not urls:
        raise BadInput("has no [[web.url]]", where=where, next=f"say which address is what: {AGAIN}")
    flags = re.IGNORECASE if _flag(told, "any_case", where) else 0
    fields = told.get("fields", {})
    if not isinstance(fields, dict) or not all(isinstance(one, str) for one in fields.values()):
        raise BadInput("fields is not a table of texts", where=where, next=AGAIN)
    return WebRules(
        urls=tuple(_url(one, f"{where} [[web.url]] {number}", flags) for number, one in enumerate(urls, 1)),
        agent=_agent(told.get("agent", {}), f"{where} agent"),
        hosts=frozenset(host.lower() for host in _texts(told, "hosts", where)),
        format=_text(told, "format", where),
        fields=fields,
        health=frozenset(_texts(told, "health", where)),
        api=_api(told, where, flags),
        apps=_texts(told, "apps", where),
    )


def _api(told: Table[str, Any], where: str, flags: int) -> re.Pattern[str]:
    """Paths of data: the usual ones, or those that the table names; an empty list is none."""
    if "api" not in told:
        return API
    paths = [_pattern(path, f"{where} api") for path in _texts(told, "api", where)]
    return re.compile("|".join(f"(?:{path})\\Z" for path in paths) or r"(?!)", flags | re.DOTALL)


def _agent(told: Any, where: str) -> WhoAsked:
    told = _checked(told, AGENT_KEYS, where)
    kind = _text(told, "kind", where) or "web"
    if kind not in KINDS:
        raise BadInput(f"kind {kind!r} is unknown", where=where, next=f"one of {', '.join(KINDS)}")
    return WhoAsked(
        field=_text(told, "field", where) or "remote_user",
        const=_text(told, "const", where),
        kind=kind,
        unlisted=_text(told, "unlisted", where),
        hash=_flag(told, "hash", where),
    )


def _url(told: Any, where: str, flags: int) -> UrlRule:
    told = _checked(told, URL_KEYS, where)
    type_ = _text(told, "type", where)
    if type_ not in TYPES:
        raise BadInput(f"type {type_!r} is no request's", where=where, next=f"one of {', '.join(TYPES)}")
    path = _text(told, "path", where)
    if not path.startswith("/"):
        raise BadInput(f"path {path!r} does not begin with /", where=where)
    methods = told.get("method", "GET")
    methods = [methods] if isinstance(methods, str) else methods
    if not isinstance(methods, list) or not all(isinstance(one, str) and one.isupper() for one in methods):
        raise BadInput("method is no method, nor a list of them", where=where, next='like "POST"')
    statuses = told.get("status", [])
    if not isinstance(statuses, list) or not all(type(one) is int for one in statuses):
        raise BadInput("status is not a list of numbers", where=where, next="like [200, 302]")
    query, data, page = told.get("query", {}), told.get("data", {}), _text(told, "referer", where)
    if page and not page.startswith("/"):
        raise BadInput(f"referer {page!r} does not begin with /", where=where, next="say the page's path")
    if not isinstance(query, dict) or not all(isinstance(one, str) for one in query.values()):
        raise BadInput("query is not a table of texts", where=where, next=AGAIN)
    if not isinstance(data, dict):
        raise BadInput("data is not a table", where=where, next=AGAIN)
    rule = UrlRule(
        type_,
        re.compile(_pattern(path, where), flags | re.DOTALL),
        frozenset(methods),
        frozenset(statuses),
        tuple(query.items()),
        tuple((name, constant(value, f"{where} data.{name}")) for name, value in data.items()),
        _flag(told, "filter", where, type_ in OF_LISTS),
        not _parts(path, query, page) - {"record"},
        re.compile(_pattern(page, where), flags | re.DOTALL) if page else None,
        _flag(told, "opened", where),
    )
    if rule.opened and type_ != "record.viewed":
        raise BadInput(f"opened is for record.viewed, and this is {type_}", where=where, next=AGAIN)
    _fits(rule, where)
    return rule


def _pattern(path: str, where: str) -> str:
    """`/leads/{record}` as a pattern: {name} and * stay within a segment, ** goes over several."""
    found, end, wide = "", 0, 0
    for part in _PART.finditer(path):
        found += re.escape(path[end : part.start()])
        found += f"(?P<{part[1]}>[^/]+?)" if part[1] else ".*" if part[2] else "[^/]*"
        wide += not part[1]
        end = part.end()
    try:
        re.compile(found)
    except re.error:
        raise BadInput(f"path {path!r} names something twice", where=where) from None
    if wide > 2:
        raise BadInput(f"path {path!r} has more than two *", where=where)
    return found + re.escape(path[end:]).removesuffix("/") + "/?"


def _parts(path: str, query: Table[str, str], page: str) -> set[str]:
    """The named parts of a rule's addresses."""
    return {name for told in (path, page, *query.values()) for name in _PLACEHOLDER.findall(told)}


def _fits(rule: UrlRule, where: str) -> None:
    """A rule is refused at once if its events could not be."""
    given = {*rule.path.groupindex}
    if rule.referer is not None:
        twice = sorted(given & {*rule.referer.groupindex})
        if twice:
            raise BadInput(f"path and referer both name {{{twice[0]}}}", where=where, next=AGAIN)
        given |= {*rule.referer.groupindex}
    for _, value in rule.query:
        given |= set(_PLACEHOLDER.findall(value))
    if rule.type in OF_RECORDS and "record" not in given:
        raise BadInput(
            f"{rule.type} has no {{record}} in its path, query or referer", where=where, next=AGAIN
        )
    for name, value in rule.data:
        asked = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        if asked and asked[1] not in given:
            raise BadInput(f"data.{name} is {value}, which path and query do not have", where=where)
    sample = {name: value for name, value in rule.data if not str(value).startswith("{")}
    told = {"type": rule.type, "source": "/s", "id": "1", "time": "2026-01-01T00:00:00Z", "subject": "r"}
    from_wire({"specversion": "1.0", **told, "data": {"agent": "a", **sample}}, where)
    if rule.type == "contact.revealed" and "field" not in {*dict(rule.data), *given}:
        raise BadInput("contact.revealed needs data.field", where=where, next="phone, email, address, ...")


class Asked:
    """What a rule found in one address: the named parts, and the shape of the filter."""

    __slots__ = ("filter", "parts", "rule")

    def __init__(self, rule: UrlRule, parts: dict[str, str], shape: str) -> None:
        self.rule, self.parts, self.filter = rule, parts, shape

    @property
    def plain(self) -> bool:
        """Whether the event's data are the rule's own, the same for every address."""
        return self.rule.plain and not self.filter


def address(target: str) -> tuple[str, str, str]:
    """Host (or ""), path and query of a request's target, the path as a server understands it.

    Escapes are read, double slashes are one and dots are followed, so that another spelling of an address
    is not another address. BadInput for a path that is no text.
    """
    host = ""
    if not target.startswith("/"):
        try:
            split = urlsplit(target)
            host, target = (split.hostname or ""), (split.path or "/") + ("?" + split.query)
        except ValueError:
            raise BadInput("the address cannot be read") from None
    path, _, query = target.partition("#")[0].partition("?")
    if "%" in path or "//" in path or "/." in path or ";" in path:
        path = _plain(path)
    return host, path, query


def _plain(path: str) -> str:
    bare = "/".join(part.partition(";")[0] for part in path.split("/"))
    try:
        read = unquote_to_bytes(bare).decode()
    except UnicodeError:
        raise BadInput("the path is not UTF-8") from None
    kept: list[str] = []
    for part in read.split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept) + ("/" if read.endswith("/") and kept else "")


def parameters(query: str) -> list[tuple[str, str]]:
    """Names and values of a query; BadInput if it cannot be read."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=500)
    except ValueError:
        raise BadInput("the query cannot be read") from None


def find(rules: tuple[UrlRule, ...], method: str, path: str, query: str, referer: str = "") -> Asked | None:
    """The first rule for this request; `referer` is the address of the page that asked, where one did."""
    told: list[tuple[str, str]] | None = None
    for rule in rules:
        found = rule.path.fullmatch(path)
        if found is None or method not in rule.methods:
            continue
        parts = found.groupdict()
        if rule.referer is not None:
            page = _page(rule.referer, referer)
            if page is None:
                continue
            parts |= page.groupdict()
        if rule.query or rule.filter:
            if told is None:
                told = parameters(query) if query else []
            if not _meets(rule, told, parts):
                continue
            return Asked(rule, parts, shape(rule, told) if rule.filter else "")
        return Asked(rule, parts, "")
    return None


def _page(wanted: re.Pattern[str], referer: str) -> re.Match[str] | None:
    """What the page that asked has of a rule's `referer`; the header comes from outside: anything."""
    with suppress(BadInput):
        return wanted.fullmatch(address(referer)[1]) if referer else None
    return None


def _meets(rule: UrlRule, told: list[tuple[str, str]], parts: dict[str, str]) -> bool:
    for name, wanted in rule.query:
        values = {value for other, value in told if other == name}
        asked = _PLACEHOLDER.fullmatch(wanted)
        if not values or (asked is not None and "" in values):
            return False
        if asked is None:
            if wanted != "*" and wanted not in values:
                return False
        elif len(values) > 1:
            raise BadInput(f"the address names {name} twice, with two values")
        else:
            parts[asked[1]] = values.pop()
    return True


def shape(rule: UrlRule, told: list[tuple[str, str]]) -> str:
    """The names of what was filtered by, without values: `country=? and status=?`."""
    used = {name for name, _ in rule.query}
    names: dict[str, None] = {}
    for name, value in told:
        plain = name.replace("[", ".").replace("]", "").rstrip(".")
        if value and name not in used and plain.lower() not in PAGING and _NAME.fullmatch(plain):
            names[plain] = None
    return " and ".join(f"{name}=?" for name in sorted(names)[:MOST_TERMS])


def filled(found: Asked) -> dict[str, Any]:
    """The event's data as the rule says them, with the parts of the address in their places."""
    data: dict[str, Any] = {name: part for name, part in found.parts.items() if name != "record"}
    for name, value in found.rule.data:
        asked = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        data[name] = found.parts[asked[1]] if asked else value
    if found.filter:
        data["filter"] = found.filter
    return data


def _checked(told: Any, known: frozenset[str], where: str) -> Table[str, Any]:
    if not isinstance(told, dict):
        raise BadInput("is not a table", where=where, next=AGAIN)
    unknown = sorted(set(told) - known)
    if unknown:
        raise BadInput(
            f"key {unknown[0]!r} is unknown", where=where, next=f"known: {', '.join(sorted(known))}"
        )
    return told


def _text(told: Table[str, Any], key: str, where: str) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise BadInput(f"{key} is not a text", where=where)
    return value


def _flag(told: Table[str, Any], key: str, where: str, default: bool = False) -> bool:
    value = told.get(key, default)
    if type(value) is not bool:
        raise BadInput(f"{key} is neither true nor false", where=where)
    return value


def _texts(told: Table[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadInput(f"{key} is not a list of texts", where=where)
    return tuple(value)
