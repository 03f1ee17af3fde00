"""The tamper-evident log: entries in one order, each with an index, provably complete."""

from viewtrail.log.entry import Entry, Logged, Stored
from viewtrail.log.group import Part, Receipt
from viewtrail.log.keys import Keys
from viewtrail.log.log import Log, LogReader

__all__ = ["Entry", "Keys", "Log", "LogReader", "Logged", "Part", "Receipt", "Stored"]
