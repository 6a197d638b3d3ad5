"""What is asked of Typer beside parsing: which options take a value, texts left as they are, complaints.

One group of verbs is the command itself, another the lines of `mcp-inspect shell`; both go through here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from typer.core import TyperGroup

# The classes of the library below Typer, which newer releases of Typer carry inside and older ones depend
# on: found by name, so that either works.
WRONG_LINE: type[Exception] = next(
    each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"
)
"""What Typer raises for words that mean nothing."""


def complaint(wrong: Exception) -> str:
    """What Typer says of them."""
    return str(getattr(wrong, "format_message", lambda: str(wrong))())


class _AsGiven:
    """Stands in for Typer's conversion of a value: texts stay texts."""

    def coerce(self, value: Any, param: Any, ctx: object) -> Any:
        return () if value is None and (param.multiple or param.nargs == -1) else value


def keep_texts(group: TyperGroup) -> None:
    """Spare every verb the import of pydantic, a third of what `list` takes.

    Typer 0.29 converts each value with it, also a text to a text, and all of ours are texts or flags. The
    attribute is Typer's own affair: where a release has none, this does nothing.
    """
    for command in (group, *group.commands.values()):
        for param in command.params:
            if hasattr(param, "_runtime_param"):
                param._runtime_param = _AsGiven()


def takes_value(group: TyperGroup) -> dict[str, bool]:
    """Every option of every verb, and whether a value follows it."""
    return {
        spelling: not getattr(param, "is_flag", True)
        for command in group.commands.values()
        for param in command.params
        if param.param_type_name == "option"
        for spelling in param.opts
    }
