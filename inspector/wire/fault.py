"""The faults that frames, lines and replies can have: one word each, with what it means and who says so.

A fault is a fact noted beside an event; the connection goes on. The word stands in recordings, so it
never changes meaning.
"""

from __future__ import annotations

import enum


class Fault(enum.StrEnum):
    """The words."""

    NOT_JSON = "not-json"
    BAD_UTF8 = "bad-utf8"
    BOM = "bom"
    DUPLICATE_KEY = "duplicate-key"
    NAN = "nan"
    HUGE_NUMBER = "huge-number"
    TOO_DEEP = "too-deep"
    NOT_OBJECT = "not-an-object"
    EMPTY_BATCH = "empty-batch"
    NO_JSONRPC = "no-jsonrpc"
    RESULT_AND_ERROR = "result-and-error"
    NO_RESULT_OR_ERROR = "no-result-or-error"
    RESULT_SHAPE = "result-not-an-object"
    ERROR_SHAPE = "error-shape"
    METHOD_TYPE = "method-not-a-string"
    METHOD_AND_RESULT = "method-and-result"
    PARAMS_SHAPE = "params-not-structured"
    NO_ID = "no-id"
    ID_NULL = "id-null"
    ID_BOOL = "id-bool"
    ID_FLOAT = "id-float"
    ID_SHAPE = "id-not-a-scalar"
    # of a line
    TOO_LONG = "line-too-long"
    NO_NEWLINE = "no-newline"
    # of a reply, found by pairing
    UNKNOWN_ID = "unknown-id"
    DUPLICATE_REPLY = "duplicate-reply"
    ID_RESPELLED = "id-respelled"
    LATE = "late"
    # of an HTTP exchange
    CONTENT_TYPE = "content-type"
    UNEXPECTED_BODY = "unexpected-body"
    NO_ANSWER = "no-answer"
