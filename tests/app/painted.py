"""A driver that ends the app at its first paint and says what it took: modules, widgets, rules of style.

For `TEXTUAL_DRIVER`; what it says goes to the file that `PAINTED` names.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

from textual._context import active_app
from textual.drivers.headless_driver import HeadlessDriver

TEXT = 1000
"""Characters that no switching of the terminal's modes comes to."""


class Painted(HeadlessDriver):
    """Nothing is drawn, but the app does not know."""

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        if len(data) < TEXT:
            return
        app = active_app.get()
        took = {
            "modules": sorted(sys.modules),
            "widgets": [type(each).__name__ for each in app.screen.walk_children()],
            "rules": len(app.stylesheet.rules),
            "collects": gc.isenabled(),
        }
        Path(os.environ["PAINTED"]).write_text(json.dumps(took), "utf-8")
        os._exit(0)  # before anything else is done
