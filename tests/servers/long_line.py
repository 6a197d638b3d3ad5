"""Replies with one line of 20 MB, or of as many MB as its argument says."""

import sys

from _stdio import reply, serve, text

MEGABYTES = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def go(id: object) -> None:
    reply(id, text("x" * (MEGABYTES * 1_000_000)))


serve(go)
