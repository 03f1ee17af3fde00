"""People who may use the console, what they keep there, and what waits for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from viewtrail.web.access import Viewer

if TYPE_CHECKING:  # the fields are generic to the type checker alone
    from datetime import date

    Text = models.CharField[str, str]
    Long = models.TextField[str, str]
    Yes = models.BooleanField[bool, bool]
    Day = models.DateField[date, date]
    Time = models.DateTimeField[datetime, datetime]
    MaybeTime = models.DateTimeField[datetime | None, datetime | None]


class People(BaseUserManager["Person"]):
    """Adds people; nobody adds themselves."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who may sign in. `agent` is the pseudonym under which their own work stands in the log."""

    email: models.EmailField[str, str] = models.EmailField(unique=True)
    name: Text = models.CharField(max_length=100)
    roles = models.JSONField(default=list)
    desks = models.JSONField(default=list, blank=True)
    agent: Text = models.CharField(max_length=18, blank=True)
    entity: Text = models.CharField(max_length=100, blank=True)
    time_zone: Text = models.CharField(max_length=64, blank=True)
    valid_until: MaybeTime = models.DateTimeField(null=True, blank=True)
    enabled: Yes = models.BooleanField(default=True)
    added: Time = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = People()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_active(self) -> bool:  # type: ignore[override] # Django asks by this name, on every request
        """Not switched off, and the time they were given has not run out."""
        return self.enabled and (self.valid_until is None or self.valid_until > timezone.now())

    def viewer(self, zone: str) -> Viewer:
        """What the rules of access need to know; `zone` is for those who have not said theirs."""
        return Viewer(
            id=self.pk,
            name=str(self),
            roles=frozenset(self.roles),
            desks=frozenset(self.desks),
            agent=self.agent,
            entity=self.entity,
            time_zone=self.time_zone or zone,
        )


class Unmasking(models.Model):
    """One person may see the id behind one pseudonym, for a reason, until a time.

    Without `until` it waits for a second person. Times are those of the console's clock.
    """

    viewer: models.ForeignKey[Person, Person] = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="unmaskings"
    )
    agent: Text = models.CharField(max_length=18)
    finding: Text = models.CharField(max_length=40, blank=True)
    with_records: Yes = models.BooleanField(default=False)
    reason: Long = models.TextField()
    asked: Time = models.DateTimeField()
    until: MaybeTime = models.DateTimeField(null=True, blank=True)
    second: models.ForeignKey[Person | None, Person | None] = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    refused: Yes = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["viewer", "until"])]


class Declaration(models.Model):
    """Work that somebody says was ordered, entered after it was done: it waits for a second person.

    `scope`: "records" of the finding, or the agent's "desk". `first` and `last` are days, both included.
    """

    by: models.ForeignKey[Person, Person] = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+"
    )
    finding: Text = models.CharField(max_length=40)
    agent: Text = models.CharField(max_length=18)
    purpose: Text = models.CharField(max_length=40)
    first: Day = models.DateField()
    last: Day = models.DateField()
    expected: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    scope: Text = models.CharField(max_length=20)
    words: Long = models.TextField(blank=True)
    asked: Time = models.DateTimeField()
    answered: MaybeTime = models.DateTimeField(null=True, blank=True)
    agreed: Yes = models.BooleanField(default=False)


class SavedView(models.Model):
    """A filter of the findings that somebody gave a name."""

    person: models.ForeignKey[Person, Person] = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="views"
    )
    name: Text = models.CharField(max_length=60)
    query: Text = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "name"], name="one_view_of_a_name")
        ]
        ordering: ClassVar[list[str]] = ["name"]


class FirstLink(models.Model):
    """The link by which the first administrator signs up: kept as a hash, good once and for a time."""

    digest: Text = models.CharField(max_length=64, unique=True)
    until: Time = models.DateTimeField()
    used: MaybeTime = models.DateTimeField(null=True, blank=True)
