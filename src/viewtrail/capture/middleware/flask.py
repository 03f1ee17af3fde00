"""For Flask: told while its request is still there, so that `agent` may use `session` and `g`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from viewtrail.capture.client import Client
from viewtrail.capture.middleware.site import MOST_BODY, PATH, SCRIPT, Site
from viewtrail.capture.notes import current, view_token


def instrument(
    app: Any,
    client: Client,
    agent: Callable[[], Any],
    *,
    beacon_key: bytes | None = None,
    views: Path | None = None,
) -> None:
    """`instrument(app, client, agent=lambda: session.get("agent"))`: who asks, or None for nobody.

    Views are marked with `@records_view`, under `@app.route`. Templates get `view_token()`.
    """
    import flask

    site = Site(client, lambda _request: agent(), beacon_key, views)

    @app.before_request  # type: ignore[untyped-decorator]
    def _begin() -> Any:
        notes = site.notes(None, flask.request.headers.get("User-Agent", ""), flask.request.method)
        flask.g.viewtrail = notes, current.set(notes)
        if (script := site.script(flask.request.path)) is not None:
            return flask.Response(script, mimetype="text/javascript")
        if site.is_beacon(flask.request.method, flask.request.path):
            answer = site.answer(notes.who(), flask.request.stream.read(MOST_BODY + 1))
            return flask.Response(answer.body, answer.status, dict(answer.headers))
        return None

    @app.after_request  # type: ignore[untyped-decorator]
    def _tell(response: Any) -> Any:
        notes = flask.g.viewtrail[0] if "viewtrail" in flask.g else None
        if notes and response.status_code < 400:
            site.tell(notes)
        return response

    @app.teardown_request  # type: ignore[untyped-decorator]
    def _end(_error: BaseException | None) -> None:
        found = flask.g.pop("viewtrail", None)
        if found is not None:
            with suppress(ValueError):  # torn down in another context, which has no notes of ours
                current.reset(found[1])

    if beacon_key is not None:  # so that Flask routes them here instead of answering 404 before we are asked
        app.add_url_rule(SCRIPT, "viewtrail_script", lambda: "", methods=["GET"])
        app.add_url_rule(PATH, "viewtrail_beacon", lambda: "", methods=["POST"])
    app.jinja_env.globals["view_token"] = view_token
