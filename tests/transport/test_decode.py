"""Compressed bodies: in crumbs, nested, cut short, and such as would fill the memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

import httpx
import pytest

from inspector.transport.decode import PIECE, Decoder

TEXT = b'{"jsonrpc":"2.0","id":1,"result":{}}' * 20_000


def raw_deflate(data: bytes) -> bytes:
    deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflating.compress(data) + deflating.flush()


def through(names: Iterable[str], body: bytes, step: int = 1 << 16) -> bytes:
    decoder = Decoder(names)
    pieces = [piece for at in range(0, len(body), step) for piece in decoder.feed(body[at : at + step])]
    decoder.close()
    assert all(0 < len(piece) <= PIECE for piece in pieces)
    return b"".join(pieces)


@pytest.mark.parametrize("step", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    ("names", "body"),
    [
        (["gzip"], gzip.compress(TEXT)),
        (["x-gzip"], gzip.compress(TEXT)),
        (["deflate"], zlib.compress(TEXT)),
        (["deflate"], raw_deflate(TEXT)),
        (["gzip"], gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:])),
        (["gzip"], gzip.compress(TEXT) + b"\0\0 what some servers add"),
        (["deflate", "gzip"], gzip.compress(zlib.compress(TEXT))),
    ],
)
def test_what_servers_send(names: list[str], body: bytes, step: int) -> None:
    assert through(names, body, step) == TEXT


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_around_the_bounds_of_a_piece(size: int) -> None:
    assert through(["gzip"], gzip.compress(b"a" * size)) == b"a" * size


def test_no_body_at_all_is_no_fault() -> None:
    assert through(["gzip"], b"") == b""


@pytest.mark.parametrize(
    ("names", "body", "says"),
    [
        (["gzip"], gzip.compress(TEXT)[:-9], "ends in the middle"),
        (["gzip"], b"not compressed", "incorrect header"),
        (["deflate"], b"\xff\xff\xff", "invalid"),
        (["br"], b"\x0b\x02\x80hi\x03", "br was not asked for"),
        (["gzip", "zstd"], b"", "zstd was not asked for"),
    ],
)
def test_what_cannot_be_read_says_why(names: list[str], body: bytes, says: str) -> None:
    with pytest.raises(httpx.DecodingError, match=says):
        through(names, body)


def test_a_bomb_is_made_in_pieces_and_not_to_its_end() -> None:
    zeros = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    inner = b"".join(zeros.compress(bytes(1 << 20)) for _ in range(1024)) + zeros.flush()  # a gigabyte
    bomb = gzip.compress(inner)
    sizes: list[int] = []
    with pytest.raises(httpx.DecodingError, match=f"{len(bomb)} bytes became more than"):
        sizes.extend(len(piece) for piece in Decoder(["gzip", "gzip"]).feed(bomb))
    assert max(sizes) <= PIECE
    assert sum(sizes) <= 256 << 20
