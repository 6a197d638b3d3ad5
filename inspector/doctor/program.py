"""Can the program that was found be started at all: mode, first line, machine.

Reads the first bytes of the file; starts nothing.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.doctor.place import Place
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, Verdict, again, joined, passed, skipped

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget

NAME, TITLE = "program", "Program can start"

INTERPRETERS = {".py": "python", ".js": "node", ".mjs": "node", ".cjs": "node", ".ts": "npx tsx", ".sh": "sh",
                ".rb": "ruby", ".jar": "java -jar"}  # fmt: skip
"""What starts a file of that ending where it does not start by itself."""

_HEAD = 4096
_ELF_MACHINES = {3: "i386", 8: "mips", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64", 183: "aarch64",
                 243: "riscv64"}  # fmt: skip
_ALIASES = {"amd64": "x86_64", "arm64": "aarch64", "i686": "i386", "i586": "i386", "ppc64le": "ppc64"}


@dataclass(frozen=True, slots=True)
class Shebang:
    """The first line of a script.

    Attributes:
        line: As it stands, without `#!`.
        program: The interpreter that the kernel starts.
        command: What is meant: the name after `env`, or else `program`.
    """

    line: str
    program: str
    command: str


def examine(target: StdioTarget, place: Place) -> Verdict:
    """Whether the file behind the first word of `target` is one that the system can start."""
    name = target.argv[0] if target.argv else ""
    path = place.which(name) if name else None
    if path is None:
        path = place.at(name) if os.path.dirname(name) else None
        if path is None or not os.path.exists(path):
            return skipped(NAME, TITLE, "There is no program to look at")
        return _not_startable(target, name, path).verdict(NAME, TITLE)
    if sys.platform == "win32":  # PATHEXT decides there, and the search has asked it already
        return passed(NAME, TITLE, f"{os.path.basename(path)} is a program")
    head = _head(path)
    if head is None:
        return passed(NAME, TITLE, f"{path} can be started, and may not be read")
    fault = _script_fault(target, place, path, head) or _machine_fault(target, path, head)
    if fault is not None:
        return fault.verdict(NAME, TITLE)
    script = shebang(head)
    return passed(NAME, TITLE, f"It is a script for {script.line}" if script else "It is a program")


def _not_startable(target: StdioTarget, name: str, path: str) -> Found:
    rest = target.argv[1:]
    if os.path.isdir(path):
        return Found(
            rule=Rule.COMMAND_IS_DIRECTORY,
            finds=f"{path} is a directory",
            says=f"{name} is a directory, and a server is started by a program inside of it",
            next=again(target, ("python", "-m", os.path.basename(path.rstrip("/\\")), *rest))
            if os.path.isfile(os.path.join(path, "__main__.py"))
            else "Give the program inside it",
        )
    starter = INTERPRETERS.get(os.path.splitext(name)[1].lower())
    return Found(
        rule=Rule.COMMAND_NOT_EXECUTABLE,
        finds=f"{path} has mode {_mode(path)}",
        says=f"{name} may not be executed: its mode lacks the x",
        next=again(target, (*starter.split(), name, *rest)) if starter else f"chmod +x {joined([path])}",
    )


def _mode(path: str) -> str:
    try:
        return stat.filemode(os.stat(path).st_mode)
    except OSError:
        return "that cannot be read"


def _head(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD)
    except OSError:  # one may start a program without being allowed to read it
        return None


def shebang(head: bytes) -> Shebang | None:
    """The first line of a script; `None` for anything that has none.

    Args:
        head: The first bytes of the file.
    """
    if not head.startswith(b"#!"):
        return None
    line = head[2:].split(b"\n", 1)[0].decode("utf-8", "replace").rstrip()
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    if not words:
        return Shebang(line, "", "")
    program, rest = words[0], words[1:]
    command = program
    if re.fullmatch(r"(?:.*/)?env", program):
        named = [word for word in rest if not word.startswith("-") and "=" not in word]
        command = named[0] if named else ""
    return Shebang(line, program, command)


def _script_fault(target: StdioTarget, place: Place, path: str, head: bytes) -> Found | None:
    script = shebang(head)
    rest = target.argv[1:]
    ending = os.path.splitext(path)[1].lower()
    if script is None:
        if not _is_text(head):
            return None
        starter = INTERPRETERS.get(ending, "sh")
        return Found(
            rule=Rule.SHEBANG_MISSING,
            finds=f"{path} is text without a first line that names an interpreter",
            says=f"{target.argv[0]} is a script without #! in its first line, so the system cannot start it",
            next=again(target, (*starter.split(), target.argv[0], *rest)),
            evidence=(head.split(b"\n", 1)[0].decode("utf-8", "replace"),),
        )
    evidence = (f"first line: #!{script.line}",)
    if b"\r" in head.split(b"\n", 1)[0]:
        return Found(
            rule=Rule.SHEBANG_CRLF,
            finds=f"The first line of {path} ends with a carriage return",
            says=f"{target.argv[0]} has the line ends of Windows, so its interpreter is sought under a name "
            "that ends with a carriage return",
            next=f"sed -i.bak 's/\\r$//' {joined([path])}",
            evidence=(f"{evidence[0]}\r",),
        )
    sought = script.command or script.program
    if not sought or place.which(sought) is None:
        known = INTERPRETERS.get(ending)
        return Found(
            rule=Rule.SHEBANG_INTERPRETER_MISSING,
            finds=f"The first line of {path} names {sought or 'nothing'}, which does not exist",
            says=f"{target.argv[0]} wants {sought or 'an interpreter'} to run it, and there is none"
            + (
                "; a virtual environment that was moved or deleted leaves such scripts"
                if "venv" in sought
                else ""
            ),
            next=again(target, (*known.split(), target.argv[0], *rest))
            if known
            else f"Install {sought} or correct the first line of {path}",
            evidence=evidence,
        )
    return None


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and not head.startswith(
        (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba")
    )


def _machine_fault(target: StdioTarget, path: str, head: bytes) -> Found | None:
    """A program for another system or processor, or one whose loader is not here."""
    built = machine(head)
    if built is None:
        return None
    system, processor = built
    here = platform.machine().lower()
    ours = _ALIASES.get(here, here)
    ours_system = {"linux": "Linux", "darwin": "macOS"}.get(sys.platform, sys.platform)
    # Emulators (binfmt, Rosetta) start what is not of this machine; the start itself tells whether one did.
    if system != ours_system or (processor and processor != ours):
        return Found(
            rule=Rule.WRONG_ARCHITECTURE,
            finds=f"{path} is a program for {system} {processor}".rstrip(),
            says=f"{target.argv[0]} was built for {system} {processor}, and this is {ours_system} {ours}",
            next=f"Install the build for {ours_system} {ours}",
        )
    loader = _loader(head)
    if loader and not os.path.exists(loader):
        return Found(
            rule=Rule.LOADER_MISSING,
            finds=f"{path} needs {loader}, which does not exist",
            says=f"{target.argv[0]} was built for another C library: its loader {loader} is not here",
            next="Install the build for this system's C library (glibc or musl)",
        )
    return None


def machine(head: bytes) -> tuple[str, str] | None:
    """System and processor that a binary is for; `None` for what is no binary.

    Args:
        head: The first bytes of the file.
    """
    if head.startswith(b"\x7fELF") and len(head) >= 20:
        number = int.from_bytes(head[18:20], "little" if head[5] == 1 else "big")
        return "Linux", _ELF_MACHINES.get(number, f"processor {number}")
    if head.startswith(b"MZ"):
        return "Windows", ""
    if head[:4] in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe") and len(head) >= 8:
        known = {0x01000007: "x86_64", 0x0100000C: "aarch64"}
        return "macOS", known.get(int.from_bytes(head[4:8], "little"), "")
    if head.startswith(b"\xca\xfe\xba\xbe"):
        return ("macOS", "") if int.from_bytes(head[4:8], "big") < 20 else None  # else a class of Java
    return None


def _loader(head: bytes) -> str:
    """PT_INTERP of a 64-bit little-endian ELF file; empty where there is none in its first bytes."""
    if len(head) < 64 or head[4:6] != b"\x02\x01":
        return ""
    start, size, count = (
        int.from_bytes(head[at : at + n], "little") for at, n in ((32, 8), (54, 2), (56, 2))
    )
    for number in range(count):
        entry = head[start + number * size : start + (number + 1) * size]
        if len(entry) >= 40 and int.from_bytes(entry[:4], "little") == 3:
            at, length = (int.from_bytes(entry[a : a + 8], "little") for a in (8, 32))
            return head[at : at + length].rstrip(b"\0").decode("utf-8", "replace")
    return ""
