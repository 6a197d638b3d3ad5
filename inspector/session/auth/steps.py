"""What a flow of authorization says to whoever drives it, and what it is told.

A flow is a generator without I/O. It yields actions and is sent what came of each:

    Fetch   -> Got         make this request, bring the answer
    Verdict -> Decision    this is what the specification says about what came
    Choose  -> int         which of these
    Visit   -> str         let a person visit this URL; the callback's URL, or what was pasted
    Enter   -> dict        ask the person for these fields

The driver writes each into the journal as an `auth` event, so that a screen, a command line and a
recording show the same steps. `STEPS` names them, in the order in which they usually come.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, Protocol, TypeAlias

from inspector.session.auth.model import Credentials

STEPS: Mapping[str, str] = {
    "challenge": "The server's challenge",
    "resource-metadata": "Protected resource metadata",
    "authorization-server": "Choice of the authorization server",
    "server-metadata": "Authorization server metadata",
    "registration": "Client registration",
    "authorize": "Authorization in the browser",
    "callback": "Callback",
    "token-exchange": "Token exchange at the identity provider",
    "token": "Token",
    "refresh": "Refresh",
}
"""Name and title of every step."""

Judgement: TypeAlias = Literal["ok", "note", "warning", "violation"]


class Decision(Enum):
    """What to do after a verdict."""

    PROCEED = "proceed"
    """Go on; past a violation that is on purpose."""
    REPEAT = "repeat"
    """Take the step once more."""
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request to make. Redirects are not followed: a `Got` with a 3xx is judged like any other.

    Attributes:
        step: A name of `STEPS`.
        method: `GET` or `POST`.
        url: Absolute; the driver refuses addresses that the server must not send us to.
        headers: Beside the transport's own.
        body: Of a POST, form or JSON by its content type.
        purpose: In words for the network view, e.g. `authorization server metadata (OIDC)`.
    """

    step: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """What came of a `Fetch`.

    Attributes:
        exchange: Its number in the journal, 0 where nothing was sent.
        status: `None` where no response came.
        headers: As received.
        body: As received, cut at the driver's limit.
        error: Why there is no response, one sentence without full stop; or why it was refused to ask.
        refused: Nothing was sent, because the address is one that the server must not send us to.
    """

    exchange: int
    status: int | None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    error: str = ""
    refused: bool = False

    def header(self, name: str) -> str:
        """The first value under a name, in any case; empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the specification says about what came.

    Attributes:
        step: A name of `STEPS`.
        judgement: Only a `violation` stops a flow by itself.
        says: One sentence; may quote what a server sent, unfiltered.
        rule: A stable name where it is a warning or violation, e.g. `issuer-mismatch`.
        clause: Where it stands, e.g. `RFC 8414 section 3.3`.
        facts: What was learned, without secrets: JSON values by name.
        exchange: The exchange it is about, 0 for none.
        last: Whether the step ends with it; a step has any number of verdicts.
        dead_end: Nothing lies past it: the step can be repeated, but not continued past.
    """

    step: str
    judgement: Judgement
    says: str
    rule: str = ""
    clause: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    exchange: int = 0
    last: bool = True
    dead_end: bool = False


@dataclass(frozen=True, slots=True)
class Choose:
    """A question with fixed answers, e.g. which of several authorization servers. Answer: an index."""

    step: str
    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A URL for a person's browser. Answer: the URL that it was sent back to, or its query; a `Got` that is
    `refused` where the address leads to where no server may send anybody.

    Attributes:
        url: Where to go: https, or http on loopback, checked by the flow.
        host: What to show before anything opens.
        redirect_uri: Where the answer comes; the callback listens there already.
        scope: What is asked for.
        state: What the answer must carry.
    """

    step: str
    url: str = field(repr=False)
    host: str
    redirect_uri: str
    scope: str = ""
    state: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Enter:
    """Values that only the person knows, e.g. a client id. Answer: a mapping of what was entered.

    Attributes:
        fields: Name, label, whether it is secret.
    """

    step: str
    question: str
    fields: tuple[tuple[str, str, bool], ...]


Action: TypeAlias = Fetch | Verdict | Choose | Visit | Enter
Flow: TypeAlias = Generator[Action, Any, Credentials]
"""Returns credentials with tokens, or raises `inspector.errors.AuthNeeded` with the cause."""


class Guide(Protocol):
    """Whoever stands beside a flow: the app's screen, the command line, a script.

    Every method may raise `inspector.errors.AuthNeeded` to give up.
    """

    async def before(self, action: Fetch | Visit) -> None:
        """About to do this; returns when it may go on."""
        ...

    async def judged(self, verdict: Verdict) -> Decision:
        """A verdict came. What a guide without opinions says: STOP for a violation, else PROCEED."""
        ...

    async def choose(self, choice: Choose) -> int: ...

    async def enter(self, wanted: Enter) -> Mapping[str, str]: ...

    async def visit(self, visit: Visit) -> str | None:
        """Let the person visit `visit.url`: show the host, then open a browser or show the URL to copy.

        Returns:
            The answer that the person pasted, or `None` where it comes to the callback. Cancelled when
            the callback has been called.
        """
        ...
