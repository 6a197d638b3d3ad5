"""The subscriptions of a journal, of both eras: what was asked, what is honoured, what was told since.

A fold: `subscriptions/listen` with its acknowledgement and its notifications, told apart by the id that
each carries; and `resources/subscribe`, one subscription a URI.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.journal.scan import Scan, answered, told
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.interest import Interest
from inspector.wire.jsonrpc import Frame, id_key
from inspector.wire.versions import META_SUBSCRIPTION_ID

MOST = 1000
"""Subscriptions that are remembered: the latest."""
_ACK = "notifications/subscriptions/acknowledged"
_TOLD = frozenset(
    {
        _ACK,
        "notifications/resources/updated",
        "notifications/resources/list_changed",
        "notifications/tools/list_changed",
        "notifications/prompts/list_changed",
        "notifications/tasks",
    }
)


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
    """

    request: int
    conn: int
    wanted: Interest
    honoured: Interest | None = None
    notices: int = 0
    latest: int = -1
    dropped: int = -1

    @property
    def missing(self) -> Interest:
        """What was asked for and not honoured; nothing while there is no answer."""
        return self.wanted - self.honoured if self.honoured is not None else Interest()


class Subscribed:
    """The subscriptions of one journal, in order."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._scan = Scan(journal)
        self._by_key: OrderedDict[tuple[int, str, str], Subscription] = OrderedDict()

    def advance(self, budget: float) -> bool:
        """Fold more rows for about `budget` seconds; returns whether there is more to fold."""
        return self._scan.advance(budget, self._take)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """All that are remembered, oldest first."""
        return tuple(self._by_key.values())

    def is_open(self, subscription: Subscription) -> bool:
        """Whether the server still has to tell: acknowledged, and not ended by anybody."""
        if subscription.honoured is None or subscription.dropped >= 0:
            return False
        if self._journal.method(subscription.request) == "resources/subscribe":
            return subscription.conn == self._journal.conn(len(self._journal) - 1)
        return self._journal.status(subscription.request) is Status.PENDING

    def _take(self, seq: int) -> None:
        journal = self._journal
        if journal.kind(seq) is not Kind.MESSAGE:
            return
        if journal.shape(seq) is Shape.REQUEST and journal.direction(seq) is Direction.C2S:
            if journal.method(seq) == "subscriptions/listen":
                frame = journal.event(seq).frame
                if frame is not None and frame.id is not None:
                    wanted = Interest.read(frame.params.get("notifications"))
                    self._begin(seq, "id", id_key(frame.id), wanted)
        elif (method := told(journal, seq)) is not None:
            frame = journal.event(seq).frame
            if frame is not None and method in _TOLD:
                self._told(seq, method, frame)
        else:
            self._agreed(seq, answered(journal, seq))

    def _agreed(self, seq: int, method: str | None) -> None:
        """The server took up a URI, or let it go."""
        if method not in ("resources/subscribe", "resources/unsubscribe"):
            return
        asked = self._journal.peer(seq)
        frame = self._journal.event(asked).frame
        uri = frame.params.get("uri") if frame is not None else None
        if not isinstance(uri, str):
            return
        if method == "resources/subscribe":
            self._begin(asked, "uri", uri, Interest(uris=(uri,))).honoured = Interest(uris=(uri,))
        elif (known := self._by_key.get((self._journal.conn(seq), "uri", uri))) is not None:
            known.dropped = asked

    def _told(self, seq: int, method: str, frame: Frame) -> None:
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

    def _begin(self, request: int, kind: str, key: str, wanted: Interest) -> Subscription:
        made = Subscription(request, self._journal.conn(request), wanted)
        self._by_key.pop((made.conn, kind, key), None)
        self._by_key[made.conn, kind, key] = made
        if len(self._by_key) > MOST:
            self._by_key.popitem(last=False)
        return made
