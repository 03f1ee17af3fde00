"""A folder of files: each once, when it is whole."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources.transports.folder import Folder

SECOND = 1_000_000
NOW = 1_772_500_000 * SECOND


def names(found: list) -> list[str]:
    return [one.name for one in found]


def read(folder: Folder, now: int) -> list[str]:
    """Read what is complete, as whoever follows the folder does."""
    found = folder.poll(now)
    for one in found:
        folder.finished(one, folder.content(one))
    return names(found)


def test_a_file_is_given_once_and_not_while_it_grows(tmp_path):
    folder = Folder(tmp_path, "*.log")
    (tmp_path / "a.log").write_text("one\n")
    (tmp_path / "a.txt").write_text("no\n")
    assert folder.poll(NOW) == []
    assert folder.waiting == 1
    (tmp_path / "a.log").write_text("one\ntwo\n")
    assert folder.poll(NOW + 6 * SECOND) == []
    assert folder.poll(NOW + 10 * SECOND) == []
    assert names(folder.poll(NOW + 11 * SECOND)) == ["a.log"], "five seconds without a change"
    assert read(folder, NOW + 11 * SECOND) == ["a.log"], "given until it was read"
    assert read(folder, NOW + 30 * SECOND) == []
    again = Folder(tmp_path, "*.log", done=folder.done)
    assert again.poll(NOW + 40 * SECOND) + again.poll(NOW + 50 * SECOND) == []


@pytest.mark.parametrize("name", ["a.csv.part", ".a.csv", "a.csv.filepart", "A.TMP", "a.csv~"])
def test_a_name_that_says_unfinished_is_left_alone_and_complete_once_it_is_renamed(tmp_path, name):
    folder = Folder(tmp_path)
    (tmp_path / name).write_text("half")
    assert folder.poll(NOW) == []
    assert folder.poll(NOW + 3_600 * SECOND) == []
    (tmp_path / name).rename(tmp_path / "a.csv")
    assert names(folder.poll(NOW + 3_601 * SECOND)) == ["a.csv"], "at once"


def test_a_file_that_is_written_anew_is_given_anew(tmp_path):
    folder = Folder(tmp_path, quiet=0)
    path = tmp_path / "a.log"
    path.write_text("one\n")
    assert read(folder, NOW) == ["a.log"]
    path.write_text("one\ntwo\n")
    assert read(folder, NOW) == ["a.log"]


def test_what_was_appended_while_the_file_was_read_is_not_missed(tmp_path):
    folder = Folder(tmp_path, quiet=0)
    path = tmp_path / "a.log"
    path.write_text("one\n")
    [one] = folder.poll(NOW)
    content = folder.content(one)
    path.write_text("one\ntwo\n")
    folder.finished(one, content)
    assert read(folder, NOW) == ["a.log"]


def test_rotation_and_packing_change_no_content(tmp_path):
    folder = Folder(tmp_path, quiet=0)
    path = tmp_path / "a.log"
    path.write_text("one\n")
    read(folder, NOW)
    packed = tmp_path / "a.log.1.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    [one] = folder.poll(NOW)
    assert folder.content(one) in folder.contents


def test_the_only_look_goes_by_the_files_own_times(tmp_path):
    old, fresh = tmp_path / "old.csv", tmp_path / "fresh.csv"
    for path, age in ((old, 60), (fresh, 1)):
        path.write_text(path.name)
        os.utime(path, ns=((NOW - age * SECOND) * 1_000,) * 2)
    folder = Folder(tmp_path)
    assert names(folder.poll(NOW, last=True)) == ["old.csv"]
    assert folder.waiting == 1


def test_the_oldest_comes_first_and_folders_are_no_files(tmp_path):
    (tmp_path / "b.csv").mkdir()
    for name, at in (("c.csv", 3), ("a.csv", 5), ("d.csv", 3)):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (at, at))
    assert names(Folder(tmp_path, quiet=0).poll(NOW)) == ["c.csv", "d.csv", "a.csv"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be read"):
        Folder(tmp_path / "no").poll(NOW)
