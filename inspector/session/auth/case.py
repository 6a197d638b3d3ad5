"""What every step of a flow works with, and how it puts a verdict and hears what to do about it.

It makes no request and knows no step.
"""

from __future__ import annotations

import secrets
import shlex
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from inspector.errors import AuthNeeded
from inspector.journal.redact import redact_url
from inspector.session.auth.model import AuthOptions, Store
from inspector.session.auth.steps import Action, Decision, Verdict

T = TypeVar("T")
Steps: TypeAlias = Generator[Action, Any, T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a flow takes from outside, so that it needs neither clock nor chance nor files.

    Attributes:
        store: Registrations and tokens of earlier runs.
        redirect_uri: Where the callback listens already; empty for flows without a browser.
        now: Unix seconds.
        random: So many random bytes as URL-safe text.
        sign: Claims to a signed JWT, with the key and algorithm of the options; `None` without a key.
        audience: The audience of an access token that is a JWT; `None` for one that is opaque or names none.
    """

    store: Store
    redirect_uri: str = ""
    now: Callable[[], float] = time.time
    random: Callable[[int], str] = secrets.token_urlsafe
    sign: Callable[[Mapping[str, Any]], str] | None = field(default=None, repr=False)
    audience: Callable[[str], Sequence[str] | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One authorization.

    Attributes:
        server: URL of the MCP server, as it was given.
    """

    server: str
    options: AuthOptions
    known: Known

    @property
    def login(self) -> str:
        """The line that tries again."""
        return f"mcp-inspect auth login {self._shown}"

    @property
    def logout(self) -> str:
        """The line that forgets registration and tokens."""
        return f"mcp-inspect auth logout {self._shown}"

    @property
    def _shown(self) -> str:
        return shlex.quote(redact_url(self.server))


class Again(Exception):
    """A step is to be taken once more. It never leaves `repeated`."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Puts the verdicts of one step, about one exchange.

    Each method is a generator that yields the verdict and returns if the flow goes on. All may raise
    `Again`, if the answer is to repeat the step, and `AuthNeeded`, if it is to stop.
    """

    case: Case
    step: str
    exchange: int = 0

    def ok(self, says: str, clause: str = "", /, **facts: Any) -> Steps[None]:
        """The step ends well; the facts that are `None` are left out."""
        facts = {name: value for name, value in facts.items() if value is not None}
        yield from self._put(Verdict(self.step, "ok", says, "", clause, facts, self.exchange))

    def note(self, says: str, clause: str = "", /, **facts: Any) -> Steps[None]:
        yield from self._put(Verdict(self.step, "note", says, "", clause, facts, self.exchange, last=False))

    def warning(
        self, rule: str, says: str, clause: str = "", /, *, last: bool = False, **facts: Any
    ) -> Steps[None]:
        yield from self._put(
            Verdict(self.step, "warning", says, rule, clause, facts, self.exchange, last=last)
        )

    def violation(
        self, rule: str, says: str, clause: str = "", /, *, next: str = "", **facts: Any
    ) -> Steps[None]:
        """Stops the flow, unless it is continued past on purpose."""
        yield from self._put(
            Verdict(self.step, "violation", says, rule, clause, facts, self.exchange, last=False), next
        )

    def dead_end(
        self, rule: str, says: str, clause: str = "", /, *, next: str = "", **facts: Any
    ) -> Steps[AuthNeeded]:
        """Nothing lies past this: the failure to raise, unless the step is to be repeated."""
        verdict = Verdict(self.step, "violation", says, rule, clause, facts, self.exchange, dead_end=True)
        decision = yield verdict
        if decision is Decision.REPEAT:
            raise Again
        return self._stopped(verdict, next)

    def _put(self, verdict: Verdict, next: str = "") -> Steps[None]:
        decision = yield verdict
        if decision is Decision.REPEAT:
            raise Again
        past = self.case.options.past
        forgiven = verdict.judgement == "violation" and bool(past & {verdict.rule, "all"})
        if decision is Decision.STOP and not forgiven:
            raise self._stopped(verdict, next)

    def _stopped(self, verdict: Verdict, next: str) -> AuthNeeded:
        return AuthNeeded(verdict.says, next=next or self.case.login, code=verdict.facts.get("error"))


def repeated(take: Callable[[], Steps[T]]) -> Steps[T]:
    """Take a step, and once more as often as one of its verdicts is answered with `Decision.REPEAT`."""
    while True:
        try:
            return (yield from take())
        except Again:
            continue
