"""Databases behind the log and the console."""

from viewtrail.store.open_log import open_log, open_reader, verify_home

__all__ = ["open_log", "open_reader", "verify_home"]
