"""Puts the parts together; the only place that chooses implementations."""

from viewtrail.app.home import Home, open_home

__all__ = ["Home", "open_home"]
