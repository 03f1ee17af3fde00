"""What Django writes into the journal, in words that whoever runs the console can act on."""

from __future__ import annotations

import logging
from typing import Any

LONGEST = 100  # characters of a host: anybody can send anything


class OtherHosts(logging.Filter):
    """A request for another host is one line with our own setting in it, not a traceback about Django's."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.security.DisallowedHost":
            request: Any = getattr(record, "request", None)
            host = request.META.get("HTTP_HOST", "") if request is not None else ""
            record.exc_info, record.exc_text = None, None
            record.msg = (
                "a request for the host %r was refused; if browsers reach the console by it, set console_url"
            )
            record.args = (host[:LONGEST],)
        return True
