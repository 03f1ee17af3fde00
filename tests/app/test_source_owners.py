"""Every source can have somebody who looks after it."""

from __future__ import annotations

import pytest

from viewtrail.app.source_owners import owner_of, owners
from viewtrail.errors import SettingError


def test_a_source_is_somebodys_and_the_rest_is_who_the_star_says():
    known = owners("/pbx/3cx = pbx@x.example, *=it@x.example")
    assert owner_of("/pbx/3cx", known) == "pbx@x.example"
    assert owner_of("/crm", known) == "it@x.example"
    assert owner_of("/crm", owners("/pbx/3cx=pbx@x.example")) == ""
    assert owners("") == {}


def test_a_source_may_have_an_equals_sign_in_its_name():
    assert owners("/crm?tenant=a=anna@x.example") == {"/crm?tenant=a": "anna@x.example"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/crm", "is not a source and an address"),
        ("=it@x.example", "is not a source and an address"),
        ("/crm=anna", "is not a source and an address"),
        ("/crm=a@x.example, /crm=b@x.example", "has two owners"),
    ],
)
def test_what_is_no_owner_is_said_with_the_place(text, why):
    with pytest.raises(SettingError, match=why) as told:
        owners(text)
    assert told.value.where == "source_owners"
