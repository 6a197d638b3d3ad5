"""What real programs say when something is wrong, and which cause is heard in it."""

from __future__ import annotations

import pytest

from inspector.doctor.complaints import Complaint
from inspector.doctor.listening import listen
from inspector.doctor.place import Place
from inspector.doctor.seen import look
from inspector.transport.target import StdioTarget
from tests.doctor.conftest import TARGET, Tell


def heard(tell: Tell, text: str, target: StdioTarget = TARGET) -> Complaint | None:
    complaints = listen(look(tell(text), target, None), Place({"PATH": "", "SET_ALREADY": "hush"}, "/"))
    return complaints[0] if complaints else None


@pytest.mark.parametrize(
    ("text", "rule", "named"),
    [
        # Variables, in the words of many languages and libraries.
        ("Error: Missing environment variable: WEATHER_KEY", "variable-missing", "WEATHER_KEY"),
        ("WEATHER_KEY environment variable is not set", "variable-missing", "WEATHER_KEY"),
        ("error: WEATHER_TOKEN is required", "variable-missing", "WEATHER_TOKEN"),
        ("ValueError: WEATHER_TOKEN must be set", "variable-missing", "WEATHER_TOKEN"),
        ("Please provide WEATHER_URL in your .env file, it is missing", "variable-missing", "WEATHER_URL"),
        ("required key WEATHER_KEY missing value", "variable-missing", "WEATHER_KEY"),
        (
            "decouple.Undefined: WEATHER_KEY not found. Declare it as envvar",
            "variable-missing",
            "WEATHER_KEY",
        ),
        ('environs.EnvError: Environment variable "WEATHER_KEY" not set', "variable-missing", "WEATHER_KEY"),
        (
            '[\n  { "path": [\n      "WEATHER_KEY"\n    ],\n    "message": "Required"\n  }\n]',
            "variable-missing",
            "WEATHER_KEY",
        ),
        ("Missing environment variables:\n    WEATHER_KEY: The key", "variable-missing", "WEATHER_KEY"),
        ("sh: 1: WEATHER_KEY: parameter not set", "variable-missing", "WEATHER_KEY"),
        ("called `Result::unwrap()` on an `Err` value: NotPresent", "variable-missing", "does not say which"),
        ("SET_ALREADY is not set to a number", "variable-refused", "SET_ALREADY"),
        # Arguments.
        ("error: unknown option '--sdtio'", "usage-error", "arguments"),
        ("Error: unknown flag: --sdtio", "usage-error", "arguments"),
        ("flag provided but not defined: -sdtio", "usage-error", "arguments"),
        ("error: unexpected argument '--sdtio' found", "usage-error", "arguments"),
        ("Error: No such option: --sdtio", "usage-error", "arguments"),
        ("server.py: error: the following arguments are required: path", "usage-error", "arguments"),
        # Runtimes and code.
        ("/usr/bin/python3: No module named weather", "module-missing", "weather"),
        ("ModuleNotFoundError: No module named 'weather.api'", "module-missing", "weather"),
        (
            "/usr/bin/python3: can't open file '/srv/x.py': [Errno 2] No such file",
            "script-missing",
            "/srv/x.py",
        ),
        ("Error: Unable to access jarfile server.jar", "script-missing", "server.jar"),
        ('npm ERR! Missing script: "start"', "npm-script-missing", "start"),
        ("Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'zod'", "node-module-missing", "zod"),
        ("SyntaxError: Cannot use import statement outside a module", "node-module-type", "import"),
        ("java.lang.UnsupportedClassVersionError: Main was compiled", "runtime-too-old", ""),
        ('error x@1: The engine "node" is incompatible with this module', "runtime-too-old", ""),
        ("pyenv: node: command not found", "version-manager", "shim"),
        # Packages.
        ("ERROR: No matching distribution found for no-such-server", "package-not-found", "no-such-server"),
        (
            "npm error 404  '@scope/x@1.0.0' is not in this registry.",
            "package-not-found",
            "package @scope/x,",
        ),
        # The system.
        ("Error: listen EADDRINUSE: address already in use :::3000", "address-in-use", "port"),
        (
            "OSError: [Errno 98] error while attempting to bind: address already in use",
            "address-in-use",
            "port",
        ),
        ("Error: EACCES: permission denied, open '/srv/x'", "permission-denied", "may not"),
        ("Error: ENOENT: no such file or directory, open 'config.json'", "file-missing", "config.json"),
        ("Error: connect ECONNREFUSED 127.0.0.1:5432", "upstream-unreachable", "database"),
        ("FATAL ERROR: Reached heap limit - JavaScript heap out of memory", "out-of-memory", "memory"),
        (
            "./x: /lib/libc.so.6: version `GLIBC_2.38' not found (required by ./x)",
            "library-missing",
            "library",
        ),
        ("TypeError: process.stdin.setRawMode is not a function", "needs-terminal", "terminal"),
        ("bash: line 1: no-such-thing: command not found", "inner-command-missing", "no-such-thing"),
        ("sh: 1: no-such-thing: not found", "inner-command-missing", "no-such-thing"),
    ],
)
def test_what_is_heard(tell: Tell, text: str, rule: str, named: str) -> None:
    complaint = heard(tell, text)
    assert complaint is not None
    assert complaint.found.rule == rule
    assert named in complaint.found.says
    assert complaint.found.next
    assert complaint.found.rows
    assert "hush" not in repr(complaint)


@pytest.mark.parametrize(
    "text",
    [
        "INFO Server ready on stdio",
        "DEBUG HTTP_PROXY detected",
        "Loaded 3 tools",
        "(node:12) Warning: An experimental feature",
        "TypeError: Cannot read properties of undefined (reading 'MAX_RETRIES')",
        "KeyError: 'COLOR'",
        "KeyError: 'name'",
        "npm notice New minor version of npm available",
        "ValueError: invalid literal for int() with base 10: 'x'",
        "E" * 5000,
        "",
    ],
)
def test_what_is_no_complaint(tell: Tell, text: str) -> None:
    assert heard(tell, text) is None


def test_the_last_match_counts_and_shows_its_rows(tell: Tell) -> None:
    complaint = heard(tell, "No module named 'one'\nmore\nModuleNotFoundError: No module named 'two'")
    assert complaint is not None
    assert "two" in complaint.found.says
    assert complaint.found.evidence == ("ModuleNotFoundError: No module named 'two'",)
    assert complaint.found.rows == (4,)


@pytest.mark.parametrize("options", [("-i",), ("--rm", "-i"), ("-it",), ("--interactive",), ("-dit",)])
def test_a_container_with_stdin(tell: Tell, options: tuple[str, ...]) -> None:
    assert heard(tell, "", StdioTarget(("docker", "run", *options, "mcp/x"))) is None


@pytest.mark.parametrize("argv", [("docker", "run", "mcp/x"), ("podman", "exec", "x", "server")])
def test_a_container_without_stdin(tell: Tell, argv: tuple[str, ...]) -> None:
    complaint = heard(tell, "", StdioTarget(argv))
    assert complaint is not None
    assert complaint.found.rule == "container-not-interactive"
    assert f"-- {argv[0]} {argv[1]} -i" in complaint.found.next
