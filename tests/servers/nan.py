"""Replies with NaN and Infinity, which are not JSON."""

import json

from _stdio import raw, serve


def go(id: object) -> None:
    head = b'{"jsonrpc":"2.0","id":' + json.dumps(id).encode()
    raw(head + b',"result":{"content":[],"structuredContent":{"a":NaN,"b":-Infinity}}}\n')


serve(go)
