"""A recording of one era for a client of the other: what can be said honestly, and what must be added.

Nothing of a result is taken away or changed. What an era requires and the other one does not know is added in
front, and holds nothing that the server did not say. What cannot be said is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inspector.journal.journal import Journal
from inspector.journal.pairing import Status
from inspector.serving.rewrite import replaced, with_members
from inspector.serving.said import refusal, response
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import cut, encode
from inspector.wire.methods import exists
from inspector.wire.versions import (
    LATEST_MODERN,
    LEGACY,
    META_PROTOCOL_VERSION,
    META_SERVER_INFO,
    METHOD_NOT_FOUND,
    UNSUPPORTED_VERSION,
    V2,
    V3,
    Era,
    era,
)

_CACHED = frozenset(
    {
        "server/discover",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "resources/read",
    }
)
_SINCE = {b'"audio"': V2, b'"resource_link"': V3}
"""Kinds of content that an older client does not know."""
_MOST_READ = 5_000
_LISTEN = "subscriptions/listen"
UNKNOWN_SERVER = {"name": "unknown", "version": ""}


def version_of(params: Any) -> str | None:
    """The version that a request of the modern era names; `None` for one of the legacy era."""
    meta = params.get("_meta") if isinstance(params, Mapping) else None
    version = meta.get(META_PROTOCOL_VERSION) if isinstance(meta, Mapping) else None
    return version if isinstance(version, str) else None


class Spoken:
    """What a recording speaks.

    Attributes:
        eras: The eras of which the server answered anything.
        version: The version that was agreed upon in the legacy era; where there was none, of the modern one.
        about: Of the server: `capabilities`, `serverInfo`, `instructions`, as far as it said.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.eras: set[Era] = set()
        self.version = ""
        self.about: dict[str, Any] = {}
        self._look()

    def _look(self) -> None:
        journal, read = self._journal, 0
        for row in range(len(journal)):
            if journal.kind(row) is not Kind.MESSAGE or journal.shape(row) is not Shape.REQUEST:
                continue
            if journal.direction(row) is not Direction.C2S or journal.status(row) is not Status.OK:
                continue
            method = journal.method(row)
            if method == "initialize":
                self._initialized(self._result(row))
            elif method == "server/discover" or (read < _MOST_READ and "modern" not in self.eras):
                read += 1
                frame = journal.event(row).frame
                version = version_of(frame.params) if frame else None
                if era(version) == "modern":
                    self._modern(version or "", method, self._result(row))
            if self.about and read >= _MOST_READ:
                return

    def _result(self, row: int) -> Mapping[str, Any]:
        frame = self._journal.event(self._journal.peer(row)).frame
        result = frame.result if frame is not None else None
        return result if isinstance(result, Mapping) else {}

    def _initialized(self, result: Mapping[str, Any]) -> None:
        version = result.get("protocolVersion")
        if "legacy" not in self.eras and isinstance(version, str):
            self.version = version
        self.eras.add("legacy")
        for name in ("capabilities", "serverInfo", "instructions"):
            if name in result:
                self.about.setdefault(name, result[name])

    def _modern(self, version: str, method: str | None, result: Mapping[str, Any]) -> None:
        self.eras.add("modern")
        self.version = self.version or version
        meta = result.get("_meta")
        if isinstance(meta, Mapping) and isinstance(meta.get(META_SERVER_INFO), Mapping):
            self.about.setdefault("serverInfo", meta[META_SERVER_INFO])
        if method == "server/discover":
            for name in ("capabilities", "instructions"):
                if name in result:
                    self.about.setdefault(name, result[name])

    def capabilities(self) -> dict[str, Any]:
        """What the server declared, or else what of it was asked and answered."""
        declared = self.about.get("capabilities")
        if isinstance(declared, Mapping):
            return {name: each for name, each in declared.items() if name != "extensions"}
        sections = {"tools": "tools/list", "resources": "resources/list", "prompts": "prompts/list"}
        return {name: {} for name, method in sections.items() if self._journal.rows_with_method(method)}

    def initialize(self, asked: Any) -> dict[str, Any]:
        """The result of `initialize` for a client that asks a recording of the modern era."""
        version = asked if isinstance(asked, str) and asked in LEGACY else LEGACY[-1]
        result = {
            "protocolVersion": version,
            "capabilities": self.capabilities(),
            "serverInfo": self.about.get("serverInfo", UNKNOWN_SERVER),
        }
        if isinstance(self.about.get("instructions"), str):
            result["instructions"] = self.about["instructions"]
        return result

    def discover(self) -> dict[str, Any]:
        """The result of `server/discover` for a client that asks a recording of the legacy era."""
        result: dict[str, Any] = {
            "resultType": "complete",
            "supportedVersions": [LATEST_MODERN],
            "capabilities": self.capabilities(),
            "ttlMs": 0,
            "cacheScope": "private",
            "_meta": {META_SERVER_INFO: self.about.get("serverInfo", UNKNOWN_SERVER)},
        }
        if isinstance(self.about.get("instructions"), str):
            result["instructions"] = self.about["instructions"]
        return result

    def agreed(self, asked: Any) -> str:
        """The version to name to a client of the legacy era: the recorded one, or an older one that fits."""
        if not isinstance(asked, str) or asked not in LEGACY or self.version not in LEGACY:
            return self.version
        older = LEGACY.index(asked) < LEGACY.index(self.version)
        return asked if older and self._fits(asked) else self.version

    def _fits(self, version: str) -> bool:
        """Whether nothing that the server said is too new for a version."""
        journal, read = self._journal, 0
        newer = [word for word, since in _SINCE.items() if LEGACY.index(version) < LEGACY.index(since)]
        for row in range(len(journal)):
            if journal.kind(row) is not Kind.MESSAGE or journal.direction(row) is not Direction.S2C:
                continue
            method = journal.method(row)
            if (
                method is not None
                and exists(method, None, "server")
                and not exists(method, version, "server")
            ):
                return False
            if newer and read < _MOST_READ and journal.shape(row) is Shape.RESPONSE:
                read += 1
                head = journal.head(row, 1 << 16)
                if any(b'"type":' + word in head.replace(b" ", b"") for word in newer):
                    return False
        return True


class Manners:
    """What this program answers by itself, because the eras begin a session in different ways.

    Args:
        spoken: What the recording speaks.
        speak: `auto`, or the version whose era is spoken with who can speak both.
        has: Whether a request of a method was recorded.
        note: Told what is served otherwise than recorded.

    Attributes:
        legacy: Whether the client began a session of the legacy era.
    """

    def __init__(
        self, spoken: Spoken, speak: str, has: Callable[[str], bool], note: Callable[[str], None]
    ) -> None:
        self.legacy = False
        self._spoken = spoken
        self._modern_wanted = era(speak) == "modern"
        self._legacy_wanted = era(speak) == "legacy"
        self._has = has
        self._note = note

    @property
    def legacy_recording(self) -> bool:
        """Whether nothing of the modern era was recorded."""
        return "modern" not in self._spoken.eras

    def own(self, method: str, params: Any, id: str) -> bytes | None:
        """An answer to a request that the recording does not answer; `None` where it may."""
        version = version_of(params)
        if version is not None and era(version) != "modern":
            data = {"supported": [LATEST_MODERN], "requested": version}
            return refusal(id, UNSUPPORTED_VERSION, "Unsupported protocol version", data)
        if method == "initialize":
            return self._initialize(params, id)
        if method == "server/discover":
            return self._discover(id)
        if self._has(method):
            return None
        bridged = self.legacy and "legacy" not in self._spoken.eras
        subscribes = method in ("resources/subscribe", "resources/unsubscribe") and self._has(_LISTEN)
        if method == "ping" or (bridged and (method == "logging/setLevel" or subscribes)):
            return response(id, {})
        return None

    def instead(self, method: str, id: str) -> bytes | None:
        """An answer to what the recording has none to, where there is but one that is no error.

        Some clients set the level of the log as soon as they are connected, and give up where they may not.
        """
        if method != "logging/setLevel" or "logging" not in self._spoken.capabilities():
            return None
        self._note("logging/setLevel, which was not recorded so, was answered with {}")
        return response(id, {})

    def _initialize(self, params: Any, id: str) -> bytes | None:
        self.legacy = True
        if "legacy" in self._spoken.eras or not self._spoken.eras:
            return None
        self._note("initialize was answered by what the recorded server said of itself in the modern era")
        asked = params.get("protocolVersion") if isinstance(params, Mapping) else None
        return response(id, self._spoken.initialize(asked))

    def _discover(self, id: str) -> bytes | None:
        """Who can speak both eras is to speak the recorded one, so it is refused, unless that was wished."""
        both = self._spoken.eras == {"legacy", "modern"}
        if self._legacy_wanted and both:
            return refusal(id, METHOD_NOT_FOUND, "The legacy era is served")
        if not self.legacy_recording or not self._spoken.eras:
            return None
        if self._modern_wanted:
            self._note("server/discover was answered by what the recorded server said to initialize")
            return response(id, self._spoken.discover())
        if self._has("server/discover"):
            return None
        return refusal(id, METHOD_NOT_FOUND, "The recorded server spoke no version of this era")

    def agreed(self, body: bytes, params: Any) -> bytes:
        """The recorded answer to `initialize`, with the version for who asks with these parameters."""
        asked = params.get("protocolVersion") if isinstance(params, Mapping) else None
        agreed = self._spoken.agreed(asked)
        if not agreed or cut(body, "result", "protocolVersion") in (None, encode(agreed)):
            return body
        self._note(f"the version was recorded as {self._spoken.version}, and the client wanted {agreed}")
        return replaced(body, encode(agreed), "result", "protocolVersion")


def for_modern(body: bytes, method: str) -> bytes:
    """A response of the legacy era with what the modern one requires, in front of what was recorded."""
    more: dict[str, Any] = {"resultType": "complete"}
    if method in _CACHED:
        more |= {"ttlMs": 0, "cacheScope": "private"}
    return with_members(body, more)


def questions(result: Any) -> dict[str, dict[str, Any]] | None:
    """What a result of the modern era asks back, by key; `None` where it is complete."""
    if not isinstance(result, Mapping) or result.get("resultType") != "input_required":
        return None
    asked = result.get("inputRequests")
    found = asked.items() if isinstance(asked, Mapping) else ()
    return {str(key): dict(each) for key, each in found if isinstance(each, Mapping) and "method" in each}
