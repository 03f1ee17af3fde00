"""A small brokerage for tests of calls: its people, a hot desk, its numbers, rows of its Asterisk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from viewtrail.sources.directory import Directory, Link
from viewtrail.sources.mapping import Mapping, parse_mapping
from viewtrail.sources.numbers import Numbers
from viewtrail.sources.people import read_people
from viewtrail.sources.phone_book import Linked, read_numbers

KEY = b"k" * 32

PEOPLE = """agent,crm_user,extension,pbx,sip_account,email,web_user,role,desk,manager,time_zone,from,to
a-1,17,211,hq,,anna@example.test,anna,agent,cyprus,m-1,Asia/Nicosia,2026-01-05,2026-03-02T12:00:00+02:00
a-2,18,211,hq,,ben@example.test,ben,agent,cyprus,m-1,Asia/Nicosia,2026-03-02T12:00:00+02:00,
a-3,19,212,hq,,cleo@example.test,cleo,senior,cyprus,m-1,Asia/Nicosia,2025-06-01,
a-4,20,,hq,alice,dora@example.test,dora,agent,london,m-2,Europe/London,2025-06-01,
a-5,21,213,limassol,,emil@example.test,emil,agent,cyprus,m-1,Asia/Nicosia,2025-06-01,
"""
NUMBERS = """record;number;country
L-1;+357 99 123456;
L-2;99 654321;CY
L-3;020 7946 0018;GB
L-4;+44 (0)20 7946 0018;
L-5;0049 30 901820;CY
L-6;(212) 555-0142;US
L-7;+35722333444;
"""
MAPPING = """
connector = "asterisk-cdr"
source = "/pbx/hq"
[time]
time_zone = "Asia/Nicosia"
[calls]
country = "CY"
pbx = "hq"
outside = "9"
services = ["600"]
"""


def mapping(connector: str = "asterisk-cdr", more: str = "", text: str = MAPPING) -> Mapping:
    return parse_mapping(more + text.replace("asterisk-cdr", connector), "pbx.toml")


def directory(folder: Path, *, waiting: frozenset[str] = frozenset()) -> Directory:
    """Who is who in this brokerage."""
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "numbers.csv").write_text(NUMBERS)
    people, numbers = read_people(folder / "people.csv"), Numbers(KEY)
    links: dict[str, tuple[Link, ...]] = {}
    for one in read_numbers(folder / "numbers.csv", numbers, ""):
        assert isinstance(one, Linked), one
        links[one.hash] = (*links.get(one.hash, ()), one.link)
    assert not people.aside
    return Directory(people.claims, links, numbers, waiting)


def _seconds(start: str, end: str) -> int:
    try:
        return max(0, int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()))
    except ValueError:
        return 0


def cdr(unique: str = "1772436843.1", columns: int = 21, **more: Any) -> str:
    """One row of Master.csv as Asterisk writes it; an outgoing answered call by 211 unless told otherwise."""
    told = {
        "accountcode": "", "src": "211", "dst": "99123456", "dcontext": "from-internal",
        "clid": '"Anna ""A"" <211>"', "channel": "PJSIP/211-0000001a",
        "dstchannel": "PJSIP/trunk-cyta-0000001b",
        "lastapp": "Dial", "lastdata": "PJSIP/99123456@trunk-cyta,60", "start": "2026-03-02 09:34:03",
        "answer": "2026-03-02 09:34:11", "end": "2026-03-02 09:36:12", "duration": None, "billsec": None,
        "disposition": "ANSWERED", "amaflags": "DOCUMENTATION", "uniqueid": unique, "userfield": "",
        "peeraccount": "", "linkedid": unique, "sequence": 7,
    } | more  # fmt: skip
    if told["duration"] is None:
        told["duration"] = _seconds(told["start"], told["end"])
    if told["billsec"] is None:
        told["billsec"] = _seconds(told["answer"], told["end"])
    names = list(told)
    if columns in (16, 17, 18):
        names = names[:columns]
    elif columns == 19:
        names = names[:16] + names[18:]
    elif columns == 20:
        names = names[:17] + names[18:]
    cells = [told[name] for name in names]
    cells = [
        cell if type(cell) is int or name == "clid" else f'"{cell}"'
        for name, cell in zip(names, cells, strict=True)
    ]
    return ",".join(map(str, cells)) + "\n"


UNANSWERED = {"answer": "", "disposition": "NO ANSWER"}
