"""How far chance goes: Wilson's interval for a share, and the overlap of two draws from one box."""

from __future__ import annotations

from math import inf, lgamma, log, log10, sqrt
from typing import Final

Z95: Final = 1.959964
"""Standard normal quantile for 95 %, both sides."""


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """Bounds (95 %) of the share behind `hits` of `of` (Wilson 1927); None of nothing."""
    if of == 0:
        return None
    share, square = hits / of, Z95 * Z95
    middle = share + square / (2 * of)
    half = Z95 * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = (middle - half) / (1 + square / of), (middle + half) / (1 + square / of)
    return max(0.0, low), min(1.0, high)


def expected(asked: int, held: int, box: int) -> float:
    """How many of `asked` records drawn from a box of `box` are among the `held` ones, on average."""
    return asked * held / box if box else 0.0


def log10_at_least(found: int, asked: int, held: int, box: int) -> float:
    """log10 of the chance that `asked` drawn from a box of `box` hit `found` or more of the `held`.

    Hypergeometric: the first term by its logarithm, the others from their ratio to the one before, so that
    chances far below what a float can hold still compare.
    """
    if found <= max(0, asked + held - box):
        return 0.0
    if found > min(asked, held):
        return -inf
    first = _log_ways(held, found) + _log_ways(box - held, asked - found) - _log_ways(box, asked)
    term = total = 1.0
    for k in range(found, min(asked, held)):
        term *= (held - k) * (asked - k) / ((k + 1) * (box - held - asked + k + 1))
        total += term
        if term < total * 1e-15:
            break
    return min(0.0, first / log(10) + log10(total))


def _log_ways(of: int, chosen: int) -> float:
    return lgamma(of + 1) - lgamma(chosen + 1) - lgamma(of - chosen + 1)
