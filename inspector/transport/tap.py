"""The tap: where every byte and every step of a connection is written down, before anyone parses it.

It is thin over `Journal.append`. It knows the vocabulary of steps (see the README, "Recordings") and is
the one place where headers, URLs and command lines lose their secrets. It decides nothing: which
bytes make up a line or a body is the transports' business.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from inspector.journal.echoes import Echoes
from inspector.journal.redact import redact_headers, redact_url
from inspector.journal.redact_argv import redact_argv
from inspector.wire.event import Direction, Event, Kind

if TYPE_CHECKING:
    from inspector.gate.gate import Gate, Taken
    from inspector.journal.journal import Journal
    from inspector.wire.jsonrpc import Frame

_ECHOES: WeakKeyDictionary[Journal, Echoes] = WeakKeyDictionary()
"""What a server may repeat, by journal: several taps write into one, and a secret of one is one for all."""


class Tap:
    """Writes what crosses one connection into a journal.

    Args:
        journal: Where it goes.
        keep_secrets: Write credentials down as they are; the journal's own choice where `None`.
        gate: The breakpoints that stand in the way of what is written down; `None` for none.
    """

    def __init__(
        self, journal: Journal, *, keep_secrets: bool | None = None, gate: Gate | None = None
    ) -> None:
        self.journal = journal
        self.gate = gate
        if keep_secrets is None:
            keep_secrets = journal.keep_secrets
        self.keep_secrets = keep_secrets
        self._echoes = _ECHOES.setdefault(journal, Echoes())

    def take(self, event: Event) -> Taken | None:
        """What a breakpoint makes of a message that was just written down; `None` lets it go on."""
        return None if self.gate is None else self.gate.take(event)

    def sent(self, body: bytes, *, exchange: int | None = None) -> Event:
        """A message to the server, just before it is sent."""
        return self.journal.append(Kind.MESSAGE, Direction.C2S, body, exchange=exchange)

    def received(
        self,
        body: bytes,
        *,
        exchange: int | None = None,
        faults: Iterable[str] = (),
        frame: Frame | None = None,
    ) -> Event:
        """A message from the server. `faults` are those of its carrier; its own are found by the journal."""
        return self.journal.append(
            Kind.MESSAGE, Direction.S2C, body, exchange=exchange, faults=tuple(faults), frame=frame
        )

    def stdout(self, body: bytes, faults: Iterable[str] = (), *, size: int | None = None) -> Event:
        """A line of the server's standard output that is no message. `size` where `body` is only its head."""
        return self.journal.append(Kind.STDOUT, Direction.S2C, body, faults=tuple(faults), size=size)

    def stderr(self, body: bytes, faults: Iterable[str] = (), *, size: int | None = None) -> Event:
        """A line of the server's standard error, or a piece of a long one."""
        return self.journal.append(Kind.STDERR, Direction.S2C, body, faults=tuple(faults), size=size)

    def process(self, what: str, /, **data: Any) -> Event:
        """A step in the life of the server's process."""
        return self._step(Kind.PROCESS, Direction.NONE, what, data)

    def http(self, what: str, exchange: int, /, **data: Any) -> Event:
        """A step of an HTTP exchange: `request`, `response`, `end`.

        What a request carries that is secret is left out of whatever is written down after it.
        """
        if what == "request":
            self._echoes.of_request(str(data.get("url", "")), _pairs(data.get("headers")))
        directions = {"request": Direction.C2S, "response": Direction.S2C}
        return self._step(Kind.HTTP, directions.get(what, Direction.NONE), what, data, exchange=exchange)

    def http_body(
        self,
        exchange: int,
        body: bytes,
        faults: Iterable[str] = (),
        *,
        size: int | None = None,
        direction: Direction = Direction.S2C,
    ) -> Event:
        """A body that is neither a message nor an event stream: of a response, or of a request (C2S).

        `size` where `body` is only its head.
        """
        shown = body if self.keep_secrets else self._echoes.scrub_bytes(body)
        return self.journal.append(
            Kind.HTTP,
            direction,
            shown,
            data={"what": "body"},
            exchange=exchange,
            faults=tuple(faults),
            size=size,
        )

    def sse(
        self,
        what: str,
        exchange: int,
        /,
        body: bytes = b"",
        faults: Iterable[str] = (),
        **data: Any,
    ) -> Event:
        """What an event stream carried beside messages: `event`, `comment`, `field`, `dropped`."""
        if data.get("event") == "endpoint" and not self.keep_secrets:
            # HTTP+SSE: the session's id is a part of this URL, and as good as a cookie.
            body = redact_url(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        return self._step(
            Kind.SSE, Direction.S2C, what, data, body=body, exchange=exchange, faults=tuple(faults)
        )

    def auth(self, what: str, /, *, exchange: int | None = None, **data: Any) -> Event:
        """A step of authorization; `what` is the step's name (see `inspector.session.auth.steps`)."""
        return self._step(Kind.AUTH, Direction.NONE, what, data, exchange=exchange)

    def client(self, what: str, /, **data: Any) -> Event:
        """What this program decided by itself."""
        return self._step(Kind.CLIENT, Direction.NONE, what, data)

    def _step(
        self,
        kind: Kind,
        direction: Direction,
        what: str,
        data: Mapping[str, Any],
        *,
        body: bytes = b"",
        exchange: int | None = None,
        faults: tuple[str, ...] = (),
    ) -> Event:
        if not self.keep_secrets:
            data = _without_secrets(data)
            if self._echoes:
                data, body = self._echoes.scrubbed(data), self._echoes.scrub_bytes(body)
        facts = {"what": what, **data}
        return self.journal.append(kind, direction, body, data=facts, exchange=exchange, faults=faults)


def _pairs(headers: Any) -> list[tuple[str, str]]:
    """Header pairs; what is none is for whoever reads the journal to bear."""
    found = headers if isinstance(headers, list | tuple) else ()
    return [
        (str(pair[0]), str(pair[1])) for pair in found if isinstance(pair, list | tuple) and len(pair) == 2
    ]


def _without_secrets(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cleaned(name, value) for name, value in data.items()}


def _cleaned(name: str, value: Any) -> Any:
    match name, value:
        case "headers", list() | tuple():
            return [
                [header, redact_url(text) if header.lower() in _URL_HEADERS else text]
                for header, text in redact_headers(value)
            ]
        case "url" | "redirect", str():
            return redact_url(value)
        case "argv", list() | tuple():
            return list(redact_argv(value))
    return value


_URL_HEADERS = frozenset({"location", "content-location", "referer"})
"""Redirects of an authorization carry its code."""


def exit_facts(code: int) -> dict[str, Any]:
    """`code` and `signal` of an exit as the journal has them: one of the two is `None`."""
    if code >= 0 or sys.platform == "win32":
        return {"code": code, "signal": None}
    try:
        return {"code": None, "signal": signal.Signals(-code).name}
    except ValueError:  # a real-time signal has no name
        return {"code": None, "signal": f"SIG{-code}"}
