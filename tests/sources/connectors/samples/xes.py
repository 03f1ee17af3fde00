"""An XES log of three traces, with a step that nobody is named for."""

from __future__ import annotations

from sources.connectors.samples import Sample


def _trace(record: int, *who: str) -> str:
    steps = "".join(
        f'<event><string key="org:resource" value="{name}"/><string key="concept:name" value="O_SENT"/>'
        '<string key="lifecycle:transition" value="COMPLETE"/>'
        f'<date key="time:timestamp" value="2011-10-01T11:45:1{second}+02:00"/></event>'
        for second, name in enumerate(who)
    )
    return f'<trace><string key="concept:name" value="{record}"/>{steps}</trace>\n'


SAMPLE = Sample(
    "log.xes",
    (_trace(1, "a0", "a1", "a2", "a3"), _trace(2, "a1", ""), _trace(3, "112")),
    ids=frozenset(
        {
            "i3zszau3koxswa6pbhozjhv2c6qtp6yt3nhom35x5q4bznihytfq-offer",
            "s22k2lrmof6fjltqv66pn3bhy7ypdqyqjbywwd6qdgxcx3amo3ua-offer",
        }
    ),
    head="<log>\n",
    tail="</log>\n",
    lines=False,
)
