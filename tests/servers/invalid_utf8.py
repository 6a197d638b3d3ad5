"""Replies with a byte in a text that is not UTF-8."""

import json

from _stdio import raw, serve


def go(id: object) -> None:
    head = b'{"jsonrpc":"2.0","id":' + json.dumps(id).encode()
    raw(head + b',"result":{"content":[{"type":"text","text":"caf\xe9"}]}}\n')


serve(go)
