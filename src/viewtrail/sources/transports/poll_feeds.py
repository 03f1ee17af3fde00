"""How EspoCRM, Frappe, Odoo and HubSpot are asked for their audit rows: one class a way of asking.

- EspoCRM has a number that only grows, so `number > n` needs no tie-breaker (REST, X-Api-Key).
- Odoo answers create_date in whole seconds and compares it in microseconds, so `create_date > x` would give
  the rows of that second for ever: its ids are asked for instead (JSON-2 or JSON-RPC, with an API key).
- Frappe joins its conditions with AND alone, so "later, or as late with a greater name" is two questions.
- HubSpot's audit log is asked from a time on and paged by a token; sign-ins have no such time, and are read
  until there is nothing new.
Only the fields that a connector reads are asked for, where that can be said.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from viewtrail.errors import BadInput, ViewtrailError
from viewtrail.sources.transports.poll import Feed, Page, Place
from viewtrail.sources.transports.poll_http import Ask, Headers, Interface, Refused

BEHIND: Final = timedelta(minutes=10)
"""How late a row may become visible: a transaction that writes its row first and ends last."""

ROWS_BEHIND: Final = 1_000
"""The same for rows that are known by a growing number."""

PAGE: Final = 200
"""Rows of a page: what EspoCRM and HubSpot give at most."""

ESPO_FIELDS: Final = "id,number,targetType,targetId,action,createdAt,userId"
FRAPPE_FIELDS: Final = {
    "View Log": "name creation owner viewed_by reference_doctype reference_name",
    "Access Log": "name creation owner user export_from reference_document file_type report_name method",
    "Activity Log": "name creation user operation status",
}
ODOO_LOG: Final = "id create_date user_id model_model res_id method http_request_id"
ODOO_LINE: Final = "id create_date user_id model_model res_id method field_name old_value new_value"
ODOO_CHANGES: Final = ("user_id", "stage_id", "state", "active")
"""The fields whose lines the connector reads; other lines hold values of clients' records and stay there."""


@dataclass(frozen=True, slots=True)
class Espo:
    """EspoCRM's action history."""

    size: int = PAGE
    name: str = "action-history"
    in_order: bool = True

    def first(self, since: Place | None) -> Ask:
        return self._after(int(since or 0) - 1)

    def _after(self, number: int) -> Ask:
        where = {"type": "greaterThan", "attribute": "number", "value": str(number)}
        query = {"select": ESPO_FIELDS, "orderBy": "number", "order": "asc", "maxSize": str(self.size)}
        query |= {f"where[0][{name}]": value for name, value in where.items()}
        return Ask(f"/api/v1/ActionHistoryRecord?{urlencode(query)}")

    def page(self, ask: Ask, answer: Any) -> Page:
        rows = _listed(answer, "list")
        more = len(rows) >= self.size
        return Page(rows, self._after(max(int(row["number"]) for row in rows)) if more else None)

    def key(self, row: dict[str, Any]) -> tuple[Place, str]:
        return int(row["number"]), str(row["id"])

    def before(self, at: Place) -> Place:
        return int(at) - ROWS_BEHIND


@dataclass(frozen=True, slots=True)
class FrappeLog:
    """One of Frappe's logs: the rows of a DocType by their creation and name."""

    doctype: str
    size: int = PAGE
    in_order: bool = True

    @property
    def name(self) -> str:
        return self.doctype.lower().replace(" ", "-")

    def first(self, since: Place | None) -> Ask:
        return self._ask([["creation", ">=", str(since)]] if since else [])

    def _ask(self, filters: list[list[str]]) -> Ask:
        query = {
            "fields": json.dumps(FRAPPE_FIELDS[self.doctype].split()),
            "filters": json.dumps(filters),
            "order_by": "creation asc, name asc",
            "limit_page_length": str(self.size),
        }
        return Ask(f"/api/resource/{quote(self.doctype)}?{urlencode(query)}")

    def page(self, ask: Ask, answer: Any) -> Page:
        rows = _listed(answer, "data")
        if len(rows) >= self.size:  # there may be more of the same time
            last = rows[-1]
            return Page(rows, self._ask([["creation", "=", last["creation"]], ["name", ">", last["name"]]]))
        asked = json.loads(_query(ask, "filters"))
        if asked and asked[0][1] == "=":
            return Page(rows, self._ask([["creation", ">", asked[0][2]]]))
        return Page(rows)

    def key(self, row: dict[str, Any]) -> tuple[Place, str]:
        at = datetime.fromisoformat(row["creation"])
        return at.isoformat(" ", "microseconds"), str(row["name"])

    def before(self, at: Place) -> Place:
        return (datetime.fromisoformat(str(at)) - BEHIND).isoformat(" ", "microseconds")


@dataclass(frozen=True, slots=True)
class OdooModel:
    """One model of Odoo's audit log by its ids: over JSON-RPC as `user`, or over JSON-2 where that is None.

    JSON-2 is there from Odoo 19 on; JSON-RPC goes with Odoo 22 (developer/reference/external_rpc_api.rst).
    """

    model: str
    fields: str
    database: str
    user: int | None = None
    only: tuple[str, ...] = ()
    size: int = PAGE
    in_order: bool = True

    @property
    def name(self) -> str:
        return self.model.replace(".", "-")

    def first(self, since: Place | None) -> Ask:
        return self._after(int(since or 0) - 1)

    def _after(self, id_: int) -> Ask:
        domain: list[Any] = [["id", ">", id_]]
        domain += [["field_name", "in", [*self.only]]] if self.only else []
        options = {"fields": self.fields.split(), "order": "id asc", "limit": self.size}
        if self.user is None:
            return Ask(f"/json/2/{self.model}/search_read", {"domain": domain, **options})
        told = [self.database, self.user, "", self.model, "search_read", [domain], options]
        return _call("object", "execute_kw", told)

    def page(self, ask: Ask, answer: Any) -> Page:
        _checked(answer)
        rows = _listed({"result": answer} if self.user is None else answer, "result")
        more = len(rows) >= self.size
        return Page(rows, self._after(max(int(row["id"]) for row in rows)) if more else None)

    def key(self, row: dict[str, Any]) -> tuple[Place, str]:
        return int(row["id"]), str(int(row["id"]))

    def before(self, at: Place) -> Place:
        return int(at) - ROWS_BEHIND


@dataclass(frozen=True, slots=True)
class HubSpotLog:
    """HubSpot's audit log or its security activity: from a time on, then by the token of the next page."""

    kind: str
    time: str  # the field that has a row's time
    since: str  # the parameter that asks from a time on
    as_epoch: bool = False
    in_order: bool = True
    size: int = PAGE

    @property
    def name(self) -> str:
        return self.kind

    def first(self, since: Place | None) -> Ask:
        query = {"limit": str(self.size)}
        if since is not None:
            # The parameter may mean later than: a millisecond before includes it either way
            at = int(since) - 1
            query[self.since] = str(at) if self.as_epoch else _iso(at)
        return Ask(f"/account-info/v3/activity/{self.kind}?{urlencode(query)}")

    def page(self, ask: Ask, answer: Any) -> Page:
        rows = _listed(answer, "results")
        return Page(rows, _next(ask, answer) if rows else None)

    def key(self, row: dict[str, Any]) -> tuple[Place, str]:
        return _millis(row[self.time]), str(row["id"])

    def before(self, at: Place) -> Place:
        return int(at) - int(BEHIND / timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True)
class HubSpotLogins:
    """HubSpot's sign-ins: no time can be asked for, so pages are read until there is nothing new."""

    size: int = PAGE
    name: str = "login"
    in_order: bool = False

    def first(self, since: Place | None) -> Ask:
        return Ask(f"/account-info/v3/activity/login?{urlencode({'limit': str(self.size)})}")

    def page(self, ask: Ask, answer: Any) -> Page:
        rows = _listed(answer, "results")
        return Page(rows, _next(ask, answer) if rows else None)

    def key(self, row: dict[str, Any]) -> tuple[Place, str]:
        return _millis(row["loginAt"]), str(row["id"])

    def before(self, at: Place) -> Place:
        return int(at) - 90 * 86_400_000  # as long as HubSpot keeps them


def _listed(answer: Any, name: str) -> list[dict[str, Any]]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ViewtrailError(f"the answer has no {name}", next="is this the CRM's own address?")
    return rows


def _next(ask: Ask, answer: Any) -> Ask | None:
    """The same question with the token of the next page."""
    paging = answer.get("paging")
    after = paging.get("next", {}).get("after") if isinstance(paging, dict) else None
    if not isinstance(after, str) or not after:
        return None
    path, _, query = ask.path.partition("?")
    kept = [part for part in query.split("&") if not part.startswith("after=")]
    return Ask(f"{path}?{'&'.join(kept)}&{urlencode({'after': after})}")


def _query(ask: Ask, name: str) -> str:
    return parse_qs(urlsplit(ask.path).query).get(name, [""])[0]


def _millis(told: str) -> int:
    at = datetime.fromisoformat(told)
    return (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _iso(millis: int) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _call(service: str, method: str, args: list[Any]) -> Ask:
    """A call of Odoo's JSON-RPC; the third argument is the password, which is the token."""
    params = {"service": service, "method": method, "args": args}
    body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
    return Ask("/jsonrpc", body, ("params", "args", 2))


def _checked(answer: Any) -> None:
    """Odoo answers 200 to everything, and says inside what was wrong."""
    error = answer.get("error") if isinstance(answer, dict) else None
    if error is None:
        return
    told = error.get("data") if isinstance(error, dict) else None
    name = str(told.get("name", "")) if isinstance(told, dict) else ""
    if name.rpartition(".")[2] in ("AccessDenied", "AccessError", "SessionExpiredException"):
        raise Refused(name)
    raise ViewtrailError(f"answered {name or 'an error'}", next="is auditlog installed there?")


def odoo_user(interface: Interface, database: str, login: str) -> int:
    """The number of the user with this login, who has to read the audit log."""

    def check(answer: Any) -> int:
        _checked(answer)
        if not isinstance(answer, dict) or type(answer.get("result")) is not int:
            raise Refused(f"no user {login} with this key in {database}")
        found: int = answer["result"]
        return found

    return interface.ask(_call("common", "authenticate", [database, login, "", {}]), check)  # type: ignore[no-any-return]


HUBSPOT: Final[dict[str, Feed]] = {
    "audit-logs": HubSpotLog("audit-logs", "occurredAt", "occurredAfter"),
    "security": HubSpotLog("security", "createdAt", "fromTimestamp", as_epoch=True, in_order=False),
    "login": HubSpotLogins(),
}


def feeds(
    system: str, interface: Interface, only: tuple[str, ...] = (), database: str = "", user: str = ""
) -> tuple[Feed, ...]:
    """What is fetched from a system: its logs, or `only` these; BadInput when it has none of that name."""
    if system == "frappe":
        return tuple(FrappeLog(one) for one in _chosen(only, tuple(FRAPPE_FIELDS), tuple(FRAPPE_FIELDS)))
    if system == "hubspot":  # the audit log of an Enterprise account has the other two in it
        return tuple(HUBSPOT[one] for one in _chosen(only, tuple(HUBSPOT), ("security", "login")))
    if only:
        raise BadInput(f"{system} has no --type", next="leave it out")
    if system == "espocrm":
        return (Espo(),)
    if not database:
        raise BadInput("needs --database", next="and --user before Odoo 19, whose API key is in --token-file")
    number = odoo_user(interface, database, user) if user else None
    return (
        OdooModel("auditlog.log", ODOO_LOG, database, number),
        OdooModel("auditlog.log.line", ODOO_LINE, database, number, ODOO_CHANGES),
    )


def _chosen(only: tuple[str, ...], known: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    for one in only:
        if one not in known:
            raise BadInput(f"{one!r} is none of its logs", where="--type", next=", ".join(known))
    return only or usual


def headers(system: str, database: str = "") -> Headers:
    """How a system takes its token."""
    if system == "espocrm":
        return _of_espo
    if system == "frappe":
        return lambda token: {"Authorization": f"token {token}"}
    named = {"X-Odoo-Database": database} if system == "odoo" else {}
    return lambda token: {"Authorization": f"Bearer {token}", **named}


def _of_espo(token: str) -> dict[str, str]:
    """An API user's key, or an administrator's login:password, as its front end sends it."""
    if ":" not in token:
        return {"X-Api-Key": token}
    return {"Authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}
