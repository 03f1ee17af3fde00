"""Every number a simulated brokerage is drawn from; docs/explanation/simulation.md gives each its source."""

from __future__ import annotations

from datetime import date
from typing import Final

Range = tuple[float, float]

START: Final = date(2026, 1, 5)
"""A Monday; 120 days from it hold a quarter end, a clock change and Easter."""

STRUCTURES: Final = ("standard", "pooled", "no-pbx", "two-zones", "night-shift", "part-time", "small")

RANGES: Final[dict[str, Range]] = {
    # How the company is built
    "desk_size": (6, 16),
    "retention_desks": (0.3, 0.6),
    "book_conversion": (90, 170),
    "book_retention": (70, 140),
    "pool_share": (0.2, 0.4),
    "new_leads_day": (1.5, 4.5),
    # Who comes and goes
    "turnover_year": (0.20, 0.55),
    "leave_days_year": (18, 26),
    "sick_days_year": (5, 11),
    "sick_told_late": (0.1, 0.4),
    "role_change_year": (0.03, 0.10),
    "desk_change_year": (0.05, 0.20),
    # How much, how evenly
    "work_rate": (0.8, 1.2),
    "personal_shape": (4, 10),
    "day_shape": (6, 20),
    "desk_day_sd": (0.05, 0.15),
    "company_day_sd": (0.03, 0.10),
    "friday": (0.75, 0.95),
    # Habits and discipline
    "unreasoned": (0.015, 0.13),
    "note_after_contact": (0.35, 0.80),
    "task_discipline": (0.30, 0.90),
    "skim_share": (0.05, 0.20),
    "inbound_share": (0.05, 0.14),
    "message_share": (0.06, 0.18),
    "reveal_share": (0.01, 0.05),
    "orphan_share": (0.05, 0.25),
    "export_manager_month": (0.5, 3.0),
    "remote_share": (0.05, 0.40),
    # Calls
    "answered_conversion": (0.18, 0.35),
    "answered_retention": (0.35, 0.55),
    "machine": (0.08, 0.22),
    "short_answered": (0.04, 0.12),
    "talk_median_conversion_s": (60, 130),
    "talk_median_retention_s": (120, 260),
    "talk_sigma": (0.9, 1.2),
    # What the sources lose
    "beacon_lost": (0.01, 0.05),
    "reports_dwell": (0, 1),
    "reports_call_start": (0, 1),
}
"""name -> lowest and highest; each company draws its own value, evenly, from its seed."""

KINDS: Final = (
    "conversion",
    "retention",
    "senior",
    "manager",
    "compliance",
    "back-office",
    "admin",
    "service",
)
OPENINGS_A_DAY: Final = (27.0, 20.0, 19.0, 13.0, 20.0, 30.0, 4.0, 180.0)
"""Openings on an ordinary full-time day, by kind of work as in KINDS."""

OFFICE: Final[dict[str, float]] = {"compliance": 0.03, "back-office": 0.05, "admin": 0.01}
"""Share of staff outside the desks."""

SENIOR_EVERY: Final = 7
REVEAL_WITHOUT_CALLS: Final = 0.30
"""Share of touches with a reveal where there is no click-to-call: the number must be seen to be dialled."""

HEAVY_MESSENGERS: Final = 0.10
HEAVY_MESSENGER_ORPHANS: Final = 0.60
"""Agents who message clients on their own phone: their reveals look as if nothing followed."""

EPISODES_MONTH: Final[dict[str, float]] = {
    "campaign": 3.0,
    "compliance-sweep": 1.0,
    "handover": 1.5,
    "redistribution": 1.5,
    "training": 2.0,
    "clean-up": 3.0,
    "bad-list": 1.2,
    "late-shift": 6.0,
    "remote-work": 4.0,
}
"""Honest episodes per 100 staff and 30 days."""

COMPANY_MONTH: Final[dict[str, float]] = {"pbx-outage": 0.7, "vip-day": 0.7}
"""Honest episodes per company and 30 days, whatever its size."""

OCCASIONS: Final[dict[str, float]] = {
    "review_quarter_end": 0.9,
    "review_month_end": 0.35,
    "return_from_leave": 0.7,
    "leaver_handover": 0.5,
    "cover": 0.5,
    "new_hire": 1.0,
}
"""Share of the occasions (a manager's quarter end, a return, a leaver, a sick spell) that make an episode."""

DECLARED: Final[dict[str, float]] = {
    "review": 0.8,
    "compliance-sweep": 0.9,
    "training": 0.7,
    "clean-up": 0.5,
    "cover": 0.3,
    "leaver-handover": 0.4,
    "handover": 0.3,
}
"""Share of such episodes that somebody declares beforehand."""

GAP_REPORTED: Final = 0.4
"""Share of PBX outages that the source admits by a capture.gap."""

QUARTER_END_PUSH: Final[Range] = (1.1, 1.45)
"""Factor on the desks' openings in the last four working days of a quarter."""

SIZES: Final[dict[str, Range]] = {
    "campaign_days": (1, 3),
    "campaign_records_each": (35, 80),
    "review_records": (35, 120),
    "compliance-sweep_records": (60, 220),
    "handover_records": (20, 60),
    "handover_sync_late_days": (1, 3),
    "redistribution_records_each": (12, 40),
    "return_records": (25, 70),
    "leaver-handover_records": (35, 100),
    "training_records": (20, 60),
    "clean-up_records": (50, 180),
    "cover_records": (12, 40),
    "pbx-outage_hours": (2, 8),
    "bad-list_records_each": (30, 70),
    "bad-list_short": (0.4, 0.7),
    "vip-day_records": (12, 40),
    "late-shift_hours": (3, 6),
    "remote-work_days": (1, 5),
    "new-hire_days": (6, 12),
    "new-hire_records": (8, 30),
}

THEFTS_MONTH: Final = 4.0
"""Thefts per 100 staff and 30 days: far above life, so that each company has enough to measure on."""

THEFTS_EARLY: Final = 0.2
"""Share of thefts in the first half of the period, inside what a detector learns from."""

THEFT_NOTICE: Final = 0.7
"""Share of thefts (other than b, always, and f, never) by somebody whose last day is near."""

THEFT_DAYS_BEFORE_LEAVING: Final[Range] = (1, 25)
THEFT_NOTICE_LEAD: Final[Range] = (3, 30)
"""Days from notice to last day: so a theft may come before its notice."""

THEFT_MIXED: Final = 0.6
"""Share of thefts with ordinary work going on in between."""

THEFT_DISGUISE: Final[Range] = (0.0, 0.15)
"""Share of taken records given a real-looking call or note."""

THEFTS: Final[dict[str, dict[str, Range]]] = {
    "a": {"records": (120, 185), "minutes": (60, 200)},
    "b": {"records": (62, 100), "minutes": (30, 55), "days_before": (2, 5)},
    "c": {"records": (65, 115), "minutes": (120, 220), "called": (0.0, 0.12)},
    "d": {"records": (6, 11), "days": (12, 18)},
    "e": {"records": (22, 50), "minutes": (30, 150)},
    "f": {"calls": (22, 55), "days": (1, 5), "talk_s": (3, 18)},
    "g": {"records": (80, 220), "dwell_s": (4, 6)},
    "h": {"records": (35, 95), "minutes": (40, 160)},
    "i": {"exports": (1, 3), "rows": (250, 4000)},
    "j": {"records": (35, 75), "minutes": (40, 120)},
    "k": {"records": (45, 95), "minutes": (40, 140)},
}
"""Sizes of the thefts (a) to (k): the stated numbers, with variation around them."""
