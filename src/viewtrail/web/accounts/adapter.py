"""How signing in differs from what allauth does: nobody signs up, every sign-in is told to the log."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from viewtrail.web import logbook


class Accounts(DefaultAccountAdapter):
    """People are added by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        logbook.try_to_write("session.refused", by="console", what="password")

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        logbook.try_to_write("session.signed-in", by=logbook.name_of(user), who=user.viewer("UTC").role)
        return super().post_login(request, user, **more)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The console sends no mail of its own: a forgotten password is an administrator's task."""


class CompanyAccounts(DefaultSocialAccountAdapter):
    """A company account opens the console for people who were added here, by the same address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SecondFactors(DefaultMFAAdapter):
    """The names under which authenticators show us."""

    def _get_site_name(self) -> str:
        return "Viewtrail"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        from urllib.parse import urlsplit

        from django.conf import settings

        host = urlsplit(settings.VIEWTRAIL.settings.console_url).hostname or "localhost"
        return {"id": host, "name": "Viewtrail"}
