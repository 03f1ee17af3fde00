"""Every address of the console has a decision about who may open it; an address without one fails here.

Pages keep to the laws of `test_pages.py`. What is beside them, to sign in and to manage one's own signing in,
stands here: a release of allauth that brings another address is noticed before anybody else does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

ANYBODY, SIGNED_IN, NOBODY, MOVED = "anybody", "who is signed in", "nobody", "leads to another of these"

BESIDE = {
    "health": ANYBODY,
    "first/<str:token>": ANYBODY,  # whoever has the link, once
    "live": SIGNED_IN,
    "accounts/login/": ANYBODY,
    "accounts/logout/": ANYBODY,  # leads whoever is not signed in to where one signs in
    "accounts/2fa/authenticate/": ANYBODY,  # the second half of signing in
    "accounts/2fa/webauthn/login/": ANYBODY,  # signing in with a passkey
    "accounts/login/code/confirm/": ANYBODY,  # codes by mail are not offered: leads to signing in
    "accounts/inactive/": ANYBODY,  # tells somebody who was switched off
    "accounts/3rdparty/login/cancelled/": ANYBODY,
    "accounts/3rdparty/login/error/": ANYBODY,
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/": ANYBODY,  # the company's provider; unknown ones are 404
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": ANYBODY,
    "accounts/2fa/": SIGNED_IN,
    "accounts/2fa/reauthenticate/": SIGNED_IN,
    "accounts/2fa/recovery-codes/": SIGNED_IN,
    "accounts/2fa/recovery-codes/download/": SIGNED_IN,
    "accounts/2fa/recovery-codes/generate/": SIGNED_IN,
    "accounts/2fa/totp/activate/": SIGNED_IN,
    "accounts/2fa/totp/deactivate/": SIGNED_IN,
    "accounts/2fa/webauthn/": SIGNED_IN,
    "accounts/2fa/webauthn/add/": SIGNED_IN,
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": SIGNED_IN,
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": SIGNED_IN,
    "accounts/2fa/webauthn/reauthenticate/": SIGNED_IN,
    "accounts/3rdparty/": SIGNED_IN,
    "accounts/password/change/": SIGNED_IN,
    "accounts/password/set/": SIGNED_IN,
    "accounts/reauthenticate/": SIGNED_IN,
    "accounts/sessions/": SIGNED_IN,
    # People are added, and forgotten passwords set anew, by an administrator.
    "accounts/signup/": NOBODY,
    "accounts/email/": NOBODY,
    "accounts/confirm-email/": NOBODY,
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": NOBODY,
    "accounts/password/reset/": NOBODY,
    "accounts/password/reset/done/": NOBODY,
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": NOBODY,
    "accounts/password/reset/key/done/": NOBODY,
    "accounts/3rdparty/signup/": NOBODY,
    "accounts/social/signup/": MOVED,
    "accounts/social/connections/": MOVED,
    "accounts/social/login/cancelled/": MOVED,
    "accounts/social/login/error/": MOVED,
}
"""Who may open what is no page."""

EXAMPLES = {
    "<int:pk>": "1",
    "<str:token>": "no-such-token",
    "^(?P<provider_id>[^/]+)": "no-such-provider",
    "^confirm-email/(?P<key>[-:\\w]+)/$": "confirm-email/abc/",
    "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-abc/",
}


def addresses() -> set[str]:
    """Every address there is, as Django's router has it."""
    from django.urls import get_resolver

    return set(_below("", get_resolver().url_patterns))


def _below(start: str, patterns: Any) -> Iterator[str]:
    from django.urls import URLResolver

    for one in patterns:
        route = f"{start}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _below(route, one.url_patterns)
        else:
            yield route


def example(route: str) -> str:
    for part, example in EXAMPLES.items():
        route = route.replace(part, example)
    return f"/{route}"


def test_every_address_is_a_page_or_has_its_decision_here(site: Path) -> None:
    from viewtrail.web.page import all_pages

    assert addresses() - {page.path for page in all_pages()} == set(BESIDE)


@pytest.mark.parametrize("route", BESIDE)
def test_a_stranger_comes_as_far_as_was_decided(route: str, anybody: Client) -> None:
    for answer in (anybody.get(example(route)), anybody.post(example(route))):
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
        if BESIDE[route] == SIGNED_IN:
            assert to_sign_in or answer.status_code == 401, answer.status_code
        elif BESIDE[route] == MOVED:
            assert answer.headers["Location"].removeprefix("/") in BESIDE
        else:
            assert answer.status_code in (200, 302, 400, 401, 404, 405), answer.status_code


@pytest.mark.parametrize("route", [route for route, who in BESIDE.items() if who == NOBODY])
def test_what_is_for_nobody_changes_nothing_for_anybody(
    route: str, anybody: Client, signed_in: Callable[..., Client]
) -> None:
    form = {"email": "new@example.com", "password1": "a long enough password", "password2": "x"}
    for client in (anybody, signed_in("admin")):
        for answer in (client.get(example(route)), client.post(example(route), form)):
            assert answer.status_code in (302, 403, 404) or b'type="password"' not in answer.content
    from viewtrail.web.accounts.models import Person

    assert not Person.objects.filter(email="new@example.com").exists()
