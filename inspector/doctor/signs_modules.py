"""Code that an interpreter could not find or read: modules, packages, scripts, syntax."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.doctor import interpreter
from inspector.doctor.complaints import Sign, Words
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, again, joined

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def _python(words: Words) -> str:
    return interpreter.python_of(words.seen.target, words.place) or "python"


def _module(words: Words, match: re.Match[str]) -> Found:
    """A module that this Python does not have, and where it is instead."""
    module = match["module"].strip("'")
    top = module.split(".")[0]
    target, place = words.seen.target, words.place
    python = _python(words)
    if words.text[match.end() :].startswith(f"; '{top}' is not a package"):
        return _shadowed(words, top)
    own = interpreter.environment_of(python)
    if module != top and _has_top(words, python, top):
        return _other_version(python, module, top)
    if module != top and _ran(target, module):
        return Found(
            rule=Rule.MODULE_MISSING,
            finds=match[0].strip(),
            says=f"Python was asked to run {module}, and finds {top} without that module in it",
            next=f"Name a module of {top} that starts the server",
        )
    for environment in interpreter.environments(words.seen, place):
        if environment == own or not interpreter.holds_module(environment, top):
            continue
        other = interpreter.python_in(environment)
        argv = (other, *target.argv[1:]) if interpreter.is_python(target) else (other, *target.argv)
        return Found(
            rule=Rule.MODULE_IN_OTHER_ENVIRONMENT,
            finds=f"{python} has no module {module}, and {environment} has it",
            says=f"The server runs with {python}, while its module {top} is installed in the virtual "
            f"environment {environment}",
            next=again(target, argv),
        )
    for folder in ("src", "lib", "."):
        path = os.path.join(place.cwd, folder, top)
        if os.path.isdir(path) or os.path.isfile(f"{path}.py"):
            root = os.path.normpath(os.path.join(place.cwd, folder))
            return Found(
                rule=Rule.MODULE_NOT_ON_PATH,
                finds=f"{python} has no module {module}, and {root} holds {top}",
                says=f"The module {top} lies in {root}, which is not on Python's path",
                next=again(target, None, "-e", f"PYTHONPATH={root}"),
            )
    inside = own or "no virtual environment"
    return Found(
        rule=Rule.MODULE_MISSING,
        finds=f"{python} has no module {module}",
        says=f"The Python that runs the server, {python} of {inside}, does not have the module {top}",
        next=f"{joined([python])} -m pip install {top.replace('_', '-')}",
    )


def _ran(target: StdioTarget, module: str) -> bool:
    """Whether the command names the module itself."""
    return any(pair == ("-m", module) for pair in pairwise(target.argv))


def _shadowed(words: Words, top: str) -> Found:
    """A file with the name of a package: `mcp.py` that imports `mcp.server`."""
    named = re.findall(rf"[^\s()'\"][^()'\"\n]{{0,400}}[/\\]{re.escape(top)}\.py(?=[)'\"])", words.text)
    file = next((each for each in named if "-packages" not in each), f"{top}.py")
    return Found(
        rule=Rule.MODULE_SHADOWED,
        finds=f"{file} is imported as {top}",
        says=f"{file} has the name of the package {top}, so Python imports it instead of the package",
        next=f"Give {file} another name",
    )


def _has_top(words: Words, python: str, top: str) -> bool:
    """Whether the package itself is installed, and only a part of it is missing."""
    if interpreter.holds_module(os.path.dirname(os.path.dirname(python)), top):
        return True
    return re.search(rf"(?:site|dist)-packages[/\\\\]{re.escape(top)}[/\\\\]", words.text) is not None


def _other_version(python: str, module: str, top: str) -> Found:
    # What nearly every server of 2025 imports, and what left the package with its second release.
    old = "mcp<2" if module.startswith("mcp.server.fastmcp") else f"{top.replace('_', '-')}==VERSION"
    return Found(
        rule=Rule.IMPORT_FAILED,
        finds=f"{python} has {top}, without {module}",
        says=f"The package {top} is installed in a version that does not fit the server: it lacks {module}",
        next=f"{joined([python])} -m pip install {joined([old])}",
    )


def _no_main(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.MODULE_HAS_NO_MAIN,
        finds=match[0].strip(),
        says="Python was asked to run a package or a directory that has no __main__",
        next="Name the module or the script inside it that starts the server",
    )


def _import(words: Words, match: re.Match[str]) -> Found:
    top = match["package"].split(".")[0]
    if re.search(rf"[/\\]{re.escape(top)}\.py[)'\"]", match[0]) and "-packages" not in match[0]:
        return _shadowed(words, top)
    return Found(
        rule=Rule.IMPORT_FAILED,
        finds=match[0].strip(),
        says="A package that the server needs is installed in a version that does not fit the server",
        next=f"{joined([_python(words)])} -m pip install --upgrade {top}",
    )


def _node_module(words: Words, match: re.Match[str]) -> Found:
    module = match["module"]
    target, place = words.seen.target, words.place
    script = interpreter.script_of(target)
    path = module.removeprefix("file://")
    if script is not None and os.path.normpath(path) == place.at(script):
        return interpreter.script_missing(target, place, script)
    if os.path.isabs(path) or module.startswith("."):
        return Found(
            rule=Rule.NODE_MODULE_MISSING,
            finds=f"Node cannot find {module}",
            says=f"A file of the server itself, {module}, is missing: it was not built, or not completely",
            next=f"cd {joined([place.cwd])} && npm install && npm run build",
        )
    home = os.path.dirname(place.at(script)) if script else place.cwd
    return Found(
        rule=Rule.NODE_MODULE_MISSING,
        finds=f"Node cannot find the package {module}",
        says=f"The package {module} that the server needs is not installed",
        next=f"cd {joined([_with_package_json(home)])} && npm install",
    )


def _with_package_json(directory: str) -> str:
    here = directory
    while not os.path.isfile(os.path.join(here, "package.json")):
        parent = os.path.dirname(here)
        if parent == here:
            return directory
        here = parent
    return here


def _syntax(words: Words, match: re.Match[str]) -> Found:
    target, place = words.seen.target, words.place
    if re.search(r"\.[mc]?tsx?$", interpreter.script_of(target) or "") and not interpreter.is_python(target):
        return _typescript(words, match)
    where = words.last(_p(r'^\s*File "(?P<file>[^"\n]{1,300})", line (?P<line>\d{1,7})$'))
    where = where or words.last(_p(r"^(?P<file>(?:file://)?/[^\n:]{1,300}):(?P<line>\d{1,7})$"))
    at = f"{where['file']}, line {where['line']}" if where else "its code"
    runs = interpreter.python_of(target, place) or place.which(target.argv[0]) or target.argv[0]
    return Found(
        rule=Rule.SYNTAX_ERROR,
        finds=f"{match['kind']} in {at}",
        says=f"There is a mistake in {at}, or it is written for a newer release than {runs}",
        next=f"Correct it, or start it with a newer release; which one this is: {joined([runs])} --version",
    )


def _python_too_old(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.RUNTIME_TOO_OLD,
        finds=match[0].strip(),
        says="The server needs another version of Python than the one that it is started with",
        next="uvx --python 3.13 PACKAGE, or a virtual environment of a Python that fits",
    )


def _node_too_old(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.RUNTIME_TOO_OLD,
        finds=match[0].strip(),
        says="The server needs a newer version of its runtime than the one that it is started with",
        next="Install a current release of the runtime, and check which one PATH leads to first",
    )


def _no_type(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.NODE_MODULE_TYPE,
        finds=match[0].strip(),
        says="Node reads the script as the wrong kind of module: import and require do not fit its type",
        next='Set "type": "module" in package.json, or name the file .mjs (for require: .cjs)',
    )


def _typescript(words: Words, match: re.Match[str]) -> Found:
    target = words.seen.target
    return Found(
        rule=Rule.NODE_RUNS_TYPESCRIPT,
        finds=match[0].strip(),
        says="Node is asked to run TypeScript, which this release does not",
        next=again(target, ("npx", "tsx", *target.argv[1:])),
    )


def _script(words: Words, match: re.Match[str]) -> Found:
    target, place = words.seen.target, words.place
    named = match["file"].strip("'\"")
    script = interpreter.script_of(target)
    if script is not None and place.at(script) == place.at(named):
        return interpreter.script_missing(target, place, script)
    return interpreter.script_missing(target, place, named)


def _store(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.PYTHON_MISSING,
        finds="It is the stub that opens the Microsoft Store",
        says="Python is not installed: the python on PATH is the stub that Windows brings",
        next="Install Python: https://www.python.org",
    )


def _npm_script(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.NPM_SCRIPT_MISSING,
        finds=match[0].strip(),
        says=f"package.json has no script {match['script']}",
        next="npm run lists the scripts that there are",
    )


def _package_json(words: Words, match: re.Match[str]) -> Found:
    target = words.seen.target
    return Found(
        rule=Rule.PROJECT_MISSING,
        finds=match[0].strip(),
        says=f"The launcher looks for a project in {words.place.cwd}, and there is none",
        next=again(target, None, "--cwd", "DIR") if target.cwd is None else "Give the project's directory",
    )


SIGNS = (
    Sign("script", _p(r"can't open file (?P<file>'[^'\n]{1,300}'|\S{1,300}): \[Errno 2\]"), _script),
    Sign("interpreter", _p(r"^Python was not found; run without arguments"), _store),
    Sign("script", _p(r"Unable to access jarfile (?P<file>\S{1,300})"), _script),
    Sign("script", _p(r"^(?:\S{1,40}: )?(?:\d+: )?(?P<file>\S{1,300}\.(?:sh|bash)): No such file or "
                      r"directory$"),
         _script),
    Sign("script", _p(r"^[^\n]{0,300}can't find '__main__' module in[^\n]{0,300}$"), _no_main),
    Sign("script", _p(r"^[^\n]{0,300}No module named [^\n]{1,200}__main__[^\n]{0,200}$"), _no_main),
    Sign("interpreter", _p(r"No module named (?P<module>'[\w.]{1,200}'|[\w.]{1,200}(?=;|$| \())"), _module),
    Sign("interpreter",
         _p(r"^ImportError: cannot import name '[^'\n]{1,200}' from (?:partially initialized module )?"
            r"'(?P<package>[\w.]{1,200})'[^\n]{0,300}$"), _import),
    Sign("interpreter", _p(r"^[^\n]{0,80}Cannot use import statement outside a module|"
                           r"^[^\n]{0,80}require is not defined in ES module scope|"
                           r"^[^\n]{0,80}\[?ERR_REQUIRE_ESM\]?[^\n]{0,200}$"), _no_type),
    Sign("interpreter",
         _p(r"^[^\n]{0,80}Unknown file extension \"\.(?:ts|tsx|mts)\"[^\n]{0,300}$"), _typescript),
    Sign("package",
         _p(r"Cannot find (?:module|package) ['\"](?P<module>[^'\"\n]{1,300})['\"]"), _node_module),
    Sign("interpreter",
         _p(r"^[^\n]{0,200}(?:requires a different Python|[Rr]equires[- ]Python|does not satisfy Python|"
            r"No interpreter found for Python)[^\n]{0,300}$"), _python_too_old),
    Sign("interpreter",
         _p(r"^[^\n]{0,200}(?:UnsupportedClassVersionError|You must install or update \.NET|"
            r"engine \"node\" is incompatible|No such built-in module|ERR_UNKNOWN_BUILTIN_MODULE|"
            r"ReferenceError: (?:fetch|ReadableStream|structuredClone|File|Headers) is not "
            r"defined)[^\n]{0,300}$"),
         _node_too_old),
    Sign("interpreter", _p(r"^(?P<kind>(?:Syntax|Indentation|Tab)Error): [^\n]{0,300}$"), _syntax),
    Sign("package",
         _p(r"^npm (?:ERR!|error) [Mm]issing script: \"?(?P<script>[^\"\n]{1,80})\"?$"), _npm_script),
    Sign("package", _p(r"^[^\n]{0,120}(?:Could not read package\.json|No `pyproject\.toml` "
                       r"found)[^\n]{0,300}$"),
         _package_json),
)  # fmt: skip
