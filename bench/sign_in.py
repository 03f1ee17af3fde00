"""Signed in to a console, as the pages' benches are."""

from __future__ import annotations

import re

import httpx

WHO, PASSWORD = "bench@example.com", "a bench's own password"


def signed_in(console: str) -> httpx.Client:
    client = httpx.Client(base_url=console, follow_redirects=True, timeout=60)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', client.get("/accounts/login/").text)
    assert token
    said = {"login": WHO, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    answer = client.post("/accounts/login/", data=said, headers={"Referer": f"{console}/accounts/login/"})
    assert answer.url.path == "/", f"not signed in: {answer.url}"
    return client
