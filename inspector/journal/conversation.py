"""All rows that belong with one: a call from its request to its end, with what happened for it on the way.

A call's conversation is its legs and their answers, its progress, what it was asked back and answered, its
cancels, what this program decided about it, its HTTP exchanges whole, the polls of the task that came of it,
and what the server printed or logged meanwhile. It is looked up when somebody asks for it, from its request
on, and costs what it spans, not what the journal holds. Nothing is kept for a row that nobody asked about.

On a pipe nobody says which call a line of stderr, a log message or a question of the server is about. A
question counts as a call's own where no other call was under way; lines and log messages of its time count
always, and are `shared` where another call was under way as well.
"""

from __future__ import annotations

import sys
from collections import OrderedDict

from inspector.journal.gathering import TASK_NOTICES, TASK_REQUESTS, Conversation, first_leg
from inspector.journal.journal import Journal
from inspector.journal.related import LOOK_BACK, Related
from inspector.journal.under_way import ENDS, under_way
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.task import created, related

_REMEMBERED = 32
_ROOTS = 4_096
_MOST_READ = 2_000
_MOST_OPEN = 50
_REPLIES = (Shape.RESPONSE, Shape.ERROR)


class Conversations:
    """The conversations of one journal.

    Args:
        journal: Where they are looked up.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._related = Related(journal)
        self._known: OrderedDict[int, Conversation] = OrderedDict()
        self._roots: OrderedDict[int, int] = OrderedDict()

    def of(self, seq: int) -> Conversation:
        """The conversation of a row. Its rows are there once it was `advance`d.

        Raises:
            IndexError: There is no such row.
        """
        if not 0 <= seq < len(self._journal):
            raise IndexError(seq)
        root = self.root_of(seq)
        known = self._known.get(root)
        if known is None:
            begin = self._begin_of(root)
            known = self._known[root] = Conversation(self._journal, self._related, root, begin)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(root)
        return known

    def rows(self, seq: int) -> tuple[int, ...]:
        """All rows of the conversation of row `seq`, itself among them, in order; at most `MOST`."""
        return self._whole(seq).rows

    def holds(self, seq: int, row: int) -> bool:
        """Whether `row` is in the conversation of row `seq`."""
        if not 0 <= seq < len(self._journal):
            return False
        return row in self._whole(seq)

    def _whole(self, seq: int) -> Conversation:
        found = self.of(seq)
        found.advance(sys.maxsize)
        if seq in found or found.more or self._journal.kind(seq) is Kind.NOTE:
            return found
        self._roots[seq] = seq  # its call, seen from its request, knows nothing of it: it stands alone
        alone = self.of(seq)
        alone.advance(sys.maxsize)
        return alone

    def root_of(self, seq: int) -> int:
        """The row that the conversation of row `seq` is called after; `seq` itself where it is alone."""
        root = self._roots.get(seq)
        if root is None:
            root = self._roots[seq] = self._find_root(seq)
            if len(self._roots) > _ROOTS:
                self._roots.popitem(last=False)
        return root

    def _begin_of(self, root: int) -> int:
        number = self._journal.exchange(root)
        if number is None or self._journal.shape(root) is not Shape.NONE:
            return root
        return self._rows_before(root, number)[0]

    def _find_root(self, seq: int) -> int:
        journal = self._journal
        match journal.kind(seq):
            case Kind.MESSAGE:
                return self._of_message(seq)
            case Kind.STDERR | Kind.STDOUT:
                return self._only_one(seq)
            case Kind.CLIENT | Kind.PROCESS if str(journal.data(seq).get("what")) in ENDS:
                return self._only_one(seq)
            case Kind.CLIENT:
                about = self._related.request_of(seq)
                return self.root_of(about) if 0 <= about < seq else self._sent_later(about, seq)
            case Kind.NOTE:
                row = journal.data(seq).get("row")
                return self.root_of(row) if isinstance(row, int) and 0 <= row < seq else seq
        number = journal.exchange(seq)
        return self._of_exchange(seq, number) if number is not None else seq

    def _sent_later(self, about: int, seq: int) -> int:
        """An event that announces a leg stands before the request that it announces."""
        first = first_leg(self._journal, about) if about > seq else seq
        return min(first, seq)

    def _of_message(self, seq: int) -> int:
        journal, shape = self._journal, self._journal.shape(seq)
        if journal.aside(seq):
            return self.root_of(of) if (of := journal.of(seq)) >= 0 else seq
        if shape in _REPLIES or (shape is Shape.BATCH and journal.direction(seq) is Direction.S2C):
            peer = journal.peer(seq)
            return self.root_of(peer) if 0 <= peer < seq else self._by_exchange(seq)
        if shape is Shape.REQUEST:
            return self._of_request(seq)
        if shape is not Shape.NOTIFICATION:
            return seq if journal.direction(seq) is Direction.C2S else self._by_exchange(seq)
        about = self._related.request_of(seq)
        if about >= 0:
            return self.root_of(about)
        if journal.method(seq) in TASK_NOTICES:
            return self._creator(seq)
        if journal.method(seq) == "notifications/message" and journal.exchange(seq) is None:
            return self._only_one(seq)
        return self._by_exchange(seq)

    def _of_request(self, seq: int) -> int:
        journal = self._journal
        if (first := first_leg(journal, seq)) != seq:
            return first
        if journal.method(seq) in TASK_REQUESTS:
            return self._creator(seq)
        if journal.direction(seq) is Direction.C2S:
            return seq
        if journal.method(seq) == "ping":
            return seq
        if journal.exchange(seq) is not None:
            return self._by_exchange(seq)
        found = self._only_one(seq)
        return found if found != seq else self._creator(seq)

    def _only_one(self, seq: int) -> int:
        """The call that was under way, if it was the only one."""
        open = under_way(self._journal, seq)
        roots = {self.root_of(row) for row in open} if len(open) <= _MOST_OPEN else set()
        root = roots.pop() if len(roots) == 1 else seq
        return root if self._journal.conn(root) == self._journal.conn(seq) else seq  # a task outlives one

    def _by_exchange(self, seq: int) -> int:
        number = self._journal.exchange(seq)
        return seq if number is None else self._of_exchange(seq, number)

    def _of_exchange(self, seq: int, number: int) -> int:
        """What the client sent in the exchange tells what it is about; a stream is about itself."""
        journal = self._journal
        rows = self._rows_before(seq, number)
        for row in rows:
            if journal.direction(row) is Direction.C2S and journal.kind(row) is Kind.MESSAGE and row < seq:
                return self.root_of(row)
        return rows[0]

    def _rows_before(self, seq: int, number: int) -> list[int]:
        least = max(0, seq - LOOK_BACK)
        column = self._journal.columns.exchange[least : seq + 1]
        return [row for row, each in enumerate(column, least) if each == number]

    def _creator(self, seq: int) -> int:
        """The call whose answer made the task that this row is about."""
        journal = self._journal
        frame = journal.event(seq).frame
        params = frame.params if frame is not None and isinstance(frame.params, dict) else {}
        task = related(params) or params.get("taskId")
        if not isinstance(task, str) or not task:
            return seq
        wanted, read = task.encode("utf-8", "surrogatepass"), 0
        for row in range(seq - 1, max(-1, seq - LOOK_BACK), -1):
            if journal.shape(row) is not Shape.RESPONSE or journal.peer(row) < 0:
                continue
            read += 1
            if read > _MOST_READ:
                break
            if wanted in journal.head(row) and (answer := journal.event(row).frame) is not None:
                made = created(answer.result)
                if made is not None and made.id == task:
                    return self.root_of(journal.peer(row))
        return seq
