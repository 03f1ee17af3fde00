"""A folder of files: each once, when it is whole."""

from __future__ import annotations

import pytest

from viewtrail.errors import BadInput
from viewtrail.sources.transports.folder import Folder


def test_a_file_is_given_once_and_not_while_it_grows(tmp_path):
    folder = Folder(tmp_path, "*.log")
    (tmp_path / "a.log").write_text("one\n")
    (tmp_path / "a.txt").write_text("no\n")
    assert folder.poll() == []
    (tmp_path / "a.log").write_text("one\ntwo\n")
    assert folder.poll() == []
    assert folder.poll() == [tmp_path / "a.log"]
    folder.finished(tmp_path / "a.log")
    assert folder.poll() == []
    again = Folder(tmp_path, "*.log", folder.done)
    assert [again.poll(), again.poll()] == [[], []]


def test_a_file_that_is_written_anew_is_given_anew(tmp_path):
    folder = Folder(tmp_path)
    (tmp_path / "a.log").write_text("one\n")
    folder.poll()
    [path] = folder.poll()
    folder.finished(path)
    path.write_text("one\ntwo\n")
    folder.poll()
    assert folder.poll() == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        Folder(tmp_path / "no").poll()
