"""Closes its stdout in the call and lives on until stdin is closed."""

import os

from _stdio import serve


def go(id: object) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)


serve(go)
