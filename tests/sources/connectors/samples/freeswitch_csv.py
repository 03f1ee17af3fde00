"""FreeSWITCH's Master.csv by its default template: calls out and in, one of nobody."""

from __future__ import annotations

from sources.connectors import test_freeswitch_csv as csv
from sources.connectors.samples import Sample

SAMPLE = Sample(
    "Master.csv",
    (
        csv.row(),
        csv.row(uuid=csv.UUID.replace("a5", "b5"), destination_number="212", **csv.INBOUND),
        "not,a,row\n",
        csv.row(uuid=csv.UUID.replace("a5", "c5"), caller_id_number="299", accountcode="299"),
        csv.row(uuid=csv.UUID.replace("a5", "d5"), answer_stamp=""),
    ),
    ids=frozenset({f"{csv.UUID}-211", f"{csv.UUID.replace('a5', 'b5')}-212"}),
    mapping=csv.MAPPING,
)
