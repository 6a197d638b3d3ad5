"""Everything that reads a recording, on bytes that nobody would write: used by hypothesis and by atheris.

    pip install atheris && python -m tests.fuzz CORPUS -max_total_time=300

What is examined must raise nothing but a `UsageError` on opening, end, and let no control character of the
recording through to a terminal. Not collected by pytest: `tests/journal/test_fuzz_recordings.py` runs it.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.journal.asked import Asked
from inspector.journal.authorization import Authorization
from inspector.journal.changes import Changes
from inspector.journal.conversation import Conversations
from inspector.journal.exchanges import Exchanges
from inspector.journal.filter import Filter
from inspector.journal.findings import details
from inspector.journal.holding import Holding
from inspector.journal.journal import Journal
from inspector.journal.lanes import Lanes
from inspector.journal.latencies import Latencies
from inspector.journal.logged import Logged
from inspector.journal.logs import Logs
from inspector.journal.marks import Marks
from inspector.journal.outline import outline
from inspector.journal.played import Played
from inspector.journal.progress import Progresses
from inspector.journal.restarts import Restarts
from inspector.journal.results import Results, subject_of
from inspector.journal.spent import spent
from inspector.journal.subscribed import Subscribed
from inspector.journal.summary import read_on
from inspector.journal.tasks import TaskStates
from inspector.journal.then import Past
from inspector.journal.trouble import troubles
from inspector.journal.under_way import under_way
from inspector.journal.view import View
from inspector.wire.event import Kind

FOLDS: tuple[Callable[[Journal], Any], ...] = (
    Asked,
    Authorization,
    Changes,
    Exchanges,
    Holding,
    Lanes,
    Logged,
    Logs,
    Marks,
    Progresses,
    Restarts,
    Subscribed,
    TaskStates,
)
FILTERS = (
    "status:*error or lat:>1s",
    "tool:add or method:tools/*",
    "text:x* not dir:c2s",
    "size:>10 id:1",
    '$.params.name == "add"',
    "about:0",
    "by:hand or kind:stderr or status:pending",
)
MOST = 60
"""Rows that are looked at one by one."""

_SAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def examine(path: Path) -> None:
    """Look at a recording in every way there is; whatever may stand in it, nothing is raised."""
    try:
        journal = Journal.open(path, whole=False)
    except UsageError:
        return
    try:
        while journal.read_on(0):
            assert 0 <= journal.known <= 1
        _look(journal)
        _print(journal)
        assert read_on(path).messages >= 0
    finally:
        journal.close()


def _look(journal: Journal) -> None:
    assert journal.catalogue.facts() is not None
    lanes = Lanes(journal)
    for made in (*(fold(journal) for fold in FOLDS), lanes, Latencies(lanes)):
        _fold(made)
    past = Past(journal)
    _fold(past)
    conversations, rows = Conversations(journal), _some(len(journal))
    for row in rows:
        _row(journal, row)
        if past.knows(row):
            past.at(row)
        found = conversations.of(row)
        _fold(found)
        spent(journal, found)
    assert list(troubles(journal, -1)) == list(troubles(journal, len(journal), back=True))[::-1]
    for text in FILTERS:
        view = View(journal, _filter(text))
        _fold(view)
        assert all(0 <= view[at] < len(journal) for at in range(len(view)))
    if len(journal):
        played = Played(journal, rows[len(rows) // 2])
        played.play_to(rows[len(rows) // 2])
        assert played.catalogue.facts() is not None


def _filter(text: str) -> Filter:
    return Filter.parse(text)


def _fold(fold: Any) -> None:
    for _ in range(10_000):
        if not fold.advance(0.05):
            return
    raise AssertionError(f"{type(fold).__name__} does not end")


def _row(journal: Journal, row: int) -> None:
    event, shown = journal.event(row), outline(journal, row)
    assert event.seq == row
    assert len(journal.head(row, 100)) <= 100
    for text in (shown.kind, shown.what, shown.target, shown.id, shown.status, shown.note, shown.made):
        assert not _SAFE.search(text), text
        assert len(text) < 2000
    details(journal, row)
    under_way(journal, row)
    subject = subject_of(journal, row)
    if subject is not None:
        _fold(Results(journal, subject))
    assert journal.peer(row) < len(journal)
    assert journal.of(row) < row
    assert math.isfinite(journal.time(row))
    assert journal.kind(row) in Kind


def _some(count: int) -> list[int]:
    step = max(1, count // MOST)
    return list(range(0, count, step))


def _print(journal: Journal) -> None:
    from inspector.cli.replaying import print_found, print_lines, print_rows

    with _stdout() as (out, err):
        print_rows(journal, _filter(""))
        text = out.getvalue().decode()
        assert not _SAFE.search(text)
        assert text.count("\n") == len(journal)
        out.seek(0), out.truncate()
        with journal.lines() as lines:
            print_lines(lines)
        copied = out.getvalue()
        assert copied.count(b"\n") == len(journal)
        assert b"Traceback" not in err.getvalue()
        out.seek(0), out.truncate()
        print_found(journal, _filter("kind:message or not kind:message"))
        assert out.getvalue().replace(b"\r", b"") == copied.replace(b"\r", b"")


@contextlib.contextmanager
def _stdout() -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    out, err = io.BytesIO(), io.BytesIO()
    with (
        contextlib.redirect_stdout(io.TextIOWrapper(out, "utf-8", write_through=True)) as first,
        contextlib.redirect_stderr(io.TextIOWrapper(err, "utf-8", write_through=True)) as second,
    ):
        yield out, err
        first.detach(), second.detach()


HEADER = b'{"format":"mcp-recording/1","tool":"t","started":"2026-08-31T12:00:00Z","target":{"argv":["x"]}}\n'


def once(data: bytes) -> None:
    """One input of atheris: the first byte says whether it gets a header of ours."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write((HEADER if data[:1] < b"\xf0" else b"") + data[1:])
        file.flush()
        examine(Path(file.name))


def seeds(folder: Path, recording: bytes) -> None:
    """Lines of a recording as inputs to begin with, one at a time and all."""
    lines = recording.splitlines(keepends=True)[1:]
    for number, line in enumerate(lines[:200]):
        (folder / f"line-{number}").write_bytes(b"\x00" + line)
    (folder / "all").write_bytes(b"\x00" + b"".join(lines[:200]))
    (folder / "odd").write_bytes(b"\x00" + json.dumps({"seq": 0, "kind": "message", "message": []}).encode())
