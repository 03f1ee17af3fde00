"""Shares as percent, and times in UTC for paper."""

from __future__ import annotations

from datetime import timedelta

from django import template

from viewtrail.event.kinds import EPOCH

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as whole percent, with one decimal below ten."""
    if share is None:
        return "–"
    return f"{share:.0%}" if share >= 0.0995 or share == 0 else f"{share:.1%}"


@register.filter
def utc(micros: int) -> str:
    """A time in UTC, to the second, as a regulator reads it."""
    return (EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%d %H:%M:%S")
