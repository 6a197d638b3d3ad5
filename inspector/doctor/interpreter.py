"""What runs the server's code, and the file that it is to run: Python and its environments, Node, scripts.

Passive: paths are looked at, nothing is started. What an interpreter itself complains of is recognised
in `inspector.doctor.complaints` and stands in these checks.
"""

from __future__ import annotations

import glob
import os
import re
import sys
from typing import TYPE_CHECKING

from inspector.doctor.place import Place
from inspector.doctor.program import shebang
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, Verdict, again, joined, passed, skipped

if TYPE_CHECKING:
    from inspector.doctor.complaints import Complaint
    from inspector.doctor.seen import Seen
    from inspector.transport.target import StdioTarget

_PYTHON = re.compile(r"(?:python|pypy)(?:\d(?:\.\d+)?t?)?(?:\.exe)?", re.IGNORECASE)
_VALUED = {"-c", "-m", "-W", "-X", "-e", "-p", "--eval", "--print", "-r", "--require", "--import", "--loader"}
"""Options of interpreters that a value follows."""
_NO_FILE = {"-c", "-m", "-e", "-p", "--eval", "--print", "-"}
"""Options that say what to run without naming a file."""
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "fish"})
_CODE = {"python": re.compile(r"-[A-Za-z]*[cm].*"), "shell": re.compile(r"-[A-Za-z]*c"),
         "node": re.compile(r"-p?e|-pe?")}  # fmt: skip
"""Options in one word that say what to run without naming a file: `-um module`, `-lc line`, `-pe code`."""
_RUNNERS = frozenset({"node", "deno", "bun", "ruby", "perl", "php", "tsx", "ts-node"} | _SHELLS)
_SUBCOMMANDS = {"deno": ("run",), "bun": ("run",)}
_ENVIRONMENTS = (".venv", "venv", "env", ".env")


def is_python(target: StdioTarget) -> bool:
    """Whether the first word of the command is a Python."""
    return bool(target.argv) and _PYTHON.fullmatch(os.path.basename(target.argv[0])) is not None


def python_of(target: StdioTarget, place: Place) -> str | None:
    """The Python that the command runs, as far as its words and a first line tell: a path."""
    if not target.argv:
        return None
    path = place.which(target.argv[0])
    if path is None or is_python(target):
        return path
    try:
        with open(path, "rb") as file:
            script = shebang(file.read(512))
    except OSError:  # unreadable programs are no scripts
        return None
    if script is None or not _PYTHON.fullmatch(os.path.basename(script.command)):
        return None
    return place.which(script.command)


def examine(seen: Seen, place: Place, complaint: Complaint | None) -> Verdict:
    """The interpreter and its environment."""
    name, title = "interpreter", "Interpreter"
    if complaint is not None:
        return complaint.found.verdict(name, title)
    python = python_of(seen.target, place)
    if python is None:
        runs = runner(seen.target)
        if runs is None or place.which(seen.target.argv[0]) is None:
            return skipped(name, title, "The command names none that is known here")
        return passed(name, title, f"{runs}: {place.which(seen.target.argv[0])}")
    own = environment_of(python)
    beside = environment_beside(place)
    says = f"{python}, of the virtual environment {own}" if own else f"{python}, of no virtual environment"
    if beside and beside != own:
        note = f"{says}; {beside} is another one"
        return passed(name, title, note, state="ok" if seen.connected else "note")
    return passed(name, title, says)


def runner(target: StdioTarget) -> str | None:
    """The interpreter that the first word names, e.g. `node`; `None` where it is none."""
    if not target.argv:
        return None
    bare = re.sub(r"\.(?:exe|cmd)$", "", os.path.basename(target.argv[0]).lower())
    return "python" if is_python(target) else bare if bare in _RUNNERS else None


def environment_of(python: str) -> str | None:
    """The virtual environment that a Python belongs to; `None` for one of the system."""
    root = os.path.dirname(os.path.dirname(python))
    return root if os.path.isfile(os.path.join(root, "pyvenv.cfg")) else None


def environment_beside(place: Place) -> str | None:
    """A virtual environment that is active, or lies in the working directory."""
    active = place.env.get("VIRTUAL_ENV")
    candidates = [os.path.join(place.cwd, each) for each in _ENVIRONMENTS]
    for root in ([active] if active else []) + candidates:
        if os.path.isfile(os.path.join(root, "pyvenv.cfg")):
            return os.path.abspath(root)
    return None


def environments(seen: Seen, place: Place) -> list[str]:
    """Every virtual environment that may be meant: the active one, those beside the directory and script."""
    file = script_of(seen.target)
    roots = [place.env.get("VIRTUAL_ENV") or ""]
    homes = [place.cwd] + ([os.path.dirname(place.at(file))] if file else [])
    for home in homes:
        for directory in (home, os.path.dirname(home)):
            roots += [os.path.join(directory, each) for each in _ENVIRONMENTS]
    found = (os.path.abspath(r) for r in roots if r and os.path.isfile(os.path.join(r, "pyvenv.cfg")))
    return list(dict.fromkeys(found))


def holds_module(environment: str, module: str) -> bool:
    """Whether a virtual environment has the top-level `module` installed."""
    top = glob.escape(module.split(".")[0])
    library = "Lib" if sys.platform == "win32" else os.path.join("lib", "python*")
    for ending in (top, f"{top}.py", f"{top}.*.so", f"{top}.*.pyd"):
        pattern = os.path.join(glob.escape(environment), library, "site-packages", ending)
        if glob.glob(pattern):
            return True
    return False


def python_in(environment: str) -> str:
    """The interpreter of a virtual environment."""
    if sys.platform == "win32":
        return os.path.join(environment, "Scripts", "python.exe")
    return os.path.join(environment, "bin", "python")


def script_of(target: StdioTarget) -> str | None:
    """The file that an interpreter is asked to run, as given; `None` where none is named."""
    runs = runner(target)
    if runs is None:
        return None
    words = list(target.argv[1:])
    inline = _CODE.get("shell" if runs in _SHELLS else runs)
    if words and words[0] in _SUBCOMMANDS.get(runs, ()):
        words.pop(0)
    while words:
        word = words.pop(0)
        if word in _NO_FILE or (inline is not None and inline.fullmatch(word)):
            return None
        if word in _VALUED and words:
            words.pop(0)
        elif not word.startswith("-"):
            return word
    return None


def script(seen: Seen, place: Place, complaint: Complaint | None) -> Verdict:
    """The file that the interpreter is to run."""
    name, title = "script", "Script"
    if complaint is not None:
        return complaint.found.verdict(name, title)
    file = script_of(seen.target)
    if file is None:
        if not seen.connected and _waits_for_a_program(seen.target):
            return _not_named(seen.target).verdict(name, title)
        return skipped(name, title, "The command names no script")
    path = place.at(file)
    if runner(seen.target) == "node" and any(
        os.path.exists(path + each) for each in (".js", ".json", ".node")
    ):
        return passed(name, title, path)  # Node adds the ending
    if os.path.exists(path) or "://" in file or runner(seen.target) in ("bun", "deno"):
        return passed(name, title, path)
    return script_missing(seen.target, place, file).verdict(name, title)


def _waits_for_a_program(target: StdioTarget) -> bool:
    """Whether an interpreter is given nothing to run, so that it reads its program from stdin."""
    runs = runner(target)
    if runs not in {"python", "node", "ruby", "perl", "php"} | _SHELLS:
        return False
    return all(
        word in ("-", "-i", "-u", "-q", "-s", "-l", "--login", "--interactive") for word in target.argv[1:]
    )


def _not_named(target: StdioTarget) -> Found:
    return Found(
        rule=Rule.SCRIPT_NOT_NAMED,
        finds=f"{target.argv[0]} is given nothing to run",
        says=f"{target.argv[0]} without a script reads its program from stdin, and takes messages for it",
        next=again(target, (*target.argv, "SCRIPT")),
    )


def script_missing(target: StdioTarget, place: Place, file: str) -> Found:
    """The fault of a script that is not there."""
    elsewhere = _elsewhere(place, file)
    unbuilt = re.search(r"(?:^|[/\\])(?:dist|build|lib|out)[/\\]", file) is not None
    if elsewhere and file in target.argv:
        words = tuple(elsewhere[0] if word == file else word for word in target.argv)
        next_step = again(target, words)
    elif unbuilt and os.path.isfile(place.at("package.json")):
        next_step = f"cd {joined([place.cwd])} && npm install && npm run build"
    else:
        next_step = "Give the full path of the script, or its directory with --cwd DIR"
    return Found(
        rule=Rule.SCRIPT_MISSING,
        finds=f"There is no {place.at(file)}",
        says=f"{target.argv[0]} is to run {file}, which does not exist in {place.cwd}"
        + (": it is a file that a build makes" if unbuilt else ""),
        next=next_step,
        evidence=tuple(f"near it: {each}" for each in elsewhere),
    )


def _elsewhere(place: Place, file: str) -> list[str]:
    """Files of that name one directory further down, which is where a wrong directory usually leads."""
    pattern = os.path.join(glob.escape(place.cwd), "*", glob.escape(os.path.basename(file)))
    return sorted(glob.glob(pattern))[:3]
