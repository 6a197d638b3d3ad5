"""What a server asks back, on the command line: answered from a file or by the person at the terminal.

What nobody answers is declined with a line on stderr, never in silence. The questions themselves wait in
the session's inbox; how each is put to a person stands in `inspector.cli.asking`.
"""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from inspector.cli.asking import Ask, Asking, about
from inspector.cli.output import say
from inspector.cli.words import parse_json, place, read_text
from inspector.session.answers import Answers, Policies, Script
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.session.inbox import Entry
    from inspector.session.options import Options
    from inspector.session.session import Session


def person_there() -> bool:
    """Whether somebody can be asked: what is asked goes to stderr, and what they type comes from stdin."""
    # Standard input is `None` where it was closed before the start.
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def scripted(options: Options, file: str) -> Options:
    """`options` with the answers of a file; what it does not answer is declined.

    Raises:
        UsageError: It cannot be read, or holds no answers.
    """
    where = place(file)
    answers = Answers(parse_json(read_text(file), where, 'For example {"elicitation": {"name": "Ada"}}'))
    policies = Policies.every(Script(answers, "decline"))
    return replace(options, policies=policies, serves=options.serves | answers.serves)


def by_person(options: Options) -> Options:
    """`options` where a person is asked for what no file answers."""
    attended = options.attended()
    # What no version of the protocol knows cannot be put as questions in lines.
    return replace(attended, policies=replace(attended.policies, other=options.policies.other))


class Attendant:
    """Sees to the questions of one session, in the order in which they come.

    Args:
        session: Whose inbox it looks after.
        person: Whom to ask; `None` where nobody is there.
        file: The file of answers, if there is one.
        say: Writes lines; on stderr unless given.
    """

    def __init__(
        self, session: Session, person: Ask | None, file: str | None, say: Callable[..., object] = say
    ) -> None:
        self._inbox = session.inbox
        self._person = person
        self._say = say
        self._why = f"{place(file)} has no answer to it" if file is not None else _NOBODY
        self._questions: deque[Entry] = deque()
        self._more = anyio.Event()
        self._inbox.add_listener(self._hear)
        if person is not None:
            session.spawn(self._attend, "answers")

    def _hear(self, entry: Entry) -> None:
        if entry.waiting and self._person is not None:
            self._questions.append(entry)
            self._more.set()
        elif entry.state == "declined" and entry.by == "policy":
            with contextlib.suppress(OSError):  # nobody reads stderr any more
                self._say(f"mcp-inspect: declined {clip(visible(about(entry)), 300)}: {self._why}")

    async def _attend(self) -> None:
        assert self._person is not None
        asking = Asking(self._inbox, self._person, self._say)
        while True:
            while self._questions:
                entry = self._questions.popleft()
                with contextlib.suppress(OSError):
                    await self._while_waiting(entry, asking)
            self._more = anyio.Event()
            await self._more.wait()

    async def _while_waiting(self, entry: Entry, asking: Asking) -> None:
        """Put one question to the person, until it is answered or no longer asked."""
        if not entry.waiting:
            return
        async with anyio.create_task_group() as tasks:

            async def watch() -> None:
                await entry.done.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(watch)
            with contextlib.suppress(OSError):
                await asking.put(entry)
            tasks.cancel_scope.cancel()
        if entry.by in ("", "server"):
            self._say("That is no longer asked.")


_NOBODY = "there is no terminal to ask on; --answers FILE answers it"
