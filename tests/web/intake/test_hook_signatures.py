"""A post is taken from its vendor alone: each scheme's own signature, and nothing that was changed."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from viewtrail.app.hooks import SCHEMES, SHOWN, Hook, digest
from viewtrail.web.intake.hook_signatures import (
    GENUINE,
    MISSING,
    OLD,
    WRONG,
    Posted,
    compatible,
    judged,
    signed_of_form,
)
from web.intake.signing import SECRETS, SIGN, URL, twilio
from web.intake.signing import compatible as by_the_vendor

NOW = 0
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
BODIES = {
    "form": (FORM, b"CallSid=CA1&From=%2B14158675309&Digits=&To=%2B18005551212"),
    "json": ("application/json", json.dumps({"token": SECRETS["aircall"], "id": 1}).encode()),
}
KINDS = [(scheme, "form") for scheme in SCHEMES if scheme != "aircall"]
KINDS += [(scheme, "json") for scheme in SCHEMES]


@pytest.fixture(autouse=True)
def _now() -> None:
    """The library for Standard Webhooks asks the clock itself, so now is when the test runs."""
    global NOW
    NOW = int(time.time()) * 1_000_000


def hook(scheme: str, secret: str = "", url: str = URL) -> Hook:
    told = secret or SECRETS[scheme]
    kept, of = ("", digest(told)) if scheme in SHOWN else (told, "")
    return Hook("pbx", "jsonl", "", scheme, kept, of, "x-signature", url, NOW)


def signed(scheme: str, body: str, now: int = 0, url: str = URL) -> Posted:
    now = now or NOW
    kind, content = BODIES[body]
    query, headers = SIGN[scheme](f"{url}/v1/hooks/pbx", content, kind, now)
    return Posted(query.removeprefix("?"), {"content-type": kind, **headers}, content, now)


@pytest.mark.parametrize(("scheme", "body"), KINDS)
def test_what_the_vendor_signed_is_genuine(scheme, body):
    assert judged(hook(scheme), signed(scheme, body)) == GENUINE


@pytest.mark.parametrize(("scheme", "body"), KINDS)
def test_nobody_elses_secret_makes_it_genuine(scheme, body):
    other = {"telnyx": "bm90IGl0IG5vdCBpdCBub3QgaXQgbm90IGl0IG5vdCE=", "standard": "whsec_" + "b" * 32}
    assert judged(hook(scheme, other.get(scheme, "another secret")), signed(scheme, body)) == WRONG


@pytest.mark.parametrize(("scheme", "body"), [kind for kind in KINDS if kind[0] not in SHOWN])
def test_a_body_that_was_changed_is_not_genuine(scheme, body):
    post = signed(scheme, body)
    assert judged(hook(scheme), replace(post, body=post.body.replace(b"1", b"2"))) == WRONG


@pytest.mark.parametrize(("scheme", "body"), KINDS)
def test_without_a_signature_it_is_not_genuine(scheme, body):
    post = signed(scheme, body)
    bare = replace(post, query="", headers={"content-type": BODIES[body][0]}, body=b'{"id": 1}')
    assert judged(hook(scheme), bare) == MISSING


@pytest.mark.parametrize("scheme", ["telnyx", "standard"])
@pytest.mark.parametrize("off", [-301, 302])
def test_what_was_signed_at_another_time_is_a_replay(scheme, off):
    at_another = signed(scheme, "json", NOW + off * 1_000_000)
    assert judged(hook(scheme), replace(at_another, now=NOW)) == OLD


@pytest.mark.parametrize("scheme", ["twilio", "signalwire"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("https://hooks.example.com", "https://hooks.example.com:443"),
        ("https://hooks.example.com:443", "https://hooks.example.com"),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
    ],
)
def test_the_usual_port_may_stand_in_the_address_or_not(scheme, ours, theirs):
    assert judged(hook(scheme, url=ours), signed(scheme, "form", url=theirs)) == GENUINE
    assert judged(hook(scheme, url=ours), signed(scheme, "form", url="https://other.example.com")) == WRONG


def test_the_examples_of_twilios_own_libraries():
    address = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = (
        b"Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE"
    )
    told = signed_of_form(form)
    assert told is not None
    assert compatible("12345", address, told) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    other = form.replace(b"14158675309", b"12349013030")
    assert compatible("12345", address, signed_of_form(other) or "") == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_a_signature_of_the_address_alone_covers_no_body():
    """Whoever saw the signature of an empty post could else put any JSON behind it."""
    headers = {"x-twilio-signature": by_the_vendor(f"{URL}/v1/hooks/pbx", b"", "12345")}
    for kind in ("application/json", "text/plain", ""):
        post = Posted("", {**headers, "content-type": kind}, b'{"CallSid": "CA1"}', NOW)
        assert judged(hook("twilio"), post) == WRONG
    unreadable = Posted("", {**headers, "content-type": FORM}, b"\xff=1", NOW)
    assert judged(hook("twilio"), unreadable) == WRONG


def test_a_digest_in_the_address_has_to_be_the_bodys():
    query, headers = twilio(f"{URL}/v1/hooks/pbx", b'{"a": 1}', "application/json", NOW)
    post = Posted(query[1:], {**headers, "content-type": "application/json"}, b'{"a": 2}', NOW)
    assert judged(hook("twilio"), post) == WRONG


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "value", ["", "x", "é", "v1,", "v1,x v1,y", "=", "sha256=", "Basic x", "Basic", "99999999999999999999"]
)
def test_whatever_stands_in_the_headers_is_answered(scheme, value):
    names = {name for one in SIGN for name in signed(one, "json").headers}
    odd = Posted("token=%ff&bodySHA256=x", dict.fromkeys(names, value), b"[]", NOW)
    assert judged(hook(scheme), odd) in (MISSING, WRONG, OLD)
