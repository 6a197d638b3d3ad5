"""`burst` over streamable HTTP: `python http_burst.py [COUNT]` says its URL and serves until it is killed.

An event stream of 20,000 notifications, or as many as the argument says, and the reply; 500 events a chunk.
"""

import asyncio
import json
import sys

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
EVENT = (
    b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"line %d"}}\n\n'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def answer(message: dict[str, object]) -> bytes:
    results = {
        "initialize": {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "burst", "version": "1"},
        },
        "tools/list": {"tools": [{"name": "go", "inputSchema": {"type": "object"}}]},
        "tools/call": {"content": [{"type": "text", "text": f"sent {COUNT}"}]},
    }
    result = results.get(str(message["method"]), {})
    return json.dumps({"jsonrpc": "2.0", "id": message.get("id"), "result": result}).encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
            message = json.loads(await reader.readexactly(int(length or b"0")) or b"{}")
            if not head.startswith(b"post"):
                writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            elif "id" not in message:
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            else:
                writer.write(HEAD)
                if message["method"] == "tools/call":
                    for start in range(0, COUNT, 500):
                        events = b"".join(EVENT % number for number in range(start, min(start + 500, COUNT)))
                        writer.write(b"%x\r\n%b\r\n" % (len(events), events))
                        await writer.drain()
                event = b"data: " + answer(message) + b"\n\n"
                writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(event), event))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
