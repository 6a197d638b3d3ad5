"""The subscriptions of a journal, of both eras: what was asked, what is honoured, what was told since.

A fold: `subscriptions/listen` with its acknowledgement and its notifications, told apart by the id that
each carries; and `resources/subscribe`, one subscription a URI. Beside them, whatever brought it: how
often each single thing was told, and whether a resource was read since.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.scan import Scan, told
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.interest import Interest
from inspector.wire.jsonrpc import Frame, id_key
from inspector.wire.versions import META_SUBSCRIPTION_ID

MOST = 1000
"""Subscriptions that are remembered: the latest."""
MOST_TOLD = 10_000
"""Things whose notices are counted: those told of latest."""
_LISTEN = "subscriptions/listen"
_ACK = "notifications/subscriptions/acknowledged"
_LISTS = {
    "notifications/tools/list_changed": "tools",
    "notifications/prompts/list_changed": "prompts",
    "notifications/resources/list_changed": "resources",
}
_TOLD = frozenset(
    {
        *_LISTS,
        _ACK,
        "notifications/resources/updated",
        "notifications/tasks",
        "notifications/tasks/status",
    }
)
_ABOUT = frozenset({_LISTEN, "resources/subscribe", "resources/unsubscribe", "resources/read"})


@dataclass(slots=True)
class Subscription:
    """One subscription.

    Attributes:
        request: Row of the request that asked for it.
        conn: Its connection.
        wanted: What was asked for.
        honoured: What the server agreed to tell; `None` until it did.
        notices: How many notifications came on it, the acknowledgement not counted.
        latest: Row of the last of them, -1 where none came.
        dropped: Row of the `resources/unsubscribe` that ended it, -1 where none did.
        refused: Row of the error that the server answered instead, -1 where it did not.
    """

    request: int
    conn: int
    wanted: Interest
    honoured: Interest | None = None
    notices: int = 0
    latest: int = -1
    dropped: int = -1
    refused: int = -1

    @property
    def missing(self) -> Interest:
        """What was asked for and not honoured; nothing while there is no answer."""
        return self.wanted - self.honoured if self.honoured is not None else Interest()


@dataclass(slots=True)
class Told:
    """What was told of one thing.

    Attributes:
        count: How often.
        latest: Row of the last time, -1 where there was none.
        read: Row of the last request that read it and was answered; resources only, else -1.
    """

    count: int = 0
    latest: int = -1
    read: int = -1

    @property
    def fresh(self) -> bool:
        """Whether it was told of a change that nobody has read yet."""
        return self.latest > self.read


class Subscribed:
    """The subscriptions of one journal, in order; `rows` are those of `Scan`.

    Attributes:
        revision: Raised with whatever changes here.
    """

    def __init__(self, journal: Journal, rows: Sequence[int] | None = None) -> None:
        self._journal = journal
        self._scan = Scan(journal, rows)
        self._by_key: OrderedDict[tuple[int, str, str], Subscription] = OrderedDict()
        self._told_of: OrderedDict[tuple[str, str], Told] = OrderedDict()
        self.revision = 0

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """All that are remembered, oldest first."""
        return tuple(self._by_key.values())

    @property
    def present(self) -> tuple[Subscription, ...]:
        """What the present connection, or the last one, has asked for and not given up again.

        In the modern era that is its newest stream, or the one before where the newest was refused.
        """
        if not len(self._journal):
            return ()
        conn = self._journal.conn(len(self._journal) - 1)
        here = [each for each in self._by_key.values() if each.conn == conn and each.dropped < 0]
        streams = [each for each in here if self._journal.method(each.request) == _LISTEN]
        uris = [each for each in here if self._journal.method(each.request) != _LISTEN]
        open_ones = [each for each in streams if each.refused < 0] or streams
        return (*uris, *open_ones[-1:])

    def told(self, kind: str, name: str = "") -> Told:
        """What was told of one thing.

        Args:
            kind: `tools`, `prompts` or `resources` for their lists; `uri`, `task`.
            name: The URI or the task's id.
        """
        return self._told_of.get((kind, name)) or Told()

    @property
    def told_anything(self) -> bool:
        """Whether any notice came."""
        return bool(self._told_of)

    def things(self, kind: str) -> tuple[str, ...]:
        """The URIs (`uri`) or task ids (`task`) that were told of, in the order of the last time."""
        return tuple(name for each, name in self._told_of if each == kind)

    def is_open(self, subscription: Subscription) -> bool:
        """Whether the server still has to tell: acknowledged, and not ended by anybody."""
        if subscription.honoured is None or subscription.dropped >= 0 or subscription.refused >= 0:
            return False
        if self._journal.method(subscription.request) == "resources/subscribe":
            return subscription.conn == self._journal.conn(len(self._journal) - 1)
        return self._journal.status(subscription.request) is Status.PENDING

    def _take(self, seq: int) -> None:
        journal = self._journal
        if journal.kind(seq) is not Kind.MESSAGE or journal.aside(seq):
            return
        if journal.shape(seq) is Shape.REQUEST and journal.direction(seq) is Direction.C2S:
            if journal.method(seq) == _LISTEN:
                frame = journal.event(seq).frame
                if frame is not None and frame.id is not None:
                    wanted = Interest.read(frame.params.get("notifications"))
                    self._begin(seq, "id", id_key(frame.id), wanted)
        elif (method := told(journal, seq)) is not None:
            if method in _TOLD:
                frame = journal.event(seq).frame
                if frame is not None:
                    self._told(seq, method, frame)
        elif journal.shape(seq) in (Shape.RESPONSE, Shape.ERROR) and journal.peer(seq) >= 0:
            method = journal.method(journal.peer(seq))
            if method in _ABOUT:
                self._answered(seq, journal.peer(seq), method, journal.shape(seq) is Shape.RESPONSE)

    def _answered(self, seq: int, asked: int, method: str, ok: bool) -> None:
        """The server took something up or let it go, refused it, or gave a resource to read."""
        if self._journal.direction(seq) is not Direction.S2C:
            return
        self.revision += 1
        frame = self._journal.event(asked).frame
        if frame is None or frame.id is None:
            return
        if method == _LISTEN:
            known = self._by_key.get((self._journal.conn(seq), "id", id_key(frame.id)))
            if known is not None and not ok and known.honoured is None:  # later it is an end
                known.refused = seq
            return
        uri = frame.params.get("uri")
        if not isinstance(uri, str):
            return
        if method == "resources/read":
            if ok and (what := self._told_of.get(("uri", uri))) is not None:
                what.read = max(what.read, asked)
        elif method == "resources/subscribe":
            made = self._begin(asked, "uri", uri, Interest(uris=(uri,)))
            made.honoured = Interest(uris=(uri,)) if ok else None
            made.refused = -1 if ok else seq
        elif ok and (known := self._by_key.get((self._journal.conn(seq), "uri", uri))) is not None:
            known.dropped = asked

    def _told(self, seq: int, method: str, frame: Frame) -> None:
        self.revision += 1
        if method != _ACK:
            self._count(seq, method, frame)
        conn, meta = self._journal.conn(seq), frame.params.get("_meta")
        id = meta.get(META_SUBSCRIPTION_ID) if isinstance(meta, Mapping) else None
        if isinstance(id, str | int) and not isinstance(id, bool):
            known = self._by_key.get((conn, "id", id_key(json.dumps(id, ensure_ascii=False))))
        else:
            uri = frame.params.get("uri")
            known = self._by_key.get((conn, "uri", uri)) if isinstance(uri, str) else None
        if known is None:
            return
        if method == _ACK:
            if known.honoured is None:
                known.honoured = Interest.read(frame.params.get("notifications"))
            return
        known.notices += 1
        known.latest = seq

    def _count(self, seq: int, method: str, frame: Frame) -> None:
        kind = _LISTS.get(method, "uri" if method == "notifications/resources/updated" else "task")
        name = "" if method in _LISTS else frame.params.get("uri" if kind == "uri" else "taskId")
        if not isinstance(name, str):
            return
        known = self._told_of.pop((kind, name), None) or Told()
        known.count += 1
        known.latest = seq
        self._told_of[kind, name] = known
        if len(self._told_of) > MOST_TOLD:
            self._told_of.popitem(last=False)

    def _begin(self, request: int, kind: str, key: str, wanted: Interest) -> Subscription:
        self.revision += 1
        made = Subscription(request, self._journal.conn(request), wanted)
        self._by_key.pop((made.conn, kind, key), None)
        self._by_key[made.conn, kind, key] = made
        if len(self._by_key) > MOST:
            self._by_key.popitem(last=False)
        return made
