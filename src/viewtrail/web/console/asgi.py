"""The console as an ASGI app."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "viewtrail.web.console.settings")

from django.core.asgi import get_asgi_application

app = get_asgi_application()
