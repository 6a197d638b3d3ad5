"""No verb at all: the app on a server. (`mcp-inspect -- COMMAND…`, `mcp-inspect URL`, `mcp-inspect NAME`)"""

from __future__ import annotations

from inspector.cli.open import on_terminal, open_app
from inspector.cli.options import Wanted


def open_(wanted: Wanted) -> int:
    """Open the app on a server. This is what happens where no verb is given."""
    return open_app(wanted, None if wanted.names_nothing and on_terminal() else wanted.target())
