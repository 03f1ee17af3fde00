"""Simulated brokerages to measure detectors on; nothing that is measured may import this."""

from viewtrail.simulate.parameters import STRUCTURES
from viewtrail.simulate.simulation import Summary, simulate

__all__ = ["STRUCTURES", "Summary", "simulate"]
