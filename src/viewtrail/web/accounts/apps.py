"""Django's name for the people of the console."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    """People, unmaskings, saved views."""

    name = "viewtrail.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
