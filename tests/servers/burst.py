"""Sends 20,000 notifications, or as many as its argument says, then the reply."""

import sys

from _stdio import raw, reply, serve, text

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
LINE = b'{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"line %d"}}\n'


def go(id: object) -> None:
    for start in range(0, COUNT, 500):
        raw(b"".join(LINE % number for number in range(start, min(start + 500, COUNT))))
    reply(id, text(f"sent {COUNT}"))


serve(go)
