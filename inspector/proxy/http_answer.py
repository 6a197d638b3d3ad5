"""One answer of the server's on its way to the host: streamed, rewritten where it names the origin, held.

How the request got there is the business of `http`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import anyio

from inspector.gate.gate import Gate
from inspector.httpd import ClientGone, Request, Stream
from inspector.proxy.http_copy import ResponseCopy
from inspector.proxy.http_gate import Back, GatedStream, in_place_of, is_armed
from inspector.proxy.http_rewrite import EndpointRewriter, Pairs, Rewriting
from inspector.transport.decode import BadEncoding, Decoder, encodings
from inspector.transport.exchange import Exchange
from inspector.transport.forward import Answer, Unanswered
from inspector.wire.event import Event

_METADATA = 4 * 1024 * 1024  # bytes of metadata that are rewritten
_HELD = 64 * 1024 * 1024  # bytes of an answer that a breakpoint may hold
_OF_THE_BYTES = frozenset(
    {"content-encoding", "etag", "content-md5", "digest", "content-digest", "repr-digest"}
)


@dataclass(frozen=True, slots=True)
class Carrying:
    """What an answer needs beside itself.

    Attributes:
        request: What it answers.
        exchange: Where its end is noted.
        mcp: It is a part of MCP.
        end: Writes the end down.
        rewriting: The two origins.
        gate: Breakpoints; `None` where there are none.
        back: Sends the server what a breakpoint says in the host's place.
        streams: The event streams that are open, for messages that nobody sent.
        elsewhere: Told of metadata.
    """

    request: Request
    exchange: Exchange
    mcp: bool
    end: Callable[[], None]
    rewriting: Rewriting
    gate: Gate | None
    back: Back
    streams: dict[int, GatedStream]
    elsewhere: Callable[[bytes, int], None]


async def hand_on(answer: Answer, copy: ResponseCopy, way: Carrying) -> None:
    """Send an answer to the host, as it comes."""
    headers = way.rewriting.to_host(answer.headers)
    plain = not answer.header("content-encoding")
    if not way.mcp and _is_metadata(way.request, answer):
        await _metadata(answer, copy, way, headers)
    elif way.gate is not None and plain and _is_stream(answer):
        await _gated(answer, copy, way, headers, way.gate)
    elif way.gate is not None and plain and way.mcp and is_armed(way.gate):
        await _held(answer, copy, way, headers, way.gate)
    else:
        await _streamed(answer, copy, way, headers)


async def _streamed(answer: Answer, copy: ResponseCopy, way: Carrying, headers: Pairs) -> None:
    """Byte for byte, each piece at once."""
    stream = await way.request.start(answer.status, headers, reason=answer.reason)
    rewriter = _rewriter(answer, way)
    try:
        async for chunk in answer.raw():
            copy.feed(chunk)
            await stream.send(rewriter.feed(chunk) if rewriter else chunk)
        way.exchange.ends("complete")
    except Unanswered as error:
        _cut_short(way.exchange, error)
    finally:
        copy.close()
    if rewriter and (rest := rewriter.close()):
        await stream.send(rest)
    await _over(stream, way)


async def _gated(answer: Answer, copy: ResponseCopy, way: Carrying, headers: Pairs, gate: Gate) -> None:
    """Event by event where there are breakpoints. The end waits for what is held."""
    stream = await way.request.start(answer.status, headers, reason=answer.reason)
    rewriter = _rewriter(answer, way)
    number = way.exchange.number
    gone: ClientGone | None = None
    try:
        async with anyio.create_task_group() as tasks:
            rewrite = rewriter.feed if rewriter else _as_it_is
            gated = way.streams[number] = GatedStream(gate, stream, copy, rewrite, way.back, tasks)
            try:
                try:
                    async for chunk in answer.raw():
                        await gated.feed(chunk)
                    way.exchange.ends("complete")
                except Unanswered as error:
                    _cut_short(way.exchange, error)
                await gated.flush()
            except ClientGone as error:  # raised again below, out of the group's wrapping
                gone = error
                tasks.cancel_scope.cancel()
    finally:
        way.streams.pop(number, None)
        copy.close()
    if gone is not None:
        raise gone
    if rewriter and (rest := rewriter.close()):
        await stream.send(rest)
    await _over(stream, way)


async def _held(answer: Answer, copy: ResponseCopy, way: Carrying, headers: Pairs, gate: Gate) -> None:
    """A body that a breakpoint may take: read whole, decided about, sent."""
    body, rest, messages = await _whole(answer, copy, way.exchange, _HELD)
    shown: bytes | None = body
    if rest is None and way.exchange.outcome == "complete":
        shown = await in_place_of(gate, messages, body, way.back)
    if shown is None:  # the host learns nothing, as if it had been lost on the way
        await way.request.gone.wait()
        return
    if shown != body:
        headers = with_length(headers, len(shown))
    await _send(answer, way, headers, shown, rest)


async def _metadata(answer: Answer, copy: ResponseCopy, way: Carrying, headers: Pairs) -> None:
    """What tells where to go is read whole, so that it can name us."""
    body, rest, _ = await _whole(answer, copy, way.exchange, _METADATA)
    plain = _plain(body, answer) if rest is None and way.exchange.outcome == "complete" else None
    if plain is not None:
        way.elsewhere(plain, way.exchange.number)
        rewritten = way.rewriting.metadata_to_host(plain)
        if rewritten != body:
            body = rewritten
            headers = [(name, value) for name, value in headers if name.lower() not in _OF_THE_BYTES]
            headers = with_length(headers, len(body))
    await _send(answer, way, headers, body, rest)


async def _whole(
    answer: Answer, copy: ResponseCopy, exchange: Exchange, most: int
) -> tuple[bytes, AsyncIterator[bytes] | None, list[Event]]:
    """A body up to `most` bytes, what comes behind them, and the messages in it."""
    body = bytearray()
    chunks = answer.raw()
    messages: list[Event] = []
    rest: AsyncIterator[bytes] | None = None
    try:
        async for chunk in chunks:
            messages += copy.feed(chunk)
            body += chunk
            if len(body) > most:
                rest = chunks
                break
        exchange.ends("complete")
    except Unanswered as error:
        _cut_short(exchange, error)
    finally:
        messages += copy.close()
    return bytes(body), rest, messages


async def _send(
    answer: Answer, way: Carrying, headers: Pairs, body: bytes, rest: AsyncIterator[bytes] | None
) -> None:
    stream = await way.request.start(answer.status, headers, reason=answer.reason)
    await stream.send(body)
    try:
        if rest is not None:
            async for chunk in rest:
                await stream.send(chunk)
    except Unanswered as error:
        _cut_short(way.exchange, error)
    await _over(stream, way)


async def _over(stream: Stream, way: Carrying) -> None:
    """End a response as the server ended it."""
    way.end()
    if way.exchange.outcome == "complete":
        await stream.close()
    else:
        await stream.abort()


def _cut_short(exchange: Exchange, error: Unanswered) -> None:
    exchange.ends("closed-early", error.failure.says, error.failure.stage, error.failure.cause)


def _rewriter(answer: Answer, way: Carrying) -> EndpointRewriter | None:
    """For a stream that may say where messages go; one of known length keeps it."""
    exact = answer.header("content-encoding") or answer.header("content-length")
    if way.request.method != "GET" or not _is_stream(answer) or exact:
        return None
    return EndpointRewriter(way.rewriting)


def _as_it_is(part: bytes) -> bytes:
    return part


def _is_stream(answer: Answer) -> bool:
    return answer.header("content-type").partition(";")[0].strip().lower() == "text/event-stream"


def _is_metadata(request: Request, answer: Answer) -> bool:
    if request.method != "GET" or "/.well-known/" not in request.path:
        return False
    return answer.status == 200 and "json" in answer.header("content-type").lower()


def with_length(headers: Pairs, length: int) -> Pairs:
    """Headers for a body of another length."""
    others = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return [*others, ("Content-Length", str(length))]


def _plain(body: bytes, answer: Answer) -> bytes | None:
    """A body without its content encoding; `None` where that cannot be undone, or is longer than any."""
    try:
        decoder = Decoder(encodings(answer.header("content-encoding")))
        plain = bytearray()
        for piece in decoder.feed(body):
            plain += piece
            if len(plain) > _METADATA:  # a few kilobytes can stand for gigabytes
                return None
        decoder.close()
    except BadEncoding:
        return None
    return bytes(plain)
