"""Writes 2 MB to stderr, one line of them of 200 kB, then the reply."""

import sys

from _stdio import reply, serve, text


def go(id: object) -> None:
    sys.stderr.write("y" * 200_000 + "\n")
    for number in range(20_000):
        sys.stderr.write(f"{number:>89}\n")
    sys.stderr.flush()
    reply(id, text("done"))


serve(go)
