"""One question that a server asked back: what is kept of it, and what an answer makes of it.

Values and pure functions. Which message asks and which answers is found by `inspector.journal.asked`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from inspector.wire.event import Shape
from inspector.wire.jsonrpc import Frame, id_key
from inspector.wire.visible import clip, visible

Origin: TypeAlias = Literal["request", "leg", "refusal"]

_WIDEST = 200


@dataclass(eq=False, slots=True)
class Question:
    """One question.

    Attributes:
        seq: Row of the message that asks.
        key: Its name among those of one result or error; `None` for a request of its own.
        id: The id of a request as JSON text, as in `Frame.id`.
        method: What is asked for; empty where that is no text.
        mode: `mode` of an elicitation, where it is one the protocol knows.
        says: What it is about, in a line that is safe for a terminal.
        origin: Whether it is a request, a part of a result, or stands in an error.
        cause: Row of the client's request that it came with; -1 where nothing tells which it was.
        leg: Which leg of its call that was, from 1.
        state: A word of `inspector.session.inbox.State`; empty while nothing tells how it ended.
        by: Who ended it: `user`, `policy`, `script`, `server`; empty where nothing tells.
        over: Seconds since the journal's start when it ended; `None` while it has not.
        answer: Row of the message that answers; -1 where there is none.
        completed: The server said that what was to be done at the URL is done.
        deferred: It was answered by a task, which the server polls until this is decided (2025-11-25).
    """

    seq: int
    key: str | None
    id: str | None
    method: str
    mode: str = ""
    says: str = ""
    origin: Origin = "request"
    cause: int = -1
    leg: int = 1
    state: str = ""
    by: str = ""
    over: float | None = None
    answer: int = -1
    completed: bool = False
    deferred: bool = False
    match: str = ""
    elicitation: str = ""
    task: str = ""

    @property
    def ident(self) -> tuple[int, str, bool]:
        """What no other question of the journal has."""
        return identity(self.seq, self.key, self.id)


def identity(seq: int, key: str | None, id: str | None) -> tuple[int, str, bool]:
    """`Question.ident`, for whoever knows a question from elsewhere."""
    return (seq, (id or "") if key is None else key, key is None)


def question_of(seq: int, key: str | None, frame: Frame, origin: Origin, cause: int) -> Question:
    """What `frame`, in the message of row `seq`, asks.

    Args:
        seq: The row.
        key: Its name among others; `None` for a request of its own.
        frame: The request.
        origin: How it came.
        cause: Row of the client's request that it came with; -1 where nothing tells.
    """
    params = frame.params
    mode = params.get("mode")
    question = Question(seq, key, frame.id if key is None else None, frame.method or "", origin=origin)
    question.cause, question.match = cause, id_key(question.id or "")
    question.mode = mode if mode in ("form", "url") else ""
    question.says = clip(visible(_about(params)[: 2 * _WIDEST]), _WIDEST)
    question.elicitation = id_text(params.get("elicitationId")) if question.mode == "url" else ""
    return question


def _about(params: Mapping[str, Any]) -> str:
    """What a question says in its own words, of an elicitation or of a sampling."""
    if isinstance(params.get("message"), str):
        return str(params["message"])
    messages = params.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    content = last.get("content") if isinstance(last, Mapping) else None
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, Mapping) and isinstance(part.get("text"), str):
            return str(part["text"])
    return ""


def state_of(question: Question, shape: Shape, frame: Frame | None) -> str:
    """What became of a question that was answered so."""
    if shape is Shape.ERROR:
        return "declined"
    result = frame.result if frame is not None else None
    action = result.get("action") if isinstance(result, Mapping) else None
    if question.method == "elicitation/create" and action in ("decline", "cancel"):
        return "declined" if action == "decline" else "cancelled"
    return "answered"


def id_text(value: Any) -> str:
    """An id as it is compared; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f'"{value}"' if isinstance(value, str) else repr(value)
