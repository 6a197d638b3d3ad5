"""A command that `mcp-inspect record` stands in front of: made, recognised, taken apart. Words only.

It is recognised by its words alone, whichever interpreter or version they name, so that what an older one has
written is found as well: `…, "-m", "inspector", "record", …, "--", COMMAND, …`, or `mcp-inspect record … --`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.hosts.server import Server

_PROGRAM = re.compile(r"(?:.*[/\\])?mcp-inspect(?:\.exe)?", re.DOTALL | re.IGNORECASE)
_FLAG = re.compile(r"-[A-Za-z]+")
_WORDS = ("-m", "inspector", "record")
_TAKES = frozenset({"-o", "--record", "--name", "--faults", "--redact"})
"""Options of `record` that are followed by a value."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded command.

    Attributes:
        front: What stands in front of the command, `--` included.
        argv: The command itself with its arguments.
        options: Of `front` those of `record`.
    """

    front: tuple[str, ...]
    argv: tuple[str, ...]
    options: tuple[str, ...] = ()


def recorded(argv: Sequence[str]) -> Recorded | None:
    """The parts of a recorded command; `None` for one that is not."""
    begins = _options_begin(argv)
    if begins is None or "--" not in argv[begins:]:
        return None
    dashes = list(argv).index("--", begins)
    if not "".join(argv[dashes + 1 : dashes + 2]).strip():  # records nothing
        return None
    return Recorded(tuple(argv[: dashes + 1]), tuple(argv[dashes + 1 :]), tuple(argv[begins:dashes]))


def _options_begin(argv: Sequence[str]) -> int | None:
    if len(argv) > 1 and _PROGRAM.fullmatch(argv[0]) and argv[1] == "record":
        return 2
    at = 1
    while at < len(argv) and argv[at] != "-m" and _FLAG.fullmatch(argv[at]):  # of the interpreter
        at += 1
    return at + 3 if tuple(argv[at : at + 3]) == _WORDS else None


def with_options(before: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    """The options `before` of `record`, and `given` ones in force as well (`--control`, `--faults=FILE`)."""
    named = {each.partition("=")[0] for each in given}
    kept: list[str] = []
    left = list(before)
    while left:
        word = left.pop(0)
        name, equals, _ = word.partition("=")
        value = [left.pop(0)] if not equals and name in _TAKES and left else []
        if name not in named:
            kept += [word, *value]
    return (*kept, *given)


def named(options: Sequence[str], server: Server) -> tuple[str, ...]:
    """The options of `record` with the server's name; the one that a person has given there stays."""
    # What a host would put something else in the place of is no name.
    says = () if name_in(options) or "$" in server.name else (f"--name={server.full_name}",)
    return (*says, *options)


def name_in(options: Sequence[str]) -> str:
    """The name that they give a server; empty for none."""
    left, found = list(options), ""
    while left:
        name, equals, value = left.pop(0).partition("=")
        if not equals and name in _TAKES and left:
            value = left.pop(0)
        found = value if name == "--name" else found
    return found


def front(interpreter: str, options: Iterable[str] = (), variables: Iterable[str] = ()) -> tuple[str, ...]:
    """What stands in front of a command that is recorded.

    Args:
        interpreter: The absolute path of a Python that has this package: a host knows no other place.
        options: Of `record`.
        variables: Names of those that the server is started with. What is meant for a Python of the server's
            must not lead ours astray, and reaches the server all the same.
    """
    strays = any(name.upper().startswith("PYTHON") for name in variables)
    return (interpreter, *(("-E",) if strays else ()), "-P", *_WORDS, *options, "--")
