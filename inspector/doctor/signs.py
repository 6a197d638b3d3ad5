"""Complaints about everything but code and variables: arguments, packages, ports, files, terminals."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from inspector.doctor.complaints import Complaint, Make, Sign, Words
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, again, joined

_CONTAINERS = frozenset({"docker", "podman", "nerdctl"})


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def _plain(rule: Rule, says: str, next: str | Callable[[Words], str]) -> Make:
    """A complaint that is always the same; `{name}` in `says` is what the pattern captured."""

    def make(words: Words, match: re.Match[str]) -> Found:
        captured = {name: value or "" for name, value in match.groupdict().items()}
        line = words.around(match)[0]
        return Found(
            rule=rule,
            finds=line[-1].strip() if line else match[0].strip(),
            says=says.format_map(captured),
            next=next if isinstance(next, str) else next(words),
        )

    return make


def _again(words: Words) -> str:
    return again(words.seen.target)


def _no_package(words: Words, match: re.Match[str]) -> Found:
    name = next((value for value in match.groupdict().values() if value), "of that name")
    name = re.sub(r"@[*^~\d.]*$", "", name.strip("'\"`"))
    return Found(
        rule=Rule.PACKAGE_NOT_FOUND,
        finds=words.around(match)[0][-1].strip(),
        says=f"The registry has no package {name}, or it is not public",
        next="Check the name of the package; it is often one with a scope, like @scope/name",
    )


def _help(words: Words) -> str:
    return joined([*words.seen.target.argv, "--help"])


def _file(words: Words, match: re.Match[str]) -> Found:
    name = match["file"]
    relative = not os.path.isabs(name)
    target = words.seen.target
    return Found(
        rule=Rule.FILE_MISSING,
        finds=match[0].strip(),
        says=f"The server opens {name}, which does not exist"
        + (f"; it is looked for from {words.place.cwd}" if relative else ""),
        next=again(target, None, "--cwd", "DIR")
        if relative and target.cwd is None
        else f"Make {name}, or name another file in the server's arguments",
    )


def _inner(words: Words, match: re.Match[str]) -> Found | None:
    name = match["name"].strip("‘’'\"`")
    if words.place.which(name):
        return None
    return Found(
        rule=Rule.INNER_COMMAND_MISSING,
        finds=match[0].strip(),
        says=f"{words.seen.target.argv[0]} was started, and then did not find the command {name}",
        next=f"Install {name}, or give its full path",
    )


def _download(words: Words, match: re.Match[str]) -> Found | None:
    """A launcher that cannot reach its registry. For anything else it is the server's own business."""
    if not is_launcher(words.seen.target.argv):
        return _upstream(words, match)
    return Found(
        rule=Rule.DOWNLOAD_FAILED,
        finds=match[0].strip(),
        says="The launcher could not reach the registry that it downloads the server's package from",
        next="Check the network, HTTP_PROXY and HTTPS_PROXY, and the registry that the launcher is set to",
    )


def _upstream(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.UPSTREAM_UNREACHABLE,
        finds=match[0].strip(),
        says="The server itself could not reach something that it needs: a database, an API, another service",
        next="Start what it connects to, or correct the address in its settings",
    )


def is_launcher(argv: tuple[str, ...]) -> bool:
    """Whether the command fetches a package before it runs it."""
    first = re.sub(r"\.(?:cmd|exe)$", "", os.path.basename(argv[0]).lower()) if argv else ""
    second = argv[1] if len(argv) > 1 else ""
    return (
        first in ("npx", "uvx", "bunx", "pipx", "pnpx")
        or (first in ("npm", "pnpm", "yarn") and second in ("exec", "dlx", "x"))
        or (first == "uv" and second in ("run", "tool", "x"))
        or (first == "bun" and second == "x")
        or (first in _CONTAINERS and second == "run")
    )


def by_argv(words: Words) -> list[Complaint]:
    """What the command line itself gives away, where nobody complained."""
    argv = words.seen.target.argv
    if words.seen.started is None or not argv or os.path.basename(argv[0]) not in _CONTAINERS:
        return []
    if argv[1:2] not in (("run",), ("exec",)) or _interactive(argv[2:]):
        return []
    found = Found(
        rule=Rule.CONTAINER_NOT_INTERACTIVE,
        finds=f"{argv[0]} {argv[1]} stands without -i",
        says=f"Without -i, {argv[0]} gives the container no stdin, so the server hears nothing",
        next=again(words.seen.target, (*argv[:2], "-i", *argv[2:])),
    )
    return [Complaint("package", found)]


def _interactive(rest: tuple[str, ...]) -> bool:
    options = [word for word in rest if word.startswith("-")]
    return any(
        word.startswith("--interactive") or re.fullmatch(r"-[A-Za-z]*i[A-Za-z]*", word) is not None
        for word in options
    )


_SECURITY = "The server could not verify the certificate of something that it connects to"
_START_DOCKER = "docker info"

SIGNS = (
    # Containers.
    Sign("package",
         _p(r"Cannot connect to the Docker daemon|failed to connect to the docker API|"
            r"docker daemon is not running|error during connect: |Cannot connect to Podman"),
         _plain(Rule.DOCKER_NOT_RUNNING, "The docker daemon is not running, or this user may not speak to it",
                _START_DOCKER)),
    Sign("package", _p(r"the input device is not a TTY|cannot attach stdin to a TTY-enabled container"),
         _plain(Rule.CONTAINER_WANTS_TERMINAL,
                "docker is told to make a terminal (-t), and a server is spoken to over pipes",
                lambda words: again(words.seen.target, _without_tty(words.seen.target.argv)))),
    Sign("package",
         _p(r"pull access denied for (?P<image>[^\s,]{1,200})|manifest for (?P<tag>\S{1,200}) not found|"
            r"manifest unknown|repository (?P<repository>\S{1,200}) not found"),
         _plain(Rule.IMAGE_NOT_FOUND, "There is no such image {image}{tag}{repository}, or it is not public",
                "docker pull IMAGE, to see it by itself; the name may be misspelled")),
    # Packages.
    Sign("package",
         _p(r"(?<!\S)(?P<package>\S{1,200}) (?:is not in (?:this|the npm) registry|"
            r"could not be found or you do)|"
            r"^npm (?:ERR!|error) code E404$|404 Not Found - GET (?P<url>\S{1,300})|"
            r"Because (?P<pypi>\S{1,200}) was not found in the package registry|"
            r"No matching distribution found for (?P<pip>\S{1,200})|"
            r"Package `?(?P<uv>[^`\s]{1,200})`? (?:was )?not found in the (?:package )?registry"),
         _no_package),
    Sign("package",
         _p(r"^[^\n]{0,80}(?:pyenv: version `[^'\n]{1,60}' is not installed|pyenv: \S{1,60}: command "
            r"not found|"
            r"No version is set for command|No version is set for \S{1,60};|mise ERROR|Volta error:|"
            r"N/A: version \"[^\"\n]{1,60}\" is not yet installed)[^\n]{0,200}$"),
         _plain(Rule.VERSION_MANAGER,
                "The command is a shim of a version manager, which has no version of it for this directory",
                "Install or select a version there (pyenv global, asdf set, mise use, nvm alias, volta "
                "install), "
                "or give the full path of the program itself")),
    Sign("package",
         _p(r"could not determine executable to run|An executable named `?(?P<name>[^`\s]{1,100})`? is "
            r"not provided "
            r"by package|does not provide any executables"),
         _plain(Rule.PACKAGE_HAS_NO_COMMAND, "The package exists, but has no command to start",
                "For uvx name both: uvx --from PACKAGE COMMAND; for npx: npx -y -p PACKAGE COMMAND")),
    Sign("package",
         _p(r"^[^\n]{0,200}(?:Need to install the following packages|Ok to proceed\? \(y\))[^\n]{0,200}$"),
         _plain(Rule.LAUNCHER_ASKS, "npx asks whether it may install the package, and nobody can answer",
                lambda words: again(words.seen.target, (words.seen.target.argv[0], "-y",
                                                        *words.seen.target.argv[1:])))),
    # Arguments.
    Sign("arguments",
         _p(r"^[^\n]{0,80}(?:error: |Error: |ERROR: )?(?:unrecognized arguments?|the following "
            r"arguments are required|"
            r"No such option|Missing argument|Missing option|Got unexpected extra argument|Invalid value for|"
            r"unknown option|unknown flag|unknown shorthand flag|flag provided but not defined|"
            r"unexpected argument|invalid choice|Unknown arguments?:|Unknown option:|bad option:|too "
            r"many arguments|"
            r"Not enough non-option arguments|Missing required argument|required arguments? were not "
            r"provided|"
            r"missing required argument|not a valid option|requires an argument)[^\n]{0,300}$"),
         _plain(Rule.USAGE_ERROR, "The server does not take the arguments that it is given", _help)),
    # Ports, files, rights.
    Sign("system",
         _p(r"^[^\n]{0,200}(?:EADDRINUSE|[Aa]ddress already in use|Only one usage of each socket address)"
            r"[^\n]{0,200}$"),
         _plain(Rule.ADDRESS_IN_USE, "The server wants to listen on a port that another process has",
                "End the other process, or give the server another port; over stdio it needs none at all")),
    Sign("system",
         _p(r"^[^\n]{0,300}(?:CERTIFICATE_VERIFY_FAILED|unable to get local issuer certificate|"
            r"self[- ]signed certificate|invalid peer certificate)[^\n]{0,300}$"),
         _plain(Rule.UPSTREAM_CERTIFICATE, _SECURITY,
                "Give it the authority: -e SSL_CERT_FILE=FILE for Python, -e NODE_EXTRA_CA_CERTS=FILE "
                "for Node")),
    Sign("system",
         _p(r"^[^\n]{0,300}(?:ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ConnectionRefusedError|"
            r"[Cc]onnection refused|Name or service not known|[Tt]emporary failure in name resolution|"
            r"getaddrinfo failed|nodename nor servname|[Ff]ailed to fetch: |dial tcp |no such host|"
            r"error sending request for url)[^\n]{0,300}$"), _download),
    Sign("system",
         _p(r"^[^\n]{0,200}(?:FileNotFoundError: \[Errno 2\] No such file or directory: |"
            r"ENOENT: no such file or directory, \w{1,20} )['\"](?P<file>[^'\"\n]{1,300})['\"]"), _file),
    Sign("system",
         _p(r"^[^\n]{0,300}(?:error while loading shared libraries|cannot open shared object file|"
            r"Library not loaded|version `GLIBC\w{0,20}_[\d.]{1,10}' not found|DLL load "
            r"failed)[^\n]{0,300}$"),
         _plain(Rule.LIBRARY_MISSING, "The program needs a library of the system that is not here",
                "Install the library that the line names, or a build for this system")),
    Sign("system",
         _p(r"^[^\n]{0,300}(?:No space left on device|ENOSPC)[^\n]{0,200}$"),
         _plain(Rule.DISK_FULL, "The disk is full", "df -h, then make room")),
    Sign("system",
         _p(r"^[^\n]{0,300}(?:^MemoryError|heap out of memory|Cannot allocate memory|OutOfMemoryError)"
            r"[^\n]{0,200}$"),
         _plain(Rule.OUT_OF_MEMORY, "The server ran out of memory",
                "Give it more memory (a limit of a container, --max-old-space-size of Node), or less to "
                "load")),
    Sign("system",
         _p(r"^[^\n]{0,300}(?:PermissionError: |EACCES|EPERM|[Pp]ermission denied|Operation not permitted)"
            r"[^\n]{0,300}$"),
         _plain(Rule.PERMISSION_DENIED, "The server may not open or do something that it needs",
                "Look at the path in the line above with ls -l, and at the user who starts the server")),
    Sign("system",
         _p(r"^[^\n]{0,200}(?:not a (?:tty|TTY|terminal)\b|Inappropriate ioctl for device|"
            r"(?:must|has to|needs to) be run (?:in|from|on) an? (?:interactive )?terminal|"
            r"requires an? (?:interactive )?(?:terminal|TTY)|setRawMode is not a function|"
            r"Raw mode is not supported)[^\n]{0,200}$"),
         _plain(Rule.NEEDS_TERMINAL, "The program wants a terminal, and a server over stdio has pipes only",
                "Look for an option that starts it as a server, often `serve`, `mcp` or --stdio")),
    Sign("system",
         _p(r"^[^\n]{0,200}(?:\b401\b[^\n]{0,20}[Uu]nauthorized|[Ii]nvalid (?:API|api|access)[ "
            r"_]?(?:key|token)|"
            r"[Ii]ncorrect API key|[Bb]ad credentials|[Aa]uthentication failed"
            r"|AuthenticationError)[^\n]{0,200}$"),
         _plain(Rule.CREDENTIALS_REFUSED, "The service behind the server refuses the credentials that "
                                          "it is given",
                lambda words: f"Check the key or token in its environment, then: {_again(words)}")),
    # Shells and wrappers.
    Sign("package",
         _p(r"^(?:\S{1,40}: )?(?:line )?(?:\d+: )?(?P<name>[^\s:]{1,200}): (?:command )?not found$"), _inner),
    Sign("package", _p(r"^(?:\S{1,40}/)?env: (?P<name>\S{1,200}): No such file or directory$"), _inner),
    Sign("package",
         _p(r"(?P<name>'\S{1,200}') is not recognized as an internal or external command"), _inner),
    Sign("package", _p(r"Failed to spawn: (?P<name>`\S{1,200}`)"), _inner),
)  # fmt: skip


def _without_tty(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a `docker run` without its -t."""
    words: list[str] = []
    for word in argv:
        if word in ("-t", "--tty"):
            continue
        if re.fullmatch(r"-[itd]*t[itd]*", word):
            word = word.replace("t", "")
        words.append(word)
    return tuple(words)
