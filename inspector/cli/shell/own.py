"""The verbs that only a shell has: what takes more than one line to mean something, and leaving.

Each turns its words into a `Work` as the verbs of the command line do. They are declared for Typer in the
same way, with the shell's `Here` in the first place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from inspector.cli.oneshot import answer
from inspector.cli.output import dump, escaped
from inspector.cli.shell.heard import fitting, unless_closed
from inspector.cli.shell.here import Here
from inspector.cli.words import json_object, pairs, seconds
from inspector.cli.work import Result, Work, replied
from inspector.errors import ConnectionFailed, RequestFailed
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.session.peer import Noticed
    from inspector.session.session import Session
    from inspector.wire.interest import Interest

_LISTS = ("tools", "prompts", "resources")


def wait(
    here: Here,
    method: Annotated[
        str, typer.Argument(metavar="METHOD", help="Of the notification; notifications/ may be left out.")
    ],
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH=VALUE",
            help="What must stand in its parameters, such as data.level=info; PATH:=JSON is exact.",
        ),
    ] = None,
) -> Work:
    """Wait for a notification, and print it.

    One that came earlier counts, unless a wait has found it before: each is found once. Not found within
    --timeout, the line fails with 4.
    """
    fits = fitting(method, pairs(wanted or ()))

    async def work(session: Session) -> Result:
        limit = session.options.timeout
        with anyio.move_on_after(limit):
            found = await here.heard.find(fits)
            return Result(notification(found), lambda: [notice(found)])
        forgotten = here.heard.forgotten
        lost = f"; the {forgotten} oldest were forgotten, because too many came" if forgotten else ""
        raise ConnectionFailed(
            f"wait {' '.join((method, *(wanted or ())))} found nothing within {limit:g} s{lost}",
            next="--timeout SECONDS waits longer",
        )

    return work


def subscribe(
    here: Here,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="The URI of a resource; or tools, prompts, resources: their list."
        ),
    ],
) -> Work:
    """Be told when a resource is updated, or when a list changes.

    What the server does not agree to tell fails with 5.
    """

    async def work(session: Session) -> Result:
        wanted = _with(here.asked, what)
        await here.subscriptions.want(wanted)
        now = here.subscriptions
        if now.state == "opening":
            raise ConnectionFailed(
                f"subscribe {what} was not answered within {session.options.timeout:g} s",
                next="--timeout SECONDS waits longer",
            )
        honoured = now.honoured
        if now.state != "open" or honoured is None or (wanted - here.asked) - honoured:
            says = now.refused.get(what) or now.says or "the server does not tell of it"
            raise RequestFailed(f"subscribe {what} was refused: {says}", next="info shows what it declares")
        here.asked = wanted
        return _subscribed(here)

    return work


def unsubscribe(
    here: Here,
    what: Annotated[
        str | None,
        typer.Argument(metavar="WHAT", help="As it was subscribed to; all of it unless given."),
    ] = None,
) -> Work:
    """Be told no more."""

    async def work(session: Session) -> Result:
        here.asked = _without(here.asked, what)
        await here.subscriptions.want(here.asked)
        return _subscribed(here)

    return work


def log_level(
    here: Here,
    level: Annotated[
        str, typer.Argument(metavar="LEVEL", help="debug to emergency; off where the version has that.")
    ],
) -> Work:
    """Ask for log messages of a level and graver from now on."""

    async def work(session: Session) -> Result:
        outcome = await here.levels.set(None if level == "off" else level)
        if outcome is None:  # the modern era: every request says it from now on
            return Result(dump({}), lambda: [f"every request asks for {visible(level)} from now on"])
        return replace(replied(answer(outcome, "logging/setLevel")), text=lambda: [visible(level)])

    return work


def ping(here: Here) -> Work:
    """Ask the server for a sign of life."""

    async def work(session: Session) -> Result:
        return replace(replied(answer(await session.call("ping"), "ping")), text=lambda: ["pong"])

    return work


def notify(
    here: Here,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="Any method, known or not.")],
    params: Annotated[str | None, typer.Argument(metavar="PARAMS", help="A JSON object.")] = None,
) -> Work:
    """Send a notification. Nothing answers it."""
    values = json_object(params, "PARAMS") if params is not None else None

    async def work(session: Session) -> Result:
        await session.notify(method, values)
        return Result(dump({}), lambda: [])

    return work


def sleep(here: Here, time: Annotated[str, typer.Argument(metavar="SECONDS", help="How long.")]) -> Work:
    """Let time pass. Where something is told, wait is better."""
    length = seconds(time, "sleep")

    async def work(session: Session) -> Result:
        await unless_closed(session, lambda: anyio.sleep(length))
        return Result(dump({}), lambda: [])

    return work


def info(here: Here) -> Work:
    """Show what the server says of itself."""

    async def work(session: Session) -> Result:
        from inspector.cli.verbs.list import listed

        document, _ = await listed(session, [])
        if session.catalogue.instructions:
            document["instructions"] = session.catalogue.instructions
        return Result(dump(document), lambda: _about(document))

    return work


def leave(here: Here) -> Work:
    """Leave; so does the end of the input."""

    async def work(session: Session) -> Result:
        here.left = True
        return Result(dump({}), lambda: [])

    return work


OWN: dict[str, Any] = {
    "wait": wait,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "log-level": log_level,
    "ping": ping,
    "notify": notify,
    "sleep": sleep,
    "info": info,
    "exit": leave,
    "quit": leave,
}
"""The verbs of this module by name, in the order of the help."""


def notification(noticed: Noticed) -> bytes:
    """A notification as it came."""
    alone = noticed.event.frame is noticed.frame
    return noticed.event.body if alone else dump(noticed.frame.value)


def notice(noticed: Noticed) -> str:
    """A notification in one safe line."""
    method, params = noticed.frame.method or "", noticed.frame.params
    if method == "notifications/message":
        logger = f" {params['logger']}" if isinstance(params.get("logger"), str) else ""
        says = f"{_said(params.get('level'))}{logger}: {_said(params.get('data'))}"
    elif method == "notifications/progress":
        of = f"/{_said(params['total'])}" if "total" in params else ""
        says = f"progress {_said(params.get('progress'))}{of} {_said(params.get('message', ''))}"
    else:
        told = {key: value for key, value in params.items() if key != "_meta"}
        says = f"{method.removeprefix('notifications/')} {_said(told) if told else ''}"
    return clip(visible(f"← {says.rstrip()}"), 2000)


def _said(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    return value if isinstance(value, str) else escaped(dump(value).decode("utf-8", "replace"))


def _with(interest: Interest, what: str) -> Interest:
    if what in _LISTS:
        return _listed(interest, what, True)
    return replace(interest, uris=tuple(dict.fromkeys((*interest.uris, what))))


def _without(interest: Interest, what: str | None) -> Interest:
    if what is None:
        return type(interest)()
    if what in _LISTS:
        return _listed(interest, what, False)
    return replace(interest, uris=tuple(uri for uri in interest.uris if uri != what))


def _listed(interest: Interest, what: str, follow: bool) -> Interest:
    flags: dict[str, Any] = {what: follow}
    return replace(interest, **flags)


def _subscribed(here: Here) -> Result:
    """What is subscribed to now."""
    honoured = here.subscriptions.honoured
    words = honoured.words() if honoured is not None else ()
    return Result(
        dump({"notifications": honoured.filter() if honoured is not None else {}}),
        lambda: [f"subscribed to {', '.join(map(visible, words)) or 'nothing'}"],
    )


def _about(document: dict[str, Any]) -> list[str]:
    from inspector.cli.output import indented
    from inspector.cli.render import server_line
    from inspector.wire.visible import visible_lines

    lines = [server_line(document["server"], document["protocolVersion"]), "", "Capabilities"]
    lines += indented(dump(document["capabilities"])).split("\n")
    if "instructions" in document:
        lines += ["", "Instructions", *visible_lines(document["instructions"])]
    return lines
