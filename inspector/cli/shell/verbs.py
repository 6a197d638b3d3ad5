"""The verbs of a line: those of the command line that work on a connection, and those of the shell.

One table and one grammar: each is the very function that Typer parses for the command line, here without
the options that are about connecting. Nothing is run here: a line becomes a `Work`.
"""

from __future__ import annotations

import difflib
import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.grammar import WRONG_LINE, complaint, keep_texts
from inspector.cli.output import dump, table
from inspector.cli.render import width
from inspector.cli.shell.own import OWN
from inspector.cli.usage import plain_help
from inspector.cli.verbs import ON_A_CONNECTION, function_of
from inspector.cli.work import Result, Work
from inspector.errors import UsageError

if TYPE_CHECKING:
    from typer.core import TyperGroup

    from inspector.cli.shell.here import Here
    from inspector.session.session import Session

HELP = "help"
NAMES = (*ON_A_CONNECTION, *OWN, HELP)
_STDIN = ("args", "params")  # parameters in which `-` means standard input

_OPTIONS = (
    inspect.Parameter(
        "json",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--json", help="Print this result as JSON.")],
    ),
    inspect.Parameter(
        "timeout",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            str | None, typer.Option("--timeout", metavar="SECONDS", help="How long this line may take.")
        ],
    ),
)


@dataclass(frozen=True, slots=True)
class Act:
    """A line, understood.

    Attributes:
        work: What to do.
        json: Whether its result is wanted as JSON.
        timeout: Seconds it may take as text; `None` for what all lines may.
    """

    work: Work
    json: bool = False
    timeout: str | None = None


_LEAVING = frozenset(("q", "wq", "x", "bye", "close", "logout", "leave", "exit", "quit"))
"""What people type to leave other programs, with some signs around."""


def understood(words: Sequence[str], here: Here) -> Act:
    """What a line means.

    Args:
        words: At least one.
        here: The shell that it is said in.

    Raises:
        UsageError: It means nothing, or a file that it names cannot be read.
    """
    verb = words[0]
    if verb == HELP or {"-h", "--help"} & set(words[1:]):
        return Act(_helping(words[1:2] if verb == HELP else words[:1]))
    if verb not in NAMES and verb.strip(".:\\!()") in _LEAVING:
        raise UsageError(f"There is no verb {verb!r}", next="exit leaves, and so does ctrl+d")
    if verb not in NAMES:
        close = difflib.get_close_matches(verb, NAMES, n=1)
        raise UsageError(
            f"There is no verb {verb!r}", next=f"Did you mean {close[0]}?" if close else "help lists them"
        )
    group: Any = grammar()
    try:
        act = group.main(args=list(words), prog_name="", standalone_mode=False, obj=here)
    except WRONG_LINE as wrong:
        raise UsageError(complaint(wrong), next=f"help {verb} tells how it is written") from None
    assert isinstance(act, Act)
    return act


@cache
def grammar() -> TyperGroup:
    """The verbs of a line as Typer has them."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    verbs: dict[str, Callable[..., Any]] = {**{name: function_of(name) for name in ON_A_CONNECTION}, **OWN}
    for name, verb in verbs.items():
        app.command(name, add_help_option=False)(_spoken(verb, own=name in OWN))
    group: Any = typer.main.get_command(app)
    keep_texts(group)
    return group  # type: ignore[no-any-return]  # of commands there are several, so it is a group


def _spoken(verb: Callable[..., Any], *, own: bool) -> Callable[..., Act]:
    """`verb` as Typer calls it for a line.

    Args:
        verb: Makes a `Work` of its words.
        own: Whether it is the shell's, and wants the shell first; else it wants the options in force.
    """

    def run(context: typer.Context, json: bool, timeout: str | None, **given: Any) -> Act:
        for name in _STDIN:
            if given.get(name) == "-":
                raise UsageError("Lines cannot read standard input", next="Give the name of a file, or JSON")
        here: Here = context.obj
        wanted = replace(here.wanted, json=json, timeout=timeout or here.wanted.timeout)
        return Act(verb(here if own else wanted, **given), json, timeout)

    words = list(inspect.signature(verb).parameters.values())[1:]
    hints = typing.get_type_hints(verb, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(each.replace(kind=keyword, annotation=hints[each.name]) for each in words),
        *_OPTIONS,
    ]
    run.__name__, run.__doc__ = verb.__name__, verb.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _helping(verbs: Sequence[str]) -> Work:
    """Show what may be said, or how one verb is written."""
    for verb in verbs:
        if verb not in NAMES:
            raise UsageError(f"There is no verb {verb!r}", next="help lists them")

    async def work(session: Session) -> Result:
        lines = about(verbs[0]) if verbs and verbs[0] != HELP else overview()
        return Result(dump({"help": "\n".join(lines)}), lambda: lines)

    return work


def overview() -> list[str]:
    """Every verb in a line."""
    rows = [(name, _first_line(grammar().commands[name].help)) for name in NAMES if name != HELP]
    return table((*rows, (HELP, "Show these lines; help VERB shows how one is written.")), width())


def about(verb: str) -> list[str]:
    """How one verb is written."""
    command = grammar().commands[verb]
    return plain_help(command.get_help(command.context_class(command, info_name=verb))).splitlines()


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]
