"""The only loop: entries in, transitions out."""

from viewtrail.watch.loop import Loop

__all__ = ["Loop"]
