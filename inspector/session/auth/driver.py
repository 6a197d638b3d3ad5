"""Drives a flow of authorization: does what it asks for, and writes each step down.

This is where the sans-IO flow meets the network, the person and the journal. It judges nothing itself but
a callback that answers nothing: what a response means is the flow's business, what to do about it the
guide's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio

from inspector.errors import AuthNeeded, InspectError
from inspector.journal.redact import redact_url
from inspector.session.auth import address
from inspector.session.auth.secrets import Secrets
from inspector.session.auth.steps import (
    STEPS,
    Choose,
    Decision,
    Enter,
    Fetch,
    Got,
    Verdict,
    Visit,
)

if TYPE_CHECKING:
    from inspector.session.auth.callback import Callback
    from inspector.session.auth.model import Credentials
    from inspector.session.auth.steps import Flow, Guide
    from inspector.transport.fetch import Fetcher
    from inspector.transport.guard import Guard
    from inspector.transport.tap import Tap

ALL_RULES = "all"
_LONGEST = 1000  # characters of a sentence that ends a flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a flow runs, for the journal.

    Attributes:
        number: Tells the flows of one journal apart, from 1.
        resource: The server's URI.
        grant: Which grant, in the words of `AuthOptions.grant`, or `refresh`.
        says: Why, a few words.
    """

    number: int
    resource: str
    grant: str
    says: str


async def drive(
    flow: Flow,
    fetcher: Fetcher,
    guard: Guard | None,
    tap: Tap,
    guide: Guide,
    callback: Callback | None,
    *,
    reason: Reason,
    past: Iterable[str] = (),
    timeout: float = 30.0,
    patience: float | None = None,
    secrets: Iterable[str] = (),
    typed: Iterable[str] = (),
) -> Credentials:
    """Take a flow to its end.

    Args:
        flow: Not started yet.
        fetcher: Makes the requests.
        guard: What decides which addresses may be asked.
        tap: Where each step is written down, as an `auth` event.
        guide: Whoever stands beside.
        callback: Where the browser comes back to; it is listening already. `None` where nothing can: a
            person may still paste the answer.
        reason: Why the flow runs.
        past: Rules whose violation is passed on purpose; `all` is every one.
        timeout: Seconds for one request.
        patience: Seconds that a visit may take until its answer comes; any time where `None`.
        secrets: What must not be written down even where an answer repeats it.
        typed: URLs of the identity provider that the user named: its own business, and often in a private
            network. No guard stands before that origin in the token exchange.

    Raises:
        AuthNeeded: The flow, or the guide, gave up; the last event says so as well.
    """
    driving = _Driving(
        fetcher, guard, tap, guide, callback, reason, frozenset(past), timeout, patience, Secrets(secrets)
    )
    driving.typed = frozenset(map(address.origin, typed))
    driving.write("flow", "started", facts=_flow_facts(reason))
    try:
        credentials = await driving.run(flow)
    except InspectError as error:
        failed = driving.failed(error)
        driving.write("flow", "done", judgement="violation", says=failed.message)
        raise failed from None
    except anyio.get_cancelled_exc_class():
        driving.write("flow", "done", judgement="violation", says="given up before its end")
        raise
    finally:
        flow.close()
    tokens = credentials.tokens
    facts = {
        "issuer": credentials.issuer,
        "scope": tokens.scope if tokens else "",
        "expires_at": tokens.expires_at if tokens else None,
    }
    driving.write("flow", "done", judgement="ok", says="The server can be asked with a token.", facts=facts)
    return credentials


def _flow_facts(reason: Reason) -> dict[str, Any]:
    return {"grant": reason.grant, "resource": redact_url(reason.resource), "reason": reason.says}


@dataclass(slots=True)
class _Driving:
    fetcher: Fetcher
    guard: Guard | None
    tap: Tap
    guide: Guide
    callback: Callback | None
    reason: Reason
    past: frozenset[str]
    timeout: float
    patience: float | None
    secrets: Secrets
    typed: frozenset[str] = frozenset()
    begun: set[str] = field(default_factory=set)

    async def run(self, flow: Flow) -> Credentials:
        answer: Any = None
        while True:
            try:
                action = flow.send(answer)
            except StopIteration as stop:
                credentials: Credentials = stop.value
                return credentials
            match action:
                case Fetch():
                    answer = await self._fetch(action)
                case Verdict():
                    answer = await self._judge(action)
                case Visit():
                    answer = await self._visit(action)
                case Choose():
                    answer = await self._choose(action)
                case Enter():
                    answer = await self._enter(action)

    def _typed(self, fetch: Fetch) -> bool:
        return fetch.step == "token-exchange" and address.origin(fetch.url) in self.typed

    async def _fetch(self, fetch: Fetch) -> Got:
        self._begin(fetch.step, fetch.purpose)
        self.secrets.of_asked(fetch.headers, fetch.body)
        await self.guide.before(fetch)
        fetched = await self.fetcher.fetch(
            fetch.method,
            fetch.url,
            headers=fetch.headers,
            body=fetch.body,
            purpose=fetch.purpose,
            timeout=self.timeout,
            guard=None if self._typed(fetch) else self.guard,
            scrub=self.secrets.scrub,
        )
        self.secrets.of_response(fetched.body)
        if self.guard is not None and address.origin(fetch.url) == address.origin(self.reason.resource):
            # Its name may have led nearby when the guard was chosen, only to let everything there be asked.
            self.guard = self.guard.narrowed(fetched.peer)
        return Got(
            fetched.exchange,
            fetched.status,
            fetched.headers,
            fetched.body,
            fetched.error,
            fetched.refused,
        )

    async def _judge(self, verdict: Verdict) -> Decision:
        self._begin(verdict.step)
        verdict = replace(
            verdict, says=self.secrets.scrub(verdict.says), facts=self.secrets.scrubbed(verdict.facts)
        )
        passed = verdict.judgement == "violation" and not self.past.isdisjoint({verdict.rule, ALL_RULES})
        self.write(
            verdict.step,
            "done",
            exchange=verdict.exchange or None,
            judgement=verdict.judgement,
            rule=verdict.rule,
            says=verdict.says,
            clause=verdict.clause,
            facts=dict(verdict.facts),
            past=passed,
        )
        if verdict.last:
            self.begun.discard(verdict.step)
        if passed:  # the person said so beforehand, so that nobody is asked again
            says = f"{verdict.says} (a violation, passed on purpose)"
            return await self.guide.judged(replace(verdict, judgement="warning", says=says))
        return await self.guide.judged(verdict)

    async def _choose(self, choice: Choose) -> int:
        self._begin(choice.step)
        self.write(choice.step, "waiting", says=choice.question, facts={"options": list(choice.options)})
        index = await self.guide.choose(choice)
        if not 0 <= index < len(choice.options):
            raise AuthNeeded(f"There is no choice number {index + 1}")
        return index

    async def _enter(self, wanted: Enter) -> Mapping[str, str]:
        self._begin(wanted.step)
        self.write(
            wanted.step,
            "waiting",
            says=wanted.question,
            facts={"fields": [name for name, _, _ in wanted.fields]},
        )
        entered = await self.guide.enter(wanted)
        self.secrets.add(entered.get(name, "") for name, _, secret in wanted.fields if secret)
        return entered

    async def _visit(self, visit: Visit) -> str | Got:
        self._begin(visit.step)
        self.secrets.add([visit.state])
        if refused := await self._refuses(visit.url):
            return Got(0, None, error=refused, refused=True)
        await self.guide.before(visit)
        facts = {"host": visit.host, "redirect_uri": visit.redirect_uri, "scope": visit.scope}
        self.write(visit.step, "waiting", facts=facts)
        answer = await _Visiting(self, visit).run()
        self.secrets.of_query(answer)
        return answer

    async def _refuses(self, url: str) -> str:
        """Why no browser is sent to an address: it reaches what we reach. Empty if it may be sent there."""
        if self.guard is None:
            return ""
        # Here, because whoever drives has loaded the HTTP library already, and nobody else needs it.
        from inspector.transport.dial import resolve
        from inspector.transport.guard import Refused

        host = urlsplit(url).hostname or ""
        try:
            with anyio.move_on_after(self.timeout):
                for address_of in await resolve(host):  # the browser may take any of them
                    self.guard.check(address_of, host)
        except Refused as refusal:
            return str(refusal)
        except (OSError, UnicodeError):  # only the browser's proxy may know the name
            return ""
        return ""

    async def refused_callback(self, visit: Visit, says: str, rule: str) -> None:
        """A request to the callback that answers nothing: written down, and the waiting goes on."""
        verdict = Verdict("callback", "warning", says, rule, "RFC 6749 section 10.12", last=False)
        self.write("callback", "done", judgement="warning", rule=rule, says=says, clause=verdict.clause)
        if await self.guide.judged(verdict) is Decision.STOP:
            raise AuthNeeded(f"Authorization was stopped: {says}")

    def _begin(self, step: str, purpose: str = "") -> None:
        if step not in self.begun:
            self.begun.add(step)
            self.write(step, "started", purpose=purpose)

    def write(self, what: str, state: str, *, exchange: int | None = None, **data: Any) -> None:
        """One `auth` event. What says nothing takes no room."""
        said = {name: value for name, value in data.items() if value not in (None, "", False, {})}
        title = STEPS.get(what, "Authorization")
        self.tap.auth(what, exchange=exchange, flow=self.reason.number, state=state, title=title, **said)

    def failed(self, error: InspectError) -> InspectError:
        """The error as it may be told: whatever an answer repeated, without secrets."""
        error.message = self.secrets.scrub(error.message)
        if len(error.message) > _LONGEST:  # somebody's metadata
            error.message = error.message[:_LONGEST] + "…"
        error.args = (error.message,)
        return error


def _span(patience: float) -> str:
    return f"{patience / 60:g} minutes" if patience >= 120 else f"{patience:g} s"


class _Visiting:
    """A person's visit to the authorization server: what is pasted, or comes to the callback, first."""

    def __init__(self, driving: _Driving, visit: Visit) -> None:
        self._driving = driving
        self._visit = visit
        self._answer: str | None = None
        self._failure: InspectError | None = None

    async def run(self) -> str:
        patience = self._driving.patience
        with anyio.move_on_after(patience) as waiting:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._ask, tasks.cancel_scope)
                if self._driving.callback is not None and self._driving.callback.listens:
                    tasks.start_soon(self._listen, self._driving.callback, tasks.cancel_scope)
        came = self._answer is not None or self._failure is not None
        if patience is not None and waiting.cancelled_caught and not came:
            raise AuthNeeded(f"No answer came from {self._visit.host} within {_span(patience)}")
        if self._failure is not None:  # raised here: the task group would have wrapped it
            raise self._failure
        if self._answer is None:
            raise AuthNeeded("The authorization server's answer was not given")
        return self._answer

    async def _ask(self, both: anyio.CancelScope) -> None:
        try:
            pasted = await self._driving.guide.visit(self._visit)
        except InspectError as error:
            self._failure = error
            both.cancel()
            return
        if pasted is not None:
            self._answer = pasted
            both.cancel()

    async def _listen(self, callback: Callback, both: anyio.CancelScope) -> None:
        async def refused(says: str, rule: str) -> None:
            await self._driving.refused_callback(self._visit, says, rule)

        # Where a mismatch is to be passed on purpose, the flow must get to see it.
        strict = self._driving.past.isdisjoint({"state-mismatch", ALL_RULES})
        try:
            self._answer = await callback.answer(self._visit.state if strict else "", refused)
        except InspectError as error:
            self._failure = error
        both.cancel()
