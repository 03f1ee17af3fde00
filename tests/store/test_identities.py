"""The index of identity keys finds what a plain dictionary would, merges and equal keys included."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewtrail.store import identities
from viewtrail.store.identities import Identities

keys = st.integers(0, 30).map(lambda n: (n << 58).to_bytes(8))  # few, so that some are equal


@given(
    st.lists(keys, max_size=20),
    st.lists(st.lists(keys, max_size=20), max_size=5),
    st.lists(keys, max_size=40),
)
def test_it_finds_what_a_dictionary_would(
    first: list[bytes], later: list[list[bytes]], asked: list[bytes]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identities, "RECENT", 15)  # so that merges happen
        index = Identities(b"".join(first))
        plain: dict[bytes, list[int]] = defaultdict(list)
        for number, key in enumerate([*first, *(key for batch in later for key in batch)]):
            plain[key].append(number)
        for batch in later:
            index.add(batch)
        found = index.find(asked)
        assert {place: sorted(held) for place, held in found.items()} == {
            place: plain[key] for place, key in enumerate(asked) if key in plain
        }
