"""Files as strangers hand them over: titles above the header, headers among rows, nothing in them at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import jsonl, line, viewtrail
from sources.telephony import MAPPING, cdr

VIEWS = """connector = "csv"
source = "/crm"
[time]
column = "opened"
time_zone = "Asia/Nicosia"
[[event]]
type = "record.viewed"
subject = "lead"
agent = "user"
"""
TITLE = '"Report generated 2026-03-03"\n\n"Desk: Cyprus"\n'
ROWS = "opened;user;lead\n2026-03-02 09:14:03;anna;L-1\n2026-03-02 09:15:00;anna\n"
CDR_HEADER = (
    "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,"
    "disposition,amaflags,uniqueid,userfield,peeraccount,linkedid,sequence\n"
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "views.toml").write_text(VIEWS)
    (tmp_path / "pbx.toml").write_text(MAPPING.replace("[calls]\n", '[calls]\nunlisted = "ext-"\n'))
    return tmp_path


def run(place: Path, *args: object):
    return viewtrail(*args, home=place / "home", cwd=place)


def test_titles_above_the_header_are_skipped_and_counted_and_places_stay_right(place: Path) -> None:
    (place / "views.csv").write_text(TITLE + ROWS)
    tried = run(place, "connect", "try", "views.csv", "--map", "views.toml")
    assert (tried.code, "2 skipped: a line above the header" in tried.out) == (0, True)
    told = run(place, "import", "views.csv", "--map", "views.toml").out
    assert "views.csv: 4 read, 1 added, 0 repeated, 1 set aside, 2 skipped" in told
    assert "views.csv:6: has 2 columns, the header 3" in told


def test_a_name_of_a_column_may_have_several_lines(place: Path) -> None:
    rows = (
        ROWS.replace("opened;", 'opened;"browser\nand version";')
        .replace(":03;", ":03;;")
        .replace(":00;", ":00;;")
    )
    (place / "views.csv").write_text(TITLE + rows)
    told = run(place, "import", "views.csv", "--map", "views.toml").out
    assert "views.csv: 4 read, 1 added, 0 repeated, 1 set aside, 2 skipped" in told
    assert "views.csv:7: has 3 columns, the header 4" in told


def test_titles_do_not_hide_what_kind_of_table_it_is(place: Path) -> None:
    table = "UserEmailAddress,Agent,ResignationDate,LastWorkingDate\nann@a.test,a-1,2026-02-16,2026-03-31\n"
    (place / "people.csv").write_text("Staff of 2026\n,,,\n" + table)
    told = run(place, "connect", "try", "people.csv").out
    assert "notice.given" in told
    assert "2 skipped: a line above the header" in told


def test_a_header_that_is_nowhere_is_told_with_what_was_looked_for_and_what_is_there(place: Path) -> None:
    (place / "views.csv").write_text(TITLE + ROWS.replace("opened", "at"))
    refused = run(place, "import", "views.csv", "--map", "views.toml")
    assert refused.code != 0
    assert "'opened'" in refused.err
    assert "it has at, user, lead" in refused.err


def test_a_table_without_a_header_does_not_tell_its_people_in_the_error(place: Path) -> None:
    (place / "views.csv").write_text("zoe@client.test;99123456;x\n")
    refused = run(place, "import", "views.csv", "--map", "views.toml")
    assert refused.code != 0
    assert "zoe@client.test" not in refused.err
    assert "99123456" not in refused.err


def test_a_header_in_asterisks_file_is_no_call_and_nothing_bad(place: Path) -> None:
    (place / "Master.csv").write_text(CDR_HEADER + cdr() + CDR_HEADER.upper() + cdr("1772436845.1"))
    told = run(place, "import", "Master.csv", "--map", "pbx.toml").out
    assert "4 read, 2 added, 0 repeated, 0 set aside, 2 skipped" in told
    assert "2 skipped: a header among the rows" in told
    page = run(place, "first-look", "Master.csv", "--zone", "Asia/Nicosia")
    assert "2 events of 1 agent in 1 file, 0 set aside" in page.out, page.err


def test_an_empty_file_is_said_and_the_others_are_read(place: Path) -> None:
    (place / "sunday.csv").touch()
    first, last = (jsonl(place / f"{n}.jsonl", [line(n)]) for n in range(2))
    done = run(place, "import", first, "sunday.csv", last)
    assert done.code == 0
    assert "sunday.csv: empty file, nothing to read" in done.out
    assert "together: 2 read, 2 added" in done.out
    tried = run(place, "connect", "try", "sunday.csv")
    assert (tried.code, tried.out) == (0, "sunday.csv: empty file, nothing to read\n")
    look = run(place, "first-look", first, "sunday.csv")
    assert "1 event of 1 agent in 2 files" in look.out, look.err


def test_a_last_line_without_its_end_is_said_to_be_left_for_the_next_time(place: Path) -> None:
    calls = place / "Master.csv"
    calls.write_text(cdr() + cdr("1772436845.1")[:60])
    once = ("follow", "Master.csv", "--map", "pbx.toml", "--once", "--settle", "0")
    left = run(place, *once)
    assert "Master.csv: the last line has no end yet (60 bytes): it was left for next time" in left.err
    with calls.open("a") as file:
        file.write(cdr("1772436845.1")[60:])
    whole = run(place, *once)
    assert "1 read, 1 added" in whole.out
    assert "no end" not in whole.err


def test_why_a_row_was_set_aside_tells_no_clients_number_or_address(place: Path) -> None:
    rows = "opened;user;lead\n+357 99 123456;anna;L-1\nzoe@client.test;anna;L-2\n"
    (place / "views.csv").write_text(rows)
    told = run(place, "import", "views.csv", "--map", "views.toml").out
    assert "views.csv:2: opened '+999 99 999999' is not an ISO 8601 time" in told
    assert "zoe" not in told
    assert "123456" not in run(place, "set-aside").out
