"""Where a command is started: its environment and its directory, and what a name means there.

The same lookups run for a person's own shell and for the small surroundings that a graphical host
gives (`inspector.doctor.host`). Nothing is started here.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.transport.target import StdioTarget

HOST_PATHS = {
    "darwin": "/usr/bin:/bin:/usr/sbin:/sbin",  # launchd's, for everything that is opened from the Dock
    "linux": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",  # without a login shell
}
"""PATH of a program that a desktop started, by `sys.platform`. Windows gives the user's own."""
HOST_NAMES = (
    ("APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE",
     "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE")
    if sys.platform == "win32"
    else ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER")
)  # fmt: skip
"""The variables that MCP's SDKs hand on to a server unless its configuration says more."""


def host_cwd() -> str:
    """Where a host starts a server: the root on macOS, the system's own directory on Windows."""
    if sys.platform == "win32":
        return os.path.join(os.environ.get("SYSTEMROOT", "C:\\Windows"), "System32")
    return "/"


def host_env() -> dict[str, str]:
    """The environment that a graphical host gives a server of its configuration file."""
    env = {name: os.environ[name] for name in HOST_NAMES if name in os.environ}
    path = HOST_PATHS.get(sys.platform)
    if path is not None:
        env["PATH"] = path
    env.pop("TERM", None)  # no terminal started the host
    return env


@dataclass(frozen=True, slots=True)
class Place:
    """Surroundings of a process that is yet to start.

    Attributes:
        env: Its whole environment. Values never leave this object but for PATH and VIRTUAL_ENV.
        cwd: Its directory, absolute.
    """

    env: Mapping[str, str] = field(repr=False)
    cwd: str

    @classmethod
    def of(cls, target: StdioTarget) -> Place:
        """What the transport gives `target`."""
        inherited = os.environ if target.inherit else {}
        return cls({**inherited, **target.env}, os.path.abspath(target.cwd or "."))

    @property
    def directories(self) -> tuple[str, ...]:
        """The directories of PATH, in the order of the search, each once."""
        return tuple(dict.fromkeys(each or "." for each in self.path.split(os.pathsep)))

    @property
    def path(self) -> str:
        """PATH, or what the system takes for it where there is none."""
        return self.env.get("PATH", os.defpath)

    def at(self, name: str) -> str:
        """The path that `name` means from this directory."""
        path = os.path.normpath(os.path.join(self.cwd, name))
        return path[1:] if os.sep == "/" and path.startswith("//") else path  # POSIX leaves two slashes alone

    def which(self, name: str) -> str | None:
        """The program that `name` starts, as an absolute path; `None` where it starts nothing."""
        path = bool(os.path.dirname(name))
        found = shutil.which(self.at(name)) if path else shutil.which(name, path=self.path)
        return None if found is None else os.path.abspath(found)
