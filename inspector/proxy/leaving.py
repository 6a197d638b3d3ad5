"""What is still on its way when a server that `record --control` stands before is gone.

The host learns of the exit at once, and of the end of each stream when its last writer is gone: a copy of
this process moves on what a host that does not read has not taken yet, and what a grandchild still says and
hears. Breakpoints ended with the server: here bytes pass as they come, and are written down. It has no loop.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from inspector.journal.journal import Journal
from inspector.proxy.behind import left_to_a_copy
from inspector.proxy.feed import BROKEN, CLOSED, IN
from inspector.proxy.recorder import NAMES, write_down
from inspector.proxy.watch import Watch
from inspector.proxy.way import Way
from inspector.transport.lines import LineSplitter, PieceSplitter
from inspector.transport.tap import Tap


@dataclass(frozen=True, slots=True)
class Left:
    """A stream of the server's that has not ended.

    Attributes:
        fd: Our end of its pipe, which does not block; -1 where only `waiting` is left.
        to: The host's descriptor.
        waiting: What was read of it and is still to be written.
    """

    fd: int
    to: int
    waiting: bytes = b""


class Notes:
    """Writes down what passes, as the feed of the plain recorder would have it.

    Args:
        journal: The recording.
        lines: What is known of the line that each stream is in.
    """

    def __init__(self, journal: Journal, lines: Mapping[int, LineSplitter | PieceSplitter]) -> None:
        self._journal = journal
        self._tap = Tap(journal)
        self._lines = lines

    def put(self, what: int, data: bytes) -> None:
        """See `inspector.proxy.feed`."""
        if what in self._lines:
            found = self._lines[what].feed(data)
        elif what == CLOSED:
            what = data[0]
            found = self._lines[what].finish()
        else:
            assert what == BROKEN
            self._tap.client("warning", says=f"The host reads no more of {NAMES[data[0]]}")
            return
        for line in found:
            write_down(self._journal, self._tap, what, line)

    def finish(self) -> None:
        """Nothing comes any more: a line that was begun ends here, also where nobody was left to read it."""
        for what in self._lines:
            self.put(CLOSED, bytes((what,)))


def leave_behind(left: Mapping[int, Left], notes: Notes) -> None:
    """Have a copy of this process move on what is left; returns when this one may end."""
    if not left_to_a_copy(lambda: _move_on(left, notes)):
        _move_on(left, notes)  # by this one: the host learns of the exit after that


def _move_on(left: Mapping[int, Left], notes: Notes) -> None:
    watch = Watch()
    nowhere = os.open(os.devnull, os.O_RDWR)
    ways = []
    for stream, each in left.items():
        theirs = os.dup(each.to)  # the host may have given one file for several
        ours = each.fd if each.fd >= 0 else nowhere
        source, sink = (theirs, ours) if stream == IN else (ours, theirs)
        ways.append(Way(stream, source, sink, notes, watch, host=stream != IN))
        ways[-1].begin(each.waiting)
    for fd in (0, 1, 2):  # else the host would not see that a stream has ended
        os.dup2(nowhere, fd)
    while any(way.open for way in ways):
        watch.once(None)
    notes.finish()
