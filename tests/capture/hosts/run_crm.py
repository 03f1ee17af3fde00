"""Runs the Django CRM: `run_crm.py wsgi|asgi PORT`; makes its database when there is none."""

import os
import sys

import django
from django.core.management import call_command


def prepare() -> None:
    from django.contrib.auth import get_user_model

    from capture.hosts.crm.models import Lead

    call_command("migrate", run_syncdb=True, verbosity=0)
    if not Lead.objects.exists():
        for pk in (7, 8):
            get_user_model().objects.create_superuser(f"agent{pk}", f"a{pk}@crm.example", "x", pk=pk)
        Lead.objects.bulk_create(Lead(name=f"=Lead {n}", phone=f"+3579900{n:04}") for n in range(10))


def main(kind: str, port: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "capture.hosts.crm.settings"
    django.setup()
    prepare()
    if kind == "wsgi":
        from socketserver import ThreadingMixIn
        from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

        from django.core.wsgi import get_wsgi_application

        class Server(ThreadingMixIn, WSGIServer):
            daemon_threads = True

        class Quiet(WSGIRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

        make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet).serve_forever()
    else:
        import uvicorn
        from django.core.asgi import get_asgi_application

        uvicorn.run(get_asgi_application(), host="127.0.0.1", port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
