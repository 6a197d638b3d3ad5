"""The README says what is there: verbs, options, exit codes, keys, files; and its `jq` lines work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from inspector import errors
from inspector.app.keys import as_markdown, every_key
from inspector.cli.argv import split_at_dashes
from inspector.cli.main import grammar, main
from inspector.cli.verbs import TABLE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(README)
LINES = [line.partition(" #")[0] for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
DOCUMENTED = [
    line.partition(" #")[0]
    for file in sorted((ROOT / "docs").glob("*.md"))
    for kind, block in BLOCK.findall(file.read_text("utf-8"))
    if kind == "sh"
    for line in block.splitlines()
]
VERBS = [name for name in TABLE if name != "open"]


def rows(first: str) -> list[list[str]]:
    """The cells of the table whose first heading is `first`."""
    _, _, rest = README.partition(f"| {first} |")
    table = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table]


def test_every_verb_and_nothing_else() -> None:
    named = {cells[0].strip("`").split()[0] for cells in rows("verb")}
    assert named == set(VERBS)


def test_every_option_and_nothing_else() -> None:
    group = grammar()
    there = {
        spelling
        for command in (group, *group.commands.values())
        for param in command.params
        if param.param_type_name == "option"
        for spelling in param.opts
    }
    _, _, told = README.partition("## The command line")
    named = options(told.partition("## What is tested")[0]) - {"-c", "-r", "-y"}  # of jq and npx
    assert named <= there
    assert named | options((ROOT / "docs" / "authorization.md").read_text("utf-8")) >= there


def options(text: str) -> set[str]:
    """What looks like an option in a text."""
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def test_every_exit_code() -> None:
    kinds = [errors.InspectError, *errors.InspectError.__subclasses__()]
    assert [int(cells[0]) for cells in rows("exit code")] == [0, *sorted(kind.exit_code for kind in kinds)]


def test_the_keys_of_the_app() -> None:
    """docs/keys.md has them all, and is what the command prints; the README tells of those that there are."""
    page = (ROOT / "docs" / "keys.md").read_text("utf-8")
    title, _, tables = page.partition("\n\n## ")
    now = f"{title}\n\n{as_markdown(every_key())}\n"
    assert tables, title
    if os.environ.get("SNAPSHOT_UPDATE"):
        (ROOT / "docs" / "keys.md").write_text(now, "utf-8")
        page = now
    assert page == now, "SNAPSHOT_UPDATE=1 pytest tests/test_readme.py writes docs/keys.md anew"
    there = {key for row in every_key() for key in row.written} | {"tab", "ctrl+p"}
    told = " ".join(cells[0] for cells in rows("key")).replace(",", " ").split()
    assert set(told) - {"or"} <= there


def test_the_pictures_and_files_are_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        file, _, anchor = target.partition("#")
        assert target.startswith("https://") or (ROOT / file).exists(), target
        if anchor:
            assert f"## {anchor.replace('-', ' ').capitalize()}\n" in (ROOT / file).read_text("utf-8"), target


def test_the_extras() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = set(pyproject["project"]["optional-dependencies"]) - {"dev"}
    assert set(re.findall(r"mcp-inspect\[([a-z-]+)\]", README)) == extras


@pytest.mark.parametrize("line", [line for line in LINES + DOCUMENTED if line.startswith("mcp-inspect ")])
def test_the_lines_can_be_meant(line: str) -> None:
    """Each of them parses up to its server, with `--help` in place of running it."""
    import shlex

    words = shlex.split(line.partition(" | ")[0])[1:]
    before, command = split_at_dashes(words)
    assert main([*before, "--help", *(["--", *command] if command else [])]) == 0


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_reads_a_recording(tmp_path: Path) -> None:
    from tests.cli.conftest import COMMAND, DEMO

    recording = tmp_path / "session.jsonl"
    made = subprocess.run(
        [*COMMAND, "list", "--record", str(recording), *DEMO], capture_output=True, check=False
    )
    assert made.returncode == 0
    (line,) = [line for line in LINES if line.startswith("jq ")]
    done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    answers = [json.loads(each) for each in done.stdout.splitlines()]
    assert len(answers) > 4
    assert all("result" in answer for answer in answers)


def test_the_example_of_an_event_has_the_members_of_a_real_one(tmp_path: Path) -> None:
    from tests.cli.conftest import COMMAND, DEMO

    recording = tmp_path / "session.jsonl"
    words = [*COMMAND, "call", "add", "a:=1", "b:=2", "--record", str(recording), *DEMO]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    (example,) = [block for kind, block in BLOCKS if kind == "json"]
    events = [json.loads(each) for each in recording.read_text("utf-8").splitlines()[1:]]
    (real,) = [event for event in events if event.get("method") == "tools/call" and event["dir"] == "c2s"]
    assert list(json.loads(example.replace("{…}", "{}"))) == list(real)
