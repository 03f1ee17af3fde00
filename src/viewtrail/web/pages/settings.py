"""People, roles, keys, sources and the settings in force; every change is an entry in the log."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import fields
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from viewtrail.app import api_keys
from viewtrail.app.clock import now
from viewtrail.app.findings import PSEUDONYM
from viewtrail.errors import BadInput
from viewtrail.web import access, data
from viewtrail.web.accounts.models import Person
from viewtrail.web.first_admin import add_person
from viewtrail.web.page import Page
from viewtrail.web.visit import Visit

AUDIT_DAYS: Final = 30
"""An auditor is let in for so long unless another end is given: their work has an end."""

_BETWEEN: Final = re.compile(r"[\s,;]+")


class PersonForm(forms.Form):
    """Somebody who may sign in. The agent may be given as the CRM names them: the pseudonym is kept."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(label="Name", max_length=100)
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role, f"{role.replace('-', ' ')}: {access.MEANINGS[role]}") for role in access.ROLES],
        widget=forms.CheckboxSelectMultiple,
    )
    desks = forms.CharField(
        label="Desks", required=False, help_text="As HR names them, apart by commas; “all” for every desk."
    )
    agent = forms.CharField(
        label="Who they are in the CRM",
        required=False,
        max_length=200,
        help_text="Their agent id there: opens My trail to them, and keeps findings about them from them.",
    )
    time_zone = forms.CharField(label="Time zone", required=False, help_text="For example Europe/Nicosia.")
    days = forms.IntegerField(
        label="For how many days",
        required=False,
        min_value=1,
        max_value=3650,
        help_text=f"Nothing for no end; auditors have {AUDIT_DAYS} days if nothing is said.",
    )

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"].strip()
        try:
            return ZoneInfo(zone).key if zone else ""
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise forms.ValidationError(f"There is no time zone {zone}.") from None

    def clean_agent(self) -> str:
        told: str = self.cleaned_data["agent"].strip()
        if not told or (PSEUDONYM.fullmatch(told) and told.startswith("a-")):
            return told
        with data.home().reader() as log:
            name = log.pseudonym("a", told)
            if log.storage.name(name) is None:
                raise forms.ValidationError("The log knows no agent of that id.")
        return name

    def told(self) -> dict[str, Any]:
        """What of it the person keeps beside address, name and roles."""
        said = self.cleaned_data
        days = said["days"] or (AUDIT_DAYS if said["roles"] == [access.AUDITOR] else None)
        return {
            "desks": [desk for desk in _BETWEEN.split(said["desks"]) if desk],
            "agent": said["agent"],
            "time_zone": said["time_zone"],
            "valid_until": timezone.now() + timedelta(days=days) if days else None,
        }


def settings(visit: Visit) -> HttpResponseBase:
    """Everybody who may sign in, the keys, the sources, and what is set where."""
    return _shown(visit, PersonForm())


def _shown(visit: Visit, form: PersonForm, status: int = 200, **more: Any) -> HttpResponseBase:
    home = data.home()
    return visit.render(
        "settings.html",
        status=status,
        form=form,
        people=Person.objects.order_by("name", "email"),
        keys=api_keys.listed(home.path),
        sources=visit.questions.sources(now()),
        in_force=[
            (one.name, getattr(home.settings, one.name), one.metadata["unit"], one.metadata["reason"])
            for one in fields(home.settings)
        ],
        meanings=access.MEANINGS,
        **more,
    )


def add(visit: Visit) -> HttpResponseBase:
    """A new person, or new roles for one who is there; the first password is shown once."""
    form = PersonForm(visit.request.POST)
    if visit.request.method != "POST":
        return HttpResponseRedirect(reverse("settings"))
    if not form.is_valid():
        return _shown(visit, form, 422)
    said = form.cleaned_data
    before = Person.objects.filter(email=said["email"].lower()).first()
    was = ",".join(before.roles) if before else ""
    visit.tell(
        "setting.changed",
        what=f"person:{said['email'].lower()}",
        to=",".join(said["roles"]),
        why="added" if before is None else f"was {was}",
    )
    if before is not None:
        before.name, before.roles = said["name"], said["roles"]
        for name, value in form.told().items():
            setattr(before, name, value)
        before.save()
        return HttpResponseRedirect(reverse("settings"))
    password = secrets.token_urlsafe(15)
    person = add_person(said["email"], said["name"], password, said["roles"], **form.told())
    return _shown(visit, PersonForm(), new=person, password=password)


def switch(visit: Visit, person: int) -> HttpResponseBase:
    """Let somebody in no longer, or again; never oneself, or nobody might be left."""
    found = Person.objects.filter(pk=person).first()
    if visit.request.method != "POST" or found is None:
        raise Http404("there is no such person")
    if found.pk == visit.viewer.id:
        return _shown(
            visit, PersonForm(), 422, wrong="You cannot switch yourself off; ask another administrator."
        )
    to = "off" if found.enabled else "on"
    visit.tell("setting.changed", what=f"person:{found.email}", to=to)
    found.enabled = not found.enabled
    found.save()
    return HttpResponseRedirect(reverse("settings"))


def make_key(visit: Visit) -> HttpResponseBase:
    """A key for a system that sends events; shown once."""
    if visit.request.method != "POST":
        return HttpResponseRedirect(reverse("settings"))
    name = visit.request.POST.get("name", "").strip()
    sources = [one for one in _BETWEEN.split(visit.request.POST.get("sources", "")) if one]
    try:
        secret = api_keys.add(data.home(), name, sources, now=now(), entropy=os.urandom, by=visit.by)
    except BadInput as error:
        return _shown(visit, PersonForm(), 422, wrong=str(error))
    return _shown(visit, PersonForm(), new_key=name, secret=secret)


def end_key(visit: Visit, name: str) -> HttpResponseBase:
    """Take a key back."""
    if visit.request.method == "POST":
        try:
            api_keys.revoke(data.home(), name, now=now(), entropy=os.urandom, by=visit.by)
        except BadInput as error:
            return _shown(visit, PersonForm(), 422, wrong=str(error))
    return HttpResponseRedirect(reverse("settings"))


_ADMIN: Final = (access.ADMIN,)

PAGES = (
    Page(name="settings", path="settings", title="Settings", view=settings, roles=_ADMIN, rail=99),
    Page(name="add-person", path="settings/people", title="Settings", view=add, roles=_ADMIN),
    Page(
        name="switch-person", path="settings/people/<int:person>", title="Settings", view=switch, roles=_ADMIN
    ),
    Page(name="make-key", path="settings/keys", title="Settings", view=make_key, roles=_ADMIN),
    Page(name="end-key", path="settings/keys/<str:name>", title="Settings", view=end_key, roles=_ADMIN),
)
