"""Opens a person's browser at a URL, without a shell, and says where that cannot be.

Only https, and http on this machine, ever gets here as an argument of another program; what begins like
an option does not. Whether to open anything at all is asked elsewhere, before.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread

from inspector.errors import InspectError
from inspector.session.auth import address
from inspector.wire.visible import visible

_PATIENCE = 3.0  # seconds; an opener that fails does so at once, and a browser may run for hours
_RUNNING: list[subprocess.Popen[bytes]] = []  # kept, so that nobody warns of them
_PLACE = "%s"
_MEANS_SOMETHING = re.compile(r"[\"'`$<>^{|}]")
_SCRIPTS = (".bat", ".cmd")  # Windows runs them by its shell, which takes any argument apart once more


@dataclass(frozen=True, slots=True)
class Opener:
    """A program that opens URLs.

    Attributes:
        argv: Its words; `%s` among them stands for the URL, which is the last word otherwise.
    """

    argv: tuple[str, ...]

    def command(self, url: str) -> list[str]:
        """The words to run for `url`."""
        if any(_PLACE in word for word in self.argv):
            return [word.replace(_PLACE, url) for word in self.argv]
        return [*self.argv, url]


def find_opener(
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
    kernel: str | None = None,
) -> Opener | str:
    """What opens a browser here, or one sentence why nothing does.

    Args:
        environ: `BROWSER` is honoured as xdg-open does: commands between colons, the first that exists.
        platform: As `sys.platform`.
        which: Finds a program.
        kernel: What the kernel says of itself; read from the system where `None`.
    """
    if (chosen := _by_variable(environ.get("BROWSER", ""), platform, which)) is not None:
        return chosen
    if platform == "darwin":
        return Opener(("/usr/bin/open",))
    if platform == "win32":
        root = environ.get("SystemRoot", r"C:\Windows")
        return Opener((rf"{root}\System32\rundll32.exe", "url.dll,FileProtocolHandler"))
    wsl = "microsoft" in (_kernel() if kernel is None else kernel).lower()
    if wsl and (found := which("wslview")):
        return Opener((found,))
    if wsl and (found := which("rundll32.exe")):
        return Opener((found, "url.dll,FileProtocolHandler"))
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return "This is WSL without a way to a browser" if wsl else "There is no display to open a browser on"
    if found := which("xdg-open"):
        return Opener((found,))
    if found := which("gio"):
        return Opener((found, "open"))
    return "There is no xdg-open to open a browser with; BROWSER can name another program"


def _by_variable(value: str, platform: str, which: Callable[[str], str | None]) -> Opener | None:
    for command in value.split(";" if platform == "win32" else ":"):
        try:
            words = shlex.split(command, posix=platform != "win32")
        except ValueError:  # a quotation mark without its other one
            continue
        found = which(words[0]) if words else None
        if found and not (platform == "win32" and found.lower().endswith(_SCRIPTS)):
            return Opener((found, *words[1:]))
    return None


def _kernel() -> str:
    try:
        return Path("/proc/version").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux
        return ""


def shown_host(host: str) -> str:
    """A host as a person should see it: what punycode stands for is revealed, and how it is really spelt."""
    if "xn--" not in host.lower():
        return visible(host)
    name, colon, port = host.partition(":")
    try:
        reads = name.encode("ascii").decode("idna")
    except UnicodeError:
        reads = "something that is no name"
    return f"{visible(name)}{colon}{visible(port)} (reads “{visible(reads)}”)"


async def open_browser(url: str, opener: Opener) -> str:
    """Open `url`.

    Returns:
        Why it did not work, one sentence; empty where nothing speaks against it.

    Raises:
        InspectError: The URL is one that no browser is sent to.
    """
    fault = address.unsafe(url) or ("is plain http" if address.insecure(url) else "")
    if fault:
        raise InspectError(f"No browser is sent to an address that {fault}")
    try:
        process = subprocess.Popen(  # noqa: ASYNC220 - it only starts; waiting is done in a thread
            opener.command(_unquotable(url)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # ctrl+C is for us, not for the browser
        )
    except OSError as error:
        return f"{opener.argv[0]} cannot be started: {error.strerror}"
    code = await anyio.to_thread.run_sync(_ends, process, abandon_on_cancel=True)
    if code is None:
        _RUNNING.append(process)
    return f"{opener.argv[0]} failed with exit code {code}" if code else ""


def _unquotable(url: str) -> str:
    """`url` without what means something to a shell between quotation marks.

    We start none, but `$BROWSER` may be one, and `wslview` hands its argument to two.
    """
    return _MEANS_SOMETHING.sub(lambda found: f"%{ord(found[0]):02X}", url)


def _ends(process: subprocess.Popen[bytes]) -> int | None:
    """The exit code, if it comes soon."""
    try:
        return process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return None
