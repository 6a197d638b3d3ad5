"""`mcp-inspect sessions`: recordings in the user's own directory, listed, found, shown, renamed, removed."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, print_json, print_text, say
from inspector.errors import UsageError
from inspector.wire.visible import clip, size, visible

if TYPE_CHECKING:
    from inspector.kept.sessions import Session, Sessions

HELP_END = examples(
    "mcp-inspect sessions",
    "mcp-inspect sessions weather",
    "mcp-inspect sessions 'tool:add status:error'",
    "mcp-inspect sessions show 1",
    "mcp-inspect sessions rename 1 'before the upgrade'",
    "mcp-inspect sessions prune --older 30d --keep 100",
)
DOES = {"show": 1, "rename": 2, "prune": 0, "path": 0}
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_MEASURE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]*)", re.IGNORECASE)


def sessions(
    wanted: Wanted,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILTER | show ID | rename ID NAME | prune | path]",
            help="Words of its name or the server's, or a filter of rows (docs/filter.md); or what to do.",
        ),
    ] = None,
    older: Annotated[
        str | None, typer.Option("--older", metavar="AGE", help="prune: what is older, such as 30d.")
    ] = None,
    keep: Annotated[
        str | None, typer.Option("--keep", metavar="N", help="prune: all but the newest N.")
    ] = None,
    larger: Annotated[
        str | None,
        typer.Option("--larger", metavar="SIZE", help="prune: the oldest, until no more than this is left."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="prune: without a question.")] = False,
) -> int:
    """List the recordings that the app, record and proxy made by themselves, the newest first.

    An ID is the number in the list, or a name or a part of it that is the only one. With a filter it is the
    sessions that have a row which it means, and how many.
    """
    from inspector.kept.sessions import Sessions

    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("sessions connects to nothing", next="mcp-inspect sessions")
    given = words or []
    does = given[0] if given and given[0] in DOES else ""
    if does and len(given) - 1 != DOES[does]:
        raise UsageError(f"sessions {does} takes {('nothing', 'an ID', 'an ID and a name')[DOES[does]]}")
    if does != "prune" and (older or keep or larger or yes):
        raise UsageError(
            "--older, --keep, --larger and --yes belong to prune", next="mcp-inspect sessions prune"
        )
    home = Sessions()
    match does:
        case "path":
            print_text(str(home.folder))
            return 0
        case "show":
            return _show(home.find(given[1]), as_json=wanted.json)
        case "rename":
            print_text(str(home.rename(home.find(given[1]), given[2])))
            return 0
        case "prune":
            return _prune(home, _limits(older, keep, larger), yes=yes)
    return _list(home, " ".join(given), as_json=wanted.json)


def _list(home: Sessions, text: str, *, as_json: bool) -> int:
    from inspector.kept.sessions import as_json as document

    every = home.all()
    numbers = {each.id: number for number, each in enumerate(every, 1)}
    found = every
    counts: dict[str, int] = {}
    if text and (plain := _plain_words(text)) is not None:
        found = [each for each in every if all(word in each.words for word in plain)]
        if not found and every:
            say("mcp-inspect: no session's server is called so. A filter finds what is in messages:")
            say(f"  mcp-inspect sessions 'kind:message {visible(text)}'")
    elif text:
        counts = _counts(every, text)
        found = [each for each in every if each.id in counts]
    if as_json:
        rows = {each.id: ({"rows": counts[each.id]} if counts else {}) for each in found}
        print_json(dump([{**document(each), **rows[each.id]} for each in found]))
    elif found:
        print_text(*_table(found, numbers, counts))
    elif not every:
        print_text(f"There is no recording in {home.folder}.")
    return 0


def _plain_words(text: str) -> list[str] | None:
    """The words of a text that is no filter of rows; `None` where it is one."""
    from inspector.journal.filter.syntax import parse
    from inspector.journal.filter.terms import And, Text

    node = parse(text)
    every = node.parts if isinstance(node, And) else (node,)
    return text.casefold().split() if all(isinstance(each, Text) for each in every) else None


def _counts(every: Sequence[Session], text: str) -> dict[str, int]:
    """How many rows a filter means in each session, of those that have any; by ids."""
    from inspector.journal.filter import Filter
    from inspector.journal.journal import Journal
    from inspector.journal.view import View

    filter = Filter.parse(text)
    found: dict[str, int] = {}
    for each in every:
        try:
            journal = Journal.open(each.file.path)
        except UsageError as problem:
            say(f"mcp-inspect: {visible(problem.message)}. It is passed over.")
            continue
        try:
            view = View(journal, filter)
            while view.advance(1.0):
                pass
            if len(view):
                found[each.id] = len(view)
        finally:
            journal.close()
    return found


def _table(found: Sequence[Session], numbers: dict[str, int], counts: dict[str, int]) -> list[str]:
    from inspector.cli.render import width

    wide = width()
    rows = [_cells(each, numbers[each.id], counts.get(each.id)) for each in found]
    heads = ("", "", "name", "server", "when", "long", "messages", "errors", "size", "rows", "client", "id")
    shown = [at for at in range(len(heads)) if at < 2 or any(row[at] for row in rows)]
    most = {2: 24, 3: 30, 10: 24}
    widths = [
        max(len(heads[at]), *(min(_cells_of(row[at]), most.get(at, 99)) for row in rows)) for at in shown
    ]
    lines = []
    for row in (heads, *rows):
        parts = [
            _fit(row[at], width, right=at in (0, 5, 6, 7, 8, 9))
            for at, width in zip(shown, widths, strict=True)
        ]
        line = " ".join([parts[0], parts[1], "  ".join(parts[2:])]).rstrip()
        lines.append(clip(line, wide) if wide is not None else line)
    return lines


def _cells_of(text: str) -> int:
    from inspector.wire.visible import cells

    return cells(text)


def _fit(text: str, width: int, *, right: bool) -> str:
    text = clip(text, width)
    gap = " " * (width - _cells_of(text))
    return gap + text if right else text + gap


def _cells(session: Session, number: int, rows: int | None) -> tuple[str, ...]:
    from inspector.kept.told import length, when

    said = session.summary
    server = visible(f"{session.server} {said.version}".strip() or "unknown")
    return (
        str(number),
        "●" if session.running else "✗" if said.trouble else " ",
        visible(said.name),
        server,
        when(session),
        length(said.seconds),
        f"{said.messages:,}",
        f"{said.errors:,}" if said.errors else "",
        size(session.file.size),
        f"{rows:,}" if rows is not None else "",
        visible(said.client) if said.mode == "proxy" else "",
        visible(session.id),
    )


def _show(session: Session, *, as_json: bool) -> int:
    from inspector.kept.sessions import as_json as document
    from inspector.kept.told import facts

    if as_json:
        print_json(dump(document(session)))
        return 0
    told = facts(session)
    width = max(len(name) for name, _ in told)
    print_text(*(f"{name:<{width}}  {value}" for name, value in told))
    return 0


def _limits(older: str | None, keep: str | None, larger: str | None) -> tuple[float, int | None, int | None]:
    """Seconds, how many and bytes; 0 and `None` for what is not said."""
    if older is None and keep is None and larger is None:
        raise UsageError(
            "prune needs to know what goes",
            next="mcp-inspect sessions prune --older 30d, --keep 100 or --larger 1GB",
        )
    if keep is not None and not keep.isdecimal():
        raise UsageError(f"--keep takes a number, not {keep!r}")
    seconds = _measured("--older", older, _UNITS, "30d, 12h, 2w") if older is not None else 0.0
    most = int(_measured("--larger", larger, _BYTES, "500MB, 1GB")) if larger is not None else None
    return seconds, int(keep) if keep is not None else None, most


def _measured(option: str, text: str, units: dict[str, float] | dict[str, int], example: str) -> float:
    found = _MEASURE.fullmatch(text.strip())
    if found is None or found[2].lower() not in units:
        raise UsageError(f"{option} cannot be {text!r}", next=f"For example {example}")
    return float(found[1]) * units[found[2].lower()]


def _prune(home: Sessions, limits: tuple[float, int | None, int | None], *, yes: bool) -> int:
    import time

    from inspector.journal.limits import files, gone, is_written, surplus_of

    age, count, most = limits
    kept = files(home.folder)
    going = surplus_of(kept, age, count, most, time.time())
    going = [each for each in going if not each.named and not is_written(each.path)]
    if not going:
        print_text("Nothing is to be removed.")
        return 0
    whole = f"{len(going):,} of {len(kept):,} recordings, {size(sum(each.size for each in going))}"
    if not yes and not _agrees([each.id for each in going], whole):
        print_text("Nothing was removed.")
        return 0
    done = gone(going, home.folder)
    print_text(f"Removed {len(done):,} recordings, {size(sum(each.size for each in done))}.")
    if left := len(going) - len(done):
        raise UsageError(f"{left:,} recordings could not be removed", next=f"Look at {home.folder}")
    return 0


def _agrees(names: Sequence[str], whole: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(f"Nobody can be asked whether to remove {whole}", next="Agree with --yes")
    for name in names[:10]:
        say(f"  {visible(name)}")
    if len(names) > 10:
        say(f"  and {len(names) - 10:,} more")
    sys.stderr.write(f"Remove {whole}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
