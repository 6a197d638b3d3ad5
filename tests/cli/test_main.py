"""Lines that go to no server: help, version, and what cannot be meant."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import inspector
from inspector.cli.main import grammar, main
from inspector.cli.usage import SERVERLESS
from inspector.cli.verbs import TABLE
from tests.cli.conftest import COMMAND, DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run

VERBS = [name for name in TABLE if name != "open"]


@pytest.mark.parametrize("verb", VERBS)
def test_help_ends_with_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    out, err = capsys.readouterr()
    examples = out.partition("\n  Examples:\n")[2].splitlines()
    assert len(examples) >= 2
    for line in examples:
        assert line.strip().startswith("mcp-inspect ")
        assert f"mcp-inspect {verb}" in line  # a server of ours may stand behind --
    usage = out.splitlines()[0]
    assert usage.startswith(f"Usage: mcp-inspect {verb} [OPTIONS]")
    assert usage.endswith(" (-- COMMAND... | URL | NAME)") == (verb not in ("auth", "proxy", *SERVERLESS))
    assert "str>" not in out
    assert "{" not in usage
    assert not re.search(r"<list\[|\[\[| $", out, re.MULTILINE)
    assert ("--record FILE" in out) == (verb in ("demo", "record", "serve") or verb not in SERVERLESS)
    assert err == ""


@pytest.mark.parametrize("columns", ["20", "40", "51", "80"])
def test_help_is_as_wide_as_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where that is less than Typer takes at least; what is to be pasted stays on its line."""
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["call", "--help"]) == 0
    options = capsys.readouterr().out.partition("Options:\n")[2].partition("\n\n")[0].splitlines()
    assert max(map(len, options)) <= max(int(columns), 38)
    assert all(line.startswith(("  -", " " * 26)) for line in options)


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--trace", "--help"], ["--help", "--", "cmd"]])
def test_help_of_all(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    out, _ = capsys.readouterr()
    for verb in VERBS:
        assert f"\n  {verb} " in out
    assert "Exit codes: 0 done" in out
    assert "open " not in out.partition("Commands:")[2].partition("Examples:")[0].split("\n")[1]


@pytest.mark.parametrize("words", [["--version"], ["list", "--version"]])
def test_version(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == f"mcp-inspect {inspector.__version__}\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "No server to connect to. End with `-- COMMAND…`, a URL, or a name that mcp-inspect"),
        ("list", "No server to connect to."),
        ("list --", "No command follows --.\nNext:  mcp-inspect -- python server.py\n"),
        ("lst -- x", "'lst' is neither a verb nor a URL. Did you mean list?"),
        (
            "python server.py",
            "Did you forget -- before the server's command? mcp-inspect -- python server.py",
        ),
        ("list nonsense -- x", "There is no section 'nonsense'. Use one of tools, resources"),
        ("list http://a http://b", "The line names two servers, and http://b is one too many."),
        ("list http://a -- x", "The line names two servers, and http://a is one too many."),
        (
            "list localhost:3000/mcp",
            "'localhost:3000/mcp' is no URL that begins with http:// or https://. Did",
        ),
        ("proxy ftp://x", "'ftp://x' is no URL that begins with http:// or https://. Did you mean http://x?"),
        ("proxy localhost:3000/mcp", "Did you mean http://localhost:3000/mcp?"),
        ("listen ws://u:hunter2@x/", "is no URL that begins with http:// or https://."),
        ("shell file:///x", "Give one like http://localhost:8000/mcp."),
        ("replay gone --text", "There is no file gone. mcp-inspect sessions lists recordings, and"),
        ("replay / --text", "/ is a directory, not a recording. mcp-inspect sessions lists recordings"),
        ("proxy http://x --record tests/conftest.py/x", "x: tests/conftest.py is no folder."),
        ("list --faults gone -- x", "The rules in gone cannot be read: No such file or directory. Check the"),
        ("list http://127.0.0.1:99999/", "is no URL that one can connect to. Give one like http://"),
        ("list http://[::1", "is no URL that one can connect to."),
        ("list http://", "is no URL that one can connect to."),
        ("list tools prompts -- x", "unexpected extra argument"),
        ("call -- x", "No tool to call"),
        ("read", "The server's command goes after --: mcp-inspect read ... -- COMMAND\n"),
        ("call x y -- z", "'y' is not key=value. Write key=value for text, or key:=JSON for anything else."),
        ("call x a:={ -- z", "a is not JSON:"),
        ("call x a:=b -- z", "a:= takes JSON like true or [1,2], a= takes text."),
        ("call x a:= -- z", "a is empty. a:= takes JSON"),
        ("call x --args /does/not/exist -- z", "Cannot read /does/not/exist: No such file or directory."),
        ("request x [1] -- z", "PARAMS is not a JSON object."),
        ("prompt x a:=1 -- z", "these arguments are texts. Write a=value."),
        ("complete a=b -- z", "complete needs either --prompt NAME or --resource TEMPLATE."),
        ("complete --prompt x -- z", "Missing argument 'ARG=PREFIX'"),
        ("list --zzzzzzz -- x", "No such option: --zzzzzzz. See mcp-inspect list --help."),
        ("list --cwd", "--cwd needs a value."),
        ("list --timeout soon -- x", "--timeout takes a number of seconds above 0."),
        ("list --timeout 0 -- x", "--timeout takes a number of seconds above 0."),
        ("list --timeout nan -- x", "--timeout takes a number of seconds above 0."),
        ("list --protocol 2020-01-01 -- x", "There is no protocol version '2020-01-01'. Use one of auto,"),
        ("list -e A -- x", "-e takes KEY=VALUE, and 'A' has no =."),
        ("list --insecure -- x", "--insecure belongs to a URL"),
        ("list --cacert f -- x", "--cacert belongs to a URL"),
        ("list --header a:b -- x", "--header belongs to a URL"),
        ("list --cwd . http://x", "--cwd belongs to a command"),
        ("list -e A=1 http://x", "-e belongs to a command"),
        ("list --header nonsense http://x", "--header takes 'Name: value'"),
        ("list --record a --no-record -- x", "--record and --no-record exclude each other"),
        ("list --record - -- x", "--record takes the name of a file"),
        ("replay a -- x", "replay connects to nothing"),
        ("replay /does/not/exist --text", "/does/not/exist"),
        ("demo -- x", "demo brings its own server"),
        ("demo x", "unexpected extra argument"),
        ("record npx -y x", "The server's command goes after --: mcp-inspect record ... -- COMMAND"),
        ("--trace -- x", "The app shows every message itself"),
    ],
)
def test_a_line_that_means_nothing(line: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, *rest = err.splitlines()
    assert first.startswith("mcp-inspect: ")
    assert len(rest) == err.count("\nNext:  mcp-inspect ")  # a line to paste stands alone
    assert says in err


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pwd = pytest.importorskip("pwd")
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "MCP_INSPECT_CONFIG"):
        monkeypatch.delenv(name, raising=False)

    def nobody(_: object) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for line in ("sessions", "sessions path", "servers", "list -- x"):
        assert main(line.split()) == 2
        says = "mcp-inspect: There is no home directory: HOME is not set, and this user has none. Set HOME.\n"
        assert capsys.readouterr().err == says


def test_a_secret_is_not_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--header", "Auth orization: hunter2", "http://x"]) == 2
    assert main(["listen", "ws://u:hunter2@x/"]) == 2
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "--json list",
        "--json -- x",
        "call --json",
        "list --json --nope -- x",
        "lst --json -- x",
        "record --json -- x",
    ],
)
def test_usage_as_json(line: str, run: Run) -> None:
    done = run(*line.split())
    assert done.code == 2
    assert done.error["kind"] == "usage"
    assert done.err.count("\n") == 1


def test_the_unexpected_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> int:
        raise ZeroDivisionError("never mind")

    monkeypatch.setattr("inspector.cli.main._dispatch", fails)
    assert main(["list", "--", "x"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["list", "--trace", "--", "x"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_the_help_of_all_beside_a_word_that_is_a_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", "list", "--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2]
    assert all(f"\n  {verb} " in listed for verb in VERBS)


def test_an_option_takes_a_value_in_every_verb_or_in_none() -> None:
    """There is one table of them for the whole line: the verb may stand behind its options."""
    flags: dict[str, set[bool]] = {}
    for command in grammar().commands.values():
        for param in command.params:
            for spelling in param.opts if param.param_type_name == "option" else ():
                flags.setdefault(spelling, set()).add(param.is_flag)  # type: ignore[attr-defined]
    assert [spelling for spelling, both in flags.items() if len(both) > 1] == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
@pytest.mark.parametrize(
    "words", [["--help"], ["list", "--help"], ["list", *DEMO], ["list", "--json", *DEMO], ["demo"]]
)
def test_a_pipe_that_nobody_reads(words: list[str]) -> None:
    """Whoever read the output has had enough of it: no failure, and nothing to say."""
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(
            [*COMMAND, *words], stdout=writes, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes it")
@pytest.mark.parametrize("words", [["list", *DEMO], ["demo"], ["call", "echo", "text=hi", *DEMO]])
def test_standard_input_that_is_closed(words: list[str]) -> None:
    line = f"exec {shlex.join([*COMMAND, *words])} <&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        ("demo", ["-e", "--cwd", "--header", "--transport", "--token"]),
        ("replay", ["-e", "--header", "--answers", "--timeout", "--no-record", "--trace", "--token"]),
        ("auth", ["-e", "--cwd", "--answers", "--root", "--declare", "--reset-on-progress"]),
        ("proxy", ["-e", "--token", "--scope", "--timeout", "--protocol", "--root", "--trace"]),
    ],
)
def test_an_option_that_means_nothing_is_neither_listed_nor_taken(
    verb: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--help"]) == 0
    listed = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", capsys.readouterr().out))
    assert not listed & set(options)
    assert ("--json" in listed) == (verb != "proxy")
    for option in options:
        assert main([verb, option, "x"]) == 2
        assert option in capsys.readouterr().err
