"""Kinds of browser and their counts: by kind and hour, never by person."""

from __future__ import annotations

import pytest

from viewtrail.capture.browsers import HOUR, MOST, OTHER, WAIT, BrowserCounts, Counted, browser_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
LIKE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        (f"{WINDOWS} {LIKE} Chrome/145.0.0.0 Safari/537.36", "Chrome 145"),
        (f"{WINDOWS} {LIKE} Chrome/145.0.0.0 Safari/537.36 Edg/145.0.3800.70", "Edge 145"),
        (f"{WINDOWS} {LIKE} Chrome/128.0.0.0 Safari/537.36 OPR/114.0.0.0", "Opera 114"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Safari/605.1.15",
            "Safari 18",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18",
        ),
        ("python-requests/2.32", OTHER),
        ("Chrome/" + "9" * 40, OTHER),
        ("", OTHER),
    ],
)  # fmt: skip
def test_a_browser_is_known_by_family_and_version_alone(user_agent, kind):
    assert browser_of(user_agent) == kind


def test_an_hour_is_told_once_it_is_over():
    counts = BrowserCounts()
    counts.count(5, "Chrome 145", seen=True)
    counts.count(HOUR - 1, "Chrome 145", seen=False)
    counts.count(HOUR + 1, "Chrome 145", seen=True)
    assert list(counts.due(HOUR + WAIT - 1)) == []
    assert list(counts.due(HOUR + WAIT)) == [Counted(0, "Chrome 145", 2, 1)]
    assert list(counts.due(None)) == [Counted(HOUR, "Chrome 145", 1, 0)]
    assert list(counts.due(None)) == []


def test_invented_kinds_are_counted_as_others():
    counts = BrowserCounts()
    for number in range(MOST + 50):
        counts.count(0, f"Chrome {number}", seen=False)
    told = list(counts.due(None))
    assert len(told) == MOST + 1
    assert sum(one.pages for one in told) == MOST + 50


def test_what_could_not_be_told_is_told_again():
    counts = BrowserCounts()
    counts.count(0, "Chrome 145", seen=True)
    due = counts.due(None)
    next(due)
    due.close()  # as when the disk is full
    assert list(counts.due(None)) == [Counted(0, "Chrome 145", 1, 0)]


def test_pages_from_before_are_another_process_to_count():
    counts = BrowserCounts()
    counts.since = 10
    counts.count(9, "Chrome 145", seen=True)
    assert list(counts.due(None)) == []
