"""Recordings that are cut, garbled and made to lie: they open or are refused, and nothing else happens."""

from __future__ import annotations

import json
import resource
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.errors import UsageError
from inspector.journal import reader as readers
from inspector.journal.journal import Journal
from tests.app.recorded import authorization
from tests.app.timed import shop
from tests.app.travelled import journey
from tests.fuzz.recording import HEADER, examine


def bytes_of(journal: Journal) -> bytes:
    return journal.raw(0, journal.span(len(journal) - 1)[1])


SOUND = tuple(map(bytes_of, (shop(), journey()[0], authorization().journal)))
"""Recordings of calls, tasks, questions, a server that dies, HTTP and an authorization."""
LINES = [line for each in SOUND for line in each.splitlines()[1:]]


def written(folder: str, data: bytes) -> Path:
    path = Path(folder) / "hostile.jsonl"
    path.write_bytes(data)
    return path


def examined(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        examine(written(folder, data))


@pytest.mark.parametrize("data", SOUND, ids=("calls", "questions", "authorization"))
def test_sound_ones_are_sound(data: bytes) -> None:
    examined(data)


# Bytes

flips = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=25)
@given(st.sampled_from(SOUND), flips, st.integers(0, 1 << 20))
def test_bytes_are_flipped_and_the_end_is_cut(data: bytes, flipped: list[tuple[int, int]], cut: int) -> None:
    made = bytearray(data)
    first = data.index(b"\n") + 1
    for at, byte in flipped:
        made[first + at % (len(made) - first)] = byte
    examined(bytes(made[: max(first, len(made) - cut % (len(made) * 2))]))


@settings(max_examples=25)
@given(st.lists(st.sampled_from(LINES), max_size=40), st.lists(st.binary(max_size=40), max_size=4))
def test_lines_are_swapped_doubled_and_left_out(lines: list[bytes], junk: list[bytes]) -> None:
    examined(HEADER + b"\n".join([*lines, *junk]))


@settings(max_examples=60)
@given(st.binary(max_size=200))
@example(b"\x00" * 100)
@example(b'{"format":"mcp-recording/1","started":"x"}')
@example(b'{"format":"mcp-recording/1","started":1e999,"target":[]}')
@example(b'{"format":"mcp-recording/99999","started":"2026-08-31T12:00:00Z"}')
@example(b"[" * 200)
def test_anything_at_all(data: bytes) -> None:
    examined(data)
    examined(HEADER + data)


# Envelopes

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 60),
    st.sampled_from([1 << 31, 1 << 32, 1 << 63, 1 << 64, -1, 10**30, 1e300, -0.0, 0.5]),
    st.text(max_size=4),
    st.sampled_from(["tools/call", "ping", "\ud800", "\x1b[31m", "\u202e", "request", "c2s", "connecting"]),
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
KINDS = ("message", "stderr", "stdout", "http", "sse", "process", "client", "auth", "note", "other", "odd")
STEPS = (
    "connecting", "negotiated", "exited", "closed", "failed", "timed-out", "cancelled", "leg", "answered",
    "request", "response", "end", "body", "started", "mark", "note", "held", "released", "gate-rules",
    "flow", "authorize", "token", "declared", "redirected",
)  # fmt: skip
METHODS = (
    "initialize", "tools/list", "tools/call", "ping", "tasks/get", "tasks/result", "elicitation/create",
    "notifications/cancelled", "notifications/progress", "notifications/message",
    "notifications/tasks/status", "resources/subscribe", "subscriptions/listen", "logging/setLevel",
    "server/discover", "sampling/createMessage",
)  # fmt: skip
few = st.integers(0, 5)
params = st.fixed_dictionaries(
    {},
    optional={
        "name": values, "uri": values, "arguments": values, "_meta": values, "requestId": few | values,
        "progressToken": few | values, "progress": values, "total": values, "level": values, "data": values,
        "taskId": few | values, "task": values, "status": values, "cursor": values, "protocolVersion": values,
        "capabilities": values, "clientInfo": values, "requests": values, "inputResponses": values,
    },
)  # fmt: skip
results = st.fixed_dictionaries(
    {},
    optional={
        "content": values, "isError": values, "tools": values, "task": values, "inputRequests": values,
        "resultType": st.sampled_from(["input_required", 3]), "nextCursor": values, "serverInfo": values,
        "capabilities": values, "protocolVersion": values, "_meta": values, "tasks": values, "taskId": values,
    },
)  # fmt: skip
messages = st.one_of(
    st.fixed_dictionaries({"jsonrpc": st.just("2.0"), "method": st.sampled_from(METHODS), "params": params}),
    st.fixed_dictionaries(
        {"id": few | values, "method": st.sampled_from(METHODS), "params": params | values}
    ),
    st.fixed_dictionaries({"id": few | values, "result": results | values}),
    st.fixed_dictionaries({"id": few | values, "error": values}),
    values,
)
envelopes = st.fixed_dictionaries(
    {"seq": few | scalars, "t": st.floats(0, 9) | scalars, "kind": st.sampled_from(KINDS) | scalars},
    optional={
        "dir": st.sampled_from(["c2s", "s2c"]) | scalars,
        "conn": few | scalars,
        "shape": st.sampled_from(["request", "response", "error", "notification", "batch", "invalid"])
        | scalars,
        "method": st.sampled_from(METHODS) | scalars,
        "id": few | values,
        "id-hash": scalars,
        "exchange": few | scalars,
        "size": few | scalars,
        "faults": st.lists(scalars, max_size=2) | scalars,
        "outcome": st.sampled_from(["tool-error", "input-required"]) | scalars,
        "by": st.sampled_from(["hand", "rule"]) | scalars,
        "of": few | scalars,
    },
)
steps = st.builds(
    lambda what, rest: {"what": what, **rest},
    st.sampled_from(STEPS) | scalars,
    st.fixed_dictionaries(
        {},
        optional={
            "request": few | values, "row": few | values, "rule": values, "rules": values, "verdict": values,
            "url": values, "status": values, "headers": values, "phases": values, "text": values, "id": few,
            "first": few | values, "number": few | values, "code": values, "signal": values, "facts": values,
            "state": values, "flow": few | values, "says": values, "reason": values, "who": values,
        },
    ),
)  # fmt: skip
payloads = st.one_of(
    st.tuples(st.just("message"), messages | st.lists(messages, max_size=3)),
    st.tuples(st.sampled_from(["text", "base64"]), values),
    st.tuples(st.sampled_from([*KINDS[3:], "data"]), steps | values),
)


@settings(max_examples=120)
@given(st.lists(st.tuples(envelopes, payloads), max_size=14), st.booleans())
def test_envelopes_lie(events: list[tuple[dict[str, Any], tuple[str, Any]]], tight: bool) -> None:
    lines = []
    for envelope, (key, payload) in events:
        if tight and isinstance(envelope["kind"], str) and key not in ("message", "text", "base64", "data"):
            key = envelope["kind"]
        space = (",", ":") if tight else None
        lines.append(json.dumps({**envelope, key: payload}, separators=space, ensure_ascii=tight))
    examined(HEADER + "\n".join(lines).encode("utf-8", "surrogatepass"))


def test_progress_that_went_no_way() -> None:
    told = b'{"method":"notifications/progress","params":{"progressToken":3,"progress":1}}'
    line = b'{"seq":0,"t":1.0,"kind":"message","shape":"notification","method":"notifications/progress",'
    examined(HEADER + line + b'"size":%d,"message":%s}\n' % (len(told), told))


@pytest.mark.parametrize("key", [b"id", b"method"])
def test_an_envelope_that_is_no_text(key: bytes) -> None:
    line = b'{"seq":0,"t":1.0,"kind":"message","dir":"c2s","shape":"request","%s":"\xe5","message":{}}\n'
    examined(HEADER + line % key)


# Sizes


def peak() -> int:
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


MESSAGE = b'{"seq":0,"t":1.0,"kind":"message","dir":"s2c","conn":1,"shape":"%s","size":9,"message":%s}\n'


@pytest.mark.parametrize(
    "line",
    [
        MESSAGE % (b"response", b'{"id":1,"result":' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}"),
        MESSAGE % (b"batch", b"[" * 50_000 + b"]" * 50_000),
        MESSAGE % (b"batch", b"[" + b'{"id":1,"method":"ping"},' * 20_000 + b"1]"),
        MESSAGE % (b"request", b'{"id":1' + b"0" * 100_000 + b',"method":"ping"}'),
        MESSAGE % (b"notification", b'{"method":"' + b"\\u0000" * 50_000 + b'"}'),
        b'{"seq":0,"t":1.0,"kind":"stderr","size":1,"text":"' + b"\x00" * 500_000 + b'"}\n',
        b'{"seq":0,"t":1.0,"kind":"stderr","size":1,"text":"' + b"\\ud800" * 50_000 + b'"}\n',
        b'{"seq":0,"t":1.0,"kind":"process","process":{"what":"started","argv":["%s"]}}\n' % (b"x" * 500_000),
        b'{"seq":0,"t":1.0,"kind":"stderr","size":1,"base64":"A' + b"***A" * 50_000 + b'"}\n',
    ],
    ids=("deep", "deep-batch", "batch", "long-number", "long-method", "nul", "surrogates", "argv", "base64"),
)
def test_giant_lines(line: bytes) -> None:
    examined(HEADER + line * 3)


def test_short_lines_without_end_cost_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "short.jsonl"
    path.write_bytes(HEADER + b"1\n\n" * 400_000)
    before = peak()
    journal = Journal.open(path)
    assert (len(journal), len(journal.skipped)) == (0, readers.MOST_SKIPPED)
    journal.close()
    assert peak() - before < 30


def test_a_line_without_end_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 300 MB that is no line at all, and takes no room on the disk."""
    path = tmp_path / "hole.jsonl"
    path.write_bytes(HEADER)
    with path.open("r+b") as file:
        file.truncate(300 << 20)
    before = peak()
    journal = Journal.open(path)
    assert [each.says for each in journal.skipped] == ["the line is cut short"]
    assert not journal.read_on(), "and nobody looks for its end again"
    journal.close()
    assert peak() - before < 30


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "header.jsonl"
    path.write_bytes(b'{"format":"mcp-recording/1","tool":"' + b"x" * (3 << 20))
    with pytest.raises(UsageError, match="no recording"):
        Journal.open(path)
