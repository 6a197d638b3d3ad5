"""Files that a server is made of: when they change and have come to rest, the connection is made anew.

It restarts and says so in the journal. What is different then is told elsewhere; nothing is watched that
nobody asked for.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

import anyio

from inspector.journal.restarts import RESTARTING
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget

if TYPE_CHECKING:
    from inspector.app.keeper import ConnectionKeeper

QUIET = 0.3
"""Seconds without a change after which a file counts as written."""
LONGEST = 10.0
"""Seconds after which a restart no longer waits for that."""
HEAD_START = 1.0
"""Seconds that a server over HTTP is given to be restarted by whoever runs it."""
RETRIES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between further attempts to reach it."""
OFTEN, WITHIN, PAUSE = 4, 20.0, 5.0
"""So many restarts in so many seconds, and the next one waits: a server may write into what is watched."""
MOST_PATHS = 20
"""Paths that an event of the journal names."""
_NAMED = 3
_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".tox",
        ".nox",
        ".venv",
        "venv",
        ".idea",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        "__pycache__",
        "node_modules",
    }
)
_FILES = re.compile(
    r".*~|\.#.*|#.*#|.*\.(sw[a-p]|swpx|tmp|part|crdownload|py[cod])|4913|\.DS_Store|.*___jb_(tmp|old)___"
    r"|flycheck_.*|\.goutputstream-.*"
)


def matters(path: PurePath, root: PurePath) -> bool:
    """Whether a change of `path` may be one of the server's: no cache, no history, no editor's copy.

    Args:
        path: What changed.
        root: The folder that is watched; only what stands below it counts, so that it may itself lie in
            a folder of such a name.
    """
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        return False
    return not any(part in _FOLDERS for part in parts) and not _FILES.fullmatch(path.name)


def pause(restarts: Iterable[float], now: float) -> float:
    """Seconds to wait before the next restart, by the times of those before."""
    return PAUSE if sum(now - at < WITHIN for at in restarts) >= OFTEN else 0.0


def why(paths: Sequence[str]) -> str:
    """Paths that changed, in a few words; not safe for a terminal."""
    rest = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"{', '.join(paths[:_NAMED])}{rest} changed" if paths else ""


@dataclass(frozen=True, slots=True)
class Restarted:
    """A restart.

    Attributes:
        row: Of the event that says so.
        conn: Number of the connection that was left.
        paths: What changed, relative to the present directory where it lies below it.
    """

    row: int
    conn: int
    paths: tuple[str, ...]


class Watching:
    """Watches for one connection.

    Args:
        keeper: Is told to connect anew.
        paths: Files and folders that exist.
        calls: The last call is to be made again after a restart, by whoever shows what came of it.

    Attributes:
        restarts: How often it restarted.
        latest: The last time; `None` before.
        ready: Is set once the paths are watched.
    """

    def __init__(self, keeper: ConnectionKeeper, paths: Sequence[Path], *, calls: bool = False) -> None:
        self.calls = calls
        self.restarts = 0
        self.latest: Restarted | None = None
        self.ready = anyio.Event()
        self._keeper = keeper
        self._folders = [path.resolve() for path in paths if path.is_dir()]
        self._files = [path.resolve() for path in paths if not path.is_dir()]
        self._own = keeper.journal.path.resolve() if keeper.journal.path is not None else None
        self._pending: set[Path] = set()
        self._changed = anyio.Event()
        self._stop = Event()
        self._times: deque[float] = deque(maxlen=OFTEN)

    async def run(self) -> None:
        """Watch and restart until cancelled. What cannot be watched is said in the journal."""
        try:
            async with anyio.create_task_group() as tasks:
                if self._folders:
                    tasks.start_soon(self._watch, self._folders, self._in_folder, True)
                if self._files:
                    # An editor may put another file in the place of the one that is watched.
                    places = sorted({file.parent for file in self._files})
                    tasks.start_soon(self._watch, places, self._files.__contains__, False)
                tasks.start_soon(self._stop_when_left)
                tasks.start_soon(self._restart)
        except* (OSError, RuntimeError) as troubles:  # of the system, and of the watcher's own
            says = "; ".join(str(trouble) for trouble in troubles.exceptions)
            Tap(self._keeper.journal).client("warning", says=f"Nothing is watched any more: {says}")

    async def _stop_when_left(self) -> None:
        """The watcher waits in a thread, which no cancellation reaches: seconds, where nothing changes."""
        try:
            await anyio.sleep_forever()
        finally:
            self._stop.set()

    async def _watch(self, places: Sequence[Path], wanted: Callable[[Path], bool], below: bool) -> None:
        # Imported here: a compiled module, and few runs watch anything.
        from watchfiles import Change, awatch

        def passes(change: Change, path: str) -> bool:
            return wanted(Path(path))

        step, longest = round(QUIET * 1000), round(LONGEST * 1000)
        async for found in awatch(
            *places,
            watch_filter=passes,
            step=step,
            debounce=longest,
            recursive=below,
            stop_event=self._stop,
        ):
            self._pending |= {Path(path) for _, path in found}
            # Where one of the files is not there, another one is about to take its place.
            if all(file.exists() for file in self._files):
                self._changed.set()

    def _in_folder(self, path: Path) -> bool:
        # A recording that is kept in the folder grows with each restart.
        return path != self._own and any(matters(path, folder) for folder in self._folders)

    async def _restart(self) -> None:
        self.ready.set()  # by now those that were started before wait for changes
        while True:
            await self._changed.wait()
            over_http = isinstance(self._keeper.target, HttpTarget)
            await anyio.sleep(pause(self._times, monotonic()) + (HEAD_START if over_http else 0.0))
            self._changed = anyio.Event()
            paths, self._pending = self._pending, set()
            self._times.append(monotonic())
            before = self._keeper.revision
            self._begin(tuple(sorted(map(_short, paths))))
            if over_http:
                await self._until_reached(before)

    def _begin(self, paths: tuple[str, ...]) -> None:
        keeper = self._keeper
        shown, rest = paths[:MOST_PATHS], len(paths) - MOST_PATHS
        more = {"more": rest} if rest > 0 else {}
        event = Tap(keeper.journal).client(RESTARTING, reason=why(paths), paths=list(shown), **more)
        self.latest = Restarted(event.seq, event.conn, paths)
        self.restarts += 1
        keeper.reconnect()

    async def _until_reached(self, before: int) -> None:
        """Whoever runs the server may need a while to start it. `before` is the keeper's revision."""
        keeper = self._keeper
        for wait in RETRIES:
            # The keeper calls nobody: who wants to know how it stands looks.
            while keeper.revision == before or keeper.state == "connecting":  # noqa: ASYNC110
                await anyio.sleep(0.1)
            if keeper.state != "failed" or self._changed.is_set():
                return
            await anyio.sleep(wait)
            before = keeper.revision
            keeper.reconnect()


def _short(path: Path) -> str:
    """A path as people call it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
