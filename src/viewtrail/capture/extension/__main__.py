"""`python -m viewtrail.capture.extension`: the browser extension for one CRM, in a folder."""

from __future__ import annotations

import argparse
import base64
import binascii
import sys
from pathlib import Path

from viewtrail.capture.extension import build, extension_id
from viewtrail.errors import BadInput, ViewtrailError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="viewtrail extension", description=__doc__)
    parser.add_argument("--crm", required=True, help="the CRM's origin: https://crm.example.com")
    parser.add_argument("--viewtrail", required=True, help="the origin that answers under /b/")
    parser.add_argument("--site", required=True, help="the site's key in sites.json")
    parser.add_argument(
        "--public-key", help="base64 of the public key, where the id is to be known before packing"
    )
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    asked = parser.parse_args(arguments)
    try:
        key = _key(asked.public_key)
        build(asked.out, crm=asked.crm, viewtrail=asked.viewtrail, site=asked.site, public_key=key)
    except (ViewtrailError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(asked.out, *([extension_id(key)] if key else []), sep="\t")
    return 0


def _key(text: str | None) -> bytes | None:
    try:
        return None if text is None else base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadInput(
            "the public key is not base64", next="openssl rsa -in key.pem -pubout -outform DER | base64 -w0"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
