"""URL patterns such as /leads/{record} or /index.php?module=Leads&record={record}: which record it shows.

`{record}` is the record's id, `*` anything within one part, `**` anything. Parameters may come in any order,
others may be there too, and one trailing slash is no matter. rules.js matches the same way; a test holds them
equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from viewtrail.errors import BadInput

_WILD: Final = re.compile(r"\{record\}|\*\*|\*")
_MEANS: Final = {"{record}": "([^/?#&]+)", "*": "[^/?#&]*", "**": ".*"}


@dataclass(frozen=True, slots=True)
class UrlPattern:
    """One pattern, ready to match."""

    path: re.Pattern[str]
    query: tuple[tuple[str, re.Pattern[str]], ...]
    fragment: re.Pattern[str] | None

    def matches(self, url: str) -> str | None:
        """The record that `url` shows, "" where the pattern names none, None where it does not match."""
        parts = urlsplit(url)
        found = [self.path.fullmatch(parts.path)]
        given = dict(reversed(parse_qsl(parts.query, keep_blank_values=True)))
        found += [pattern.fullmatch(given[name]) if name in given else None for name, pattern in self.query]
        if self.fragment is not None:
            found.append(self.fragment.fullmatch(parts.fragment))
        if any(match is None for match in found):
            return None
        named = [match[1] for match in found if match is not None and match.re.groups]
        return unquote(named[0]) if named else ""


def url_pattern(text: object, where: str) -> UrlPattern:
    """The pattern that `text` says, or `BadInput` with what is wrong with it."""
    if not isinstance(text, str) or not text.startswith("/") or len(text) > 400:
        raise BadInput(
            f"{text!r:.60} is no path", where=where, next="write it from the slash: /leads/{record}"
        )
    if text.count("{record}") > 1 or re.sub(r"\{record\}", "", text).count("{"):
        raise BadInput(
            f"{text!r:.60} names something else than one {{record}}", where=where, next="/leads/{record}"
        )
    rest, _, fragment = text.partition("#")
    path, _, query = rest.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return UrlPattern(
        _compiled(path.removesuffix("/"), "/?"),
        tuple((name, _compiled(value)) for name, _, value in pairs),
        _compiled(fragment) if fragment else None,
    )


def _compiled(text: str, end: str = "") -> re.Pattern[str]:
    """Each wildcard as its own, all else as it stands; parameters were decoded, so a slash may be in them."""
    pieces, at = [], 0
    for wild in _WILD.finditer(text):
        pieces += [re.escape(text[at : wild.start()]), _MEANS[wild[0]]]
        at = wild.end()
    return re.compile("".join([*pieces, re.escape(text[at:])]) + end)
