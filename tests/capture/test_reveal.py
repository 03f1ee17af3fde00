"""Before contact data is shown: logged first; with a proof never without it; asked, and never locked out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from capture.keeping import Kept, serving
from viewtrail.capture import Client, NotLogged, ReasonWanted

Clients = Callable[..., Client]


def down() -> str:
    """An address at which nobody answers."""
    with serving() as kept:
        return kept.url


def shown(client: Client, **more: Any) -> bool:
    """Whether the number would have been shown."""
    try:
        with client.reveal("a-1", "L-1", "phone", **more):
            return True
    except NotLogged:
        return False


def test_a_reveal_is_logged_with_its_reason(client: Client, kept: Kept) -> None:
    with client.reveal("a-1", "L-1", "phone", reason="callback") as reveal:
        pass
    assert client.flush()
    assert kept.events[reveal.id]["data"] == {"agent": "a-1", "field": "phone", "reason": "callback"}


def test_without_a_proof_a_reveal_fails_open(clients: Clients) -> None:
    assert shown(clients(down()))


def test_no_log_no_reveal_when_the_server_is_down(clients: Clients) -> None:
    client = clients(down(), proof="acknowledged")
    began = time.monotonic()
    assert not shown(client)
    assert time.monotonic() - began < 1.0
    assert client.health()["withheld"] == 1


def test_no_log_no_reveal_when_the_server_is_slow(client: Client, kept: Kept) -> None:
    kept.slow_s = 1.5
    began = time.monotonic()
    assert not shown(client, proof="acknowledged")
    assert 0.3 <= time.monotonic() - began < 1.0, "the deadline holds"


def test_acknowledged_is_in_the_log_before_the_block_begins(client: Client, kept: Kept) -> None:
    with client.reveal("a-1", "L-1", "phone", proof="acknowledged") as reveal:
        assert reveal.id in kept.events


@pytest.mark.parametrize("status", [401, 429, 500, 507])
def test_a_refusal_is_no_acknowledgement(status: int, client: Client, kept: Kept) -> None:
    kept.always = (status, {"error": "no"}, {})
    assert not shown(client, proof="acknowledged")


def test_an_event_that_the_log_sets_aside_is_not_acknowledged(client: Client, kept: Kept) -> None:
    kept.always = (200, {"accepted": 0, "results": [{"outcome": "set-aside", "why": "an hour ahead"}]}, {})
    assert not shown(client, proof="acknowledged")


def test_a_spool_on_disk_is_proof_enough_where_the_setting_says_so(clients: Clients) -> None:
    client = clients(down(), proof="on-disk")
    assert shown(client)
    assert client.health()["pending"] == 2, "the start of the source and the reveal wait for the server"


def test_memory_is_no_proof(clients: Clients, kept: Kept, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("in the way")
    client = clients(kept.url, spool=tmp_path / "file" / "spool", proof="on-disk")
    assert not shown(client)


def test_what_is_no_event_is_no_proof(client: Client) -> None:
    assert not shown(client, proof="acknowledged", surface="television")


def test_an_error_of_the_host_is_the_hosts(client: Client) -> None:
    with pytest.raises(KeyError), client.reveal("a-1", "L-1", "phone"):
        raise KeyError("phone")


def test_in_an_asynchronous_host_the_loop_goes_on_while_the_proof_is_awaited(
    clients: Clients, kept: Kept
) -> None:
    kept.slow_s, client = 0.2, clients(kept.url, proof_s=20.0)

    async def reveal() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        async with client.reveal("a-1", "L-1", "phone", proof="acknowledged"):
            ticking.cancel()
        return ticks

    assert asyncio.run(reveal()) >= 5


def test_an_export_counts_what_went_into_the_file(client: Client, kept: Kept) -> None:
    with client.export("a-1", format="csv", fields=["name", "phone"], masked=False) as export:
        assert [row["id"] for row in export.rows([{"id": 1}, {"id": 2}], id="id")] == [1, 2]
    assert client.flush()
    data = kept.events[export.id]["data"]
    assert (data["rows"], data["records"], data["fields"]) == (2, ["1", "2"], ["name", "phone"])


def test_an_export_that_breaks_off_tells_what_left(client: Client, kept: Kept) -> None:
    def broken() -> None:
        with client.export("a-1", format="csv") as export:
            for row in export.rows(range(100), id=lambda row: f"L-{row}"):
                if row == 2:
                    raise OSError("disk full")

    with pytest.raises(OSError, match="full"):
        broken()
    assert client.flush()
    assert kept.of("export.created")[0]["data"]["rows"] == 3


def test_an_export_of_known_size_needs_its_proof_before_the_first_row(clients: Clients) -> None:
    client = clients(down(), proof="acknowledged")
    with pytest.raises(NotLogged), client.export("a-1", rows=500, format="csv"):
        pytest.fail("the file was made")


def test_a_long_export_names_its_first_records_and_counts_all(client: Client, kept: Kept) -> None:
    with client.export("a-1", format="csv") as export:
        for _row in export.rows(range(5_000), id=lambda row: f"L-{row:08}"):
            pass
    assert client.flush()
    data = kept.events[export.id]["data"]
    assert (data["rows"], len(data["records"])) == (5_000, 1_000)


def test_the_server_is_asked_before_and_its_answer_is_logged(clients: Clients, kept: Kept) -> None:
    client = clients(kept.url, allow_s=10.0)  # what is asked here is the answer, not how soon it comes
    asked: list[dict[str, Any]] = []

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question)
        return {"answer": "ask-a-reason", "why": "41 reveals today, 12 are usual"}

    kept.allow = answer
    with pytest.raises(ReasonWanted) as wanted, client.reveal("a-1", "L-1", "phone", ask=True):
        pytest.fail("shown without a reason")
    assert wanted.value.allowed.why == "41 reveals today, 12 are usual"
    with client.reveal("a-1", "L-1", "phone", ask=True, reason="callback") as reveal:
        pass
    assert client.flush()
    assert asked[0] == {
        "source": "/crm",
        "agent": "a-1",
        "action": "reveal",
        "field": "phone",
        "record": "L-1",
    }
    assert kept.events[reveal.id]["data"]["allowed"] == "ask-a-reason"
    assert client.health()["allow"]["ask-a-reason"] == 2


def test_nobody_is_locked_out_by_a_server_that_is_slow_down_or_strange(clients: Clients, kept: Kept) -> None:
    kept.slow_s = 1.0
    client = clients(kept.url)
    began = time.monotonic()
    answers = [client.allow("a-1", "reveal", record="L-1") for _ in range(10)]
    assert time.monotonic() - began < 1.0, "50 ms each, and not asked at all while four questions hang"
    assert {(one.word, one.asked) for one in answers} == {("go-on", False)}
    assert clients(down()).allow("a-1", "export").word == "go-on"
    kept.slow_s = 0.0
    for strange in ({"answer": "never"}, ["no"], None, {"answer": 7}):
        kept.allow = lambda _asked, told=strange: told  # type: ignore[misc]
        assert clients(kept.url).allow("a-1", "reveal").word == "go-on"
