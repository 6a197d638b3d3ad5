"""Replies, closes its stdin in the call and lives on until SIGTERM."""

import os
import threading

from _stdio import reply, serve, text


def go(id: object) -> None:
    os.close(0)
    reply(id, text("deaf from now on"))
    threading.Event().wait()


serve(go)
