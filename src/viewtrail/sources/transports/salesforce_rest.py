"""Asking Salesforce's REST interface with a token that goes to one host and nowhere else."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlencode, urlsplit

from viewtrail.errors import BadInput, ViewtrailError

TRIES: Final = 4
TIMEOUT: Final = 60.0  # seconds without a byte

Token = Callable[[bool], str]
"""The access token; asked with True when the last one was refused."""


class CutShort(Exception):
    """Less came than Salesforce says the file has."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer that it is: the token is for one host alone."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


class Rest:
    """One instance of Salesforce; `wait` is what is called to wait some seconds."""

    def __init__(self, instance: str, token: Token, wait: Callable[[float], object]) -> None:
        self.instance = checked_instance(instance)
        self._token, self._wait = token, wait

    def ask(self, path: str, keep: Callable[[IO[bytes]], None]) -> None:
        """Get a path of the instance and hand the answer on.

        A refused token is asked for anew once. What may pass (a busy server, a lost connection, CutShort) is
        tried again; then ViewtrailError.
        """
        refused = False
        for tried in range(1, TRIES + 1):
            request = urllib.request.Request(
                self.instance + path, headers={"Authorization": f"Bearer {self._token(refused)}"}
            )
            try:
                with _OPENER.open(request, timeout=TIMEOUT) as answer:
                    keep(answer)
                return
            except urllib.error.HTTPError as error:
                with error:
                    code, said, after = error.code, _said(error), error.headers.get("Retry-After", "")
                if code == 401 and not refused:
                    refused = True
                    continue
                if code in (401, 403):
                    raise ViewtrailError(
                        f"refused the token ({code}{said})",
                        where=self.instance,
                        next="its user needs API Enabled and View Event Log Files",
                    ) from None
                if code < 500 and code != 429:
                    raise ViewtrailError(f"answered {code}{said}", where=self.instance) from None
                why, pause = f"answered {code}{said}", _pause(after, tried)
            except (OSError, http.client.HTTPException, CutShort) as error:
                reason = getattr(error, "reason", error)
                why, pause = str(reason) or type(error).__name__, _pause("", tried)
            if tried < TRIES:
                self._wait(pause)
        raise ViewtrailError(
            f"{why}, {TRIES} times", where=self.instance, next="the next poll goes on from the same place"
        )


def token_file(path: Path) -> Token:
    """A token that something else keeps in a file; the file is read each time."""

    def read(refused: bool) -> str:
        try:
            told = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"cannot be read ({error})", where=str(path)) from None
        if not told or not told.isascii() or not told.isprintable() or " " in told:
            raise BadInput("holds no token", where=str(path), next="one line with the access token alone")
        return told

    return read


def client_credentials(instance: str, client: str, secret_file: Path) -> Token:
    """A token by OAuth's client credentials flow, kept until it is refused."""
    address = checked_instance(instance) + "/services/oauth2/token"
    kept: list[str] = []

    def ask(refused: bool) -> str:
        if kept and not refused:
            return kept[0]
        form = {
            "grant_type": "client_credentials",
            "client_id": client,
            "client_secret": token_file(secret_file)(False),
        }
        request = urllib.request.Request(address, data=urlencode(form).encode())
        try:
            with _OPENER.open(request, timeout=TIMEOUT) as answer:
                told = json.loads(answer.read(1 << 20))
            kept[:] = [str(told["access_token"])]
        except urllib.error.HTTPError as error:
            with error:
                said = _said(error)
            raise ViewtrailError(
                f"gave no token ({error.code}{said})", where=address, next="check the client's id and secret"
            ) from None
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
            raise ViewtrailError(f"gave no token ({type(error).__name__})", where=address) from None
        return kept[0]

    return ask


def checked_instance(told: str) -> str:
    """The address of an instance: https, or http on this machine alone."""
    split = urlsplit(told)
    here = split.hostname in ("127.0.0.1", "localhost", "::1")
    if split.scheme != "https" and not (split.scheme == "http" and here):
        raise BadInput(f"{told!r} does not begin with https://", next="like https://acme.my.salesforce.com")
    if not split.hostname or split.username or split.query or split.path not in ("", "/"):
        raise BadInput(f"{told!r} is no address of an instance", next="like https://acme.my.salesforce.com")
    return f"{split.scheme}://{split.netloc}"


def _said(error: urllib.error.HTTPError) -> str:
    """Salesforce's own word for what is wrong."""
    try:
        told = json.loads(error.read(10_000))
        word = told[0]["errorCode"] if isinstance(told, list) else told["error"]
    except (ValueError, KeyError, IndexError, TypeError, OSError, http.client.HTTPException):
        return ""
    return f" {word}" if isinstance(word, str) and word.isascii() and word.isprintable() else ""


def _pause(after: str, tried: int) -> float:
    """Seconds to wait: what the server asks for, up to five minutes, else more each time."""
    if after.isascii() and after.isdigit() and len(after) < 6:
        return float(min(int(after), 300))
    return 2.0**tried
