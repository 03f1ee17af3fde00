"""The measurements are scripts with parts; tests import the parts from where the scripts find them."""

from __future__ import annotations

import sys

from support import ROOT

sys.path.insert(0, str(ROOT / "bench"))
