"""How the process ended, where it did so by itself: code, signal, last words.

Complaints that are recognised by their text stand in `inspector.doctor.complaints` and come first; this
check is for the rest of them, and for ends without a word.
"""

from __future__ import annotations

import re

from inspector.doctor.place import Place
from inspector.doctor.seen import Said, Seen
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.stdout import program_of
from inspector.doctor.verdict import Found, Verdict, again, joined, passed, skipped
from inspector.wire.event import Kind, Shape
from inspector.wire.visible import seconds

NAME, TITLE = "exit", "Process lives"

_CRASHES = {"SIGSEGV": "a fault of memory", "SIGBUS": "a fault of memory", "SIGILL": "an illegal instruction",
            "SIGABRT": "an abort of its own", "SIGFPE": "a fault of arithmetic", "SIGTRAP": "a trap",
            "SIGSYS": "a system call that a sandbox forbids"}  # fmt: skip
_NUMBERS = {1: "SIGHUP", 2: "SIGINT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
            11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM"}  # fmt: skip
_WINDOWS = {0xC0000005: "SIGSEGV", 0xC00000FD: "SIGSEGV", 0xC000001D: "SIGILL", 0xC0000409: "SIGABRT"}
_DLL = 0xC0000135

_PYTHON_ERROR = re.compile(
    r"^(?:[A-Za-z_][\w.]{0,200}(?:Error|Exception|Exit|Interrupt|Warning|Group)\b|[A-Za-z_][\w.]{0,200}: )"
)
_OTHER_ERROR = re.compile(
    r"^(?:Uncaught )?(?:\w{0,60}(?:Error|Exception)(?: \[\w{1,60}\])?: "
    r"|thread '[^']{0,80}' (?:\(\d+\) )?panicked at|panic: |Exception in thread |Unhandled exception"
    r"|fatal error: |error: Uncaught)"
)
_USAGE = re.compile(r"^\s*(?:usage|synopsis)\b:?", re.IGNORECASE)


def examine(seen: Seen, place: Place) -> Verdict:
    """The end of the process, or that it did not end."""
    if seen.started is None:
        return skipped(NAME, TITLE, "The process was never started")
    exited = seen.exited
    if not seen.ended_by_itself:
        closed = seen.stdout_closed
        if closed is not None and closed.t < seen.leaving:
            return _closed_stdout(seen, closed.seq).verdict(NAME, TITLE, took=seen.since(closed))
        rung = exited.data.get("rung") if exited is not None else "none"
        if rung in ("terminate", "kill"):
            says = f"It did not end when its stdin was closed, only by {_RUNG[rung]}"
            return passed(NAME, TITLE, says, state="note" if seen.connected else "ok")
        return passed(NAME, TITLE, "It lived until it was left")
    assert exited is not None
    code, signal = exited.data.get("code"), exited.data.get("signal")
    after = seen.since(exited)
    if isinstance(code, int) and not signal:
        signal = _WINDOWS.get(code & 0xFFFFFFFF) or (_NUMBERS.get(code - 128) if code > 128 else None)
    how = f"exited with code {code}" if code is not None else f"was killed by {signal}"
    finds = f"It {how} after {seconds(after)}, {stage(seen)}"
    found = _by_signal(seen, str(signal), finds) if signal else _by_code(seen, place, code, finds)
    return found.verdict(NAME, TITLE, took=after)


_RUNG = {"terminate": "SIGTERM", "kill": "SIGKILL"}


def stage(seen: Seen) -> str:
    """How far it had come, in words: `before it wrote a byte`, `while it was asked for tools/list`."""
    answered = {event.frame.id for event in seen.replies if event.frame is not None}
    open_ = [
        event.frame.method
        for event in seen.sent
        if event.frame is not None and event.frame.shape is Shape.REQUEST and event.frame.id not in answered
    ]
    if seen.negotiated is not None:
        return f"after the handshake, while it was asked for {open_[-1]}" if open_ else "after the handshake"
    if not seen.said and not seen.got:
        return "before it wrote a byte"
    if open_:
        return f"before it answered {open_[-1]}"
    return "before the handshake"


def _evidence(seen: Seen) -> tuple[tuple[str, ...], tuple[int, ...]]:
    words = seen.last_words()
    return tuple(line.text for line in words), tuple(line.row for line in words)


def _closed_stdout(seen: Seen, row: int) -> Found:
    lines, rows = _evidence(seen)
    return Found(
        rule=Rule.STDOUT_CLOSED,
        finds=f"It closed its stdout {stage(seen)}, and lives on",
        says="The server closed its standard output: it went into the background, or prints elsewhere",
        next="Look for an option that keeps it in the foreground and speaks stdio",
        evidence=lines,
        rows=(row, *rows),
    )


def _by_signal(seen: Seen, signal: str, finds: str) -> Found:
    lines, rows = _evidence(seen)
    if signal == "SIGKILL":
        return Found(
            rule=Rule.KILLED,
            finds=finds,
            says="Something killed the server: often the system or a container, for want of memory",
            next="Look into the system's log (dmesg, docker inspect) for `oom` or `Killed process`",
            evidence=lines,
            rows=rows,
        )
    if signal in _CRASHES:
        return Found(
            rule=Rule.CRASHED,
            finds=finds,
            says=f"The server crashed: {signal} is {_CRASHES[signal]}, in native code and not in a script",
            next="Start it by itself; reinstall its native modules for this system and this runtime",
            evidence=lines,
            rows=rows,
        )
    return Found(
        rule=Rule.ENDED_BY_SIGNAL,
        finds=finds,
        says=f"Something sent the server {signal}, which ended it",
        next="Find out what ends it: a supervisor, a timeout, a script of its own",
        evidence=lines,
        rows=rows,
    )


def _by_code(seen: Seen, place: Place, code: object, finds: str) -> Found:
    lines, rows = _evidence(seen)
    shell = f"Run it by itself: {joined(seen.target.argv)}"
    fatal = fatal_line(seen)
    rule, says, next_step = (
        Rule.EXITED_WITH_ERROR,
        "The server gave up, and says why at the end of stderr",
        shell,
    )
    if isinstance(code, int) and code & 0xFFFFFFFF == _DLL:
        rule, says = Rule.LIBRARY_MISSING, "The program needs a DLL that is not here"
    elif fatal is not None:
        rule, says = (
            Rule.UNCAUGHT_EXCEPTION,
            f"The server died of an error that it did not catch: {fatal.shown.lstrip(' |+')}",
        )
        lines = (fatal.text, *(line for line in lines if line != fatal.text))
    elif code == 0 and _held(seen):
        rule = Rule.DAEMONIZED
        says = "The command put the server into the background and ended, so nobody is left to speak to"
        next_step = "Look for an option like --foreground or --no-daemon"
    elif any(_USAGE.match(line.text) for line in seen.said[:20]):
        rule, says = (
            Rule.USAGE_PRINTED,
            "The command printed its usage and ended: it lacks an argument or a verb",
        )
        next_step = "Add what the usage asks for, often a verb such as `serve`, `mcp` or `stdio`"
        lines = tuple(line.text for line in seen.said[:8])
    elif code == 0:
        return _clean_end(seen, finds)
    elif code in (126, 127):
        rule = Rule.INNER_COMMAND_MISSING
        says = "A shell or launcher was started, and could not start what it was to run"
    elif not lines:
        says = "The server gave up without a word"
        next_step = again(seen.target, None, "--as-host") if program_of(seen.target) == "" else shell
    return Found(rule=rule, finds=finds, says=says, next=next_step, evidence=lines, rows=rows)


def _clean_end(seen: Seen, finds: str) -> Found:
    lines, rows = _evidence(seen)
    printed = bool(seen.stdout)
    return Found(
        rule=Rule.NOT_A_SERVER,
        finds=finds,
        says="The command did its work and ended without an error: it is no server that waits on stdin"
        + (", it only prints" if printed else ""),
        next="Check that the script runs its server at the end (mcp.run(), server.connect(transport)), "
        "and that no verb is missing",
        evidence=lines,
        rows=rows,
    )


def _held(seen: Seen) -> bool:
    """Whether something that it started still holds its output."""
    return any(
        step.kind is Kind.CLIENT
        and step.what == "warning"
        and "holds its output" in str(step.data.get("says"))
        for step in seen.steps
    )


def fatal_line(seen: Seen) -> Said | None:
    """The line that names an error nobody caught: the last one of a Python traceback, the first of Node's."""
    lines = [line for line in seen.said if line.text.strip()]
    begins = [at for at, line in enumerate(lines) if "Traceback (most recent call last)" in line.text]
    if begins:
        after = lines[begins[-1] + 1 :]
        named = [line for line in after if _PYTHON_ERROR.match(line.text.lstrip("| "))]
        if named:
            return named[0] if not named[0].text.startswith(" ") else named[-1]
    return next((line for line in lines if _OTHER_ERROR.match(line.text)), None)
