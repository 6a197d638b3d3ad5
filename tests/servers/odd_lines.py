"""Blank lines, CRLF, a byte order mark and no harm otherwise."""

import json

from _stdio import raw, serve, text


def go(id: object) -> None:
    message = json.dumps({"jsonrpc": "2.0", "id": id, "result": text("done")}).encode()
    raw(b"\n\r\n" + b"\xef\xbb\xbf" + message + b"\r\n")


serve(go)
