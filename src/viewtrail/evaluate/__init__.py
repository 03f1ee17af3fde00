"""How well detection works, measured where the answer is known; nothing that is measured may import this."""

from viewtrail.evaluate.attacker import adaptive
from viewtrail.evaluate.company import Company, load
from viewtrail.evaluate.measured import Measured, main_budget, measure, without_feeds
from viewtrail.evaluate.report import report

__all__ = ["Company", "Measured", "adaptive", "load", "main_budget", "measure", "report", "without_feeds"]
