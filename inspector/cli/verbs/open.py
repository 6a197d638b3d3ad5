"""No verb at all: the app on a server. (`mcp-inspect -- COMMAND…`, `mcp-inspect URL`)"""

from __future__ import annotations

from inspector.cli.open import open_app
from inspector.cli.options import Wanted


def open_(wanted: Wanted) -> int:
    """Open the app on a server. This is what happens where no verb is given."""
    return open_app(wanted, wanted.target())
