"""Settings of the small CRM; where it keeps things and reports to comes from the environment."""

import os
from pathlib import Path

HERE = Path(os.environ["CRM_FOLDER"])
SECRET_KEY = "only-in-tests"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "capture.hosts.crm.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HERE / "crm.db",
        "ATOMIC_REQUESTS": os.environ.get("CRM_ATOMIC", "1") == "1",
        "OPTIONS": {"timeout": 20},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "rest_framework",
    "capture.hosts.crm",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "viewtrail.capture.middleware.django.ViewtrailMiddleware",
]
if os.environ.get("CRM_BARE"):
    MIDDLEWARE.pop()
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "viewtrail.capture.middleware.django.tokens",
            ]
        },
    }
]
REST_FRAMEWORK = {
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 3,
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
STATIC_URL = "/static/"
LOGGING_CONFIG = None
VIEWTRAIL = {
    "url": os.environ.get("CRM_INTAKE", "http://127.0.0.1:9"),
    "key": os.environ.get("CRM_KEY", "vt_none"),
    "source": "/crm",
    "spool": HERE / "spool",
}
if os.environ.get("CRM_BEACON"):
    VIEWTRAIL |= {"beacon_key": b"k" * 32}
if os.environ.get("CRM_AGENT"):
    VIEWTRAIL["agent"] = os.environ["CRM_AGENT"]
