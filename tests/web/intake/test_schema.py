"""The intake's own description: valid, made from the vocabulary, and nothing that fits it gives a 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode

from corpus.bad_events import BAD_EVENTS, GOOD, ODD_BUT_GOOD
from viewtrail.event import VOCABULARY
from viewtrail.event.schema import schema
from viewtrail.web.intake.openapi import openapi
from web.intake.running import Running, openings

DOCUMENT: dict[str, Any] = json.loads(openapi())


KINDS = ["application/json", "application/cloudevents+json", "application/x-ndjson", "text/plain", "x"]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    )


def test_it_is_served_and_knows_every_type(intake: Running) -> None:
    answer = intake.client.get("/v1/openapi.json")
    assert answer.json() == DOCUMENT
    schemas = DOCUMENT["components"]["schemas"]
    assert [one["$ref"].rpartition("/")[2] for one in schemas["Event"]["anyOf"]] == [*VOCABULARY, "other"]
    for told in schemas.values():
        Draft202012Validator.check_schema(told)


def test_good_events_fit_it_and_most_bad_ones_do_not() -> None:
    events = validator("Event")
    assert events.is_valid(GOOD)
    unfit = [bad for bad in BAD_EVENTS if not events.is_valid(bad.event)]
    assert len(unfit) > 0.7 * len(BAD_EVENTS), (
        "what it cannot say, as that an end is after a start, intake checks"
    )


def test_it_says_of_every_event_what_the_contract_says() -> None:
    ours, contract = validator("Event"), Draft202012Validator(schema())
    for one in (*BAD_EVENTS, *ODD_BUT_GOOD):
        assert ours.is_valid(one.event) == contract.is_valid(one.event), one.name


def test_answers_are_as_described(intake: Running) -> None:
    for answer, name in (
        (intake.post(openings(3)), "Results"),
        (intake.post([{}]), "Results"),
        (intake.post([]), "Error"),
        (intake.client.post("/v1/events", content=b"x"), "Error"),
    ):
        told = DOCUMENT["paths"]["/v1/events"]["post"]["responses"][str(answer.status_code)]
        assert told["description"]
        validator(name).validate(answer.json())


OPERATIONS = [(path, method) for path, item in DOCUMENT["paths"].items() for method in item]


def test_every_address_that_is_described_is_there(intake: Running) -> None:
    for path, method in OPERATIONS:
        assert intake.client.request(method.upper(), path).status_code not in (404, 405), path
        answer = intake.client.request("DELETE", path)
        assert answer.status_code in (404, 405), path
        assert "error" in answer.json()


def ways() -> Iterator[Any]:
    """Every operation, with what fits it and with what does not; what takes nothing has only the first."""
    for path, method in OPERATIONS:
        takes = DOCUMENT["paths"][path][method].keys() & {"requestBody", "parameters"}
        for mode in GenerationMode:
            if takes or mode is GenerationMode.POSITIVE:
                yield pytest.param(path, method, mode, id=f"{method} {path} {mode.value}")


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method", "mode"), list(ways()))
def test_nothing_that_is_sent_gives_an_error_of_ours(
    intake: Running, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method.upper()]
    told = DOCUMENT["paths"][path][method]["responses"]

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def sent(case: Any) -> None:
        answer = case.call(base_url=intake.url, headers=dict(intake.client.headers))
        assert answer.status_code < 500, answer.text
        assert str(answer.status_code) in told, answer.text
        assert answer.json()

    sent()


@pytest.mark.slow
@given(
    body=st.binary(max_size=2_000), kind=st.sampled_from(KINDS), packed=st.sampled_from(["", "gzip", "br"])
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_bytes_of_any_kind_are_answered_at_every_address(
    intake: Running, body: bytes, kind: str, packed: str
) -> None:
    for path, method in OPERATIONS:
        if method == "post":
            headers = {"Content-Type": kind} | ({"Content-Encoding": packed} if packed else {})
            answer = intake.client.post(path, content=body, headers=headers)
            assert 400 <= answer.status_code < 500 or answer.status_code == 200, answer.text
            assert answer.json()
