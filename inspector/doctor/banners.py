"""Who printed a line that does not belong on standard output: launchers, frameworks, loggers.

A table of patterns over one line; nothing here decides whether the line does harm.
"""

from __future__ import annotations

import re

_TABLE: tuple[tuple[str, str], ...] = (
    (r"(?i)^\s*(?:<!doctype html|<html\b)", "a page of HTML"),
    (r"^HTTP/\d", "an HTTP response"),
    (r"^Content-(?:Length|Type): ", "the framing of the Language Server Protocol"),
    (r"^> \S+@\S+ \S+|^> \S+ \S+$|^npm (?:warn|WARN|notice|info|ERR!|error)\b|^(?:added|changed"
     r"|removed) \d+ pack",
     "npm (`npm run` prints what it runs; --silent stops it)"),
    (r"^Need to install the following packages", "npx, which asks before it installs (-y stops it)"),
    (r"^yarn run v|^\$ \S+|^Done in \d", "yarn (--silent stops it)"),
    (r"^(?:Scope: |Lockfile is up to date|Already up to date|Progress: resolved)", "pnpm (--silent "
        "stops it)"),
    (r"^\[dotenv@[\d.]+\]", "dotenv ({ quiet: true } or DOTENV_CONFIG_QUIET=true stops it)"),
    (r"^(?:Requirement already satisfied|Collecting |Successfully (?:installed|uninstalled)|\[notice\] "
     r"A new release"
     r"|Looking in indexes|WARNING: (?:pip|Running pip))", "pip (-q stops it, or >&2)"),
    (r"^(?:Resolved|Installed|Prepared|Audited|Uninstalled) \d+ packages?|^Using (?:CPython|Python) "
     r"|^Creating virtual environment", "uv (-q stops it)"),
    (r"^(?:Installing dependencies from lock file|The currently activated Python version|Creating "
     r"virtualenv)",
     "poetry (-q stops it)"),
    (r"^(?:Unable to find image|Status: Downloaded|Digest: sha256|\S+: Pulling from|[0-9a-f]{12}: )",
     "docker, which pulls an image"),
    (r"^INFO:\s+(?:Started|Waiting|Application|Uvicorn)", "uvicorn, which serves HTTP"),
    (r"FastMCP|^\s*[╭│╰]", "a banner of FastMCP or rich"),
    (r"^\s+\.\s+____\s|:: Spring Boot ::", "the banner of Spring Boot (spring.main.banner-mode=off "
                                           "stops it)"),
    (r"^(?:info|warn|fail|dbug|crit): \S+\[\d+\]", "the console logger of .NET"),
    (r"^\s*(?:Determining projects to restore|Build succeeded|MSBuild version)", "dotnet, which builds"),
    (r"^\s*(?:Compiling|Finished|Running) [`\w]", "cargo, which builds (-q stops it)"),
    (r"^Now using node v|^Found '.*\.nvmrc'", "nvm, from a start file of the shell"),
    (r"^Listening on |^Serving HTTP on |^Server (?:is )?(?:running|listening|started)|listening (?:on"
     r"|at) (?:port|http)",
     "a server that says where it listens"),
    (r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d,\d{3} ?-? ", "Python's logging (its handler must write to stderr)"),
    (r"^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[\w.]*:", "Python's logging (its handler must write to "
                                                        "stderr)"),
    (r"^\S+\.py:\d+: \w*Warning: ", "Python's warnings"),
    (r"^Traceback \(most recent call last\)", "a traceback of Python"),
    (r"^\{\"level\":|^\{\"(?:time|timestamp|ts|msg|message)\":", "a logger that writes JSON (it must "
        "use stderr)"),
    (r"^\d\d:\d\d:\d\d[.,]\d{3} \[[^\]]{1,60}\] \w+ ", "a logger of Java (its appender must use System.err)"),
    (r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "Go's log package (log.SetOutput(os.Stderr))"),
    (r"^\[?(?:DEBUG|INFO|WARN(?:ING)?|ERROR|debug|info|warn|error)\]?:? ", "a logger (it must write to "
        "stderr)"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), who) for pattern, who in _TABLE)
_ROOM = 300


def who_printed(text: str, program: str = "") -> str:
    """Who a line is likely from, in words.

    Args:
        text: The line; hostile.
        program: What runs the server, e.g. `node`: it tells what its `print` is called.
    """
    for pattern, who in _COMPILED:
        if pattern.search(text[:_ROOM]):
            return who
    return {
        "python": "the server itself: print() writes to stdout, print(…, file=sys.stderr) would not",
        "node": "the server itself: console.log() writes to stdout, console.error() would not",
        "npx": "the server itself: console.log() writes to stdout, console.error() would not",
    }.get(program, "the server itself: what is no message belongs on stderr")
