"""What a journal saw of the last attempt to connect to a URL: exchanges with their requests and answers.

Values only, which `http_fold` fills. They judge nothing; that is done in `http_dial`, `http_tls`,
`http_redirect`, `http_auth`, `http_status`, `http_content` and `http_era`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inspector.wire.event import Event
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.errors import InspectError
    from inspector.transport.target import HttpTarget

WIDTH = 160
"""Cells that a line of evidence may take."""
_HANDSHAKE = ("server/discover", "initialize")


@dataclass(slots=True)
class Answer:
    """The head of a response.

    Attributes:
        row: Its row in the journal.
        status: HTTP status.
        reason: As sent.
        headers: As sent, in order.
        peer: Address and port that answered; empty where that is not known.
        tls: What was agreed on, where it is known.
        body: First bytes of a body that is no message.
        faults: Words of what is wrong with that body.
    """

    row: int
    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    peer: str = ""
    tls: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    faults: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first value under a name, in any case; empty if there is none."""
        return _header(self.headers, name)

    @property
    def content_type(self) -> str:
        """Without parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """What is kept of the body, as text."""
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Hop:
    """One request and what came of it.

    Attributes:
        row: Of the request.
        method: HTTP method.
        url: Without secrets.
        headers: As sent, without secrets.
        why: `redirect`, `resume`, `authorized`, or empty.
        dropped: Names of headers that a redirect dropped.
        answer: `None` where no response came.
    """

    row: int
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    why: str = ""
    dropped: tuple[str, ...] = ()
    answer: Answer | None = None

    def header(self, name: str) -> str:
        """The first value under a name, in any case; empty if there is none."""
        return _header(self.headers, name)


@dataclass(slots=True)
class Exchange:
    """One thing asked of the server, over one or more requests.

    Attributes:
        number: In the journal.
        purpose: In words, where it is no MCP traffic.
        method: The JSON-RPC method of the request that it carried; empty for none.
        hops: The requests, in order.
        end: Data of its end; empty while there is none.
        results: Replies with a result in it.
        errors: The `error` objects of replies in it.
        events: Event stream: type and first text of each event that is no message.
        faults: Words of what is wrong with its messages.
        messages: Messages of any shape that came in it.
        odd: First bytes of a body that stands in the place of a message, but is no JSON-RPC.
    """

    number: int
    purpose: str = ""
    method: str = ""
    hops: list[Hop] = field(default_factory=list)
    end: Mapping[str, Any] = field(default_factory=dict)
    results: int = 0
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    messages: int = 0
    odd: bytes = b""

    @property
    def last(self) -> Hop | None:
        """The request that counts; it may have no answer."""
        return self.hops[-1] if self.hops else None

    @property
    def answer(self) -> Answer | None:
        """The response that counts."""
        return self.hops[-1].answer if self.hops else None

    @property
    def status(self) -> int | None:
        """Of the response that counts; `None` where none came."""
        return self.answer.status if self.answer else None

    @property
    def stage(self) -> str:
        """Where it failed: dns, connect, tls, send, wait, read; empty where it did not."""
        return word(self.end.get("stage"))

    @property
    def error(self) -> str:
        """Why it failed, safe for a terminal; empty where it did not."""
        return visible(word(self.end.get("error")))

    @property
    def cause(self) -> str:
        """The transport's name for why it failed (`inspector.transport.failure`); empty where it did not."""
        return word(self.end.get("cause"))

    @property
    def phases(self) -> Mapping[str, Any]:
        """Seconds by phase, of the last request."""
        phases = self.end.get("phases")
        return phases if isinstance(phases, Mapping) else {}

    @property
    def took(self) -> float:
        """Seconds of all phases."""
        return float(sum(taken for taken in self.phases.values() if isinstance(taken, int | float)))

    @property
    def rows(self) -> tuple[int, ...]:
        """Of its requests and answers."""
        return tuple(
            row
            for hop in self.hops
            for row in (hop.row, hop.answer.row if hop.answer else None)
            if row is not None
        )

    @property
    def fine(self) -> bool:
        """Whether it did what it was for: a reply with a result, or a 2xx where none is owed in it.

        A 202 to a request promises none; over HTTP+SSE that is the rule, because replies come elsewhere.
        """
        status = self.status
        return bool(self.results) or (
            status is not None and status < 300 and (not self.method or status == 202)
        )

    @property
    def posted(self) -> bool:
        """Whether it began with a POST."""
        return bool(self.hops) and self.hops[0].method == "POST"

    def lines(self) -> tuple[str, ...]:
        """Each request with its answer, the telling headers and the start of the body: to look at."""
        shown: list[str] = []
        for hop in self.hops:
            answer = hop.answer
            came = "no response" if answer is None else f"{answer.status} {answer.reason}".rstrip()
            shown.append(f"{hop.method} {hop.url} → {came}")
            if answer is not None:
                telling = ((name, value) for name, value in answer.headers if name.lower() in _TELLING)
                shown += [f"{name.lower()}: {value}" for name, value in telling]
                if answer.body.strip():
                    shown.append(" ".join(answer.text[:600].split()))
        if self.odd:
            shown.append(" ".join(self.odd.decode("utf-8", "replace")[:600].split()))
        shown += [f"JSON-RPC error {error_words(error)}" for error in self.errors[:3]]
        if not self.answer and self.error:
            shown.append(self.error)
        return tuple(clip(visible(line), WIDTH) for line in shown)


_TELLING = frozenset(
    {
        "content-type", "location", "www-authenticate", "allow", "retry-after", "server", "via",
        "proxy-authenticate", "x-squid-error", "cf-ray", "cf-mitigated", "mcp-session-id", "accept-post",
    }
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """All that an attempt left in the journal.

    Attributes:
        target: What was asked for.
        failure: How the attempt ended; `None` where it did not fail.
        exchanges: MCP traffic, in order.
        others: Requests of authorization, in order.
        told: The `client` events, in order.
        auth: The `auth` events, in order.
        server: Name and version, once known.
        offers: Names of the capabilities that the server declares.
    """

    target: HttpTarget
    failure: InspectError | None
    exchanges: list[Exchange] = field(default_factory=list)
    others: list[Exchange] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    auth: list[Event] = field(default_factory=list)
    server: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ()

    def said(self, what: str) -> Mapping[str, Any] | None:
        """The data of the newest `client` event of a name."""
        return next((event.data for event in reversed(self.told) if event.what == what), None)

    @property
    def agreed(self) -> Mapping[str, Any] | None:
        """What was negotiated: version, era, reason."""
        return self.said("negotiated")

    @property
    def healthy(self) -> bool:
        """Whether the connection came about and nothing ended it."""
        return self.agreed is not None and self.failure is None

    @property
    def decisive(self) -> Exchange | None:
        """The exchange that decided how the attempt ended; `None` where nothing was asked.

        Before a version is agreed on, that is the last question of the handshake, or the event stream of
        HTTP+SSE that its answer was to come on.
        """
        if self.agreed is not None:
            return self._worked() if self.failure is None else self._broke()
        asked = [each for each in self.exchanges if each.method in _HANDSHAKE and each.hops]
        gets = [each for each in self.exchanges if each.hops and not each.posted]
        stream = self.stream
        if stream is not None:
            refused = [each for each in asked if each.number > stream.number and not each.fine and each.hops]
            return refused[-1] if refused and refused[-1].status is not None else stream
        if gets and (self.target.transport == "sse" or gets[-1].status in (401, 403)):
            return gets[-1]
        asked = asked or [each for each in self.exchanges if each.hops]
        return asked[-1] if asked else None

    @property
    def stream(self) -> Exchange | None:
        """The event stream of HTTP+SSE, where GET opened one; `None` elsewhere."""
        opened = [
            each
            for each in self.exchanges
            if each.answer is not None
            and not each.posted
            and each.answer.status == 200
            and each.answer.content_type == "text/event-stream"
            and "mcp-session-id" not in {name.lower() for name, _ in each.hops[0].headers}
        ]
        return opened[-1] if opened else None

    def _worked(self) -> Exchange | None:
        """What brought the agreement about."""
        met = [each for each in self.exchanges if each.method in _HANDSHAKE and each.results]
        return met[-1] if met else self.exchanges[0] if self.exchanges else None

    def _broke(self) -> Exchange | None:
        """What went wrong after an agreement: a POST rather than a stream that is only offered."""
        bad = [each for each in self.exchanges if not each.fine and each.end.get("outcome") != "aborted"]
        chosen = [each for each in bad if each.posted] or bad or self.exchanges
        return chosen[-1] if chosen else None

    @property
    def answered(self) -> Exchange | None:
        """The first exchange that got a response."""
        return next((each for each in self.exchanges if each.answer is not None), None)

    @property
    def sessions(self) -> list[str]:
        """Session ids as the server gave them, each once."""
        given = (
            hop.answer.header("mcp-session-id")
            for each in self.exchanges
            for hop in each.hops
            if hop.answer is not None and hop.answer.status < 300
        )
        return list(dict.fromkeys(id for id in given if id))


def error_words(error: Mapping[str, Any]) -> str:
    """A JSON-RPC error in a sentence: its code and its message."""
    return clip(
        visible(f"{json.dumps(error.get('code'), default=str)} {word(error.get('message'))}".strip()), WIDTH
    )


def _header(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name.lower()), "")


def word(value: object) -> str:
    """A text that a recording holds, or an empty one for anything else."""
    return value if isinstance(value, str) else ""
