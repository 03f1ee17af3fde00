"""The reference page of the connectors, made from what each says of itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from viewtrail.app.connect_judged import page

PAGE: Final = "connectors.md"

if __name__ == "__main__":
    Path(sys.argv[1], PAGE).write_text(page(), encoding="utf-8")
