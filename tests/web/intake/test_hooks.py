"""Hooks of a running intake: posts of each vendor become calls, whatever is killed, and nobody else's do."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.test_follow import brokerage
from cli.commands import viewtrail
from sources.connectors import test_aircall as aircall
from sources.connectors import test_exotel as exotel
from sources.connectors import test_freeswitch as freeswitch
from sources.connectors import test_signalwire as signalwire
from sources.connectors import test_telnyx as telnyx
from sources.connectors import test_twilio as twilio
from sources.connectors import test_yeastar as yeastar
from viewtrail.app import hooks
from viewtrail.app.home import open_home
from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.store import open_reader
from web.intake.running import Running, running
from web.intake.signing import SECRETS, SIGN, URL

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json"
TICKETS = """connector = "tickets"
source = "/tickets"
id = "id"
[time]
column = "at"
[[event]]
type = "client.contacted"
subject = "record"
data.channel = { const = "ticket" }
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with people and numbers, to be copied."""
    folder = tmp_path_factory.mktemp("ready")
    brokerage(folder)
    return folder / "home"


@pytest.fixture
def home(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "home"))


def hook(home: Path, mapping: str, scheme: str, name: str = "pbx", settle: float = 0.3) -> hooks.Hook:
    asked = hooks.Asked(name, mapping, URL, scheme, SECRETS[scheme], settle=settle)
    return hooks.add(open_home(home), asked, now=int(time.time() * 1e6), entropy=os.urandom).hook


def send(
    intake: Running, scheme: str, body: bytes | str, kind: str = FORM, name: str = "pbx"
) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    query, headers = SIGN[scheme](f"{URL}/v1/hooks/{name}", content, kind, int(time.time() * 1e6))
    told = {"content-type": kind, **headers}
    return httpx.post(f"{intake.url}/v1/hooks/{name}{query}", content=content, headers=told, timeout=30)


def events(home: Path) -> list[Event]:
    with open_reader(home) as reader:
        return [one.entry.event for one in reader.read()]


def until(found: Callable[[], Any], seconds: float = 90.0) -> Any:
    """What it says as soon as it says anything; AssertionError when it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if told := found():
            return told
        time.sleep(0.1)
    raise AssertionError("nothing came of it")


def calls(home: Path, source: str = "/pbx/hq") -> list[Event]:
    return [event for event in events(home) if event.source == source and event.type == "call.ended"]


def kept(home: Path, name: str = "pbx") -> bytes:
    """What of a hook's posts waits to be read."""
    path = home / "hooks" / f"{name}.posts"
    return path.read_bytes() if path.exists() else b""


def multipart(told: dict[str, Any]) -> tuple[bytes, str]:
    request = httpx.Request("POST", "http://x", files={name: (None, str(of)) for name, of in told.items()})
    return request.read(), request.headers["content-type"]


EXOTEL = {name: of for name, of in json.loads(exotel.callback()).items() if name != "Legs"}
DIALLED, TELNYX = twilio.dialled(), telnyx.dialled()
OVER_LAST = [DIALLED[0], *DIALLED[2:], DIALLED[1]]
"""A line that goes on keeps its call open, so however slow posts come none is the last before the last."""

VENDORS: dict[str, tuple[str, str, list[tuple[bytes, str]]]] = {
    "twilio": (
        "twilio",
        twilio.MAPPING,
        [(line.encode(), FORM) for line in twilio.as_forms(OVER_LAST).splitlines()],
    ),
    "telnyx": (
        "telnyx",
        telnyx.MAPPING,
        [(line.encode(), FORM) for line in telnyx.as_forms([TELNYX[1], TELNYX[0], TELNYX[2]]).splitlines()],
    ),
    "signalwire": (
        "signalwire",
        signalwire.MAPPING,
        [(line.encode(), FORM) for line in twilio.as_forms(signalwire.posts(OVER_LAST)).splitlines()],
    ),
    "aircall": (
        "aircall",
        aircall.MAPPING,
        [(aircall.ended().replace("secret-token", SECRETS["aircall"]).encode(), JSON)],
    ),
    "yeastar": ("yeastar", yeastar.MAPPING, [(yeastar.event().encode(), JSON)]),
    "freeswitch": (
        "basic",
        freeswitch.MAPPING,
        [
            (b"cdr=" + base64.b64encode(json.dumps(one).encode()), "application/x-www-form-base64-encoded")
            for one in freeswitch.dialled()
        ],
    ),
    "exotel": ("token", exotel.MAPPING, [multipart(EXOTEL)]),
    "exotel as json": ("token", exotel.MAPPING, [(json.dumps(EXOTEL, indent=2).encode(), JSON)]),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_call_that_is_posted_is_in_the_log_and_its_numbers_are_nowhere(home: Path, vendor: str) -> None:
    scheme, mapping, posted = VENDORS[vendor]
    hook(home, mapping, scheme)
    with running(home) as intake:
        for body, kind in posted:
            assert send(intake, scheme, body, kind).json() == {"status": "kept"}
        [call] = until(lambda: calls(home))
        assert call.data["direction"] == "out"
        assert call.data["answered"] is True
        assert call.data["talk_ms"] in (121_000, 120_500, 95_000)
        until(lambda: kept(home) == b"")
        with open_reader(home) as reader:
            [entry] = [one for one in reader.read() if one.entry.event.type == "call.ended"]
            assert not entry.entry.backfill, "it came as it happened"
        until(lambda: all(json.loads(path.read_text())["kept"] == [] for path in home.glob("follow/*.json")))
    left = b"".join(path.read_bytes() for folder in ("hooks", "keys") for path in (home / folder).iterdir())
    assert not re.search(rb"99123456|" + re.escape(SECRETS["aircall"].encode()), left)


@pytest.mark.slow
def test_a_call_of_several_posts_is_told_once_when_it_is_over_in_any_order_and_posted_twice(
    home: Path,
) -> None:
    hook(home, twilio.MAPPING, "twilio")
    posts = twilio.as_forms(twilio.dialled()).splitlines()
    with running(home) as intake:
        for body in (posts[4], posts[0], posts[2], posts[4]):
            assert send(intake, "twilio", body).status_code == 200
        time.sleep(2)
        assert not calls(home), "the agent is still on the line"
        for body in (posts[5], posts[1], posts[3]):
            assert send(intake, "twilio", body).status_code == 200
        [call] = until(lambda: calls(home))
        assert call.data["ring_ms"] == 10_000
        size = len(events(home))
        for body in posts:
            assert send(intake, "twilio", body).status_code == 200
        until(lambda: kept(home) == b"")
        time.sleep(1)
        assert len(events(home)) == size


@pytest.mark.slow
def test_what_was_acknowledged_is_told_though_the_intake_was_killed(home: Path) -> None:
    hook(home, twilio.MAPPING, "twilio", settle=2)
    posts = twilio.as_forms([*OVER_LAST[:4], OVER_LAST[5], OVER_LAST[4]]).splitlines()
    with running(home) as intake:
        for body in posts[:5]:
            assert send(intake, "twilio", body).status_code == 200
        intake.kill()
    with running(home, secret="vt_none") as intake:
        assert send(intake, "twilio", posts[5]).status_code == 200
        intake.kill()
    with running(home, secret="vt_none"):
        [call] = until(lambda: calls(home))
        assert (call.data["ring_ms"], call.data["talk_ms"]) == (10_000, 121_000)


@pytest.fixture(scope="module")
def served(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An intake with a hook of several schemes."""
    home = Path(shutil.copytree(ready, tmp_path_factory.mktemp("served") / "home"))
    hook(home, twilio.MAPPING, "twilio")
    hook(home, freeswitch.MAPPING, "basic", "fs")
    hook(home, aircall.MAPPING, "aircall", "air")
    hook(home, TICKETS, "hmac-sha256", "tickets")
    with running(home) as intake:
        yield intake


def post(intake: Running, name: str, body: bytes, **headers: str) -> httpx.Response:
    return httpx.post(f"{intake.url}/v1/hooks/{name}", content=body, headers=headers, timeout=30)


def test_who_is_not_the_vendor_is_refused_without_a_word_why_and_counted(home: Path) -> None:
    hook(home, twilio.MAPPING, "twilio")
    hook(home, freeswitch.MAPPING, "basic", "fs")
    body = twilio.as_forms(twilio.dialled()[:1]).encode()
    with running(home) as intake:
        for headers in ({}, {"x-twilio-signature": "x"}):
            answer = post(intake, "pbx", body, **headers)
            assert (answer.status_code, answer.json()) == (403, {"error": "not accepted"})
        challenge = post(intake, "fs", b"cdr={}")
        assert challenge.status_code == 401
        assert challenge.headers["www-authenticate"].startswith("Basic")
        assert post(intake, "nobody", body).status_code == 404
        assert kept(home) == b""
        intake.stop()
    told = viewtrail("connect", "hook", "list", home=home).out
    for why in ("pbx: no signature", "pbx: wrong signature", "fs: no signature", "no hook of that name"):
        assert f"refused in 24 hours: 1  {why}" in told
    assert not calls(home)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"nothing", b"\xff\xfe", b'{"a":', b"cdr=%%%", b"[[[[[[" * 9000]
)
def test_nonsense_of_the_vendors_own_is_said_to_be_so(served: Running, body: bytes) -> None:
    answer = send(served, "basic", body, JSON, "fs")
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert kept(served.home, "fs") == b""


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n\r\n--b--"),
        ("application/json", b'{"token": "45XXYYZZa08"'),
        ("application/json", '{"token": "45XXYYZZa08"}'.encode("utf-16")),
    ],
)
def test_a_broken_body_is_4xx(served: Running, kind: str, body: bytes) -> None:
    for name, scheme in (("fs", "basic"), ("air", "")):
        headers = SIGN[scheme]("", b"", "", 0)[1] if scheme else {}
        answer = post(served, name, body, **headers, **{"content-type": kind})
        assert answer.status_code in (403, 422), answer.text


def test_a_body_that_is_too_long_or_of_another_method_is_said_to_be_so(served: Running) -> None:
    assert send(served, "basic", b"x" * ((1 << 20) + 1), JSON, "fs").status_code == 413
    answer = httpx.get(f"{served.url}/v1/hooks/pbx", timeout=30)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_anybodys_objects_come_with_a_mapping_and_a_signature(served: Running) -> None:
    ticket = {"id": "t-1", "at": "2026-03-02T09:14:03Z", "record": "L-20931"}
    assert send(served, "hmac-sha256", json.dumps(ticket, indent=1), JSON, "tickets").status_code == 200
    [event] = until(lambda: [one for one in events(served.home) if one.source == "/tickets"])
    assert event.type == "client.contacted"


def test_what_cannot_become_a_call_is_set_aside_and_the_token_with_it_is_not(served: Running) -> None:
    body = aircall.ended(id=77, started_at="noon").replace("secret-token", SECRETS["aircall"])
    assert post(served, "air", body.encode(), **{"content-type": JSON}).status_code == 200

    def aside() -> list[Any]:
        with open_reader(served.home) as reader:
            return [one for one in reader.set_aside() if "started_at" in one.reason]

    [found] = until(aside)
    assert found.place.startswith("air.posts:")
    assert SECRETS["aircall"] not in str(found)


def test_a_disk_that_takes_nothing_asks_for_the_post_again(home: Path) -> None:
    hook(home, twilio.MAPPING, "twilio")
    first, second, *_ = twilio.as_forms(twilio.dialled()).splitlines()
    with running(home) as intake:
        assert send(intake, "twilio", first).status_code == 200
        assert send(intake, "twilio", first).status_code == 200
        until(lambda: kept(home) == b"")
        intake.file_limit(10)
        answer = send(intake, "twilio", second)
        assert kept(home) == b"", "half a line is taken back"
        assert answer.status_code in (503, 507)
        assert int(answer.headers["retry-after"]) > 0
        intake.kill()


@pytest.mark.slow
def test_a_hook_is_made_listed_and_removed_while_the_intake_runs(home: Path, tmp_path: Path) -> None:
    (tmp_path / "exotel.toml").write_text(exotel.MAPPING)
    body = json.dumps(EXOTEL).encode()
    with running(home) as intake:
        args = ("connect", "hook", "add", "calls", "--map", tmp_path / "exotel.toml")
        made = viewtrail(*args, "--url", URL, home=home)
        assert made.code == 0, made.err
        address = made.out.strip()
        assert re.fullmatch(rf"{URL}/v1/hooks/calls\?token=vh_[a-z2-7]{{52}}", address)
        assert "shown this once" not in made.err
        there = address.replace(URL, intake.url)
        assert httpx.post(there, content=body, timeout=30).status_code == 200
        until(lambda: calls(home))
        listed = viewtrail("connect", "hook", "list", home=home).out
        assert "calls  exotel as /pbx/hq  token" in listed
        assert address.rpartition("=")[2] not in listed
        assert viewtrail("connect", "hook", "remove", "calls", home=home).code == 0
        assert httpx.post(there, content=body, timeout=30).status_code == 404
        told = [event.data for event in events(home) if event.data.get("what") == "hook:calls"]
        assert [(one["why"], one.get("to"), one.get("from")) for one in told] == [
            ("made", "/pbx/hq", None),
            ("removed", None, "/pbx/hq"),
        ]
    assert "exotel" not in viewtrail("connect", "hook", "list", home=home).out


def test_of_a_secret_that_is_shown_a_digest_is_kept_and_the_file_is_the_owners_alone(home: Path) -> None:
    for name, mapping, scheme in (
        ("a", freeswitch.MAPPING, "basic"),
        ("b", exotel.MAPPING, "token"),
        ("c", aircall.MAPPING, "aircall"),
    ):
        hook(home, mapping, scheme, name)
    file = home / "keys" / "hooks.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(SECRETS[one] in file.read_text() for one in ("basic", "token", "aircall"))


@pytest.mark.parametrize(
    ("mapping", "told", "says"),
    [
        (twilio.MAPPING, {}, "twilio needs its secret from the vendor"),
        (twilio.MAPPING, {"scheme": "odd"}, "'odd' is no scheme"),
        (twilio.MAPPING, {"url": "http://hooks.example.com", "secret": "s"}, "is not https"),
        (twilio.MAPPING, {"name": "Pbx"}, "is no name for a hook"),
        (exotel.MAPPING, {"url": "ftp://x"}, "is no address"),
        (exotel.MAPPING, {"url": "https://x/?a=b"}, "is no address"),
        (exotel.MAPPING.replace("time_zone", "#"), {}, "their zone is not known"),
        (exotel.MAPPING.replace('"exotel"', '"3cx"'), {}, "'3cx' is not posted"),
        (exotel.MAPPING.replace("/pbx/hq", "viewtrail/x"), {}, "is no source that a hook may send for"),
        (TICKETS, {"header": "a b"}, "is no name of a header"),
        (TICKETS, {"settle": -1.0}, "settle is not"),
        (TICKETS, {"scheme": "basic", "secret": "abc"}, "is no user:password"),
        (TICKETS, {"scheme": "standard", "secret": "whsec_abcd"}, "no secret of Standard Webhooks"),
        (telnyx.MAPPING, {"secret": "abc"}, "no public key of Telnyx"),
        ("x", {}, "is not TOML"),
    ],
)
def test_a_hook_that_cannot_be_is_not_made(tmp_path: Path, mapping: str, told: dict, says: str) -> None:
    asked = hooks.Asked(**{"name": "x", "mapping": mapping, "url": URL} | told)
    with pytest.raises(BadInput, match=re.escape(says)):
        hooks.add(open_home(tmp_path), asked, now=1, entropy=os.urandom)
    assert hooks.listed(tmp_path) == []


def test_what_is_wrong_is_said_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(twilio.MAPPING)
    told = ("connect", "hook", "add", "x", "--map", "map.toml", "--secret-file", "nowhere")
    done = viewtrail(*told, home=tmp_path / "home", cwd=tmp_path)
    assert (done.code, "nowhere: the secret cannot be read" in done.err) == (3, True)
    done = viewtrail("connect", "hook", "remove", "u", home=tmp_path / "home")
    assert (done.code, "there is no hook 'u'" in done.err) == (3, True)


def test_a_name_is_one_hooks(home: Path) -> None:
    hook(home, TICKETS, "standard", "t")
    with pytest.raises(BadInput, match="there is a hook 't' already"):
        hook(home, TICKETS, "standard", "t")


@pytest.mark.parametrize("scheme", ["basic", "hmac-sha256", "standard"])
def test_a_secret_may_be_drawn_here_and_is_shown_once(home: Path, tmp_path: Path, scheme: str) -> None:
    (tmp_path / "t.toml").write_text(TICKETS)
    args = ("connect", "hook", "add", "t", "--map", tmp_path / "t.toml", "--scheme", scheme)
    made = viewtrail(*args, home=home)
    address, secret = made.out.split()
    assert address == "http://127.0.0.1:8421/v1/hooks/t"
    [one] = hooks.listed(home)
    assert one.secret == secret or one.digest == hooks.digest(secret)
