"""`mcp-inspect record -- COMMAND…`: what a host starts in the place of its server.

`fast` takes the plain line before anything else of this program is imported; every other line (help, wrong
options) goes the usual way through the verb, which calls `record` as well. POSIX only: on Windows a process
can neither be replaced by its exit code and signals nor be forked, and the verb says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_FILE = ("--record", "-o")


def fast(words: Sequence[str]) -> None:
    """Record, if `words` (what follows the program's name) are a plain line of `record`; else return."""
    if sys.platform == "win32" or not words or words[0] != "record" or "--" not in words:
        return
    at = words.index("--")
    options, command, file = list(words[1:at]), words[at + 1 :], None
    redact: list[str] = []
    control, faults, called = False, None, ""
    while options:
        word = options.pop(0)
        name, equals, value = word.partition("=")
        if name == "--record" and equals and value:
            file = value
        elif word == "--control":
            control = True
        elif name == "--name" and (value or (not equals and options)):
            called = value if equals else options.pop(0)
        elif name == "--faults" and (value or (not equals and options)):
            faults = value if equals else options.pop(0)
        elif name == "--redact" and (value or (not equals and options)):
            redact.append(value if equals else options.pop(0))
        elif word in _FILE and options:
            file = options.pop(0)
        else:
            return
    if command and all(command[:1]):
        record(command, file, redact, name=called, control=control, faults=faults)


def record(
    command: Sequence[str],
    file: str | None,
    redact: Sequence[str] = (),
    *,
    name: str = "",
    control: bool = False,
    faults: str | None = None,
) -> NoReturn:
    """Stand between this program's standard streams and `command`. Never returns.

    Args:
        command: The server's command.
        file: The recording; where recordings live by default if `None`.
        redact: What it leaves out, beside what the configuration says. A rule that cannot be meant keeps it
            from being recorded, and stops no traffic.
        name: What the host calls the server.
        control: Let who attaches decide about messages.
        faults: The file of rules to begin with; implies `control`.

    Raises:
        InspectError: With `control`: the rules cannot be read. Nothing was started.
    """
    if control or faults is not None:
        # Imported here: an event loop and the journal, for this mode alone. It returns where it has no room.
        from inspector.proxy.controlled import record_controlled

        record_controlled(command, file, redact, faults, name=name)
    # Imported here: the words of a line may be looked at on Windows as well.
    from inspector.proxy.forward import forward

    def recorder(frames: int, complaint: int, pid: int, why: str, began: float) -> None:
        try:
            from inspector.proxy.recorder import run  # a tenth of a second that only the other process pays
        except Exception as error:  # an installation that is broken: traffic goes on, and the log says why
            says = f"mcp-inspect: Not recorded: {type(error).__name__}: {error}"
            os.write(complaint, says.encode("utf-8", "replace")[:1000] + b"\n")
            return
        run(command, file, frames, complaint, pid=pid, why=why, began=began, redact=redact, name=name)

    forward(command, recorder)
