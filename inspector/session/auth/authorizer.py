"""Where an HTTP connection gets its credentials from: a token that was given, a kept one, or a flow.

`OAuth` answers a transport's two questions (`inspector.transport.base.Authorizer`) and decides which flow
runs when: refresh, the whole authorization, or more scope. How a flow goes is `flow`'s business, what
came of it is written down by `driver`. Tokens are kept for one server and go to its origin only.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import anyio

from inspector.errors import AuthNeeded, InspectError
from inspector.journal.redact import fingerprint, redact_url, secrets_of_url
from inspector.session.auth import address, flow
from inspector.session.auth.callback import Callback, listening
from inspector.session.auth.case import Known
from inspector.session.auth.challenge import Asked, asked
from inspector.session.auth.driver import Reason, drive
from inspector.session.auth.holding import Holding
from inspector.session.auth.jwt import decode
from inspector.session.auth.operation import authorization, operation
from inspector.session.auth.scope import union
from inspector.session.auth.secrets import Secrets
from inspector.session.auth.signing import signer
from inspector.session.auth.stopwatch import Stopwatch
from inspector.transport.guard import Guard
from inspector.transport.tap import Tap
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.auth.model import AuthOptions, Credentials, Store
    from inspector.session.auth.steps import Flow, Guide
    from inspector.transport.base import Challenge
    from inspector.transport.target import HttpTarget

STEP_UPS = 2
"""How often one operation may ask for more scope (specification 2026-07-28, Step-Up Authorization Flow: "a
few times"; the official conformance suite takes three authorizations in all for endless)."""
PATIENCE = 600.0
"""Seconds: a visit that nobody ends must not hold a command line for ever."""
_RENEWALS = 3  # whole flows in a row for one operation, each token refused while it is fresh
_FRESH = 60.0  # seconds
_LAST_FLOW: WeakKeyDictionary[Journal, Iterator[int]] = WeakKeyDictionary()


class OAuth:
    """Credentials for one server.

    Args:
        target: The server.
        journal: Where every request and step is written down.
        options: What the user gave or chose.
        store: Where credentials live between runs. Those of the authorization code grant are kept there;
            what no person had to grant is not.
        guide: Whoever stands beside a flow.
        interactive: Whether `guide` may let somebody visit a page; without, no callback is listened for.
        fresh: Leave kept tokens aside, as `auth login` does.
        patience: Seconds that a person's visit may take; any time where `None`, for whom can be seen waiting.
        now: Unix seconds.

    Attributes:
        resource: The server's canonical URI, under which its credentials are kept.
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
        patience: float | None = PATIENCE,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.resource = address.canonical(target.url)
        self.failure: InspectError | None = None
        self.flows = 0
        self._target = target
        self._tap = Tap(journal)
        self._options = options
        self._store = store
        self._guide = guide
        self._by_code = options.grant == "authorization-code"
        self._interactive = interactive and self._by_code
        self._patience = patience
        self._now = now
        self._held = Holding(
            self.resource,
            store,
            keeps=self._by_code,
            client_id=options.client_id or options.client_metadata_url,
            fresh=fresh,
            warn=lambda says: self._tap.client("warning", says=says),
        )
        self._lock = anyio.Lock()
        self._settled = 0
        self._counts: dict[tuple[str, str], int] = {}
        self._spent = Stopwatch()
        self._peer = ""

    # What a transport asks

    @property
    def waited(self) -> float:
        """Seconds spent on authorizing so far, the present attempt included."""
        return self._spent.seconds

    async def headers(self, url: str) -> list[tuple[str, str]]:
        """`Authorization` for the server's own origin, nothing for any other. Refreshes ahead of expiry."""
        if not self._is_ours(url):
            return []
        if self._options.token is not None:
            return [("Authorization", f"Bearer {self._options.token}")]
        try:
            self._held.load()
        except InspectError as error:
            self.failure = error
        if self._held.is_stale(self._now()):
            await self._alone(self._renew_ahead)
        tokens = self._held.tokens
        return [] if tokens is None else [("Authorization", f"Bearer {tokens.access_token}")]

    async def challenged(self, challenge: Challenge) -> bool:
        """Refresh, authorize or step up, once for all requests that are challenged meanwhile."""
        if not self._is_ours(challenge.url):
            return False
        wanted = asked(challenge.headers)
        if challenge.status == 403 and wanted.error != "insufficient_scope":
            return False  # forbidden, whoever asks: an origin, a policy
        self._met(challenge.peer)
        if self._options.token is not None:
            self.failure = self._refused(wanted, challenge.status)
            return False
        if challenge.used and self._has_changed_since(challenge.exchange):
            return True
        if challenge.status == 403:
            return await self._alone(lambda: self._step_up(challenge, wanted))
        return await self._alone(lambda: self._authorize_again(challenge, wanted))

    # What a person asks

    @property
    def credentials(self) -> Credentials | None:
        """In use; `None` while there are none, and with a token that was given."""
        return self._held.credentials

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
        self._held.forget()

    @property
    def login(self) -> str:
        """The line that authorizes."""
        return login_line(self._target.url)

    # Which flow when

    async def _alone(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Run `work` unless another has just done it, for whoever waited meanwhile."""
        seen = self._settled
        with self._spent.running():
            async with self._lock:
                if self._settled != seen:
                    return self.failure is None
                done = await work()
                self._settled += 1
                return done

    async def _renew_ahead(self) -> bool:
        if await self._knows_where():
            await self._refresh("the token is about to expire")
        return True

    async def _authorize_again(self, challenge: Challenge, wanted: Asked) -> bool:
        """Answer a 401."""
        tokens, source = self._held.tokens, self._held.source
        if not challenge.used and challenge.attempt > 0:
            # Granted already, and still asked without: somebody else's header stands in the way.
            self.failure = self._refused(wanted, 401)
            return False
        if challenge.used and tokens is not None:
            again = challenge.attempt > 0 and source in ("refreshed", "granted")
            if not again and await self._refresh("the server refused the token"):
                return True
            if source == "granted":
                fresh = self._now() - tokens.obtained_at < _FRESH
                renewals = self._count("renewal", operation(self._tap.journal, challenge.exchange), fresh)
                if again or renewals > _RENEWALS:
                    self.failure = self._refused(wanted, 401)
                    return False
        reason = "the server refused the token" if challenge.used else "the server asks for authorization"
        return await self._authorize(challenge, reason)

    async def _step_up(self, challenge: Challenge, wanted: Asked) -> bool:
        """Answer a 403 that asks for more scope: by what there is already and what is missing."""
        what = operation(self._tap.journal, challenge.exchange)
        if self._count("step-up", what, True) > STEP_UPS:
            scope = clip(visible(wanted.scope), 200) or "no scope in particular"
            self.failure = AuthNeeded(
                f"The server asks for more scope ({scope}) for {clip(visible(what), 100) or 'a request'} "
                f"after {STEP_UPS} authorizations for it",
                next="--trace shows what was granted each time",
                status=403,
            )
            return False
        tokens, options = self._held.tokens, self._options
        previous = union(tokens.scope if tokens else "", options.scope or "")
        if options.scope is not None:  # it must not hide what is missing, whether the server says that or not
            more = union(options.scope, wanted.scope) if wanted.scope else None
            options = replace(options, scope=more)
        return await self._authorize(challenge, "the server asks for more scope", options, previous)

    async def _authorize(
        self,
        challenge: Challenge | None,
        reason: str,
        options: AuthOptions | None = None,
        previous: str = "",
    ) -> bool:
        """The whole flow; what comes of it stands in `credentials` or in `failure`."""
        self.failure = None
        options = options or self._options
        try:
            async with self._listening() as callback:
                known = self._known(callback.redirect_uri if callback else "")
                steps = flow.authorize(self._target.url, challenge, options, known, previous=previous)
                credentials = await self._drive(steps, options.grant, reason, callback)
        except InspectError as error:
            self.failure = error
            return False
        self._held.use(credentials, "granted")
        return True

    async def _refresh(self, reason: str) -> bool:
        """A new token by the refresh token, if there is one; the old one stays where that fails."""
        mine = self.credentials
        if mine is None or mine.tokens is None:
            return False
        if self._held.take_newer():
            return True
        if mine.tokens.refresh_token is None:
            return False
        try:
            steps = flow.refresh(mine, self._options, self._known(""))
            credentials = await self._drive(steps, "refresh", reason, None)
        except InspectError as error:
            self._held.refused(str(error.facts.get("code", "")))
            return False
        self._held.use(credentials, "refreshed")
        return True

    async def _drive(self, steps: Flow, grant: str, reason: str, callback: Callback | None) -> Credentials:
        # Imported here because it brings the HTTP library, which nobody needs who only reads what is kept.
        from inspector.transport.dial import guard_for
        from inspector.transport.fetch import fetching

        self.flows += 1
        options = self._options
        numbers = _LAST_FLOW.setdefault(self._tap.journal, count(1))
        given = (options.client_secret, options.idp_client_secret, options.id_token, options.private_key)
        # What was connected to counts. Only where nothing was the name is resolved, until something is.
        guard = Guard.beside(self._target.url, self._peer)
        if not self._peer:
            guard = await guard_for(self._target.url, self._target.unix_socket)
        async with fetching(self._target, self._tap) as fetcher:
            return await drive(
                steps,
                fetcher,
                guard,
                self._tap,
                self._guide,
                callback,
                reason=Reason(number=next(numbers), resource=self.resource, grant=grant, says=reason),
                past=options.past,
                timeout=options.timeout,
                patience=self._patience,
                typed=filter(None, (options.idp_issuer, options.idp_token_endpoint)),
                secrets=[*filter(None, given), *self._held.secrets(), *secrets_of_url(self._target.url)],
            )

    async def _knows_where(self) -> bool:
        """Whether it is certain, before any connection, from where the server can be reached.

        A name that says nearby does so for whoever owns it, and only until something is asked there; then
        the guard would let whatever is nearby be asked. The server's own challenge makes it certain.
        """
        from inspector.transport.dial import guard_for  # as in `_drive`

        if self._peer or self._target.unix_socket is not None:
            return True
        return await guard_for(self._target.url) == Guard.beside(self._target.url)

    def _met(self, peer: str) -> None:
        """Remember what was connected to, and rather the more public: a name may come to say otherwise."""
        if not self._peer or Guard.beside("", self._peer).narrowed(peer) != Guard.beside("", self._peer):
            self._peer = peer

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[Callback | None]:
        if not self._interactive:
            yield None
            return
        async with listening(
            self._options.callback_url, port=self._options.callback_port, prefer=self._held.earlier_port()
        ) as callback:
            yield callback

    def _known(self, redirect_uri: str) -> Known:
        key = self._options.private_key
        return Known(
            store=self._store,
            redirect_uri=redirect_uri,
            now=self._now,
            sign=None if key is None else signer(key, self._options.signing_algorithm),
            audience=lambda token: decode(token).audience or None,
        )

    def _is_ours(self, url: str) -> bool:
        return not address.unsafe(url) and address.origin(url) == address.origin(self._target.url)

    def _has_changed_since(self, exchange: int) -> bool:
        """Whether the token in use is another one than the one that was refused."""
        tokens, sent = self._held.tokens, authorization(self._tap.journal, exchange)
        if tokens is None or not sent:
            return False
        return sent not in (f"Bearer {fingerprint(tokens.access_token)}", f"Bearer {tokens.access_token}")

    def _count(self, what: str, whose: str, goes_on: bool) -> int:
        """How often it has come to this for one operation; from the start again where it does not go on."""
        key = (what, whose)
        self._counts[key] = self._counts.get(key, 0) + 1 if goes_on else 1
        return self._counts[key]

    def _refused(self, wanted: Asked, status: int) -> AuthNeeded:
        """The sentence for a token that the server does not take, with what the token says of itself."""
        given, tokens = self._options.token, self._held.tokens
        token = given if given is not None else tokens.access_token if tokens else ""
        whose = "that was given" if given is not None else "that was just granted"
        said = ": ".join(filter(None, (wanted.error, clip(visible(wanted.error_description), 200))))
        scope = clip(visible(wanted.scope), 200)
        says = f"The server refuses the token {whose}: it answered {status}"
        says += f", {visible(said)}" if said else ""
        says += f"; it wants the scope {scope}" if scope and status == 403 else ""
        says += "".join(f". {each}" for each in decode(token, self.resource, now=self._now()).problems)
        after = f"Give another one with --token, or leave it out after {self.login}"
        return AuthNeeded(
            Secrets([token, *self._held.secrets()]).scrub(says),
            next=after if given is not None else "--trace shows what was granted",
            status=status,
        )


def login_line(url: str) -> str:
    """The line that authorizes for the server at `url`, without what in the URL is secret."""
    return f"mcp-inspect auth login {shlex.quote(redact_url(url))}"
