"""What a line may be: every verb with its help, the options that make sense for one line, and no other."""

from __future__ import annotations

import pytest

from inspector.cli.shell.verbs import HELP, NAMES, about, grammar, overview
from inspector.cli.verbs import ON_A_CONNECTION


def test_every_verb_stands_in_the_help_with_what_it_does() -> None:
    lines = overview()
    assert [line.split()[0] for line in lines] == list(NAMES)
    assert all(len(line.split()) > 2 for line in lines)


@pytest.mark.parametrize("verb", [name for name in NAMES if name != HELP])
def test_each_has_its_own_help(verb: str) -> None:
    text = "\n".join(about(verb))
    assert text.startswith(f"Usage: {verb} [OPTIONS]")
    assert "--timeout SECONDS" in text
    assert "--json" in text
    assert "--protocol" not in text
    assert "<" not in text.replace("<=", "")


@pytest.mark.parametrize("verb", ON_A_CONNECTION)
def test_a_verb_of_the_command_line_keeps_its_options(verb: str) -> None:
    from inspector.cli.main import grammar as lines
    from inspector.cli.options import Wanted

    alone = lines((verb,)).commands[verb]
    shared = set(Wanted.__dataclass_fields__) | {"help"}
    own = {param.name for param in alone.params} - shared
    assert {param.name for param in grammar().commands[verb].params} == own | {"json", "timeout"}
