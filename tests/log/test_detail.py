"""Names and details: sealed beside the entries, bound to them, opened only with the right keys."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log.some_events import KEYS, MONDAY, counted
from viewtrail.errors import KeyMissing
from viewtrail.log.detail import DetailKeys, commitment, key_name, open_detail, plain_detail, seal_detail
from viewtrail.log.pseudonyms import Names, Pseudonyms, SealedNames, hmac_sha256


@given(st.binary(max_size=64), st.binary(max_size=200))
def test_the_quick_hmac_is_hmac(key: bytes, message: bytes) -> None:
    assert hmac_sha256(key)(message) == hmac.digest(key, message, "sha256")


def test_a_pseudonym_never_changes_and_tells_agents_from_records() -> None:
    names, sealed_names = Pseudonyms(KEYS.tenant), SealedNames(KEYS.master, counted())
    assert (
        names.of("a", "agent-1") == Names(KEYS.tenant, KEYS.master).of("a", "agent-1") == "a-nmbcy6pknyyloduj"
    )
    assert names.of("a", "agent-1")[2:] != names.of("r", "agent-1")[2:]
    sealed_names.need(names.take_used())
    (first, sealed), (second, _) = sealed_names.take_new()
    assert (first[0], second[0]) == ("a", "r")
    assert Names(KEYS.tenant, KEYS.master).open(first, sealed) == "agent-1"
    names.of("a", "agent-1")
    sealed_names.need(names.take_used())
    assert sealed_names.take_new() == [], "it is stored once"


def test_a_name_opens_only_with_the_master_key_and_for_its_own_pseudonym() -> None:
    names, sealed_names = Pseudonyms(KEYS.tenant), SealedNames(KEYS.master, counted())
    names.of("a", "agent-1")
    sealed_names.need(names.take_used())
    ((pseudonym, sealed),) = sealed_names.take_new()
    with pytest.raises(KeyMissing):
        Names(KEYS.tenant, bytes(32)).open(pseudonym, sealed)
    with pytest.raises(KeyMissing):
        Names(KEYS.tenant, KEYS.master).open("a-other", sealed)


def test_detail_keys_are_by_agent_and_month_or_source_and_month() -> None:
    assert key_name("a-x", "/crm", MONDAY) == "a-x/2026-03"
    assert key_name(None, "/crm", MONDAY) == "source:/crm/2026-03"


def test_a_detail_is_bound_to_its_commitment() -> None:
    kept: dict[str, bytes] = {}
    keys = DetailKeys(KEYS.master, counted(), kept.get)
    key = keys.get_or_make("a-x/2026-03")
    kept.update(keys.take_new())
    bound, sealed = seal_detail(key, plain_detail({"ip": "192.0.2.7"}), counted())
    again = DetailKeys(KEYS.master, counted(), kept.get).get("a-x/2026-03")
    assert again is not None
    assert open_detail(again, sealed, bound) == {"ip": "192.0.2.7"}
    assert open_detail(again, sealed, bytes(32)) is None
    assert open_detail(again, sealed[:-1], bound) is None
    assert b"192.0.2.7" not in sealed
    with pytest.raises(KeyMissing):
        DetailKeys(bytes(32), counted(), kept.get).get("a-x/2026-03")
    assert keys.get("a-y/2026-03") is None


def test_the_commitment_says_nothing_without_its_salt() -> None:
    assert commitment(bytes(16), b"{}") != commitment(bytes(15) + b"\1", b"{}")
    assert commitment(bytes(16), b"{}") == hmac.digest(bytes(16), b"{}", "sha256")
