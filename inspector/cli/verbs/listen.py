"""`mcp-inspect listen`: what a server tells by itself, as it comes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.oneshot import run
from inspector.cli.options import Wanted, examples
from inspector.cli.output import say, writing
from inspector.cli.words import number, seconds
from inspector.errors import ConnectionFailed, RequestFailed, UsageError

if TYPE_CHECKING:
    from inspector.session.owner import Session
    from inspector.session.peer import Noticed
    from inspector.wire.interest import Interest

HELP_END = examples(
    "mcp-inspect listen --resource file:///notes.md --count 1 --for 30 -- python server.py",
    "mcp-inspect listen --tools --level info --json https://example.com/mcp",
)
_LISTS = {
    "notifications/tools/list_changed": "tools",
    "notifications/prompts/list_changed": "prompts",
    "notifications/resources/list_changed": "resources",
}
_TASKS = ("notifications/tasks", "notifications/tasks/status")
_GLANCE = 0.1  # seconds between two looks at how the subscription stands


def listen(
    wanted: Wanted,
    tools: Annotated[bool, typer.Option("--tools", help="That the list of tools changed.")] = False,
    prompts: Annotated[bool, typer.Option("--prompts", help="That the list of prompts changed.")] = False,
    resources: Annotated[
        bool, typer.Option("--resources", help="That the list of resources changed.")
    ] = False,
    resource: Annotated[
        list[str] | None,
        typer.Option("--resource", metavar="URI", help="That this resource was updated; repeatable."),
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option("--task-id", metavar="ID", help="How this task stands; repeatable."),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", metavar="LEVEL", help="Log messages of this level and graver."),
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="SECONDS", help="How long; until Ctrl+C unless given.")
    ] = None,
    count: Annotated[
        str | None, typer.Option("--count", metavar="N", help="End after so many notifications.")
    ] = None,
) -> int:
    """Subscribe, and print what the server tells as it comes.

    Without a word of what, the lists are subscribed to and every notification is printed. What the server
    does not honour is said on stderr. Exit codes: 0 at the end of --for, or once --count came; 4 where
    --count did not come, 5 where the server honours nothing of what was asked for.
    """
    from inspector.wire.interest import Interest
    from inspector.wire.levels import LEVELS

    if level is not None and level not in LEVELS:
        raise UsageError(f"There is no level {level!r}", next=f"Use one of {', '.join(LEVELS)}")
    interest = Interest(tools, prompts, resources, tuple(resource or ()), tuple(task or ()))
    everything = not interest and level is None
    wish = _Wish(
        Interest(True, True, True) if everything else interest,
        level,
        everything,
        seconds(for_, "--for") if for_ is not None else math.inf,
        number(count, "--count") if count is not None else None,
        wanted.json,
    )

    async def work(session: Session) -> None:
        await _Listening(session, wish).run()

    run(wanted, work)
    return 0


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the line asks for.

    Attributes:
        interest: What to subscribe to.
        level: Of log messages; `None` for none.
        everything: Nothing was named: print all there is.
        limit: Seconds.
        count: Notifications; `None` for any number.
        json: Print them as they came.
    """

    interest: Interest
    level: str | None
    everything: bool
    limit: float
    count: int | None
    json: bool

    def fits(self, noticed: Noticed) -> bool:
        """Whether a notification is one that is wanted."""
        method = noticed.frame.method or ""
        if self.everything:
            return method != "notifications/subscriptions/acknowledged"
        if method in _LISTS:
            return bool(getattr(self.interest, _LISTS[method]))
        if method == "notifications/resources/updated":
            return bool(self.interest.uris)  # of a part of what is subscribed to as well
        if method in _TASKS:
            return noticed.frame.params.get("taskId") in self.interest.tasks
        return method == "notifications/message" and self.level is not None


class _Listening:
    """Subscribes and prints on one session."""

    def __init__(self, session: Session, wish: _Wish) -> None:
        import anyio

        from inspector.session.levels import Levels
        from inspector.session.peer import Noticed
        from inspector.session.subscriptions import Subscriptions

        self._session = session
        self._wish = wish
        self._levels = Levels(session)
        self._subscriptions = Subscriptions(session)
        told, self._heard = anyio.create_memory_object_stream[Noticed](math.inf)
        self._told = told
        self._printed = 0
        session.hear(self._hear)

    def _hear(self, noticed: Noticed) -> None:
        if self._wish.fits(noticed):
            self._told.send_nowait(noticed)

    async def run(self) -> None:
        """Until it is over.

        Raises:
            RequestFailed: The server honours nothing of what was asked for.
            ConnectionFailed: The connection or the subscription ended, or too little was told in time.
        """
        import anyio

        await self._ask()
        broken = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._until_over)
            with anyio.move_on_after(self._wish.limit) as limit:
                try:
                    await self._print()
                except OSError as error:  # raised below: a group of tasks would wrap it
                    broken = error
            tasks.cancel_scope.cancel()
        if broken is not None:
            with writing():
                raise broken
        self._judge(timed_out=limit.cancelled_caught)

    async def _print(self) -> None:
        # Imported here: they write without holding up what comes in.
        from inspector.cli.shell.own import notice, notification
        from inspector.cli.shell.printer import Out, encoded, one_line

        out = Out()
        async for noticed in self._heard:
            if self._wish.json:
                await out.write(one_line(notification(noticed)))
            else:
                await out.write(encoded(f"{noticed.event.t:9.3f} {notice(noticed)}\n"))
            self._printed += 1
            if self._printed == self._wish.count:
                return

    # What is asked for, and what becomes of it.

    async def _ask(self) -> None:
        lacking = await self._ask_for_level()
        wish, now = self._wish, self._subscriptions
        if wish.interest:
            await now.want(wish.interest)
        lacking += self._not_honoured()
        honoured = now.honoured.words() if now.honoured is not None else ()
        if wish.level is not None and self._levels.level is not None and not self._levels.per_request:
            honoured += (f"{wish.level} and graver",)
        if now.state == "opening":
            say("mcp-inspect: the server has not acknowledged the subscription yet.")
        elif not honoured and not (wish.everything and now.state in ("open", "none")):
            if now.state == "lost":
                raise ConnectionFailed(f"The subscription was lost: {now.says}", next="--trace shows why")
            raise RequestFailed(
                f"The server honours nothing of it: {'; '.join(lacking) or now.says}",
                next="mcp-inspect request server/discover, or initialize, shows what it declares",
            )
        for line in lacking:
            say(f"mcp-inspect: not honoured: {line}.")
        say(f"mcp-inspect: listening to {_listed(honoured) or 'whatever the server tells by itself'}.")

    async def _ask_for_level(self) -> list[str]:
        level = self._wish.level
        if level is None:
            return []
        if self._levels.per_request:
            return [f"{level} (in {self._session.version} log messages come with requests, and none is made)"]
        await self._levels.set(level)
        return [f"{level} ({self._levels.says})"] if self._levels.says else []

    def _not_honoured(self) -> list[str]:
        from inspector.wire.visible import clip, visible

        now = self._subscriptions
        lacking = self._wish.interest if now.state == "refused" else now.missing
        why = now.says if now.state == "refused" else ""
        words = []
        for word in lacking.words():
            reason = now.refused.get(word, why)
            words.append(clip(visible(word), 200) + (f" ({reason})" if reason else ""))
        return [] if self._wish.everything and now.state != "refused" else words

    # How it ends.

    async def _until_over(self) -> None:
        """Close what is printed once nothing can come any more."""
        import anyio

        while not self._session.ended and not self._over():
            with anyio.move_on_after(_GLANCE):
                await self._session.closed.wait()
        self._told.close()

    def _over(self) -> bool:
        from inspector.session.subscriptions import ATTEMPTS

        now = self._subscriptions
        if now.state == "lost":
            return now.attempts >= ATTEMPTS
        return now.state == "ended" or (now.state == "refused" and bool(self._wish.interest))

    def _judge(self, *, timed_out: bool) -> None:
        wish, ended, now, told = self._wish, self._session.ending, self._subscriptions, self._printed
        if told == wish.count:
            return
        of = f" of {wish.count}" if wish.count is not None else ""
        so_far = f"{told}{of} notifications came"
        if timed_out:
            if wish.count is not None:
                raise ConnectionFailed(f"{so_far} within {wish.limit:g} s", next="--for SECONDS waits longer")
            if not told:
                say(f"mcp-inspect: nothing was told within {wish.limit:g} s.")
        elif ended is not None:
            raise ConnectionFailed(
                f"The connection is over: {ended.says}; {so_far}", next="--trace shows what crossed the wire"
            )
        elif wish.count is not None or now.state != "ended":
            raise ConnectionFailed(
                f"The subscription is over: {now.says}; {so_far}", next="--trace shows what crossed the wire"
            )
        else:
            say(f"mcp-inspect: {now.says}.")


def _listed(words: tuple[str, ...]) -> str:
    from inspector.wire.visible import clip, visible

    return ", ".join(clip(visible(word), 200) for word in words)
