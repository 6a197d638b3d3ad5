"""Lines over one connection, one after the other: read, understood, run, printed.

A line that fails ends nothing, unless it is to; the connection's end ends all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import anyio

from inspector.cli.shell.heard import unless_closed
from inspector.cli.shell.lexer import split
from inspector.cli.shell.printer import Ran
from inspector.cli.shell.verbs import understood
from inspector.cli.words import seconds
from inspector.errors import ConnectionFailed, InspectError, UsageError

if TYPE_CHECKING:
    from inspector.cli.shell.here import Here
    from inspector.cli.shell.printer import Printer
    from inspector.cli.shell.reader import Given

_HINT = "mcp-inspect list"


class Source(Protocol):
    """Where lines come from."""

    async def next(self) -> Given | None:
        """The next line; `None` where no more can come. May be cancelled, and asked again."""
        ...


@dataclass(frozen=True, slots=True)
class Stopped:
    """How the lines came to their end.

    Attributes:
        error: What stopped them, and is yet to be told; `None` where they were all run.
        failed: The first failure of a line; `None` where none failed.
    """

    error: InspectError | None = None
    failed: InspectError | None = None


class Loop:
    """Runs lines.

    Args:
        here: The shell.
        source: Where they come from.
        printer: Writes what came of them.
        strict: Stop at the first one that fails.
        numbered: Say in which line something failed.
    """

    def __init__(self, here: Here, source: Source, printer: Printer, *, strict: bool, numbered: bool) -> None:
        self._here = here
        self._source = source
        self._printer = printer
        self._strict = strict
        self._numbered = numbered
        self._running: anyio.CancelScope | None = None

    def interrupt(self) -> None:
        """Cancel the line that is run, if one is."""
        if self._running is not None:
            self._running.cancel()

    async def run(self) -> Stopped:
        """Run all lines."""
        failed: InspectError | None = None
        session = self._here.session
        while not self._here.left:
            try:
                given = await unless_closed(session, self._source.next)
            except InspectError as error:
                return Stopped(error, failed)
            if given is None:
                break
            ran = await self._ran(given)
            if ran is None:
                continue
            failed = failed or ran.error
            if ran.error is not None and ran.last:
                return Stopped(ran.error, failed)
        return Stopped(None, failed)

    async def _ran(self, given: Given) -> Ran | None:
        """Run a line and print what came of it; `None` where there was nothing in it."""
        began = time.perf_counter()
        id, result, error, as_json = None, None, None, False
        try:
            if given.fault:
                raise UsageError(given.fault, next="It was not run")
            words = split(given.text)
            if words and words[0].startswith("@"):
                id, words = words[0][1:], words[1:]
            if not words:
                return None
            act = understood(words, self._here)
            as_json = act.json
            with self._patience(act.timeout), anyio.CancelScope() as scope:
                self._running = scope
                result = await act.work(self._here.session)
            if result is None:
                raise InspectError("Cancelled")
            if result.failure is not None:
                error = result.failure(not self._printer.people or as_json)
                result = None if as_json else result
        except InspectError as failure:
            error = failure
        finally:
            self._running = None
        last = error is not None and self._stops(error)
        ms = (time.perf_counter() - began) * 1000
        if error is not None and self._printer.people:
            self._place(error, given)
        ran = Ran(given, id, result, error, ms, as_json, last)
        await self._printer.ran(ran)
        if error is not None and last and not self._printer.people:  # in JSON a member says it
            self._place(error, given)
        return ran

    def _stops(self, error: InspectError) -> bool:
        return self._strict or (self._here.session.ended and isinstance(error, ConnectionFailed))

    @contextmanager
    def _patience(self, timeout: str | None) -> Iterator[None]:
        """Let everything take as long as the line says."""
        session = self._here.session
        before = session.options
        if timeout is not None:
            session.options = replace(before, timeout=seconds(timeout))
        try:
            yield
        finally:
            session.options = before

    def _place(self, error: InspectError, given: Given) -> None:
        """Say in an error for people which line it is about, and make its next step a line."""
        if self._numbered:
            error.message = f"line {given.number}: {error.message}"
        if error.next.startswith(_HINT):
            error.next = error.next.removeprefix("mcp-inspect ")
