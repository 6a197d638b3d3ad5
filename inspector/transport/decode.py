"""Bodies out of their content encoding, in pieces of bounded size.

Compression is never asked for (`accept-encoding: identity`); servers and proxies compress all the same. A few
kilobytes of that can stand for gigabytes, and encodings can be nested, so that no step here makes more than
one piece, and what grows beyond all measure is not read further. What the bytes mean is not known here.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Protocol

import anyio.lowlevel
import httpx

BadEncoding = httpx.DecodingError
"""What `Decoder` raises, for those who know nothing of httpx."""
PIECE = 256 * 1024
"""Bytes of a decoded piece, at most."""
_MOST = 256 * 1024 * 1024
_GROWTH = 100
"""A body of more than `_MOST` bytes that came in less than the hundredth part is no body but an attack."""


class _Inflates(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unconsumed_tail(self) -> bytes: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes: ...


def encodings(header: str) -> list[str]:
    """The content encodings that a header lists, in lower case."""
    names = [name.strip().lower() for name in header.split(",")]
    return [name for name in names if name not in ("", "identity")]


async def decoded(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body of a response that is being streamed, decoded, as it comes.

    Raises:
        httpx.DecodingError: It is not what its content-encoding says, or in an encoding not known here.
    """
    names = encodings(response.headers.get("content-encoding", ""))
    if not names:
        async for chunk in response.aiter_raw():
            yield chunk
        return
    decoder = Decoder(names)
    async for chunk in response.aiter_raw():
        for piece in decoder.feed(chunk):
            yield piece
            await anyio.lowlevel.checkpoint()  # a chunk may hold thousands of pieces
    decoder.close()


class Decoder:
    """Undoes content encodings (RFC 9110 section 8.4.1).

    Args:
        names: As the header lists them, in lower case: the last one was applied last.

    Raises:
        httpx.DecodingError: One of them is neither `gzip` nor `deflate`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._steps: list[_Step] = []
        self._came = self._made = 0
        for name in names:
            if name not in _KNOWN:
                raise httpx.DecodingError(f"{name} was not asked for, and cannot be read here")
            self._steps.insert(0, _Step(name))

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` completes, in pieces. Exhaust the iterator before the next call.

        Raises:
            httpx.DecodingError: It does not decode, or grows beyond measure.
        """
        self._came += len(chunk)
        for piece in self._through(chunk, 0):
            self._made += len(piece)
            if self._made > max(_MOST, self._came * _GROWTH):
                says = f"{self._came} bytes became more than {self._made - len(piece)}, and are not read on"
                raise httpx.DecodingError(says)
            yield piece

    def close(self) -> None:
        """The body is over.

        Raises:
            httpx.DecodingError: It ended too early.
        """
        if self._came and not all(step.complete for step in self._steps):
            raise httpx.DecodingError("the body ends in the middle of what is compressed")

    def _through(self, data: bytes, at: int) -> Iterator[bytes]:
        if at == len(self._steps):
            yield data
            return
        for piece in self._steps[at].feed(data):
            yield from self._through(piece, at + 1)


class _Step:
    """One encoding.

    Attributes:
        complete: It is at the end of what was compressed.
    """

    def __init__(self, name: str) -> None:
        self._gzip = name != "deflate"
        self._inflating: _Inflates | None = None
        self._head = b""
        self.complete = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._head = self._head + data, b""
        more = False
        while data or more:
            if self.complete or self._inflating is None:
                if len(data) < len(_GZIP):
                    self._head = data
                    return
                if self.complete and not (self._gzip and data.startswith(_GZIP)):
                    return  # what comes after the end, all programs ignore
                self._inflating = zlib.decompressobj(self._window(data))
            try:
                piece = self._inflating.decompress(data, PIECE)
            except zlib.error as error:
                raise httpx.DecodingError(str(error)) from error
            self.complete = self._inflating.eof
            data = self._inflating.unused_data if self.complete else self._inflating.unconsumed_tail
            more = len(piece) == PIECE and not self.complete  # some may be held back, without any input left
            if piece:
                yield piece

    def _window(self, head: bytes) -> int:
        """What zlib is to expect. Some servers take `deflate` to have no header (RFC 1950 section 2.2)."""
        if self._gzip:
            return zlib.MAX_WBITS | 16
        has_header = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


_GZIP = b"\x1f\x8b"
_KNOWN = frozenset({"gzip", "x-gzip", "deflate"})
