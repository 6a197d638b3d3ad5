"""One connection for one verb: connect, do the work, leave in good order, whatever ends it.

`run` owns the journal, the trace and the signals; `answer` turns the outcome of a call into a reply or
into the error that ends the command.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from inspector.errors import AuthNeeded, ConnectionFailed, InspectError, RequestFailed

if TYPE_CHECKING:
    from inspector.cli.asking import Ask
    from inspector.cli.options import Wanted
    from inspector.cli.work import Work
    from inspector.journal.journal import Journal
    from inspector.session.auth.authorizer import OAuth
    from inspector.session.outcome import Outcome, Replied
    from inspector.session.owner import Options, Session
    from inspector.transport.target import HttpTarget, Target

T = TypeVar("T")
Authorizing: TypeAlias = "Callable[[HttpTarget, Journal], OAuth]"


class Ended(Exception):
    """A signal ended the command.

    Attributes:
        exit_code: What a shell expects: 128 + the signal's number.
    """

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"ended by signal {exit_code - 128}")
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command runs, and who is there.

    Attributes:
        person: Who is asked what the server asks back; `None` for nobody.
        say: Writes lines that are beside the result.
        host: Runs an asynchronous function with its arguments to its end, as `anyio.run` does.
    """

    person: Ask | None
    say: Callable[..., object]
    host: Callable[..., Any]


def run(
    wanted: Wanted,
    work: Callable[[Session], Awaitable[T]],
    *,
    target: Target | None = None,
    watch: Callable[[str], object] | None = None,
    authorizing: Authorizing | None = None,
    console: Console | None = None,
) -> T:
    """Connect as `wanted` says, do `work`, disconnect.

    Args:
        wanted: The server and how to talk to it.
        work: What to do with the session.
        target: Instead of the server that `wanted` names.
        watch: Is handed every line of the trace, whether `--trace` was given or not.
        authorizing: Makes what authorizes the connection to a URL; by default nobody is asked anything.
        console: Where to run; by default here, with the person at the terminal if there is one.

    Raises:
        InspectError: The command cannot mean anything, or connecting or the work failed.
        KeyboardInterrupt: Ctrl+C; the server is gone by then.
        Ended: Another signal ended the command; the server is gone by then.
    """
    target = target or wanted.target()
    options = wanted.options()

    from inspector.cli.asked import by_person
    from inspector.cli.output import say
    from inspector.cli.paint import PLAIN, paint_for
    from inspector.cli.trace import tracer
    from inspector.journal.journal import Journal
    from inspector.transport.target import HttpTarget

    journal = Journal.create(wanted.recording(), target=target.describe())
    try:
        if wanted.trace:
            paint = paint_for(sys.stderr) if console is None else PLAIN
            journal.add_listener(tracer(say if console is None else console.say, paint))
        if watch is not None:
            journal.add_listener(tracer(watch))
        authorizes = authorizing or partial(silently, wanted)
        authorizer = authorizes(target, journal) if isinstance(target, HttpTarget) else None
        # Whoever authorizes at the terminal has it to themselves.
        console = console or here(alone=authorizing is not None)
        options = by_person(options) if console.person is not None else options
        attend = partial(_attended, work, console, wanted.answers)
        ended: tuple[list[T], int | None] = console.host(
            _connected, target, journal, options, attend, authorizer
        )
        if journal.trouble:
            say(f"mcp-inspect: the recording is not complete: {journal.trouble}")
    except (AuthNeeded, ConnectionFailed) as error:
        from inspector.cli.report import explain

        if authorizing is None or not isinstance(error, AuthNeeded):  # else its steps were all shown
            explain(error, journal, target)
        raise
    finally:
        journal.close()
    done, code = ended
    if code is not None:
        raise Ended(code)
    (result,) = done
    return result


def once(wanted: Wanted, work: Work) -> int:
    """Do the work of one verb on a connection of its own, and print what came of it; errors as in `run`."""
    from inspector.cli.work import show

    # A call that was kept may know its server.
    show(run(wanted, work, target=getattr(work, "target", None)), as_json=wanted.json)
    return 0


def silently(wanted: Wanted, target: HttpTarget, journal: Journal) -> OAuth:
    """What authorizes where nobody is asked: kept tokens, and grants that need no person.

    Raises:
        UsageError: The options about authorization contradict one another.
    """
    # Imported here because over stdio nothing of it is needed.
    from inspector.cli.authorization import auth_options, store
    from inspector.session.auth.authorizer import OAuth, login_line
    from inspector.session.auth.guides import Silent

    options = auth_options(wanted)
    guide = Silent(login_line(target.url), registers=options.grant != "authorization-code")
    return OAuth(target, journal, options, store(), guide, interactive=False)


def here(*, alone: bool = False) -> Console:
    """This process: whoever is at its terminal is asked, unless they are to be left `alone`."""
    import anyio

    from inspector.cli.ask import Person
    from inspector.cli.asked import person_there
    from inspector.cli.output import say

    return Console(Person() if not alone and person_there() else None, say, anyio.run)


async def _attended(
    work: Callable[[Session], Awaitable[T]], console: Console, file: str | None, session: Session
) -> T:
    """Do `work`, and see meanwhile to what the server asks back."""
    from inspector.cli.asked import Attendant

    Attendant(session, console.person, file, console.say)
    return await work(session)


async def _connected(
    target: Target,
    journal: Journal,
    options: Options,
    work: Callable[[Session], Awaitable[T]],
    authorizer: OAuth | None,
) -> tuple[list[T], int | None]:
    """The result in a list, which is empty where a signal came first, and then the exit code."""
    from inspector.session.owner import open_session
    from inspector.transport.signals import terminate_on_signals

    done: list[T] = []
    failure: InspectError | None = None
    try:
        async with (
            terminate_on_signals() as caught,
            open_session(target, journal, options, authorizer=authorizer) as session,
        ):
            try:
                done.append(await work(session))
            except InspectError as error:  # raised below: a failed call is no reason to tear it all down
                failure = error
    except AuthNeeded as error:
        failure = error
    if isinstance(failure, AuthNeeded) and authorizer is not None and authorizer.failure is not None:
        cause = authorizer.failure  # says why there are no credentials that the server would take
        cause.facts = {**failure.facts, **cause.facts}
        raise cause from None
    if failure is not None:
        raise failure
    return done, None if done else caught.exit_code


def answer(outcome: Outcome, asked: str) -> Replied:
    """The reply with a result that `outcome` is.

    Args:
        outcome: How the call ended.
        asked: What was called, in words, for the error's sentence.

    Raises:
        InspectError: It is anything else.
    """
    from inspector.session.outcome import Cancelled, Closed, HttpFailed, Replied, TimedOut

    match outcome:
        case Replied() if outcome.ok and _wants_input(outcome.result):
            raise RequestFailed(
                f"{asked} was not finished: the server wants input that it was not given",
                next="--answers FILE answers what it asks",
                data=outcome.result,
            )
        case Replied() if outcome.ok:
            return outcome
        case Replied():
            raise _refused(outcome.error, asked)
        case TimedOut(after):
            raise ConnectionFailed(
                f"{asked} was not answered within {after:g} s",
                next="--timeout SECONDS waits longer, --trace shows what crossed the wire",
            )
        case Closed(exit, says):
            raise ConnectionFailed(
                f"{asked} was not answered: {says or 'the connection was lost'}",
                next="--trace shows what crossed the wire",
                exit=dict(exit) if exit else None,
            )
        case HttpFailed(status=401 | 403 as status, says=says):
            raise AuthNeeded(
                f"{asked} was not answered: {says}",
                next="mcp-inspect auth login URL, or give a token with --token",
                status=status,
            )
        case HttpFailed(status=status, says=says):
            raise ConnectionFailed(
                f"{asked} was not answered: {says}", next="--trace shows the exchange", status=status
            )
        case Cancelled(reason):
            raise InspectError(f"{asked} was cancelled: {reason}")


def _wants_input(result: Any) -> bool:
    """Whether a result is none yet (2026-07-28, basic/patterns/mrtr)."""
    return isinstance(result, Mapping) and result.get("resultType") == "input_required"


def _refused(error: Mapping[str, Any], asked: str) -> RequestFailed:
    code, message = error.get("code"), error.get("message")
    said = message if isinstance(message, str) and message else "an error without a message"
    return RequestFailed(
        f"{asked} was refused: {said} ({code})" if code is not None else f"{asked} was refused: {said}",
        next=_NEXT.get(code, "") if isinstance(code, int) and not asked.endswith("/list") else "",
        code=code,
        data=error.get("data"),
    )


_NEXT = {
    -32601: "mcp-inspect list shows what the server offers",
    -32602: "mcp-inspect list shows names and schemas of what the server offers",
    -32021: "A terminal, --answers FILE or --root PATH answers what is asked back, and so declares it",
    -32002: "mcp-inspect list resources shows what there is",
}
