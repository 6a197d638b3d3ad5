"""The table of what can be passed is what the steps put."""

from __future__ import annotations

import ast
from pathlib import Path

from inspector.session import auth
from inspector.session.auth.rules import PASSABLE


def test_every_violation_that_can_be_passed_is_in_the_table() -> None:
    put: set[str] = set()
    for source in Path(auth.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "violation":
                (rule,) = (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant))
                put.add(str(rule))
    assert put == set(PASSABLE)
