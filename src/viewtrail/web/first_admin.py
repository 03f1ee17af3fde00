"""The first administrator: a link printed once, good for a day and for one person."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from viewtrail.web import access, logbook
from viewtrail.web.accounts.models import FirstLink, Person

GOOD_FOR = timedelta(hours=24)


def link(url: str) -> str | None:
    """A new one-time link below `url`, or None when somebody can sign in already. Earlier links end."""
    if Person.objects.exists():
        return None
    token = secrets.token_urlsafe(32)
    FirstLink.objects.all().delete()
    FirstLink.objects.create(digest=_digest(token), until=timezone.now() + GOOD_FOR)
    return f"{url.rstrip('/')}{reverse('first_admin', args=[token])}"


def add_person(email: str, name: str, password: str, roles: list[str], **more: Any) -> Person:
    """Somebody who may sign in; an address that is there already gets these roles and this password.

    ValueError for a role that there is not, and for a password that nobody could set on a page either.
    """
    unknown = set(roles) - set(access.ROLES)
    if unknown:
        raise ValueError(f"no such role: {', '.join(sorted(unknown))}; there are {', '.join(access.ROLES)}")
    try:
        validate_password(password, Person(email=email, name=name))
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None
    person = Person.objects.filter(email=email.lower()).first()
    if person is None:
        return Person.objects.create_user(email, password, name=name, roles=roles, **more)
    person.name, person.roles = name, roles
    for field, value in more.items():
        setattr(person, field, value)
    person.set_password(password)
    person.save()
    return person


class FirstPerson(forms.Form):
    """Address, name and password of the first administrator."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    name = forms.CharField(label="Name", max_length=100)
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput, help_text="At least 12 characters.", strip=False
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "password" in found:
            try:
                validate_password(found["password"], Person(email=found.get("email", ""), name=""))
            except ValidationError as error:
                self.add_error("password", error)
        return found


def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link; 404 when it has run out, was used, or somebody can sign in already."""
    digest = _digest(token)
    if Person.objects.exists() or not FirstLink.objects.filter(
        digest=digest, used=None, until__gt=timezone.now()
    ):
        raise Http404("this link has run out or was used; start the console again for a new one")
    form = FirstPerson(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            if not FirstLink.objects.filter(digest=digest, used=None).update(used=timezone.now()):
                raise Http404("this link was used")
            said = form.cleaned_data
            person = add_person(said["email"], said["name"], said["password"], [access.ADMIN])
        logbook.try_to_write(
            "setting.changed", by=logbook.name_of(person), what="first-administrator", to=access.ADMIN
        )
        return HttpResponseRedirect(reverse("account_login"))
    return render(request, "first_admin.html", {"form": form}, status=422 if form.errors else 200)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
