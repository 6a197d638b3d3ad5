"""What it costs to stand between a host and a server over HTTP.

    python benchmarks/http_proxy.py [ROUNDS]

Prints a table, each line beside no proxy: what is added to each small request on a kept connection (median,
and the 99th percentile of the whole), to each megabyte of one JSON answer, and what an event of a stream
of small ones takes. Beside `proxy` there is a relay of TCP in Python on asyncio, which knows no HTTP. All
runs at once, so the figures depend on the number of cores.
"""

from __future__ import annotations

import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 1000
MEGABYTES = 32
EVENTS = 5000

SERVER = """
import asyncio
async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            length = int(head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0])
            body = await reader.readexactly(length)
            size = int(body.split(b'"size":')[1].split(b"}")[0])
            if size < 0:
                writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\n"
                             b"Transfer-Encoding: chunked\\r\\n\\r\\n")
                event = b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\\n\\n'
                for _ in range(-size):
                    writer.write(b"%x\\r\\n%b\\r\\n" % (len(event), event))
                    await writer.drain()
                writer.write(b"0\\r\\n\\r\\n")
            else:
                answer = b'{"jsonrpc":"2.0","id":1,"result":{"x":"' + b"x" * size + b'"}}'
                writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n"
                             b"Content-Length: %d\\r\\n\\r\\n" % len(answer) + answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("http://127.0.0.1:%d/mcp" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
RELAY = """
import asyncio, sys
port = int(sys.argv[1].split(":")[2].split("/")[0])
async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
async def serve(reader, writer):
    there = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(copy(reader, there[1]), copy(there[0], writer), return_exceptions=True)
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("http://127.0.0.1:%d/mcp" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def running(*command: str) -> Iterator[str]:
    """A program that says its URL on stdout or stderr."""
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        found = None
        while found is None:
            found = re.search(r"http://127\.0\.0\.1:\d+/mcp", process.stdout.readline())
        yield found[0]
    finally:
        process.terminate()
        process.communicate()


def ask(connection: http.client.HTTPConnection, size: int) -> float:
    """Seconds for one request and its whole answer."""
    body = b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"size":%d}}' % size
    begun = time.perf_counter()
    connection.request("POST", "/mcp", body, {"Content-Type": "application/json"})
    connection.getresponse().read()
    return time.perf_counter() - begun


def measured(url: str, rounds: int) -> tuple[float, float, float, float]:
    """Median and 99th percentile of a small request, seconds a megabyte, seconds an event."""
    connection = http.client.HTTPConnection(url.split("/")[2])
    for _ in range(50):
        ask(connection, 10)
    small = sorted(ask(connection, 10) for _ in range(rounds))
    big = min(ask(connection, MEGABYTES << 20) for _ in range(3)) / MEGABYTES
    event = min(ask(connection, -EVENTS) for _ in range(3)) / EVENTS
    connection.close()
    return statistics.median(small), small[int(len(small) * 0.99)], big, event


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder, running("-c", SERVER) as server:
        none = measured(server, rounds)
        rows = {"no proxy": none}
        with running("-c", RELAY, server) as url:
            rows["TCP relay"] = measured(url, rounds)
        for name, how in (("proxy", ["--record", f"{folder}/a.jsonl"]), ("proxy, not kept", ["--no-record"])):
            with running("-P", "-m", "inspector", "proxy", server, *how) as url:
                rows[name] = measured(url, rounds)
    print(
        f"{'':<18}{'a request':>12}{'99 %':>10}{'added':>10}{'a megabyte':>13}{'added':>10}{'an event':>11}"
    )
    for name, (median, most, big, event) in rows.items():
        print(
            f"{name:<18}{median * 1e3:>9.3f} ms{most * 1e3:>7.2f} ms{(median - none[0]) * 1e3:>7.3f} ms"
            f"{big * 1e3:>10.2f} ms{(big - none[2]) * 1e3:>7.2f} ms{event * 1e6:>8.1f} us"
        )


if __name__ == "__main__":
    main()
