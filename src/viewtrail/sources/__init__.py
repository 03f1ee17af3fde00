"""Behaviour from elsewhere: bytes in, events out, and what could not be read kept with its place."""

from viewtrail.sources.files import Reading, open_source
from viewtrail.sources.intake import Item, SetAside, Tally
from viewtrail.sources.mapping import Mapping, read_mapping

__all__ = ["Item", "Mapping", "Reading", "SetAside", "Tally", "open_source", "read_mapping"]
