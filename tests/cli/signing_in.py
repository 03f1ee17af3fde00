"""Signing in to a running console as a browser does, with address and password."""

from __future__ import annotations

import re

import httpx


def sign_in(console: str, email: str, password: str) -> httpx.Client:
    client = httpx.Client(base_url=console, follow_redirects=True, timeout=30)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', client.get("/accounts/login/").text)
    assert token
    form = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
    client.post("/accounts/login/", data=form, headers={"Referer": f"{console}/accounts/login/"})
    return client
