"""Options anywhere before `--`, the verb first, the server by `--` or by URL."""

from __future__ import annotations

import pytest

from inspector.cli.argv import Line, arrange
from inspector.errors import UsageError

VERBS = ("open", "list", "call", "read", "auth", "demo")
TAKES_VALUE = {"--cwd": True, "-e": True, "--env": True, "--trace": False, "--json": False}


def line(text: str) -> Line:
    return arrange(text.split(), VERBS, TAKES_VALUE, ("demo",))


@pytest.mark.parametrize(
    ("text", "words", "command", "url"),
    [
        ("-- python server.py", "open", "python server.py", None),
        ("--trace -- cmd", "open --trace", "cmd", None),
        ("http://x/mcp", "open", None, "http://x/mcp"),
        ("HTTPS://x/mcp --json", "open --json", None, "HTTPS://x/mcp"),
        ("--trace list -- cmd", "list --trace", "cmd", None),
        ("list --trace -- cmd", "list --trace", "cmd", None),
        ("call echo --json text=x -- cmd", "call --json echo text=x", "cmd", None),
        ("--cwd list list tools -- cmd", "list --cwd list tools", "cmd", None),
        ("-e list=1 call echo -- cmd", "call -e list=1 echo", "cmd", None),
        ("--cwd=/tmp list -- cmd", "list --cwd=/tmp", "cmd", None),
        ("list -eA=1 -- cmd", "list -eA=1", "cmd", None),
        ("call http://x echo", "call echo", None, "http://x"),
        ("call echo http://x", "call echo", None, "http://x"),
        ("http://x call echo", "call echo", None, "http://x"),
        ("read https://notes/1 -- cmd", "read https://notes/1", "cmd", None),
        ("read https://server https://notes/1", "read https://notes/1", None, "https://server"),
        ("call echo - -- cmd", "call echo -", "cmd", None),
        ("list -- cmd -- more --json", "list", "cmd -- more --json", None),
        ("list --", "list", "", None),
        ("", "open", None, None),
        ("--help", "--help", None, None),
        ("--trace -h -- cmd", "--help", "cmd", None),
        ("list --help", "list --help", None, None),
    ],
)
def test_a_line_taken_apart(text: str, words: str, command: str | None, url: str | None) -> None:
    expected = None if command is None else tuple(command.split())
    assert line(text) == Line(tuple(words.split()), expected, url)


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("github", "open", "github"),
        ("cursor/github --trace", "open --trace", "cursor/github"),
        ("list github", "list", "github"),
        ("list tools --json github", "list --json tools", "github"),
        ("call add a=2 github", "call add a=2", "github"),
        ("github list", "list", "github"),
        ("github call add a=2", "call add a=2", "github"),
        ("auth login github", "auth login", "github"),
        ("auth status", "auth status", None),
        ("call add a=2", "call add a=2", None),
        ("call add a:=[2]", "call add a:=[2]", None),
        ("read file:///x", "read file:///x", None),
        ("read notes://1 github", "read notes://1", "github"),
        ("call request {}", "call request {}", None),
        ("call x -", "call x -", None),
        ("list ./server", "list ./server", None),
        ("list C:\\x", "list C:\\x", None),
        ("demo github", "demo github", None),
        ("list", "list", None),
        ("list github -- cmd", "list github", None),
        ("list github http://x", "list github", None),
    ],
)
def test_a_server_by_its_name(text: str, words: str, name: str | None) -> None:
    found = line(text)
    assert (found.words, found.name) == (tuple(words.split()), name)


@pytest.mark.parametrize(
    ("text", "says", "next"),
    [
        ("lst -- cmd", "'lst' is neither a verb nor a URL", "Did you mean list?"),
        (
            "python server.py",
            "'python' is neither a verb nor a URL",
            "Did you forget -- before the server's command? mcp-inspect -- python server.py",
        ),
        ("-e KEY=secret npx x", "neither a verb", "command? mcp-inspect -- npx x"),
        ("http://a -- cmd", "two servers, and http://a is one too many", "Give a command after --, or one"),
        ("http://u:hunter2@a -- cmd", "http://u:sha256:", ""),
        ("localhost:3000/mcp", "neither a verb nor a URL", "Did you mean http://localhost:3000/mcp?"),
        ("//host/mcp", "neither a verb nor a URL", "Did you mean http://host/mcp?"),
        ("ws://host", "neither a verb nor a URL", "Did you mean http://host?"),
        ("./server", "neither a verb nor a URL", "mcp-inspect -- ./server"),
        ("github demo", "'github' is neither a verb nor a URL", ""),
        ("C:/server.exe", "neither a verb nor a URL", "mcp-inspect -- C:/server.exe"),
        ("nonsense -- cmd", "neither a verb", "The verbs are auth, call, demo, list, read"),
        ("list --cwd", "--cwd needs a value", "mcp-inspect --help"),
        ("list -e -- cmd", "-e needs a value", "mcp-inspect --help"),
    ],
)
def test_a_line_that_means_nothing(text: str, says: str, next: str) -> None:
    with pytest.raises(UsageError) as caught:
        line(text)
    assert says in caught.value.message
    assert next in caught.value.next
