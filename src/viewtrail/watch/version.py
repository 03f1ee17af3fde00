"""Which code a finding comes from: the release and a digest of the source of everything that decides."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from viewtrail import __version__

DECIDING = ("event", "measure", "patterns", "watch", "finding.py")


@cache
def code_version() -> str:
    """For example "0.1.0+3f9c2a1b": the same for the same source, another for any edit of what decides."""
    digest = hashlib.sha256()
    root = files("viewtrail")
    for name in DECIDING:
        place = root.joinpath(name)
        sources = [place] if place.is_file() else sorted(place.iterdir(), key=lambda one: one.name)
        for source in sources:
            if source.name.endswith(".py"):
                digest.update(source.name.encode() + b"\x00" + source.read_bytes() + b"\x00")
    return f"{__version__}+{digest.hexdigest()[:8]}"
