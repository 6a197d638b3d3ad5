"""When two requests are the same: their parameters without what belongs to one session alone.

`hard` is what must be equal, as text; `soft` is what one prefers to be equal where there is a choice: a
cursor, the state and the answers of a call that asked back, what a subscription wants, how long a task may
live. Pure.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from inspector.wire.jsonrpc import Unparsed
from inspector.wire.targets import target_of
from inspector.wire.versions import META_CLIENT_CAPABILITIES, META_CLIENT_INFO

Match = Literal["exact", "normal", "method", "sequence"]
MATCHES: tuple[Match, ...] = ("exact", "normal", "method", "sequence")
FREE = frozenset({"initialize", "server/discover", "ping", "notifications/initialized"})
"""What is about the client alone: it is the same whatever it says."""
_OWN = frozenset({"progressToken", META_CLIENT_INFO, META_CLIENT_CAPABILITIES})
"""What stands in `_meta` of the client alone."""
_PRESENT = "…"
_SOFT = ("cursor", "requestState", "inputResponses")
_SAFE = 2**53
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")
_MOST = 8
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is compared.

    Attributes:
        method: Its method.
        key: Text that equal requests have in common.
        hard: What the key is made of, normalised.
        soft: What one prefers to be equal.
        soft_key: Text that those have in common whose `soft` is equal.
    """

    method: str
    key: str
    hard: Any
    soft: Mapping[str, Any] = field(default_factory=dict)
    soft_key: str = "{}"


def asked(method: str, params: Any, match: Match) -> Asked:
    """A request as `match` compares it. Never raises, whatever the parameters are."""
    hard, soft = _parts(method, params, match)
    try:
        hard, soft = normal(hard, numbers=match != "exact"), normal(soft)
        text = json.dumps(hard, sort_keys=True, ensure_ascii=True)
        liked = json.dumps(soft, sort_keys=True, ensure_ascii=True) if soft else "{}"
    except (RecursionError, ValueError):  # deeper, or a number longer, than Python writes
        text, liked = _digest(params), "{}"
        hard, soft = _PRESENT, {}
    return Asked(method, f"{method}\n{text}", hard, soft, liked)


def _parts(method: str, params: Any, match: Match) -> tuple[Any, dict[str, Any]]:
    if match in ("method", "sequence"):
        of = params if isinstance(params, Mapping) else {}
        return {}, {"about": target_of(method, of)} if match == "method" else {}
    if not isinstance(params, Mapping):
        return ({} if params is None or method in FREE else params), {}
    if method in FREE:
        return {}, {}
    if match == "exact":
        meta = params.get("_meta")
        if isinstance(meta, Mapping):
            left = {key: meta[key] for key in meta if key not in _OWN}
            params = {**params, "_meta": left}
            if not left:
                del params["_meta"]
        return dict(params), {}
    return _normal_parts(method, params)


def _normal_parts(method: str, params: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    hard = {key: value for key, value in params.items() if key != "_meta"}
    soft = {}
    for name in _SOFT:
        if hard.get(name) is not None:
            soft[name], hard[name] = hard[name], _PRESENT
        else:
            hard.pop(name, None)
    if "inputResponses" in hard or "requestState" in hard:  # either says that this is a later leg
        hard.pop("inputResponses", None)
        hard["requestState"] = _PRESENT
    if isinstance(hard.get("task"), Mapping):
        soft["task"], hard["task"] = hard["task"], _PRESENT
    if method == "subscriptions/listen":
        soft["notifications"] = hard.pop("notifications", None)
    if hard.get("arguments", _PRESENT) in ({}, None):
        del hard["arguments"]
    if isinstance(hard.get("uri"), str):
        hard["uri"] = one_spelling(hard["uri"])
    return hard, soft


def normal(value: Any, *, numbers: bool = True) -> Any:
    """A JSON value with its numbers spelled in one way: `1.0` is `1`. What is no JSON becomes text."""
    if isinstance(value, Mapping):
        return {str(key): normal(each, numbers=numbers) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [normal(each, numbers=numbers) for each in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return repr(value)
        return int(value) if numbers and value.is_integer() and abs(value) < _SAFE else value
    if isinstance(value, Unparsed):
        return "too deep"
    return value


def one_spelling(uri: str) -> str:
    """A URI with what is no ASCII percent-encoded, as some clients send it (RFC 3987 section 3.1)."""
    encoded = _NOT_ASCII.sub(lambda found: "".join(f"%{each:02X}" for each in _octets(found[0])), uri)
    return _ENCODED.sub(lambda found: found[0].upper(), encoded)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(params: Any) -> str:
    """What stands for parameters that cannot be written: equal ones have it in common, mostly."""
    kind = type(params).__name__
    try:
        said = repr(params)
    except (RecursionError, ValueError):
        said = str(len(params)) if isinstance(params, Mapping | list) else ""
    return f"{kind} {hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:16]}"


def nearness(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """How many of the soft parts are equal."""
    return sum(name in other and other[name] == value for name, value in one.items())


def differences(live: Any, recorded: Any) -> list[str]:
    """Where two normalised values differ, `arguments.a: 3, recorded 2`; at most eight of them.

    The texts are a client's and a server's: make them visible before a terminal sees them.
    """
    found = []
    for each in _differing(live, recorded, ""):
        found.append(each)
        if len(found) == _MOST:
            break
    return found


def _differing(live: Any, recorded: Any, path: str) -> Iterator[str]:
    if isinstance(live, dict) and isinstance(recorded, dict):
        for key, value in live.items():
            at = f"{path}.{_name(key)}" if path else _name(key)
            if key not in recorded:
                yield f"{at}: {_short(value)}, not recorded"
            else:
                yield from _differing(value, recorded[key], at)
        for key in recorded:
            if key not in live:
                at = f"{path}.{_name(key)}" if path else _name(key)
                yield f"{at}: missing, recorded {_short(recorded[key])}"
    elif isinstance(live, list) and isinstance(recorded, list) and len(live) == len(recorded):
        for number, (one, other) in enumerate(zip(live, recorded, strict=True)):
            yield from _differing(one, other, f"{path}[{number}]")
    elif type(live) is not type(recorded) or live != recorded:
        yield f"{path or 'params'}: {_short(live)}, recorded {_short(recorded)}"


def _name(key: str) -> str:
    return key if len(key) <= _WIDEST else key[: _WIDEST - 1] + "…"


def _short(value: Any) -> str:
    """A value as JSON, of a long one the beginning; at a cost that does not grow with it."""
    text = "".join(_pieces(value, _WIDEST))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _pieces(value: Any, room: int) -> Iterator[str]:
    """JSON text, piece by piece, of about `room` characters of it and no more."""
    if isinstance(value, str):
        yield json.dumps(value[: room + 1], ensure_ascii=False)
    elif isinstance(value, dict | list) and room > 0:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield opening
        for number, each in enumerate(value):
            before = ", " if number else ""
            if isinstance(value, dict):
                before += f"{json.dumps(_name(each), ensure_ascii=False)}: "
            yield before
            room -= len(before)
            for piece in _pieces(value[each] if isinstance(value, dict) else each, room - 1):
                yield piece
                room -= len(piece)
            if room <= 0:
                return
        yield closing
    elif isinstance(value, int) and abs(value) >= 10**_WIDEST:
        yield "a huge number"
    else:
        yield json.dumps(value) if isinstance(value, int | float | None) else "…"
