"""How well detection works, measured where the answer is known; nothing that is measured may import this."""

from viewtrail.evaluate.attacker import Attacked, attacked
from viewtrail.evaluate.company import Company, load
from viewtrail.evaluate.measured import Again, Measured, main_budget, measure, measure_again, without_feeds
from viewtrail.evaluate.report import parts_page, report
from viewtrail.evaluate.report_attacker import attacker_page

__all__ = [
    "Again",
    "Attacked",
    "Company",
    "Measured",
    "attacked",
    "attacker_page",
    "load",
    "main_budget",
    "measure",
    "measure_again",
    "parts_page",
    "report",
    "without_feeds",
]
