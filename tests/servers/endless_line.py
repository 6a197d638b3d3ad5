"""Writes a line without an end: 80 MB of it, or as many bytes as its argument says, then waits."""

import sys

from _stdio import raw, serve

SIZE = int(sys.argv[1]) if len(sys.argv) > 1 else 80_000_000
PIECE = b"x" * 65536


def go(id: object) -> None:
    left = SIZE
    while left:
        raw(PIECE[:left])
        left -= min(left, len(PIECE))


serve(go)
