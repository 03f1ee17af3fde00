"""Honest days that look the same row by row: a review, a return, a campaign, a handover, a clean-up."""

from __future__ import annotations

from datetime import date

from viewtrail.stories import acts, campaigns
from viewtrail.stories.choose import (
    all_clients,
    best_of_desk,
    book_of,
    bought_list,
    cold_leads,
    desk_list,
    own_book,
)
from viewtrail.stories.story import Story, story


def manager_before_quarter_end() -> Story:
    """The manager a-012 opens the eighty best accounts of desk d-1 in three quarters of an hour.

    It is the Friday before quarter end, the director has declared the review, and a-012 has done the same
    before each month's end. They are the very accounts that a leaver opened ten days earlier.
    """
    day = date(2026, 3, 27)
    return (
        story("manager_before_quarter_end")
        .played_by("a-012")
        .has_declared("quarterly-review", day, expected=90, desk="d-1")
        .sweep(
            80,
            minutes=44,
            on_day=day,
            clock="15:10",
            of=best_of_desk("d-1"),
            notes=0.08,
            name="v-desk-review",
        )
        .ordinary()
    )


def manager_before_quarter_end_undeclared() -> Story:
    """The manager a-019 reviews the eighty best accounts of desk d-3 the day before quarter end.

    Nobody declared it: one review in five is simply done. a-019 has done so before each month's end.
    """
    day = date(2026, 3, 30)
    return (
        story("manager_before_quarter_end_undeclared")
        .played_by("a-019")
        .sweep(
            80,
            minutes=43,
            on_day=day,
            clock="10:20",
            of=best_of_desk("d-3"),
            notes=0.08,
            name="v-desk-review",
        )
        .ordinary()
    )


def return_from_leave() -> Story:
    """a-109 is back after two weeks and goes through ninety records of the own book in one day.

    Twenty-five callbacks promised before the holiday are due; the others are read, some called, some noted.
    """
    back = date(2026, 3, 9)
    return (
        story("return_from_leave")
        .played_by("a-109")
        .has_callbacks_waiting(25, since=date(2026, 2, 20), due=back)
        .is_away(date(2026, 2, 23), date(2026, 3, 6), "holiday", booked=date(2026, 2, 2))
        .works_through(52, minutes=205, on_day=back, clock="09:08")
        .works_through(38, minutes=190, on_day=back, clock="14:15", calls=0.2)
        .ordinary()
    )


def campaign_day() -> Story:
    """Desk d-2 dials a campaign of 430 cold leads with the power dialler; a-131 alone dials 150 of them.

    Two in three do not answer, and most who do say no within seconds: that is what campaigns are.
    """
    colleagues = ("a-138", "a-142", "a-147", "a-153")
    shares = {"a-131": 150 / 430, **dict.fromkeys(colleagues, 70 / 430)}
    dial = acts.dial_campaign(campaigns.campaign_answers, shares)
    return (
        story("campaign_day")
        .played_by("a-131", *colleagues)
        .does(dial, 430, minutes=190, on_day=date(2026, 3, 5), clock="09:32", of=cold_leads)
        .ordinary()
    )


def bad_dialler_list() -> Story:
    """Desk d-3 dials a bought list, and everybody's calls are short: wrong numbers, people who never asked.

    Whatever there is to say is about the list, not about a-169 or anybody else who dialled it.
    """
    desk = ("a-169", "a-158", "a-163", "a-174")
    dial = acts.dial_campaign(campaigns.bad_list_answers, dict.fromkeys(desk, 0.25))
    return (
        story("bad_dialler_list")
        .played_by(*desk)
        .does(dial, 220, minutes=55, on_day=date(2026, 3, 4), clock="10:02", of=bought_list)
        .ordinary()
    )


def handover() -> Story:
    """a-147 left on Friday; on Monday morning a-142 reads into sixty of the leaver's records.

    They are a-142's since nine o'clock, but the CRM learns it at ten past two: until then it looks as if
    somebody were going through a colleague's best clients.
    """
    day = date(2026, 3, 23)
    return (
        story("handover")
        .played_by("a-142")
        .colleague_leaves("a-147", notice=date(2026, 3, 6), last_day=date(2026, 3, 20))
        .does(
            acts.take_over("a-147", synced="14:10"),
            60,
            minutes=175,
            on_day=day,
            clock="09:20",
            of=book_of("a-147"),
        )
        .ordinary()
    )


def honest_leaver_handover_notes() -> Story:
    """a-147 leaves on Friday and spends an hour and a half of three days writing handover notes.

    Ninety records of the own book are opened in the week of the resignation; nearly all get a note.
    """
    told = (
        story("honest_leaver_handover_notes")
        .played_by("a-147")
        .gives_notice(on_day=date(2026, 3, 6), last_day=date(2026, 3, 20))
    )
    for day in (16, 17, 18):
        told = told.works_through(
            30, minutes=90, on_day=date(2026, 3, day), clock="14:40", of=own_book, calls=0.05, notes=0.95
        )
    return told.ordinary()


def cover_for_sick_colleague() -> Story:
    """a-131 reports sick on Wednesday morning; a-153 works the colleague's book for three days.

    Ninety records of somebody else, with calls and notes, as nobody else is there to answer those clients.
    """
    told = (
        story("cover_for_sick_colleague")
        .played_by("a-153")
        .colleague_is_away("a-131", date(2026, 3, 25), date(2026, 3, 27), "sick")
    )
    for day in (25, 26, 27):
        told = told.works_through(
            30, minutes=190, on_day=date(2026, 3, day), clock="09:25", of=book_of("a-131"), calls=0.5
        )
    return told.ordinary()


def compliance_sweep() -> Story:
    """The compliance officer a-031 opens 120 clients of every desk in one morning.

    The director has declared the sweep; a third get a note for the file.
    """
    day = date(2026, 3, 10)
    return (
        story("compliance_sweep")
        .played_by("a-031")
        .has_declared("compliance-sweep", day, expected=130, desk="all")
        .sweep(
            120,
            minutes=195,
            on_day=day,
            clock="09:20",
            of=all_clients,
            dwell=(20, 80),
            notes=0.33,
            name="v-kyc-sweep",
        )
        .ordinary()
    )


def new_hire_training() -> Story:
    """a-187, six working days in the company, is shown fifty records of the desk, from the first row on.

    The manager has declared the training and sits beside; there is no history yet to compare with.
    """
    day = date(2026, 3, 24)
    return (
        story("new_hire_training")
        .played_by("a-187")
        .has_declared("training", day, expected=60)
        .sweep(
            50,
            minutes=105,
            on_day=day,
            clock="10:10",
            of=desk_list,
            dwell=(20, 60),
            notes=0.04,
            name="v-desk",
        )
        .ordinary()
    )


def clean_up_declared() -> Story:
    """a-163 goes through 140 cold leads of desk d-3 and closes the dead ones, as the manager asked for.

    A glance at each is enough; seven in ten are set to lost, others get their fields put right.
    """
    day = date(2026, 3, 19)
    return (
        story("clean_up_declared")
        .played_by("a-163")
        .has_declared("clean-up", day, expected=150)
        .does(acts.tidy_up, 140, minutes=110, on_day=day, clock="14:40", of=cold_leads)
        .ordinary()
    )


TWINS = (
    manager_before_quarter_end,
    manager_before_quarter_end_undeclared,
    return_from_leave,
    campaign_day,
    bad_dialler_list,
    handover,
    honest_leaver_handover_notes,
    cover_for_sick_colleague,
    compliance_sweep,
    new_hire_training,
    clean_up_declared,
)
