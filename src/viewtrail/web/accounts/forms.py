"""The forms of signing in, without a way to reset a password by mail: an administrator sets it anew."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm


def _without_help(form: Any) -> None:
    form.fields["password"].help_text = ""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignIn(LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_help(self)
        self.fields["login"].label = "E-mail address"


class Again(ReauthenticateForm):
    """The password once more, before something about signing in is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_help(self)
