"""Who asks, as a CRM with its own idea of it says."""

from typing import Any

from viewtrail.capture import Who


def broken(request: Any) -> Who:
    raise RuntimeError("nobody can say")


def impersonated(request: Any) -> Who:
    return Who("manager-1", on_behalf_of=str(request.user.pk))
