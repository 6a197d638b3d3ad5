"""Set-ups that run, and do not come to an agreement: what they write and what they wait for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.doctor.broken.box import Box, Setup


def _python(text: str) -> Callable[[Box], Sequence[str]]:
    return lambda box: box.python(text)


def _serving(text: str) -> Callable[[Box], Sequence[str]]:
    return lambda box: box.serving(text)


REPLY = """
import json, sys
def replies():
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "initialize":
            yield {"jsonrpc": "2.0", "id": message["id"], "result": {"protocolVersion": "2025-11-25",
                   "capabilities": {}, "serverInfo": {"name": "x", "version": "1"}}}
        elif "id" in message:
            yield {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "Method "
                "not found"}}
"""

LSP = """
import sys
while True:
    length = 0
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            sys.exit()
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        if line == b"\\r\\n" and length:
            break
    sys.stdin.buffer.read(length)
    body = b'{"jsonrpc":"2.0","id":1,"result":{}}'
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%b" % (len(body), body))
    sys.stdout.buffer.flush()
"""

HTTP = """
import http.server, sys, threading
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://0.0.0.0:{server.server_port}"
print(f"INFO:     Uvicorn running on {url} (Press CTRL+C to quit)", file=sys.stderr, flush=True)
for line in sys.stdin: pass
"""

PORT = """
import sys
print("Server listening on port 3001", flush=True)
for line in sys.stdin: pass
"""

VERSIONS = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    error = {"code": -32022, "message": "Unsupported version", "data": {"supported": ["2031-01-01"]}}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
"""

REFUSES = """
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    error = {"code": -32000, "message": "license expired"}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
"""

PROBE_HANGS = """
from _stdio import fail, requests, serve
import time
def more(id, method, params):
    if method == "server/discover":
        for message in requests(): pass
    return False
serve(lambda id: None, more=more)
"""

ONCE = """
import json, sys
message = json.loads(sys.stdin.readline())
error = {"code": -32601, "message": "no"}
print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}), flush=True)
for line in sys.stdin: pass
"""

DAEMON = """
import os, sys
if os.fork():
    os._exit(0)
os.setsid()
for line in sys.stdin: pass
"""

TALK = (
    # The bytes on stdout.
    Setup(
        "UTF-16",
        "stdout-utf16",
        _python(
            REPLY + "for r in replies(): sys.stdout.buffer.write((json.dumps(r) + "
            "'\\n').encode('utf-16'));"
            "sys.stdout.flush()"
        ),
        "UTF-16",
        "UTF-8",
        hangs=True,
    ),
    Setup(
        "headers before messages",
        "framing-content-length",
        _python(
            REPLY + "for r in replies():\n  b = json.dumps(r)\n"
            "  print(f'Content-Length: {len(b)}\\r\\n\\r\\n{b}', end='', flush=True)"
        ),
        "Language Server Protocol",
        "SDK",
        hangs=True,
    ),
    Setup(
        "waits for headers", "framing-content-length", _python(LSP), "Language Server Protocol", hangs=True
    ),
    Setup(
        "a web page",
        "stdout-html",
        _python("import sys\nprint('<!DOCTYPE html><html>', flush=True)\nfor line in sys.stdin: pass"),
        "web page",
        hangs=True,
    ),
    Setup(
        "printed dicts",
        "message-not-json",
        _python(REPLY + "for r in replies(): print(r, flush=True)"),
        "json.dumps",
        "json.dumps",
        hangs=True,
    ),
    Setup(
        "text beside a message",
        "message-glued",
        _python(REPLY + "for r in replies(): print('DEBUG sending ' + json.dumps(r), flush=True)"),
        "text was printed beside it",
        "stderr",
        hangs=True,
    ),
    Setup(
        "indented messages",
        "message-over-lines",
        _python(REPLY + "for r in replies(): print(json.dumps(r, indent=2), flush=True)"),
        "one line",
        "without indentation",
        hangs=True,
    ),
    Setup(
        "no newline",
        "newline-missing",
        _python(REPLY + "for r in replies(): print(json.dumps(r), end='', flush=True)"),
        "newline",
        "newline",
        hangs=True,
    ),
    Setup(
        "text only",
        "stdout-text",
        _python("import sys\nprint('Weather server 1.0', flush=True)\nfor line in sys.stdin: pass"),
        "no MCP server",
        hangs=True,
    ),
    Setup(
        "a log of JSON",
        "not-json-rpc",
        _python(
            'import sys\nprint(\'{"level": "info", "msg": "started"}\', flush=True)\n'
            "for line in sys.stdin: pass"
        ),
        "no JSON-RPC",
        "stderr",
        hangs=True,
    ),
    # Pipes.
    Setup(
        "a closed stdout",
        "stdout-closed",
        _python("import os, sys\nos.close(1)\nfor line in sys.stdin: pass"),
        "closed its standard output",
    ),
    Setup(
        "a closed stdin",
        "stdin-closed",
        _python("import os, signal\nos.close(0)\nsignal.pause()"),
        "does not read",
        hangs=True,
    ),
    Setup("into the background", "daemonized", _python(DAEMON), "background", "--foreground"),
    Setup(
        "a buffer",
        "stdout-buffered",
        _python(REPLY + "for r in replies(): print(json.dumps(r))"),
        "flush",
        "-e PYTHONUNBUFFERED=1",
        hangs=True,
    ),
    Setup(
        "reads to the end",
        "answers-held-back",
        _python(
            "import io, sys\nsys.stdin = io.StringIO(sys.stdin.read())\n"
            + REPLY
            + "for r in replies(): print(json.dumps(r), flush=True)"
        ),
        "reads stdin to the end",
        hangs=True,
    ),
    Setup(
        "a question",
        "asks-question",
        _python(
            "import sys\nprint('Enter your API token: ', end='', file=sys.stderr, flush=True)\n"
            "sys.stdin.read()"
        ),
        "a person would type",
        hangs=True,
    ),
    # The handshake.
    Setup(
        "serves HTTP", "serves-http", _python(HTTP), "over HTTP", "mcp-inspect http://127.0.0.1:", hangs=True
    ),
    Setup(
        "listens on a port",
        "serves-http",
        _python(PORT),
        "over HTTP",
        "mcp-inspect http://127.0.0.1:3001/mcp",
        hangs=True,
    ),
    Setup("a version of the future", "no-common-version", _python(VERSIONS), "no version", "SDK"),
    Setup("a refusal", "initialize-refused", _python(REFUSES), "license expired", "--protocol"),
    Setup(
        "ids of its own",
        "wrong-id",
        _python(REPLY + "for r in replies(): print(json.dumps({**r, 'id': 'a'}), flush=True)"),
        "id of the request",
        "Copy the id",
        hangs=True,
    ),
    Setup(
        "hangs at the probe",
        "probe-hangs",
        _serving(PROBE_HANGS),
        "server/discover",
        "--protocol 2025-11-25",
        hangs=True,
    ),
    Setup(
        "an echo",
        "echo",
        _python("import sys\nfor line in sys.stdin: print(line, end='', flush=True)"),
        "repeats its input",
    ),
    Setup("answers once", "silent-after-answer", _python(ONCE), "not initialize", "--protocol", hangs=True),
    Setup(
        "answers nothing", "silent", _serving("import silent"), "answers nothing", "--timeout 180", hangs=True
    ),
)
