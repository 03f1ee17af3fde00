"""What stands in the journal when Django has something to say."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import pytest
from django.core.exceptions import DisallowedHost

from viewtrail.web.console.journal import OtherHosts


def record_of(host: str) -> logging.LogRecord:
    """As Django logs it: the exception with its traceback, and the request."""
    try:
        raise DisallowedHost(f"Invalid HTTP_HOST header: {host!r}. You may need to add it to ALLOWED_HOSTS.")
    except DisallowedHost as error:
        name, info = "django.security.DisallowedHost", sys.exc_info()
        made = logging.LogRecord(name, logging.ERROR, "exception.py", 1, str(error), None, info)
    made.request = SimpleNamespace(META={"HTTP_HOST": host})
    return made


@pytest.mark.parametrize("host", ["console.broker.example", "x" * 5_000, "a\nERROR forged: line", "%s%d"])
def test_a_request_for_another_host_is_one_line_that_names_our_setting(host: str) -> None:
    record = record_of(host)
    assert OtherHosts().filter(record)
    line = logging.Formatter("%(levelname)s %(name)s: %(message)s").format(record)
    assert "\n" not in line
    assert "set console_url" in line
    assert repr(host[:50])[1:20] in line
    assert len(line) < 300


def test_anything_else_is_left_as_it_is() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, "it broke: %s", ("here",), None)
    assert OtherHosts().filter(record)
    assert record.getMessage() == "it broke: here"
