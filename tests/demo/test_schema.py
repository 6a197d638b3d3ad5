"""Every answer of the demo server, held against the official schema of every version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from inspector.demo.versions import LEGACY, META, V5
from tests.demo.test_server import MODERN, Talk

SCHEMAS = Path(__file__).resolve().parents[2].parent / "shared" / "schema"

ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("ListToolsResult", "tools/list", {}),
    ("ListResourcesResult", "resources/list", {}),
    ("ListResourceTemplatesResult", "resources/templates/list", {}),
    ("ListPromptsResult", "prompts/list", {}),
    ("CallToolResult", "tools/call", {"name": "add", "arguments": {"a": 2, "b": 40}}),
    ("CallToolResult", "tools/call", {"name": "picture", "arguments": {}}),
    ("CallToolResult", "tools/call", {"name": "fail", "arguments": {}}),
    ("ReadResourceResult", "resources/read", {"uri": "demo://dot.png"}),
    ("GetPromptResult", "prompts/get", {"name": "hello"}),
    (
        "CompleteResult",
        "completion/complete",
        {"ref": {"type": "ref/prompt", "name": "review"}, "argument": {"name": "language", "value": "p"}},
    ),
]


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the official schemas do not lie beside this repository")
@pytest.mark.parametrize("version", [*LEGACY, V5])
def test_every_answer_fits_its_version(version: str) -> None:
    schema = json.loads((SCHEMAS / f"{version}.json").read_text("utf-8"))
    section = "$defs" if "$defs" in schema else "definitions"

    def fits(name: str, value: Any) -> None:
        Draft202012Validator({**schema, "$ref": f"#/{section}/{name}"}).validate(value)

    talk = Talk()
    if version == V5:
        fits("DiscoverResult", talk.ask("server/discover", {"_meta": MODERN}))
    else:
        fits("InitializeResult", talk.shake(version))
    for name, method, params in ASKED:
        more = {"_meta": {**MODERN, META + "logLevel": "debug"}} if version == V5 else {}
        fits(name, talk.ask(method, {**params, **more}))
