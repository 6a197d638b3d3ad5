"""What reaches stdout and stderr: exact JSON for programs, safe text for people, one line for a failure.

Server text passes `inspector.wire.visible` before it reaches a terminal and is never parsed for markup.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from inspector.cli.paint import paint_for
from inspector.errors import InspectError
from inspector.wire.layout import escaped as escaped
from inspector.wire.layout import indented as indented

_PROSE = re.compile(r"(?:,|;| shows| prints| lists| names| keeps)(?: |$)")  # a command within a sentence


def print_json(document: bytes) -> None:
    """One JSON document on stdout: the exact bytes, or with control characters escaped on a terminal.

    Raises:
        InspectError: It cannot be written, because the disk is full for example.
        BrokenPipeError: Nobody reads it any more.
    """
    if sys.stdout.isatty():
        print_text(escaped(document.decode("utf-8", "replace")))
        return
    _put(document + b"\n")


def print_text(*lines: str) -> None:
    """Lines on stdout, whatever its encoding.

    Raises:
        InspectError: They cannot be written, because the disk is full for example.
        BrokenPipeError: Nobody reads them any more.
    """
    encoding = sys.stdout.encoding or "utf-8"
    text = "".join(f"{line}\n" for line in lines)
    _put(text.encode(encoding, "backslashreplace"))


def _put(data: bytes) -> None:
    with writing():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """What writes to stdout.

    Raises:
        InspectError: In the place of the `OSError` of a stdout that takes nothing: closed, or a full disk.
        BrokenPipeError: Nobody reads it any more.
    """
    try:
        yield
    except BrokenPipeError:  # no failure: whoever read it has had enough of it
        raise
    except OSError as error:
        let_go_of_stdout()
        if error.errno == errno.EBADF:
            says, next = (
                "The result cannot be written: stdout is closed",
                f"Use > {os.devnull} where it is not wanted",
            )
        else:
            says = f"The result cannot be written to stdout: {error.strerror or error}"
            next = "Make room, or send it elsewhere"
        raise InspectError(says, next=next) from error


def fill_closed() -> None:
    """Standard streams that were closed at the start get a place-holder: the next file would be them.

    Nothing comes from stdin, and stderr drops what it gets. But a result that goes nowhere is a failure:
    stdout refuses to be written to, as a closed one does.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def let_go_of_stdout() -> None:
    """Nobody takes what is still buffered: it must not fail at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(*lines: str) -> None:
    """Lines on stderr: what is not the result.

    Raises:
        OSError: Nobody reads stderr any more.
    """
    for line in lines:  # stderr escapes what it cannot encode
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def say_failure(error: InspectError, *, as_json: bool) -> None:
    """A failure at the end of stderr: one line of JSON for programs, else a sentence and the next step.

    Notes of the error follow the sentence and end with the next step; whoever added them made them safe.
    """
    with contextlib.suppress(OSError):  # the exit code says it as well
        if as_json:
            say(error_line(error))
        else:
            notes = getattr(error, "__notes__", ())
            name = paint_for(sys.stderr).alarm("mcp-inspect:")
            says, after = f"{name} {_sentence(error.message)}", tuple(notes)
            if error.next and not notes:
                if error.next.startswith("mcp-inspect ") and not _PROSE.search(error.next):
                    after = (f"Next:  {_safe(error.next)}",)  # alone: the rest of its line is pasted as well
                else:
                    says += f" {_sentence(error.next)}"
            say(says, *after)


def error_line(error: InspectError) -> str:
    """The error as one line of JSON, whatever a server put into its data."""
    document = error.document()
    try:
        return json.dumps(document, default=repr, allow_nan=False)
    except (ValueError, RecursionError):
        facts: dict[str, Any] = {**document["error"], "data": "data that no JSON can say"}
        return json.dumps({"error": facts}, default=repr)


def _safe(text: str) -> str:
    from inspector.wire.visible import visible

    return visible(text.strip(), newline=" ")


def _sentence(text: str) -> str:
    safe = _safe(text)
    return safe if safe.endswith((".", "?", "!", "…", "”")) or " -- " in safe else f"{safe}."


_MOST = 60  # cells that a first column takes up where no terminal says how many there are


def dump(value: Any) -> bytes:
    """A value of our own, or one that was parsed, as JSON text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def table(
    rows: Iterable[tuple[str, str]], width: int | None, emphasize: Callable[[str], str] = str
) -> list[str]:
    """Two columns, indented; the first as wide as it must be, up to half of `width`.

    Args:
        rows: Server text; it is made safe here.
        width: Columns of the terminal. A row whose first column is too wide for its place goes on in the
            next line. `None` keeps every row on a line of its own and cuts nothing, for other programs.
        emphasize: Marks the text of the first column.
    """
    from inspector.wire.visible import cells, clip, visible

    safe = [(visible(first), visible(second)) for first, second in rows]
    most = width // 2 if width is not None else _MOST
    first_width = min(max((cells(first) for first, _ in safe), default=0), most)
    lines = []
    for first, second in safe:
        gap = " " * (first_width - cells(first))
        if width is not None:
            second = clip(second, max(width - first_width - 4, 20))
            if cells(first) > first_width and second:
                lines.append(f"  {emphasize(first)}")
                first, gap = "", " " * first_width
        lines.append(f"  {emphasize(first)}{gap}  {second}".rstrip())
    return lines
