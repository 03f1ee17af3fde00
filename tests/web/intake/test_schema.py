"""The intake's own description: valid, made from the vocabulary, and nothing that fits it gives a 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode

from corpus.bad_events import BAD_EVENTS, GOOD, ODD_BUT_GOOD
from viewtrail.event import VOCABULARY
from viewtrail.event.schema import schema
from viewtrail.web.intake.openapi import openapi
from web.intake.running import Running, openings

DOCUMENT: dict[str, Any] = json.loads(openapi())


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


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_nothing_that_is_sent_gives_an_error_of_ours(intake: Running, mode: GenerationMode) -> None:
    operation = schemathesis.openapi.from_dict(DOCUMENT)["/v1/events"]["POST"]
    told = DOCUMENT["paths"]["/v1/events"]["post"]["responses"]

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def sent(case: Any) -> None:
        answer = case.call(base_url=intake.url, headers=dict(intake.client.headers))
        assert answer.status_code < 500, answer.text
        assert str(answer.status_code) in told
        assert answer.json()

    sent()
