"""The faults that frames, lines and replies can have: one word each, with what it means and who says so.

A fault is a fact noted beside an event; the connection goes on. The word stands in recordings, so it
never changes meaning.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning", "info"]


class Fault(enum.StrEnum):
    """The words."""

    NOT_JSON = "not-json"
    BAD_UTF8 = "bad-utf8"
    BOM = "bom"
    CONTROL_CHARACTER = "control-character"
    LONE_SURROGATE = "lone-surrogate"
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
    NOT_HTTP = "not-http"
    CONTENT_TYPE = "content-type"
    CONTENT_ENCODING = "content-encoding"
    UNEXPECTED_BODY = "unexpected-body"
    NO_ANSWER = "no-answer"


@dataclass(frozen=True, slots=True)
class Explained:
    """What a fault means.

    Attributes:
        rule: Id of the rule that is broken; several faults can break one.
        severity: `error` where the specification says MUST, `warning` where it says SHOULD or where
            common readers stumble, `info` for what is only worth knowing.
        says: One sentence.
        clause: Where it is written: a section of JSON-RPC 2.0 or an RFC, or a page of the MCP
            specification below its version.
    """

    rule: str
    severity: Severity
    says: str
    clause: str


_MESSAGES = "MCP basic/index, messages"
_STDIO = "MCP basic/transports, stdio"
_HTTP = "MCP basic/transports, streamable HTTP"

EXPLAINED: Mapping[Fault, Explained] = MappingProxyType(
    {
        Fault.NOT_JSON: Explained("not-json", "error", "It is not JSON.", _STDIO),
        Fault.BAD_UTF8: Explained("bad-utf8", "error", "It holds bytes that are not UTF-8.", _STDIO),
        Fault.BOM: Explained(
            "bom",
            "error",
            "It begins with a byte order mark, which many parsers refuse.",
            "RFC 8259 section 8.1",
        ),
        Fault.CONTROL_CHARACTER: Explained(
            "json-control-character",
            "error",
            "A string holds a raw control character, which strict parsers refuse.",
            "RFC 8259 section 7",
        ),
        Fault.LONE_SURROGATE: Explained(
            "json-lone-surrogate",
            "warning",
            "A string holds half a surrogate pair, which is no character and has no UTF-8 form.",
            "RFC 8259 section 8.2",
        ),
        Fault.DUPLICATE_KEY: Explained(
            "json-duplicate-key",
            "warning",
            "An object has the same key twice; parsers differ in which one they take, here it is the last.",
            "RFC 8259 section 4",
        ),
        Fault.NAN: Explained(
            "json-nan", "error", "It holds NaN or Infinity, which are not JSON.", "RFC 8259 section 6"
        ),
        Fault.HUGE_NUMBER: Explained(
            "json-huge-number",
            "warning",
            "It holds a number beyond what a double can hold, or with thousands of digits.",
            "RFC 8259 section 6",
        ),
        Fault.TOO_DEEP: Explained(
            "json-too-deep",
            "warning",
            "It is nested too deeply to be parsed as a whole.",
            "RFC 8259 section 9",
        ),
        Fault.NOT_OBJECT: Explained(
            "rpc-not-an-object", "error", "It is JSON, but not an object.", "JSON-RPC 2.0 section 4"
        ),
        Fault.EMPTY_BATCH: Explained(
            "rpc-batch", "error", "It is a batch with nothing in it.", "JSON-RPC 2.0 section 6"
        ),
        Fault.NO_JSONRPC: Explained(
            "rpc-version", "error", '`jsonrpc` is not "2.0".', "JSON-RPC 2.0 section 4"
        ),
        Fault.RESULT_AND_ERROR: Explained(
            "rpc-result-xor-error",
            "error",
            "It has both a result and an error.",
            "JSON-RPC 2.0 section 5",
        ),
        Fault.NO_RESULT_OR_ERROR: Explained(
            "rpc-result-xor-error",
            "error",
            "It has no method, no result and no error.",
            "JSON-RPC 2.0 section 5",
        ),
        Fault.RESULT_SHAPE: Explained(
            "rpc-result-object", "error", "The result is not an object.", _MESSAGES
        ),
        Fault.ERROR_SHAPE: Explained(
            "rpc-error-shape",
            "error",
            "The error is not an object with an integer code and a message.",
            "JSON-RPC 2.0 section 5.1",
        ),
        Fault.METHOD_TYPE: Explained(
            "rpc-method-type", "error", "The method is not a string.", "JSON-RPC 2.0 section 4"
        ),
        Fault.METHOD_AND_RESULT: Explained(
            "rpc-method-and-result",
            "error",
            "It has a method and also a result or an error; it is taken for a request or notification.",
            "JSON-RPC 2.0 section 5",
        ),
        Fault.PARAMS_SHAPE: Explained(
            "rpc-params-shape",
            "error",
            "The params are not an object.",
            "JSON-RPC 2.0 section 4.2",
        ),
        Fault.NO_ID: Explained("rpc-no-id", "error", "The response has no id.", "JSON-RPC 2.0 section 5"),
        Fault.ID_NULL: Explained("rpc-null-id-request", "error", "The id is null.", _MESSAGES),
        Fault.ID_BOOL: Explained("rpc-id-type", "error", "The id is true or false.", _MESSAGES),
        Fault.ID_FLOAT: Explained(
            "rpc-id-type", "error", "The id is a number with a fraction or an exponent.", _MESSAGES
        ),
        Fault.ID_SHAPE: Explained("rpc-id-type", "error", "The id is an object or an array.", _MESSAGES),
        Fault.TOO_LONG: Explained(
            "line-too-long", "warning", "The line is longer than the limit; only its head is kept.", _STDIO
        ),
        Fault.NO_NEWLINE: Explained(
            "no-newline", "warning", "The stream ended in the middle of the line.", _STDIO
        ),
        Fault.UNKNOWN_ID: Explained(
            "rpc-unknown-id",
            "error",
            "It answers an id that was never sent on this connection.",
            "JSON-RPC 2.0 section 5",
        ),
        Fault.DUPLICATE_REPLY: Explained(
            "rpc-duplicate-response", "error", "The request was already answered.", "JSON-RPC 2.0 section 5"
        ),
        Fault.ID_RESPELLED: Explained(
            "rpc-unknown-id",
            "error",
            "The id is spelled otherwise than in the request; strict clients do not find the call.",
            "JSON-RPC 2.0 section 5",
        ),
        Fault.LATE: Explained(
            "late-reply",
            "warning",
            "The reply came after the call had timed out or was cancelled.",
            "MCP basic/utilities/cancellation",
        ),
        Fault.NOT_HTTP: Explained(
            "http-malformed",
            "error",
            "These bytes came in the place of an HTTP response, or are the beginning of one.",
            "RFC 9112 section 2",
        ),
        Fault.CONTENT_TYPE: Explained(
            "http-content-type",
            "error",
            "The content type is neither application/json nor text/event-stream.",
            _HTTP,
        ),
        Fault.CONTENT_ENCODING: Explained(
            "http-content-encoding",
            "error",
            "The body is not what its content-encoding says; these are its bytes as they came.",
            "RFC 9110 section 8.4",
        ),
        Fault.UNEXPECTED_BODY: Explained(
            "http-202-body", "error", "A body came where there must be none.", _HTTP
        ),
        Fault.NO_ANSWER: Explained(
            "http-stream-no-response",
            "warning",
            "The exchange ended without an answer to the request.",
            _HTTP,
        ),
    }
)
"""Every fault, explained."""
