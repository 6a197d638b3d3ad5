from __future__ import annotations

import re

import pytest

from inspector.wire.fault import EXPLAINED, Fault


def test_every_fault_is_explained_and_nothing_else() -> None:
    assert set(EXPLAINED) == set(Fault)


@pytest.mark.parametrize("fault", Fault)
def test_an_explanation_is_a_sentence_with_a_rule_and_a_clause(fault: Fault) -> None:
    explained = EXPLAINED[fault]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", explained.rule)
    assert explained.severity in ("error", "warning", "info")
    assert explained.says.endswith(".")
    assert explained.says[0].isupper() or explained.says[0] == "`"
    assert re.match(r"(JSON-RPC 2\.0 section|RFC \d+ section|MCP )", explained.clause)


def test_a_word_from_a_recording_finds_its_explanation() -> None:
    assert EXPLAINED["nan"].rule == "json-nan"  # type: ignore[index]
