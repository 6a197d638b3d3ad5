"""Set-ups where the code cannot run: scripts, modules, variables, arguments, what the system lacks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tests.doctor.broken.box import Box, Setup


def _python(text: str, *args: str) -> Callable[[Box], Sequence[str]]:
    return lambda box: box.python(text, "server.py", *args)


def _script_elsewhere(box: Box) -> Sequence[str]:
    box.write("src/server.py", "")
    return (sys.executable, "server.py")


def _script_unbuilt(box: Box) -> Sequence[str]:
    box.borrow("node")
    box.write("package.json", "{}")
    return ("node", "dist/index.js")


def _script_of_a_shell(box: Box) -> Sequence[str]:
    box.borrow("sh")
    return ("sh", "start.sh")


def _shell_alone(box: Box) -> Sequence[str]:
    box.borrow("sh")
    return ("sh", "-i")


def _other_environment(box: Box) -> Sequence[str]:
    box.write(".venv/pyvenv.cfg", "home = /usr/bin")
    box.write(".venv/lib/python3.12/site-packages/weather_sdk/__init__.py", "")
    box.write(".venv/bin/python", "")
    return box.python("import weather_sdk")


def _beside(box: Box) -> Sequence[str]:
    box.write("src/weather/__init__.py", "")
    return (sys.executable, "-m", "weather")


def _without_main(box: Box) -> Sequence[str]:
    box.write("weather/__init__.py", "")
    return (sys.executable, "-m", "weather")


def _other_version(box: Box) -> Sequence[str]:
    box.write("weather/__init__.py", "")
    return box.python("from weather import Client")


def _settings(box: Box) -> Sequence[str]:
    return box.python(
        """
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            weather_key: str
        Settings()
        """
    )


def _empty_variable(box: Box) -> Sequence[str]:
    box.env["WEATHER_TOKEN"] = ""
    return box.python("import os, sys; os.environ['WEATHER_TOKEN'] or sys.exit('WEATHER_TOKEN is not set')")


def _refused_variable(box: Box) -> Sequence[str]:
    box.env["WEATHER_PORT"] = "hush"
    return box.python("raise SystemExit('Error: WEATHER_PORT must be a number')")


def _node(text: str) -> Callable[[Box], Sequence[str]]:
    def make(box: Box) -> Sequence[str]:
        box.borrow("node")
        box.write("server.js", text)
        box.write("package.json", "{}")
        return ("node", "server.js")

    return make


def _typescript(box: Box) -> Sequence[str]:
    # Newer releases run plain TypeScript: what an older one says is repeated.
    box.program(
        "node",
        'raise SystemExit(\'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for '
        "/x.ts')",
    )
    box.write("server.ts", "")
    return ("node", "server.ts")


def _old_typescript(box: Box) -> Sequence[str]:
    box.program("node", "raise SystemExit('SyntaxError: Missing initializer in const declaration')")
    box.write("server.ts", "const x: number = 1")
    return ("node", "server.ts")


def _port(box: Box) -> Sequence[str]:
    return box.python(
        """
        import socket
        one = socket.create_server(("127.0.0.1", 0))
        socket.create_server(one.getsockname())
        """
    )


def _shell(line: str) -> Callable[[Box], Sequence[str]]:
    def make(box: Box) -> Sequence[str]:
        box.borrow("sh")
        return ("sh", "-c", line)

    return make


KEY_ERROR = "import os; os.environ['WEATHER_KEY']"
ARGUMENTS = "import argparse; argparse.ArgumentParser().parse_args()"
COMMANDS = """
import argparse, sys
parser = argparse.ArgumentParser()
parser.add_subparsers().add_parser("serve")
parser.parse_args()
parser.print_help()
"""

CODE = (
    Setup("no script", "script-missing", lambda box: (sys.executable, "server.py"), "server.py", "full path"),
    Setup("a script elsewhere", "script-missing", _script_elsewhere, "server.py", "src/server.py"),
    Setup(
        "a script not built",
        "script-missing",
        _script_unbuilt,
        "a build makes",
        "npm run build",
        needs="node",
    ),
    Setup(
        "no script at all", "script-not-named", lambda box: (sys.executable,), "from stdin", "SCRIPT", True
    ),
    Setup("a shell alone", "script-not-named", _shell_alone, "from stdin", "SCRIPT", hangs=True),
    Setup("no shell script", "script-missing", _script_of_a_shell, "start.sh"),
    Setup(
        "no module",
        "module-missing",
        _python("import no_such_sdk.client"),
        "module no_such_sdk",
        "-m pip install no-such-sdk",
    ),
    Setup(
        "no module to run",
        "module-missing",
        lambda box: (sys.executable, "-m", "no_such_server"),
        "no_such_server",
        "-m pip install no-such-server",
    ),
    Setup(
        "no such part to run",
        "module-missing",
        lambda box: (sys.executable, "-m", "json.no_such_server"),
        "finds json without that module",
        "Name a module of json",
    ),
    Setup(
        "a file named as its package",
        "module-shadowed",
        lambda box: box.python("from mcp.server.fastmcp import FastMCP", "mcp.py"),
        "has the name of the package mcp",
        "another name",
    ),
    Setup(
        "a file that imports itself",
        "module-shadowed",
        lambda box: box.python("from fastmcp import FastMCP", "fastmcp.py"),
        "has the name of the package fastmcp",
        "another name",
    ),
    Setup(
        "another environment",
        "module-in-other-environment",
        _other_environment,
        "virtual environment",
        ".venv/bin/python server.py",
    ),
    Setup("a module beside", "module-not-on-path", _beside, "not on Python's path", "PYTHONPATH="),
    Setup("a package without main", "module-has-no-main", _without_main, "no __main__"),
    Setup("another version", "import-failed", _other_version, "does not fit", "--upgrade weather"),
    Setup(
        "written for mcp 1",
        "import-failed",
        _python("from mcp.server.fastmcp import FastMCP"),
        "lacks mcp.server.fastmcp",
        "-m pip install 'mcp<2'",
    ),
    Setup("a mistake in Python", "syntax-error", _python("def f(:\n    pass"), "line 1"),
    Setup("a mistake in JavaScript", "syntax-error", _node("let let = ;"), "a mistake", needs="node"),
    Setup(
        "an old Python",
        "runtime-too-old",
        _python("raise SystemExit('ERROR: Package requires a different Python: 3.8.1 not in >=3.10')"),
        "another version of Python",
    ),
    Setup(
        "an old Node",
        "runtime-too-old",
        _python("raise SystemExit('ReferenceError: ReadableStream is not defined')"),
        "newer version",
    ),
    Setup(
        "the wrong kind of module",
        "node-module-type",
        _node("import fs from 'fs'; require('x')"),
        "wrong kind of module",
        "package.json",
        needs="node",
    ),
    Setup("TypeScript", "node-runs-typescript", _typescript, "TypeScript", "-- npx tsx server.ts"),
    Setup(
        "no package of Node",
        "node-module-missing",
        _node("require('@scope/no-such')"),
        "@scope/no-such",
        "npm install",
        needs="node",
    ),
    Setup(
        "no file of Node",
        "node-module-missing",
        _node("require('./lib/x.js')"),
        "A file of the server",
        "build",
        needs="node",
    ),
    Setup("old TypeScript", "node-runs-typescript", _old_typescript, "TypeScript", "-- npx tsx server.ts"),
    # Variables.
    Setup(
        "a KeyError",
        "variable-missing",
        _python(KEY_ERROR),
        "WEATHER_KEY, which is not set",
        "-e WEATHER_KEY=…",
    ),
    Setup(
        "a sentence",
        "variable-missing",
        _python("raise SystemExit('Please set the WEATHER_TOKEN environment variable')"),
        "WEATHER_TOKEN",
        "-e WEATHER_TOKEN=…",
    ),
    Setup(
        "a list",
        "variable-missing",
        _python(
            "raise SystemExit('Missing required environment variables:\\n  - WEATHER_URL\\n  - WEATHER_ID')"
        ),
        "WEATHER_URL",
        "-e WEATHER_URL=…",
    ),
    Setup("a variable of a shell", "variable-missing", _shell('set -u; echo "$WEATHER_KEY"'), "WEATHER_KEY"),
    Setup("settings of pydantic", "variable-missing", _settings, "WEATHER_KEY", "-e WEATHER_KEY=…"),
    Setup("an empty variable", "variable-missing", _empty_variable, "set but empty", "-e WEATHER_TOKEN=…"),
    Setup(
        "a variable without a name",
        "variable-missing",
        _python("raise SystemExit('Error: environment variable not found')"),
        "does not say which",
    ),
    Setup(
        "a variable refused",
        "variable-refused",
        _refused_variable,
        "WEATHER_PORT, which is set",
        "value of WEATHER_PORT",
    ),
    # Arguments.
    Setup("an argument too many", "usage-error", _python(ARGUMENTS, "--stdio"), "arguments", "--help"),
    Setup("a verb too few", "usage-printed", _python(COMMANDS), "usage", "serve"),
    # The system.
    Setup("a port that is taken", "address-in-use", _port, "another process"),
    Setup("no rights", "permission-denied", _python("import os; os.execv('server.py', ['x'])"), "may not"),
    Setup("no file", "file-missing", _python("open('config.json')"), "config.json", "Make config.json"),
    Setup(
        "no database",
        "upstream-unreachable",
        _python(
            "import socket; s = socket.create_server(('127.0.0.1', 0)); a = s.getsockname(); "
            "s.close()\n"
            "socket.create_connection(a)"
        ),
        "could not reach",
    ),
    Setup(
        "no certificate",
        "upstream-certificate",
        _python("raise SystemExit('[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')"),
        "certificate",
        "SSL_CERT_FILE",
    ),
    Setup(
        "a bad key",
        "credentials-refused",
        _python("raise SystemExit('Error: 401 Unauthorized: Invalid API key')"),
        "refuses the credentials",
    ),
    Setup("no terminal", "needs-terminal", _python("import termios; termios.tcgetattr(0)"), "terminal"),
    Setup(
        "no library",
        "library-missing",
        _python("raise SystemExit('ImportError: libGL.so.1: cannot open shared object file: No such file')"),
        "library",
    ),
    Setup("no memory", "out-of-memory", _python("bytearray(1 << 62)"), "memory"),
    Setup("a full disk", "disk-full", _python("open('/dev/full', 'w').write('x' * 9999999)"), "disk is full"),
    Setup("no command inside", "inner-command-missing", _shell("no-such-server --stdio"), "no-such-server"),
    # How it ends.
    Setup("an error", "uncaught-exception", _python("1 / 0"), "ZeroDivisionError: division by zero"),
    Setup("an error of Node", "uncaught-exception", _node("null.x"), "TypeError", needs="node"),
    Setup("killed", "killed", _python("import os; os.kill(os.getpid(), 9)"), "killed", "dmesg"),
    Setup("killed in a shell", "killed", _shell("exit 137"), "killed", "dmesg"),
    Setup("a crash", "crashed", _python("import os; os.kill(os.getpid(), 11)"), "SIGSEGV"),
    Setup("a signal", "ended-by-signal", _python("import os; os.kill(os.getpid(), 15)"), "SIGTERM"),
    Setup("no server", "not-a-server", _python("print('hello')"), "only prints", "mcp.run()"),
    Setup("no server and no word", "not-a-server", _python(""), "no server", "mcp.run()"),
    Setup("an exit code", "exited-with-error", _python("import sys; sys.exit(3)"), "without a word"),
    Setup(
        "an exit with words",
        "exited-with-error",
        _python("import sys; sys.exit('cannot go on')"),
        "end of stderr",
    ),
)
