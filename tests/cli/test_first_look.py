"""`viewtrail first-look`: somebody's own files in, one page out, nothing left behind."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from random import Random

import pytest

from cli.commands import MONDAY, Done, jsonl, line, viewtrail


def look(*files: object, out: Path, **more: str) -> tuple[Done, str]:
    done = viewtrail("first-look", *files, "--out", out, cwd=out.parent, **more)
    return done, out.read_text(encoding="utf-8") if out.exists() else ""


def calls(path: Path, lists: dict[str, float], agents: dict[str, float], each: int = 60) -> Path:
    """A CSV of answered calls: the share of short ones by list, and by agent beyond the list's."""
    rng, rows = Random(4), ["id,source,type,time,subject,agent,call,direction,answered,talk_s,campaign"]
    for campaign, share in lists.items():
        for agent, more in agents.items():
            for n in range(each):
                talk = rng.uniform(2, 18) if rng.random() < share + more else rng.uniform(40, 400)
                at = MONDAY.replace(day=2 + n % 20, hour=8 + n % 9, minute=rng.randrange(60)).isoformat()
                call = f"{campaign}-{agent}-{n}"
                rows.append(
                    f"{call},/pbx,call.ended,{at},L-{n},{agent},{call},out,true,{talk:.1f},{campaign}"
                )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


class Page(HTMLParser):
    """The text of a page, and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.loads: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]


def test_a_bad_list_is_told_from_an_agent_with_short_calls(tmp_path: Path) -> None:
    made = calls(
        tmp_path / "calls.csv",
        {"spring": 0.05, "bought": 0.6, "summer": 0.05},
        {f"a-{n}": 0.3 if n == 3 else 0.0 for n in range(6)},
    )
    done, html = look(made, "--ids", "source", out=tmp_path / "page.html")
    assert done.code == 0, done.err
    text = " ".join(Page(html).text.split())
    assert "bought:" in text
    assert "a question about the list" in text
    assert "a-3:" in text
    assert not any(f"a-{n}:" in text for n in (0, 1, 2, 4, 5))


def test_names_stay_pseudonyms_unless_asked_for(tmp_path: Path) -> None:
    made = calls(
        tmp_path / "calls.csv", {"spring": 0.05, "summer": 0.05}, {"ivo": 0.5, "eva": 0.0, "jan": 0.0}, 100
    )
    _, html = look(made, out=tmp_path / "page.html")
    assert "ivo" not in html
    _, html = look(made, "--ids", "source", out=tmp_path / "page.html")
    assert "ivo" in html


def test_a_telephone_systems_own_file_needs_no_word_about_who_is_who(tmp_path: Path) -> None:
    rows = []
    for n in range(600):
        talk = 6 if n % 3 == 0 and n % 4 == 1 else 90
        who, number = f"21{n % 4}", f"0035799{n:06d}"
        start = f"2026-03-{2 + n // 60:02d} {9 + n // 10 % 6:02d}:{n % 60:02d}"
        rows.append(
            f'"","{who}","{number}","from-internal","""A"" <{who}>","PJSIP/{who}-{n:08x}",'
            f'"PJSIP/trunk-{n:08x}","Dial","PJSIP/{number}@trunk","{start}:00","{start}:05","{start}:59",'
            f'{talk + 5},{talk},"ANSWERED","DOCUMENTATION","17724{n}.1",""'
        )
    (tmp_path / "Master.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done, html = look(
        tmp_path / "Master.csv", "--zone", "Europe/Nicosia", "--ids", "source", out=tmp_path / "page.html"
    )
    assert "600 events of 4 agents" in done.out, done.err
    text = Page(html).text
    assert "ext-211:" in text
    assert "ext-212:" not in text


def test_what_a_file_does_not_hold_is_said_and_nothing_is_concluded_from_it(tmp_path: Path) -> None:
    made = jsonl(tmp_path / "views.jsonl", [line(n) for n in range(300)])
    done, html = look(made, out=tmp_path / "page.html")
    text = Page(html).text
    assert done.code == 0
    assert "nothing is said about it" in text
    assert "calls" in text
    assert "unknown, which is not held against anybody" in text


def test_the_page_loads_nothing_and_runs_nothing_whatever_the_files_say(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    rows = [line(n, data={"agent": evil, "record_kind": "lead", "via": "list"}) for n in range(50)]
    made = jsonl(tmp_path / "views.jsonl", [*rows, f'{{"id": "{evil}"'])
    _, html = look(made, "--ids", "source", out=tmp_path / "page.html")
    assert "<script" not in html
    assert Page(html).loads == []
    assert "set aside" in html.lower()


def test_a_row_that_cannot_be_read_is_counted_with_its_place(tmp_path: Path) -> None:
    made = jsonl(tmp_path / "views.jsonl", [*(line(n) for n in range(5)), "{broken"])
    done, html = look(made, out=tmp_path / "page.html")
    assert "1 set aside" in done.out
    assert "views.jsonl:6" in html


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("nowhere.jsonl",), "nowhere.jsonl"),
        (("no-such-kind=nowhere.jsonl",), "no kind of file"),
        (("nowhere.jsonl", "--ids", "all"), "--ids"),
        (("nowhere.jsonl", "--zone", "Europe/Nowhere"), "Europe/Nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, args: tuple[str, ...], told: str) -> None:
    done, html = look(*args, out=tmp_path / "page.html")
    assert done.code == 3
    assert told in done.err
    assert html == ""


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    made = jsonl(tmp_path / "views.jsonl", [line(n) for n in range(20)])
    own = tmp_path / "tmp"
    own.mkdir()
    done, _ = look(made, out=tmp_path / "page.html", TMPDIR=str(own))
    assert done.code == 0
    assert list(own.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "tmp", "views.jsonl"]
    assert json.loads(made.read_text().splitlines()[0])["id"] == "e-0"


CDR = (
    '"","211","99123456","from-internal","""Anna"" <211>","PJSIP/211-1","PJSIP/trunk-2","Dial","x",'
    '"2026-03-02 09:34:03","2026-03-02 09:34:11","2026-03-02 09:36:12",'
    '129,121,"ANSWERED","DOCUMENTATION","1772436843.1",""\n'
)
PBX = (
    'connector = "asterisk-cdr"\nsource = "/pbx"\n'
    '[time]\ntime_zone = "Asia/Nicosia"\n[calls]\ncountry = "CY"\n'
)
ACCESS = '10.0.0.1 - Anna [02/Mar/2026:11:14:03 +0200] "GET /leads/L-1 HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
WEB = (
    'connector = "access-log"\nsource = "/crm"\n[web.agent]\nfield = "remote_user"\n'
    '[[web.url]]\npath = "/leads/{record}"\ntype = "record.viewed"\ndata = { record_kind = "lead" }\n'
)


def several(place: Path) -> Path:
    """What a brokerage has at hand: two logs, each with a mapping of its own, and three tables."""
    for name, text in {
        "Master.csv": CDR,
        "access.log": ACCESS,
        "pbx.toml": PBX,
        "web.toml": WEB,
        "people.csv": "agent,extension,web_user\nivo,211,anna\neva,212,\n",
        "numbers.csv": "record,number\nL-1,99123456\n",
        "book.csv": "record,owner,since\nL-1,ivo,2026-01-05\nL-2,ivo,05.01.2026\n",
    }.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def test_each_file_may_have_its_own_mapping_and_the_tables_say_who_is_who(tmp_path: Path) -> None:
    several(tmp_path)
    files = ("pbx.toml=Master.csv", "web.toml=access.log", "book.csv", "numbers.csv", "people.csv")
    done, html = look(*files, "--ids", "source", out=tmp_path / "page.html")
    assert done.code == 0, done.err
    assert "in 5 files, 1 set aside" in done.out
    text = Page(html).text
    assert "book.csv:3: since '05.01.2026' is no date or time" in text
    assert "assignment" in text
    assert "ext-211" not in html
    again, _ = look("pbx.toml=Master.csv", "web.toml=access.log", out=tmp_path / "page.html")
    assert "1 event of 1 agent in 2 files, 1 set aside" in again.out, "nobody knows who the web's Anna is"


def test_two_people_with_one_extension_are_told_while_reading(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("agent,extension\nivo,211\neva,211\n", encoding="utf-8")
    (tmp_path / "Master.csv").write_text(CDR, encoding="utf-8")
    (tmp_path / "pbx.toml").write_text(PBX, encoding="utf-8")
    done, _ = look("people.csv", "pbx.toml=Master.csv", out=tmp_path / "page.html")
    assert "calls of that time are nobody's" in done.err


def test_a_mapping_that_says_nothing_of_strangers_still_shows_their_calls(tmp_path: Path) -> None:
    several(tmp_path)
    done, _ = look("Master.csv", "--map", "pbx.toml", out=tmp_path / "page.html")
    assert "1 event of 1 agent in 1 file, 0 set aside" in done.out
