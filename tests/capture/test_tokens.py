"""A view token is believed as it was issued, where it was issued, while it lasts; and in no other case."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.capture.tokens import LIFE, BadToken, Tokens
from viewtrail.errors import BadInput, SettingError

KEY = b"k" * 32
OTHER = b"o" * 32
TEXT = st.text(min_size=1, max_size=40)


class Clock:
    def __init__(self) -> None:
        self.at = 1_772_000_000_000_000

    def __call__(self) -> int:
        return self.at


def refused(tokens: Tokens, token: Any, session: str = "s-1") -> str:
    with pytest.raises(BadToken) as refusal:
        tokens.read(token, session)
    assert refusal.value.next, "who is refused learns what to do"
    return refusal.value.why


@given(agent=TEXT, record=TEXT, session=st.text(max_size=80), position=st.integers(0, 10**6))
def test_a_token_says_what_was_issued(agent: str, record: str, session: str, position: int) -> None:
    clock = Clock()
    tokens = Tokens(KEY, clock=clock)
    token = tokens.issue(
        agent, record, session=session, kind="lead", via="list", position=position, list=None
    )
    view = tokens.read(token, session)
    assert (view.agent, view.record, view.kind) == (agent, record, "lead")
    assert dict(view.data) == {"via": "list", "position": position}
    assert (view.issued, view.expires) == (clock.at, clock.at + LIFE * 1_000_000)
    assert token.replace(".", "").replace("-", "").replace("_", "").isalnum(), (
        "it stands in any attribute or URL"
    )


def test_two_tokens_for_one_record_are_two_openings() -> None:
    tokens = Tokens(KEY)
    ids = {tokens.read(tokens.issue("17", "L-1", session="s"), "s").id for _ in range(100)}
    assert len(ids) == 100


def test_a_token_does_not_name_the_session() -> None:
    import base64

    token = Tokens(KEY).issue("17", "L-1", session="secret-session-id")
    body = token.partition(".")[0]
    assert b"secret-session-id" not in base64.urlsafe_b64decode(body + "==")


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_one_changed_character_is_noticed(place: int) -> None:
    tokens = Tokens(KEY)
    token = tokens.issue("17", "L-1", session="s-1", id="0" * 32)
    place %= len(token)
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    assert refused(tokens, changed) == "forged"


def test_another_key_signs_nothing_here() -> None:
    assert refused(Tokens(KEY), Tokens(OTHER).issue("17", "L-1", session="s-1")) == "forged"


def test_a_token_taken_to_another_session_is_refused() -> None:
    tokens = Tokens(KEY)
    assert refused(tokens, tokens.issue("17", "L-1", session="s-1"), "s-2") == "another-session"


def test_a_token_of_yesterday_is_refused() -> None:
    clock = Clock()
    tokens = Tokens(KEY, clock=clock)
    token = tokens.issue("17", "L-1", session="s-1")
    clock.at += LIFE * 1_000_000 - 1
    assert tokens.read(token, "s-1").record == "L-1"
    clock.at += 1
    assert refused(tokens, token) == "expired"


@pytest.mark.parametrize("token", [None, 7, {}, [], "", ".", "a.b", "ü.ü", "x" * 5_000, "..", "\ud800"])
def test_what_is_no_token_is_refused(token: object) -> None:
    assert refused(Tokens(KEY), token) in {"unreadable", "forged"}


def test_a_former_key_is_believed_while_the_key_is_being_changed() -> None:
    before = Tokens(KEY).issue("17", "L-1", session="s-1")
    changed = Tokens(OTHER, former=[KEY])
    assert changed.read(before, "s-1").record == "L-1"
    assert refused(changed, before, "s-2") == "another-session"
    assert refused(Tokens(OTHER), before) == "forged"


def test_a_short_key_is_refused_with_a_way_to_a_good_one() -> None:
    with pytest.raises(SettingError, match="token_bytes"):
        Tokens(b"short")


def test_a_token_too_long_for_a_page_is_not_issued() -> None:
    with pytest.raises(BadInput, match="shorter ids"):
        Tokens(KEY).issue("17", "L" * 3_000, session="s-1")
