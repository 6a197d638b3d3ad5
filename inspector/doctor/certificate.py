"""What a server's certificate says of itself, read without trusting it: names, issuer, dates.

The standard library decodes only certificates that it has verified, and the ones that matter here are
those that it refuses. So this reads the few fields of RFC 5280 that a person needs. It decides nothing
about trust, and nothing but a TLS handshake is sent.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import anyio
from anyio.streams.tls import TLSAttribute, TLSStream

_COMMON_NAME = bytes.fromhex("550403")
_ORGANIZATION = bytes.fromhex("55040a")
_ALT_NAMES = bytes.fromhex("551d11")
_SEQUENCE, _OID, _UTC_TIME = 0x30, 0x06, 0x17
_DNS, _IP = 0x82, 0x87
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The leaf of a chain. Texts are the server's own, unfiltered.

    Attributes:
        subject: Common name, or organization; empty where there is neither.
        issuer: Likewise.
        names: DNS names and addresses that it is for.
        not_before: UTC, `2026-01-31 00:00:00`.
        not_after: Likewise.
        sent: Certificates that the server sent; 0 where this Python does not tell.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: str
    not_after: str
    sent: int = 0

    def facts(self) -> dict[str, Any]:
        """As JSON values, without what is empty."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value
        }


async def fetch(host: str, port: int, timeout: float) -> Certificate | None:
    """Shake hands with a server and read its certificate; `None` where that does not come about.

    Args:
        host: Name or address; sent as SNI where it is a name.
        port: TCP port.
        timeout: Seconds for all of it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    encoded, sent = b"", 0
    try:
        with anyio.move_on_after(timeout):
            async with await anyio.connect_tcp(host, port) as plain:
                stream = await TLSStream.wrap(
                    plain, hostname=host, ssl_context=context, standard_compatible=False
                )
                connection = stream.extra(TLSAttribute.ssl_object)
                encoded = connection.getpeercert(binary_form=True) or b""
                chain = getattr(connection, "get_unverified_chain", None)  # since Python 3.13
                sent = len(chain() or ()) if chain is not None else 0
    except (OSError, anyio.BrokenResourceError, anyio.EndOfStream):  # ssl.SSLError is an OSError
        return None
    return decode(encoded, sent) if encoded else None


def decode(encoded: bytes, sent: int = 0) -> Certificate | None:
    """Read a certificate (DER, RFC 5280 section 4.1); `None` for what is none."""
    try:
        body = next(_parts(next(_parts(encoded))[1]))[1]
        fields = [part for part in _parts(body) if part[0] != 0xA0]  # without the version
        _, _, issuer, validity, subject, _, *rest = fields
        dates = [_date(tag, value) for tag, value in _parts(validity[1])]
        extensions = next((value for tag, value in rest if tag == 0xA3), b"")
        return Certificate(
            subject=_name(subject[1]),
            issuer=_name(issuer[1]),
            names=tuple(_names(extensions)),
            not_before=dates[0],
            not_after=dates[1],
            sent=sent,
        )
    except (ValueError, IndexError, StopIteration):
        return None


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements that stand one after another: tag and content."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count], "big")
            at += count
        if at + length > len(data):
            raise ValueError("cut short")
        yield tag, data[at : at + length]
        at += length


def _name(encoded: bytes) -> str:
    """Of a distinguished name: its common name, or else its organization."""
    found: dict[bytes, str] = {}
    for _, relative in _parts(encoded):
        for _, pair in _parts(relative):
            (_, kind), (tag, value) = list(_parts(pair))[:2]
            found.setdefault(kind, value.decode("utf-16-be" if tag == 0x1E else "utf-8", "replace"))
    return found.get(_COMMON_NAME) or found.get(_ORGANIZATION) or ""


def _date(tag: int, value: bytes) -> str:
    text = value.decode("ascii", "replace")
    if tag == _UTC_TIME:  # two digits of the year, RFC 5280 section 4.1.2.5.1
        text = ("19" if text[:2] >= "50" else "20") + text
    return str(datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC, microsecond=0))[:19]


def _names(extensions: bytes) -> Iterator[str]:
    """The alternative names of a certificate, at most fifty."""
    for _, listed in _parts(extensions):
        for _, extension in _parts(listed):
            kind, *_, (_, content) = _parts(extension)
            if kind != (_OID, _ALT_NAMES):
                continue
            for _, sequence in _parts(content):
                for tag, value in list(_parts(sequence))[:_MOST]:
                    if tag == _DNS:
                        yield value.decode("ascii", "replace")
                    elif tag == _IP:
                        yield str(ip_address(value))
