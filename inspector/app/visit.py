"""Where a browser would be sent, in words that hide nothing: the host whole, and in both its spellings."""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.session.auth.address import loopback
from inspector.session.auth.steps import Visit
from inspector.wire.visible import visible

_MOST = 300  # a name may have 253 characters; what is longer is shown as far as that


def host_lines(visit: Visit) -> list[str]:
    """The host of `visit`, whole, never cut in the middle; and what is odd about it.

    A name with letters beyond ASCII is shown as the network spells it (`xn--…`) and as it reads, because a
    letter may only look like the one that is expected.
    """
    try:
        split = urlsplit(visit.url)
        host, port = split.hostname or "", split.port
    except ValueError:
        return [visible(visit.host)[:_MOST]]
    ascii, readable = spellings(host)
    place = f":{port}" if port is not None else ""
    shown = visible(ascii)[:_MOST]
    lines = [f"[{shown}]{place}" if ":" in shown else f"{shown}{place}"]
    if readable != ascii:
        lines.append(f"which reads {visible(readable)[:_MOST]}: letters beyond ASCII may imitate others")
    if "@" in split.netloc:
        lines.append("The address carries a user name before the host. What stands there is not the host.")
    if split.scheme != "https" and not loopback(host):  # to this very machine there is nothing to encrypt
        lines.append(f"over {visible(split.scheme)}, without encryption")
    return lines


def spellings(host: str) -> tuple[str, str]:
    """The host as the network spells it, and as it reads; the same twice where there is no difference."""
    try:
        ascii = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        ascii = host
    labels = []
    for label in ascii.split("."):
        try:
            labels.append(
                label[4:].encode().decode("punycode") if label.lower().startswith("xn--") else label
            )
        except (UnicodeError, ValueError, OverflowError):  # whatever a server calls a name
            labels.append(label)
    return ascii, ".".join(labels)
