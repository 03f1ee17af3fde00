"""A personnel table of three people, one of whom nobody knows."""

from __future__ import annotations

from sources.connectors.samples import Sample
from sources.connectors.test_hr_roster import CLEO, HEADER

SAMPLE = Sample(
    "roster.csv",
    (CLEO, CLEO.replace("cleo", "nobody"), CLEO.replace("cleo", "dora")),
    ids=frozenset(
        {
            "tj2jiygrzvahrubj7puxchsl6ajcdehlufhgjirj7ls7pdb36gxq",
            "blgoeicz6wf44sxsqwdl3cg3dckgcpstcr7byxzjs6xex2mwq4yq",
            "z4qnpuuxbswjm6empktmarl6pvxklzceqzi4kojs44rhzle3x6ia",
        }
    ),
    mapping='connector = "hr-roster"\nsource = "/hr"\n[hr]\nas_of = "2026-05-01"\n',
    head=HEADER,
)
