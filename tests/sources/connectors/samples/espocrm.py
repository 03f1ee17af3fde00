"""Rows of EspoCRM's action history as lines of JSON: openings, changes, a cut line, a user nobody knows."""

from sources.connectors.samples import Sample
from sources.crms import espo, lines

SAMPLE = Sample(
    "history.jsonl",
    (
        lines(espo(1, userId="17")),
        lines(espo(2, userId="21", action="update"), espo(3, targetType="Email")),
        '{"id": "1", "action":\n',
        lines(espo(4, userId="19", createdAt="soon")),
        lines(espo(5, userId="nobody")),
        lines(espo(6, userId="20", action="delete")),
    ),
    ids=frozenset({"65f0a1b2c3d4e5001", "65f0a1b2c3d4e5002", "65f0a1b2c3d4e5006"}),
)
