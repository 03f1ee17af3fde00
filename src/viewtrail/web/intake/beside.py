"""`python -m viewtrail.web.intake.beside`: reads long bodies for the process that writes the log.

On its one socket, its standard input: the tenant key, then questions, each answered in its turn by a frame of
marshalled columns. It ends when the other end does.
"""

from __future__ import annotations

import gc
import marshal
import os
import signal
import struct
from contextlib import suppress
from dataclasses import astuple
from typing import IO, Any, Final

from viewtrail.errors import BadInput
from viewtrail.event import Event
from viewtrail.log.ready import Readying
from viewtrail.store.writer_frames import parts_of
from viewtrail.web.intake.items import TooMany, in_groups, read_here
from viewtrail.web.intake.readied import columns_of

ASKED: Final = struct.Struct(">QQQ")
"""Length of the body, most items, number of the first line (0: an array)."""

TOLD: Final = struct.Struct(">Q")
KEY: Final = 32

_LITTER: Final = 100_000
"""Objects after which garbage is looked for: what is made for a body goes with it."""


def told(body: bytes, most: int, line: int, readying: Readying) -> tuple[Any, ...]:
    """("ready", columns of each group), ("items", parts of each), ("bad", what, where, next) or ("many",)."""
    try:
        items = read_here(body, most, line)
    except TooMany:
        return ("many",)
    except BadInput as error:
        return "bad", error.what, error.where, error.next
    columns = [columns_of(group, readying) for group in in_groups(items)]
    if None not in columns:
        return "ready", columns
    return "items", [parts_of((item,))[0] if isinstance(item, Event) else astuple(item) for item in items]


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    raw = pipe.read(length)
    if len(raw) < length:
        raise EOFError
    return raw


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is for the process that writes; it ends this one
    gc.freeze()
    gc.set_threshold(_LITTER, 50, 50)
    with suppress(EOFError, OSError), open(0, "rb") as asked, open(os.dup(0), "wb") as answers:
        readying = Readying(_exactly(asked, KEY))
        while True:
            length, most, line = ASKED.unpack(_exactly(asked, ASKED.size))
            raw = marshal.dumps(told(_exactly(asked, length), most, line, readying))
            answers.write(TOLD.pack(len(raw)))
            answers.write(raw)
            answers.flush()


if __name__ == "__main__":
    main()
