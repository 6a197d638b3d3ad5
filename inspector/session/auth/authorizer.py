"""Where an HTTP connection gets its credentials from: a token that was given, a kept one, or a flow.

`OAuth` answers a transport's two questions (`inspector.transport.base.Authorizer`) and decides which flow
runs when: refresh, the whole authorization, or more scope. How a flow goes is `flow`'s business, what
came of it is written down by `driver`. Tokens are kept for one server and go to its origin only.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import anyio

from inspector.errors import AuthNeeded, InspectError
from inspector.journal.redact import fingerprint, redact_url
from inspector.session.auth import address, flow
from inspector.session.auth.callback import Callback, listening
from inspector.session.auth.case import Known
from inspector.session.auth.challenge import Asked, asked
from inspector.session.auth.driver import Reason, drive
from inspector.session.auth.jwt import decode
from inspector.session.auth.scope import union
from inspector.session.auth.signing import signer
from inspector.transport.guard import Guard
from inspector.transport.tap import Tap
from inspector.wire.event import Direction, Kind
from inspector.wire.methods import target_of
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.auth.model import AuthOptions, Credentials, Store, Tokens
    from inspector.session.auth.steps import Flow, Guide
    from inspector.transport.base import Challenge
    from inspector.transport.target import HttpTarget

Source: TypeAlias = Literal["", "kept", "refreshed", "granted"]
"""Where the token that is in use comes from."""

AHEAD = 30.0
"""Seconds before its expiry at which a token is refreshed; a tenth of its life where that is less."""
STEP_UPS = 3
"""How often one operation may ask for more scope (specification 2026-07-28, Step-Up Authorization Flow)."""
_RENEWALS = 3  # whole flows for one operation whose fresh tokens are refused again and again
_FRESH = 60.0  # seconds
_LAST_FLOW: WeakKeyDictionary[Journal, Iterator[int]] = WeakKeyDictionary()


class OAuth:
    """Credentials for one server.

    Args:
        target: The server.
        journal: Where every request and step is written down.
        options: What the user gave or chose.
        store: Where credentials live between runs.
        guide: Whoever stands beside a flow.
        interactive: Whether `guide` may let somebody visit a page; without, no callback is listened for.
        fresh: Leave kept tokens aside, as `auth login` does.
        now: Unix seconds.

    Attributes:
        resource: The server's canonical URI, under which its credentials are kept.
        credentials: In use; `None` while there are none.
        failure: Why the last attempt came to nothing; `None` while all is well. Whoever is told that the
            server wants authorization should tell this instead.
        flows: How many flows have run.
    """

    def __init__(
        self,
        target: HttpTarget,
        journal: Journal,
        options: AuthOptions,
        store: Store,
        guide: Guide,
        *,
        interactive: bool = True,
        fresh: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.resource = address.canonical(target.url)
        self.credentials: Credentials | None = None
        self.failure: InspectError | None = None
        self.flows = 0
        self._target = target
        self._tap = Tap(journal)
        self._options = options
        self._store = store
        self._guide = guide
        self._interactive = interactive and options.grant == "authorization-code"
        self._now = now
        self._source: Source = ""
        self._loaded = fresh
        self._lock = anyio.Lock()
        self._settled = 0
        self._counts: dict[tuple[str, str], int] = {}
        self._waiting = 0
        self._since = 0.0
        self._waited = 0.0
        self._peer = ""

    # What a transport asks

    @property
    def waited(self) -> float:
        """Seconds spent on authorizing so far, the present attempt included."""
        return self._waited + (time.monotonic() - self._since if self._waiting else 0.0)

    async def headers(self, url: str) -> list[tuple[str, str]]:
        """`Authorization` for the server's own origin, nothing for any other. Refreshes ahead of expiry."""
        if not self._is_ours(url):
            return []
        if self._options.token is not None:
            return [("Authorization", f"Bearer {self._options.token}")]
        self._load()
        if self._is_stale():
            await self._alone(self._renew_ahead)
        tokens = self._tokens
        return [] if tokens is None else [("Authorization", f"Bearer {tokens.access_token}")]

    async def challenged(self, challenge: Challenge) -> bool:
        """Refresh, authorize or step up, once for all requests that are challenged meanwhile."""
        if not self._is_ours(challenge.url):
            return False
        wanted = asked(challenge.headers)
        if challenge.status == 403 and wanted.error != "insufficient_scope":
            return False  # forbidden, whoever asks: an origin, a policy
        self._peer = getattr(challenge, "peer", "") or self._peer
        if self._options.token is not None:
            self.failure = self._refused(wanted, challenge.status)
            return False
        if challenge.used and self._has_changed_since(challenge.exchange):
            return True
        if challenge.status == 403:
            return await self._alone(lambda: self._step_up(challenge, wanted))
        return await self._alone(lambda: self._authorize_again(challenge, wanted))

    # What a person asks

    async def authorize(self, reason: str = "asked for") -> Credentials:
        """Run the whole flow, challenge or not.

        Raises:
            InspectError: It came to nothing.
        """
        await self._alone(lambda: self._authorize(None, reason))
        if self.failure is not None:
            raise self.failure
        assert self.credentials is not None
        return self.credentials

    def forget(self) -> None:
        """Forget the server's credentials, here and where they are kept.

        Raises:
            InspectError: They cannot be removed.
        """
        self.credentials, self._source = None, ""
        self._store.forget(self.resource)

    @property
    def login(self) -> str:
        """The line that authorizes."""
        return f"mcp-inspect auth login {shlex.quote(redact_url(self._target.url))}"

    # Which flow when

    async def _alone(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Run `work` unless another has just done it, for whoever waited meanwhile."""
        seen = self._settled
        with self._on_the_clock():
            async with self._lock:
                if self._settled != seen:
                    return self.failure is None
                done = await work()
                self._settled += 1
                return done

    async def _renew_ahead(self) -> bool:
        await self._refresh("the token is about to expire")
        return True

    async def _authorize_again(self, challenge: Challenge, wanted: Asked) -> bool:
        """Answer a 401."""
        tokens = self._tokens
        operation = self._operation(challenge.exchange)
        if challenge.used and tokens is not None:
            again = challenge.attempt > 0 and self._source in ("refreshed", "granted")
            if not again and await self._refresh("the server refused the token"):
                return True
            if self._source == "granted":
                fresh = self._now() - tokens.obtained_at < _FRESH
                if again or self._count("renewal", operation, fresh) > _RENEWALS:
                    self.failure = self._refused(wanted, 401)
                    return False
        elif challenge.attempt > 0:
            # Granted already, and still asked without: somebody else's header stands in the way.
            self.failure = self._refused(wanted, 401)
            return False
        reason = "the server refused the token" if challenge.used else "the server asks for authorization"
        return await self._authorize(challenge, reason)

    async def _step_up(self, challenge: Challenge, wanted: Asked) -> bool:
        """Answer a 403 that asks for more scope: by what there is already and what is missing."""
        operation = self._operation(challenge.exchange)
        if self._count("step-up", operation, True) > STEP_UPS:
            scope = clip(visible(wanted.scope), 200) or "no scope in particular"
            self.failure = AuthNeeded(
                f"The server asks for more scope ({scope}) for {operation or 'a request'} "
                f"after {STEP_UPS} authorizations for it",
                next="--trace shows what was granted each time",
                status=403,
            )
            return False
        tokens = self._tokens
        previous = union(tokens.scope if tokens else "", self._options.scope or "")
        return await self._authorize(challenge, "the server asks for more scope", previous)

    async def _authorize(self, challenge: Challenge | None, reason: str, previous: str = "") -> bool:
        """The whole flow; what comes of it stands in `credentials` or in `failure`."""
        self.failure = None
        # What the user asked for is among the previous scopes: it must not hide what is missing.
        options = replace(self._options, scope=None) if previous else self._options
        try:
            async with self._listening() as callback:
                known = self._known(callback.redirect_uri if callback else "")
                steps = flow.authorize(self._target.url, challenge, options, known, previous=previous)
                credentials = await self._drive(steps, options.grant, reason, callback)
        except InspectError as error:
            self.failure = error
            return False
        self._use(credentials, "granted")
        return True

    async def _refresh(self, reason: str) -> bool:
        """A new token by the refresh token, if there is one; the old one stays where that fails."""
        mine = self.credentials
        if mine is None or mine.tokens is None:
            return False
        if (theirs := self._kept_by_another(mine)) is not None:
            self.credentials, self._source = theirs, "refreshed"
            return True
        if mine.tokens.refresh_token is None:
            return False
        try:
            steps = flow.refresh(mine, self._options, self._known(""))
            credentials = await self._drive(steps, "refresh", reason, None)
        except InspectError as error:
            self._give_up(mine, str(error.facts.get("code")))
            return False
        self._use(credentials, "refreshed")
        return True

    def _give_up(self, credentials: Credentials, code: str) -> None:
        """Forget what will never do again (RFC 6749 section 5.2)."""
        if code == "invalid_grant" and credentials.tokens is not None:
            self._use(
                replace(credentials, tokens=replace(credentials.tokens, refresh_token=None)), self._source
            )
        elif code == "invalid_client":
            try:
                self._store.forget(self.resource)
            except InspectError as error:
                self._warn(error)

    def _kept_by_another(self, mine: Credentials) -> Credentials | None:
        """What another process has got meanwhile: a refresh token may be good for one time only."""
        try:
            kept = self._store.credentials(self.resource)
        except InspectError:  # it is said when something is to be kept; what we hold is as good
            return None
        if kept is None or kept.tokens is None or mine.tokens is None or kept.client != mine.client:
            return None
        newer = kept.tokens.obtained_at > mine.tokens.obtained_at
        return kept if newer and kept.tokens.access_token != mine.tokens.access_token else None

    async def _drive(self, steps: Flow, grant: str, reason: str, callback: Callback | None) -> Credentials:
        # Imported here because it brings the HTTP library, which nobody needs who only reads what is kept.
        from inspector.transport.fetch import fetching

        self.flows += 1
        numbers = _LAST_FLOW.setdefault(self._tap.journal, count(1))
        async with fetching(self._target, self._tap) as fetcher:
            return await drive(
                steps,
                fetcher,
                Guard.beside(self._target.url, self._peer),
                self._tap,
                self._guide,
                callback,
                reason=Reason(number=next(numbers), resource=self.resource, grant=grant, says=reason),
                past=self._options.past,
                timeout=self._options.timeout,
                secrets=self._secrets(),
            )

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[Callback | None]:
        if not self._interactive:
            yield None
            return
        async with listening(
            self._options.callback_url, port=self._options.callback_port, prefer=self._earlier_port()
        ) as callback:
            yield callback

    def _earlier_port(self) -> int:
        """The port that was registered: many authorization servers compare the whole redirect URI."""
        kept = self._store.credentials(self.resource)
        if kept is None or kept.client.source == "given":
            return 0
        try:
            return urlsplit(kept.client.redirect_uri).port or 0
        except ValueError:  # whatever the file says
            return 0

    def _known(self, redirect_uri: str) -> Known:
        key = self._options.private_key
        return Known(
            store=self._store,
            redirect_uri=redirect_uri,
            now=self._now,
            sign=None if key is None else signer(key, self._options.signing_algorithm),
            audience=lambda token: decode(token).audience or None,
        )

    # What is held

    @property
    def _tokens(self) -> Tokens | None:
        return self.credentials.tokens if self.credentials else None

    def _load(self) -> None:
        """Take what is kept, once, if it is for the client that was asked for."""
        if self._loaded:
            return
        self._loaded = True
        try:
            kept = self._store.credentials(self.resource)
        except InspectError as error:
            self.failure = error
            return
        given = self._options.client_id or self._options.client_metadata_url
        if kept is not None and given in (None, kept.client.client_id):
            self.credentials, self._source = kept, "kept"

    def _use(self, credentials: Credentials, source: Source) -> None:
        """Take credentials into use, and keep them. What no person had to grant is not worth keeping."""
        self.credentials, self._source = credentials, source
        if self._options.grant != "authorization-code":
            return
        try:
            self._store.keep(credentials)
        except InspectError as error:  # for this connection they are good all the same
            self._warn(error)

    def _warn(self, error: InspectError) -> None:
        self._tap.client("warning", says=f"The credentials are not kept: {error.message}")

    def _is_stale(self) -> bool:
        tokens = self._tokens
        if tokens is None or tokens.expires_at is None or tokens.refresh_token is None:
            return False
        ahead = min(AHEAD, max(tokens.expires_at - tokens.obtained_at, 0.0) / 10)
        return self._now() >= tokens.expires_at - ahead

    def _is_ours(self, url: str) -> bool:
        return not address.unsafe(url) and address.origin(url) == address.origin(self._target.url)

    def _has_changed_since(self, exchange: int) -> bool:
        """Whether the token in use is another one than the one that was refused."""
        tokens, sent = self._tokens, self._sent(exchange)
        if tokens is None or not sent:
            return False
        return sent not in (f"Bearer {fingerprint(tokens.access_token)}", f"Bearer {tokens.access_token}")

    def _sent(self, exchange: int) -> str:
        """`Authorization` as it was last sent in an exchange, as the journal has it."""
        journal = self._tap.journal
        for row in reversed(journal.rows_of_exchange(exchange)):
            if journal.kind(row) is Kind.HTTP and journal.direction(row) is Direction.C2S:
                data = journal.data(row)
                if data.get("what") == "request":
                    pairs = data.get("headers", [])
                    return next((text for name, text in pairs if name.lower() == "authorization"), "")
        return ""

    def _operation(self, exchange: int) -> str:
        """What was asked for in an exchange: method and target."""
        journal = self._tap.journal
        for row in journal.rows_of_exchange(exchange):
            if journal.kind(row) is Kind.MESSAGE and journal.direction(row) is Direction.C2S:
                frame = journal.event(row).frame
                if frame is not None and frame.method:
                    return f"{frame.method} {target_of(frame.method, frame.params)}".strip()
        return ""

    def _count(self, what: str, operation: str, goes_on: bool) -> int:
        """How often it has come to this for one operation; from the start again where it does not go on."""
        key = (what, operation)
        self._counts[key] = self._counts.get(key, 0) + 1 if goes_on else 1
        return self._counts[key]

    def _secrets(self) -> list[str]:
        options, held, tokens = self._options, self.credentials, self._tokens
        texts = [options.client_secret, options.idp_client_secret, options.id_token, options.private_key]
        if held is not None:
            texts.append(held.client.client_secret)
        if tokens is not None:
            texts += [tokens.access_token, tokens.refresh_token]
        return [text for text in texts if text]

    def _refused(self, wanted: Asked, status: int) -> AuthNeeded:
        """The sentence for a token that the server does not take, with what the token says of itself."""
        given = self._options.token
        token = given if given is not None else self._tokens.access_token if self._tokens else ""
        whose = "that was given" if given is not None else "that it was just granted"
        said = ": ".join(filter(None, (wanted.error, clip(visible(wanted.error_description), 200))))
        scope = clip(visible(wanted.scope), 200)
        says = f"The server refuses the token {whose}: it answered {status}"
        says += f", {visible(said)}" if said else ""
        says += f"; it wants the scope {scope}" if scope and status == 403 else ""
        problems = decode(token, self.resource, now=self._now()).problems
        says += "".join(f". {each}" for each in problems)
        if given is None:
            return AuthNeeded(says, next="--trace shows what was granted", status=status)
        return AuthNeeded(
            says, next=f"Give another one with --token, or leave it out after {self.login}", status=status
        )

    @contextmanager
    def _on_the_clock(self) -> Iterator[None]:
        """Count the time as one span, however many wait."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._waited += time.monotonic() - self._since
