"""How well detection works, measured where the answer is known; nothing that is measured may import this."""

from viewtrail.evaluate.attacker import adaptive
from viewtrail.evaluate.company import Company, load
from viewtrail.evaluate.measured import Again, Measured, main_budget, measure, measure_again, without_feeds
from viewtrail.evaluate.report import report

__all__ = [
    "Again",
    "Company",
    "Measured",
    "adaptive",
    "load",
    "main_budget",
    "measure",
    "measure_again",
    "report",
    "without_feeds",
]
