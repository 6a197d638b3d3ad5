"""A session in words, for the command line and the app alike: when, how long, what is known of it."""

from __future__ import annotations

from datetime import datetime

from inspector.kept.sessions import Session, holder, started_at
from inspector.wire.visible import size, visible


def when(session: Session, now: datetime | None = None) -> str:
    """`today 14:02`, `yesterday 09:10`, `Nov 12 18:30`, `2025-12-01 08:00`."""
    then = started_at(session)
    today = (now or datetime.now()).astimezone().date()
    days = (today - then.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {then:%H:%M}"
    return f"{then:%b} {then.day:2} {then:%H:%M}" if then.year == today.year else f"{then:%Y-%m-%d %H:%M}"


def length(seconds: float) -> str:
    """`0:42`, `12:05`, `1:02:03`."""
    whole = int(min(max(seconds, 0), 10**9))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def facts(session: Session) -> list[tuple[str, str]]:
    """Everything that is known of it, as names and values that are safe for a terminal."""
    said = session.summary
    running = ""
    if session.running:
        process = holder(session.file.path)
        running = f"● being recorded, by process {process}" if process is not None else "● being recorded"
    told = [
        ("name", said.name),
        ("server", f"{said.server} {said.version}".strip() or "it never said what it is"),
        ("target", said.target),
        ("client", said.client if said.mode == "proxy" else ""),
        ("how", "between a host and its server" if said.mode == "proxy" else "own connection"),
        ("when", f"{started_at(session):%Y-%m-%d %H:%M:%S}, {length(said.seconds)} long"),
        ("state", running or ("✗ " + said.trouble if said.trouble else "ended")),
        ("seen", _seen(session)),
        ("size", size(session.file.size)),
        ("id", session.id),
        ("file", str(session.file.path)),
    ]
    return [(name, visible(value)) for name, value in told if value]


def _seen(session: Session) -> str:
    said = session.summary
    counts = (said.messages, "message"), (said.errors, "error"), (said.events, "event")
    return ", ".join(_many(*each) for each in counts)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
