"""A browser extension for a CRM that nobody can change: built for one host, set by the company."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any, Final

from viewtrail import __version__
from viewtrail.errors import BadInput

OWN: Final = ("content.js", "worker.js", "settings.js", "managed_schema.json")
SHARED: Final = ("beacon.js", "rules.js")

_ORIGIN: Final = re.compile(r"(https?)://[a-z0-9.-]+(:[0-9]{1,5})?")


def manifest(crm: str, viewtrail: str, public_key: bytes | None = None) -> dict[str, Any]:
    """What the browser is asked for: the CRM's pages to look at, Viewtrail's host to speak to."""
    told: dict[str, Any] = {
        "manifest_version": 3,
        "name": "Viewtrail",
        "description": f"Tells your company which records of {crm} are opened, and for how long. No content.",
        "version": _version(),
        "minimum_chrome_version": "116",
        "permissions": ["storage"],
        "host_permissions": [f"{viewtrail}/*"],
        "background": {"service_worker": "worker.js"},
        "content_scripts": [
            {
                "matches": [f"{crm}/*"],
                "js": ["content.js", *SHARED],
                "run_at": "document_start",
            }
        ],
        "storage": {"managed_schema": "managed_schema.json"},
        "action": {"default_title": f"Viewtrail is on for {crm}"},
    }
    if public_key is not None:
        told["key"] = base64.b64encode(public_key).decode()
    return told


def build(out: Path, *, crm: str, viewtrail: str, site: str, public_key: bytes | None = None) -> None:
    """The extension in a new folder `out`, for the CRM at the origin `crm`, speaking to `viewtrail` alone."""
    for name, origin in (("crm", crm), ("viewtrail", viewtrail)):
        if not _ORIGIN.fullmatch(origin):
            raise BadInput(f"{name} {origin!r} is no origin", next="write it like https://crm.example.com")
    if out.exists() and any(out.iterdir()):
        raise BadInput("the folder is not empty", where=str(out), next="name a new one")
    out.mkdir(parents=True, exist_ok=True)
    here = resources.files("viewtrail.capture")
    for name in SHARED:
        out.joinpath(name).write_bytes(here.joinpath(name).read_bytes())
    for name in OWN:
        out.joinpath(name).write_bytes(here.joinpath("extension", name).read_bytes())
    built = {"to": f"{viewtrail}/b/signal", "rules": f"{viewtrail}/b/rules.json", "site": site}
    _write(out / "built.json", built)
    _write(out / "manifest.json", manifest(crm, viewtrail, public_key))


def extension_id(public_key: bytes) -> str:
    """The id that Chrome gives an extension with this key: half its SHA-256, written from a to p."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(public_key).hexdigest()[:32])


def _version() -> str:
    """Chrome takes one to four numbers with dots."""
    return ".".join(re.findall(r"[0-9]+", __version__)[:3]) or "0"


def _write(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
