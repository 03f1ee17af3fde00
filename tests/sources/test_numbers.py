"""Telephone numbers: every spelling of one number has one hash, under the key, and the quick way agrees."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewtrail.sources.numbers import Numbers, e164, plain_e164

COUNTRIES = ("", "CY", "GB", "DE", "US", "IT", "RU", "KZ", "IL", "AE", "AR", "BR", "MX", "PL", "ZA", "AU")


@pytest.mark.parametrize(
    ("told", "country"),
    [
        ("+35799123456", ""),
        ("+357 99 123456", "GB"),
        ("99123456", "CY"),
        ("99 12-34.56", "CY"),
        ("0035799123456", "CY"),
        ("0035799123456", ""),
        ("35799123456", "CY"),
        ("35799123456", "GB"),
        ("01135799123456", "US"),
        ("tel:+357-99-123456", ""),
        ("TEL:99123456;phone-context=cy.example", "CY"),
    ],
)
def test_the_spellings_of_one_number_are_one_number(told, country):
    assert e164(told, country) == "+35799123456"


@pytest.mark.parametrize(
    ("told", "country"),
    [("211", "CY"), ("", "CY"), ("anonymous", "CY"), ("*97", "CY"), ("99123456", ""), ("9" * 21, "CY"),
     ("1-800-FLOWERS", "US"), ("+999123456789", ""), ("١٢٣", "CY")],
)  # fmt: skip
def test_what_is_no_number_has_no_hash(told, country):
    assert Numbers(b"k" * 32).hash(told, country) is None


def test_the_hash_needs_the_key_and_does_not_hold_the_number():
    one, other = Numbers(b"k" * 32), Numbers(b"j" * 32)
    told = one.hash("99123456", "CY")
    assert told == one.hash("+357 99 123456", "GB") == Numbers(b"k" * 32).hash("0035799123456", "CY")
    assert told != other.hash("99123456", "CY")
    assert "99123456" not in told


@settings(max_examples=2_000, deadline=None)
@given(
    st.sampled_from(COUNTRIES),
    st.sampled_from(
        ("", "+", "00", "011", "0", "1", "8", "357", "44", "49", "7", "39", "+44", "+39", "+549")
    ),
    st.text("0123456789", min_size=0, max_size=13),
)
def test_the_quick_way_agrees_wherever_it_answers(country, start, rest):
    quick = plain_e164(start + rest, country)
    assert quick is None or (quick or None) == e164(start + rest, country)


def test_another_process_hashes_alike() -> None:
    numbers = Numbers(b"k" * 32)
    known = numbers.hash("99 123456", "CY")
    assert pickle.loads(pickle.dumps(numbers)).hash("+35799123456", "") == known
