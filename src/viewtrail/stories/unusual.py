"""The days somebody should ask about: six ways a client list leaves a brokerage, or work is only acted."""

from __future__ import annotations

from datetime import date

from viewtrail.stories.choose import best_of_desk, down_the_list
from viewtrail.stories.story import Story, story


def forty_seven_in_an_hour() -> Story:
    """Between nine and ten on a Wednesday a-104 opens 47 client records of colleagues.

    Nothing leads there: no task, no call, no client who got in touch, no note afterwards. On other days
    a-104 opens about thirty, most of them own, and calls half of the people.
    """
    day = date(2026, 3, 11)
    return (
        story("forty_seven_in_an_hour")
        .played_by("a-104")
        .sweep(47, minutes=56, on_day=day, clock="09:02", dwell=(9, 50))
        .unusual()
    )


def eighty_before_leaving() -> Story:
    """a-117 has given notice and opens the desk's eighty best accounts in forty minutes, late on a Tuesday.

    It is three days before the last day. Some of the eighty are a-117's own; nobody asked for a review or
    handed anything over, and nothing is written down. Ten days later the manager opens the same eighty.
    """
    return (
        story("eighty_before_leaving")
        .played_by("a-117")
        .gives_notice(on_day=date(2026, 3, 2), last_day=date(2026, 3, 20))
        .sweep(80, minutes=40, on_day=date(2026, 3, 17), clock="17:05", of=best_of_desk("d-1"))
        .unusual()
    )


def ninety_reveals() -> Story:
    """a-138 reveals ninety telephone numbers in one morning and gets in touch with nobody.

    The built-in telephone never needs the number. On other mornings a-138 reveals none or one, and writes
    to the client a minute later.
    """
    day = date(2026, 3, 24)
    return (
        story("ninety_reveals")
        .played_by("a-138")
        .reveals(90, minutes=185, on_day=day, clock="09:08")
        .unusual()
    )


def hundred_fifty_in_a_session() -> Story:
    """a-158 opens 150 records in one visit before lunch: a list is being built.

    Each is looked at for some seconds, none is called, and none is a-158's own.
    """
    day = date(2026, 3, 26)
    return (
        story("hundred_fifty_in_a_session")
        .played_by("a-158")
        .sweep(150, minutes=185, on_day=day, clock="09:10", dwell=(4, 28))
        .unusual()
    )


def six_second_calls() -> Story:
    """a-121 calls 42 of the own leads one after another and ends each call after about six seconds.

    Somebody answers each time. It makes the day's number of calls; even a clear no takes longer.
    """
    day = date(2026, 3, 12)
    return (
        story("six_second_calls")
        .played_by("a-121")
        .hangs_up(42, minutes=31, on_day=day, clock="10:12")
        .unusual()
    )


def hundred_across_the_list() -> Story:
    """a-126 walks the company's lead list from top to bottom: a hundred views in two hours, in list order.

    Three to eight seconds each, other desks' leads too, nothing done with any of them.
    """
    day = date(2026, 3, 18)
    return (
        story("hundred_across_the_list")
        .played_by("a-126")
        .sweep(
            100, minutes=120, on_day=day, clock="10:30", of=down_the_list, dwell=(3, 8), name="v-all-leads"
        )
        .unusual()
    )


UNUSUAL = (
    forty_seven_in_an_hour,
    eighty_before_leaving,
    ninety_reveals,
    hundred_fifty_in_a_session,
    six_second_calls,
    hundred_across_the_list,
)
