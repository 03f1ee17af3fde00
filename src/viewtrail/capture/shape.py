"""The shape of a filter: which fields were asked about and how, never the values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_LOOKUPS: Final = {
    "exact": "=", "iexact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "in": "in", "not": "!=",
    "contains": "like", "icontains": "like", "startswith": "like", "istartswith": "like", "endswith": "like",
    "iendswith": "like", "regex": "~", "iregex": "~", "search": "~", "range": "in", "isnull": "=",
}  # fmt: skip
"""What stands after the double underscore in Django's and many others' query parameters."""

_NAME: Final = re.compile(r"[A-Za-z_]\w*")


def shape(parameters: Mapping[str, Any] | Iterable[str], leave_out: Iterable[str] = ()) -> str | None:
    """`country=? and deposits>?` for {"country": "CY", "deposits__gt": "1000"}; None: nothing is asked."""
    skip = frozenset(leave_out)
    names = sorted({name for name in parameters if name not in skip and _NAME.fullmatch(name)})
    return (
        " and ".join(_term(name) for name in names)[:400].rpartition(" and ")[0]
        if _long(names)
        else _all(names)
    )


def _long(names: list[str]) -> bool:
    return len(_all(names) or "") > 400


def _all(names: list[str]) -> str | None:
    return " and ".join(_term(name) for name in names) or None


def _term(name: str) -> str:
    field, _, lookup = name.rpartition("__")
    sign = _LOOKUPS.get(lookup) if field else None
    if sign is None:
        return f"{name}=?"
    return f"{field} {sign} ?" if sign[0].isalpha() else f"{field}{sign}?"
