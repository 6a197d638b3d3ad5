"""Keeps one connection for the app: connects, reconnects when asked, and leaves cleanly in any state.

It is the body of one worker. Whoever quits awaits that worker, so that no server outlives the program; what
a diagnosis starts and an authorization that is asked for run in it as well. The screen reads `state`, `says`,
`session`, `report` and the guide's question; it is never called back from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

import anyio

from inspector.errors import AuthNeeded, InspectError
from inspector.gate.gate import Gate
from inspector.session.options import Options
from inspector.session.wishes import Wishes
from inspector.transport.target import HttpTarget, StdioTarget

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from inspector.app.guide import AppGuide
    from inspector.app.watching import Watching
    from inspector.doctor.report import Report
    from inspector.journal.journal import Journal
    from inspector.session.auth.authorizer import OAuth
    from inspector.session.auth.model import AuthOptions, Store
    from inspector.session.levels import Levels
    from inspector.session.session import Session
    from inspector.session.subscriptions import Subscriptions
    from inspector.session.tasks import Tasks
    from inspector.transport.target import Target

MOST_PAGES = 50
"""Pages of a list that are asked for without a person who wants further ones."""

State = Literal["idle", "connecting", "connected", "closed", "failed"]


class ConnectionKeeper:
    """One target, one journal, one connection at a time.

    Args:
        target: What to connect to.
        journal: Takes every event.
        options: How to connect.
        authorization: What the user gave for authorization over HTTP; nothing in particular where `None`.
        store: Where credentials live between runs; the user's file where `None`.
        keychain: That file keeps secrets in the system's keychain.

    Attributes:
        state: `idle` before the start, `connecting`, `connected`, `closed` after the server went away,
            `failed` where connecting failed.
        failure: Why, in the last two states where an error says it.
        since: `monotonic()` of the last change of state.
        revision: Raised on each change of state or report, for whoever polls once a frame.
        guide: Who stands beside an authorization; `None` where there can be none.
        oauth: Where credentials come from; `None` before the first connection, and where there are none.
        report: The newest diagnosis.
        closer: `report` is of an attempt of its own, beside this journal.
        diagnosing: Whether one is being made.
        undiagnosed: Why the last one came to nothing, where it did.
        levels: The level switch of `session`; `None` without one, as the next two.
        subscriptions: What `session` listens to.
        tasks: The tasks of `session`.
        gate: The breakpoints; their rules outlive a connection too, what is held does not.
        wishes: The level and the subscriptions that outlive a connection.
        listed: Whether the lists of `session` were asked for to their end.
        watching: Connects anew when files change; `None` where nobody asked for it.
        by_page: Lists are asked for page by page, each when the user wants it.
        pending: What changes of `options` with the next connection, by the names of its attributes.
    """

    def __init__(
        self,
        target: Target,
        journal: Journal,
        options: Options,
        *,
        authorization: AuthOptions | None = None,
        store: Store | None = None,
        keychain: bool = False,
    ) -> None:
        self.target = target
        self.journal = journal
        self.options = replace(options, relist=True, faults=())  # the gate has them
        self.by_page = False
        self.pending: Mapping[str, Any] = {}
        self.session: Session | None = None
        self.levels: Levels | None = None
        self.subscriptions: Subscriptions | None = None
        self.tasks: Tasks | None = None
        self.wishes = Wishes()
        self.gate = Gate(journal, options.faults)
        self.listed = False
        self.watching: Watching | None = None
        self.state: State = "idle"
        self.failure: InspectError | None = None
        self.since = monotonic()
        self.revision = 0
        self.guide: AppGuide | None = None
        self.oauth: OAuth | None = None
        self.report: Report | None = None
        self.closer = False
        self.diagnosing = False
        self.undiagnosed: InspectError | None = None
        self._authorization = authorization
        self._store = store
        self._keychain = keychain
        self._authorizing = False
        self._beside: TaskGroup | None = None
        self._scope: anyio.CancelScope | None = None
        self._stopping = False
        self._can_be_diagnosed = type(target) in (HttpTarget, StdioTarget)  # no transport of a test's own
        if isinstance(target, HttpTarget):
            # Imported here: a server over stdio asks for no authorization.
            from inspector.app.guide import AppGuide

            self.guide = AppGuide()

    @property
    def may_browse(self) -> bool:
        """Whether a browser may be opened, after a question."""
        return self._authorization is None or self._authorization.browser

    async def run(self) -> None:
        """Connect, and again whenever `reconnect` is called, until `stop` is."""
        async with anyio.create_task_group() as self._beside:
            if self.watching is not None:
                self._beside.start_soon(self.watching.run)
            while not self._stopping:
                with anyio.CancelScope() as self._scope:
                    await self._connect_once()
                    await anyio.sleep_forever()
            self._beside.cancel_scope.cancel()

    @property
    def next_options(self) -> Options:
        """How the next connection will be made."""
        return replace(self.options, **self.pending)

    def change(self, **changes: Any) -> None:
        """Change how the next connection is made, by names of attributes of `options`."""
        pending = {**self.pending, **changes}
        self.pending = {} if replace(self.options, **pending) == self.options else pending

    def reconnect(self) -> None:
        """Leave the present connection, if any, and connect again, with what is `pending`."""
        if self._scope is not None:
            self._scope.cancel()

    def stop(self) -> None:
        """Leave the present connection and end `run`."""
        self._stopping = True
        if self._scope is not None:
            self._scope.cancel()

    def authorize(self) -> bool:
        """Begin an authorization, whatever is kept; returns whether that is possible now."""
        if self._beside is None or self.oauth is None or self._authorizing or self.state == "connecting":
            return False
        self._authorizing = True
        self._beside.start_soon(self._authorize, self.oauth)
        return True

    def diagnose(self) -> bool:
        """Begin a diagnosis of the target by connections of its own; returns whether that is possible now."""
        if self._beside is None or self.diagnosing or not self._can_be_diagnosed:
            return False
        self.diagnosing, self.undiagnosed = True, None
        self.revision += 1
        self._beside.start_soon(self._diagnose)
        return True

    async def _connect_once(self) -> None:
        # Imported here: there is something to be seen before a session is made.
        from inspector.session.levels import Levels
        from inspector.session.owner import open_session
        from inspector.session.subscriptions import Subscriptions
        from inspector.session.tasks import Tasks

        self.options, self.pending, self.listed = self.next_options, {}, False
        self._become("connecting")
        try:
            if self.oauth is None and isinstance(self.target, HttpTarget):
                self.oauth = self._credentials(self.target, self.journal, self.guide)
            async with open_session(
                self.target, self.journal, self.options, authorizer=self.oauth, gate=self.gate
            ) as session:
                self.session = session
                session.most_pages = self._most_pages
                self.levels, self.tasks = Levels(session), Tasks(session)
                self.subscriptions = Subscriptions(session)
                self._become("connected")
                async with anyio.create_task_group() as tasks:
                    # The level first: in the modern era each request carries it, those of the lists too.
                    tasks.start_soon(self.wishes.restore, session, self.levels, self.subscriptions)
                    tasks.start_soon(self._list, session)
                    await session.closed.wait()
                    tasks.cancel_scope.cancel()
            self._examine(None)
            self._become("closed")
        except InspectError as failure:
            if isinstance(failure, AuthNeeded) and self.oauth is not None and self.oauth.failure is not None:
                failure = self.oauth.failure  # the cause, where the other only says that it is missing
            self._examine(failure)
            self._become("failed", failure)
        except Exception as error:  # a fault of ours must not take the log away from whoever reads it
            self._become("failed", _ours(error))
        finally:
            if self.levels is not None and self.subscriptions is not None:
                self.wishes.keep(self.levels, self.subscriptions)
            self.session = self.levels = self.subscriptions = self.tasks = None

    def list_by_page(self, wanted: bool) -> None:
        """Ask for one page of each list from now on, or for all up to `MOST_PAGES`."""
        self.by_page = wanted
        if self.session is not None:
            self.session.most_pages = self._most_pages

    @property
    def _most_pages(self) -> int:
        return 1 if self.by_page else MOST_PAGES

    async def _list(self, session: Session) -> None:
        await session.list_all()
        self.listed = True
        self.revision += 1  # by now it is known which tools are not to be called

    def _credentials(self, target: HttpTarget, journal: Journal, guide: AppGuide | None) -> OAuth:
        # Imported here: only a server over HTTP may ask for authorization.
        from inspector.session.auth.authorizer import OAuth, login_line
        from inspector.session.auth.guides import Silent
        from inspector.session.auth.model import AuthOptions
        from inspector.session.auth.store import FileStore
        from inspector.transport.tap import Tap

        if self._store is None:
            tap = Tap(journal)
            self._store = FileStore(
                keychain=self._keychain, warn=lambda says: tap.client("warning", says=says)
            )
        options = self._authorization or AuthOptions()
        if guide is None:
            return OAuth(
                target, journal, options, self._store, Silent(login_line(target.url)), interactive=False
            )
        # Whoever sits before the app sees it wait, and can give up.
        return OAuth(target, journal, options, self._store, guide, patience=None)

    async def _authorize(self, oauth: OAuth) -> None:
        try:
            await oauth.authorize()
        except InspectError as failure:
            self.failure = failure  # the last step says it, and the log
        else:
            if self.state in ("failed", "closed"):
                self.reconnect()
        finally:
            self._authorizing = False
            self.revision += 1

    def _examine(self, failure: InspectError | None) -> None:
        """What the failed attempt, or a connection that ended, tells; nothing is started or dialled."""
        self.report, self.closer = None, False
        if not self._can_be_diagnosed:
            return
        # Imported here: a connection that works needs no doctor.
        from inspector.doctor.diagnose import examine
        from inspector.transport.tap import Tap

        try:
            self.report = examine(self.journal, self.target, failure)
        except Exception as error:  # a doctor who stumbles must not hide why the connection failed
            Tap(self.journal).client("warning", says=_ours(error).message)

    async def _diagnose(self) -> None:
        """Connect beside the present connection, into a journal of its own: nothing here is touched."""
        from inspector.doctor.diagnose import diagnose
        from inspector.journal.journal import Journal

        journal = Journal.create(target=self.target.describe())
        try:
            oauth = (
                self._credentials(self.target, journal, None) if isinstance(self.target, HttpTarget) else None
            )
            self.report = await diagnose(self.target, journal, self.options, authorizer=oauth)
            self.closer = True
        except InspectError as failure:
            self.undiagnosed = failure
        except Exception as error:  # as above: the log stays, and the fault is told
            self.undiagnosed = _ours(error)
        finally:
            journal.close()
            self.diagnosing = False
            self.revision += 1

    def _become(self, state: State, failure: InspectError | None = None) -> None:
        self.state, self.failure = state, failure
        self.since = monotonic()
        self.revision += 1


def _ours(error: Exception) -> InspectError:
    says = f"mcp-inspect itself failed: {type(error).__name__}: {error}"
    return InspectError(says, next="The log is kept; please report this.")
