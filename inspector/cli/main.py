"""The command `mcp-inspect`: from the words of the line to an exit code.

Nothing that only a running verb needs is imported here: `--help` must not pay for it. Exit codes stand
in `inspector.errors`; beside those, 128 + n for a signal, Ctrl+C included.
"""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

import inspector
from inspector.cli.argv import OPEN, Line, arrange, no_url, split_at_dashes
from inspector.cli.grammar import WRONG_LINE, complaint, keep_texts, takes_value
from inspector.cli.oneshot import Ended
from inspector.cli.options import Wanted, connecting, examples
from inspector.cli.output import fill_closed, let_go_of_stdout, print_text, say, say_failure, writing
from inspector.cli.usage import SERVERLESS
from inspector.cli.verbs import TABLE, function_of, help_end_of
from inspector.errors import InspectError, UsageError

if TYPE_CHECKING:
    from typer.core import TyperGroup

PROGRAM = "mcp-inspect"
_LEAST_WIDTH = 36  # of help: ten columns for what an option means
_ABOUT_ALL = frozenset(("-h", "--help", "--version"))

_HELP = """
See what crosses the wire between an MCP client and an MCP server.

\b
mcp-inspect -- COMMAND...           open the app on a server over stdio
mcp-inspect URL                     open the app on a server over HTTP
mcp-inspect VERB ... -- COMMAND...  do one thing and print its result
mcp-inspect VERB ... URL            the same over HTTP
mcp-inspect [VERB ...] NAME         the same on a server that `mcp-inspect servers` lists

Options may stand anywhere before --. The server is what follows --, or the first word that starts with
http:// or https://. Without either it is the last word: the name that a host's configuration has for it.

\b
Exit codes: 0 done, 1 unexpected, 2 usage, 3 authorization needed,
4 cannot connect or connection lost, 5 the tool or request returned an error,
6 findings, or what was not recorded.
"""
_HELP_END = examples("mcp-inspect -- python server.py", "mcp-inspect call add a=2 b=40 -- python server.py")

_program = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@_program.callback(help=_HELP, epilog=_HELP_END, subcommand_metavar="[VERB] ...")
@connecting
def _root(
    wanted: Wanted,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> int:
    """The options of every verb, for `--help`: they reach the verbs, never this."""
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    given = sys.argv[1:] if argv is None else list(argv)
    before_dashes, _ = split_at_dashes(given)
    fill_closed()
    try:
        code = _dispatch(given)
        with writing():
            sys.stdout.flush()
    except InspectError as error:
        say_failure(error, as_json="--json" in before_dashes)
        return error.exit_code
    except Ended as ended:
        return ended.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        let_go_of_stdout()  # whoever read the result has had enough of it
        return 0
    except Exception as error:  # the last stop: a person gets a sentence, whatever went wrong
        if "--trace" in before_dashes:
            import traceback

            say(traceback.format_exc())
        failure = InspectError(
            f"Unexpected {type(error).__name__}: {error}", next="--trace shows where it happened"
        )
        say_failure(failure, as_json="--json" in before_dashes)
        return failure.exit_code
    return code


def _dispatch(argv: Sequence[str]) -> int:
    words, _ = split_at_dashes(argv)
    group = _grammar_for(words)
    line = arrange(argv, tuple(TABLE), takes_value(group), SERVERLESS)
    if "--version" in line.words:
        print_text(f"{PROGRAM} {inspector.__version__}")
        return 0
    if line.words[0] not in group.commands:  # `--help` alone
        group = _contents()
    try:
        code = group.main(
            args=list(line.words),
            prog_name=PROGRAM,
            standalone_mode=False,
            obj=line,
            terminal_width=_narrow() if _ABOUT_ALL & set(words) else None,
        )
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit:  # how Typer ends for a pipe that nobody reads any more, and for nothing else
        raise BrokenPipeError from None
    except WRONG_LINE as wrong:
        raise _usage(wrong, line) from None
    return code if isinstance(code, int) else 0


def grammar(names: Collection[str] = tuple(TABLE)) -> TyperGroup:
    """The verbs called `names`, as Typer has them.

    To have all of them made ready takes as long as importing what moves bytes.
    """
    some = _no_verbs()
    for name in names:
        verb = connecting(function_of(name))
        some.command(name, epilog=help_end_of(name), hidden=name == OPEN)(verb)
    group: Any = typer.main.get_command(some)
    keep_texts(group)
    return group  # type: ignore[no-any-return]  # the program has options of its own, so it is a group


def _grammar_for(words: Sequence[str]) -> TyperGroup:
    """The verbs that `words` name, and the app; all where they name none and have options of some."""
    named = [name for name in TABLE if name in words and name != OPEN]
    group = grammar((OPEN, *named))
    if named or _ABOUT_ALL & set(words):
        return group
    known = takes_value(group)
    foreign = any(word.startswith("-") and word.partition("=")[0] not in known for word in words)
    return grammar() if foreign else group


def _narrow() -> int | None:
    """The width of help on a terminal that has less than the 50 columns that Typer takes at least."""
    import shutil  # imports what compresses, which no other line needs

    columns = shutil.get_terminal_size().columns - 2
    return max(columns, _LEAST_WIDTH) if columns < 50 else None


def _contents() -> TyperGroup:
    """All verbs by their names and first lines, as the help of all lists them; without their options."""
    some = _no_verbs()
    for name in TABLE:
        some.command(name, help=inspect.getdoc(function_of(name)), hidden=name == OPEN)(lambda: None)
    group: Any = typer.main.get_command(some)
    return group  # type: ignore[no-any-return]  # as above


def _no_verbs() -> typer.Typer:
    bare = copy.copy(_program)
    bare.registered_commands = []
    return bare


def _usage(wrong: Exception, line: Line) -> UsageError:
    """Typer's complaint as our own: one sentence, and where to read on."""
    says = complaint(wrong)
    verb = line.words[0] if line.words and line.words[0] != OPEN else ""
    if line.words and f"({line.words[-1]})" in says and (problem := no_url(line.words[-1])) is not None:
        return problem
    nothing = line.command is None and line.url is None and line.name is None
    if nothing and (verb == "record" or verb not in ("", "auth", *SERVERLESS)):
        return UsageError(says, next=f"The server's command goes after --: {PROGRAM} {verb} ... -- COMMAND")
    return UsageError(says, next=" ".join(filter(None, ("See", PROGRAM, verb, "--help"))))


if __name__ == "__main__":
    sys.exit(main())
