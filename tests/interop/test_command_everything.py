"""All of the reference server by one line of shell each: tools, prompts, resources, templates, completions,
and what it asks back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import uritemplate

from tests.interop.talk import arguments
from tests.interop.test_command import Command, command  # noqa: F401 - a fixture
from tests.interop.test_everything import ASKING, BY_HAND, PROMPT_ARGUMENTS

pytestmark = pytest.mark.timeout(600)

ANSWERS = {
    "roots": ["file:///srv/data"],
    "sampling": "Forty-two.",
    "elicitation": [{"name": "Ada", "email": "ada@example.com", "check": True}, "accept", "decline"],
}

EXPECTED = {
    "get-roots-list": "file:///srv/data",
    "trigger-elicitation-request": "Ada",
    "trigger-elicitation-request-async": "Ada",
    "trigger-sampling-request": "Forty-two.",
    "trigger-sampling-request-async": "Forty-two.",
    "trigger-url-elicitation": "",
}


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(ANSWERS), "utf-8")
    return str(path)


def words_of(made: Mapping[str, Any]) -> list[str]:
    """Arguments in the grammar of the command line."""
    return [f"{name}:={json.dumps(value)}" for name, value in made.items()]


def test_every_tool(command: Command) -> None:  # noqa: F811 - the fixture
    tools = json.loads(command("list", "tools", "--json"))["tools"]
    assert len(tools) > 10
    for tool in tools:
        if tool.get("execution", {}).get("taskSupport") == "required":
            continue
        name = tool["name"]
        made = arguments(tool["inputSchema"], BY_HAND.get(name, {}))
        result = json.loads(command("call", name, *words_of(made), "--json"))
        assert result["content"], name
        assert not result.get("isError"), (name, result)


def test_every_prompt(command: Command) -> None:  # noqa: F811
    prompts = json.loads(command("list", "prompts", "--json"))["prompts"]
    assert prompts
    for prompt in prompts:
        wanted = [one["name"] for one in prompt.get("arguments", []) if one.get("required")]
        given = [f"{name}={PROMPT_ARGUMENTS.get(name, 'some text')}" for name in wanted]
        assert json.loads(command("prompt", prompt["name"], *given, "--json"))["messages"]


def test_every_resource_and_template(command: Command) -> None:  # noqa: F811
    document = json.loads(command("list", "--json"))
    assert document["resourceTemplates"]
    templates = (uritemplate.URITemplate(entry["uriTemplate"]) for entry in document["resourceTemplates"])
    uris = [entry["uri"] for entry in document["resources"]]
    uris += [template.expand(dict.fromkeys(template.variable_names, "1")) for template in templates]
    for uri in uris:
        (contents,) = json.loads(command("read", uri, "--json"))["contents"]
        assert contents.get("text") or contents.get("blob")


def test_completions(command: Command) -> None:  # noqa: F811
    shown = command("complete", "--prompt", "completable-prompt", "department=S")
    assert shown.split() == ["Sales", "Support"]
    shown = command("complete", "--prompt", "completable-prompt", "name=", "department=Sales")
    assert shown.split() == ["David", "Eve", "Frank"]
    template = "demo://resource/dynamic/text/{resourceId}"
    assert command("complete", "--resource", template, "resourceId=7").split() == ["7"]


@pytest.mark.parametrize("name", ASKING)
def test_what_it_asks_back_is_answered_from_a_file(command: Command, answers: str, name: str) -> None:  # noqa: F811
    options = ["--declare", "tasks", "--answers", answers]
    tools = json.loads(command("list", "tools", "--json", *options))["tools"]
    offered = {tool["name"]: tool for tool in tools}
    made = arguments(offered[name]["inputSchema"], BY_HAND.get(name, {}))
    result = json.loads(command("call", name, *words_of(made), "--json", *options))
    assert not result.get("isError"), result
    told = json.dumps(result)
    assert EXPECTED[name] in told


def test_what_nobody_answers_is_declined_with_a_line(command: Command, tmp_path: Path) -> None:  # noqa: F811
    """It is never silent: the server is told no, and whoever called reads why."""
    only_roots = tmp_path / "roots.json"
    only_roots.write_text('{"roots": ["."]}', "utf-8")
    declared = ["--declare", "elicitation.form", "--answers", str(only_roots)]
    command("call", "trigger-elicitation-request", *declared)
    assert "declined" in command.stderr
    assert only_roots.name in command.stderr
