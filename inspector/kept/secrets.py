"""Arguments without what sounds secret: such a value is never written into a file of ours.

A field is secret by its name (the rules of `inspector.journal.redact`, and some more for arguments), by the
schema (`format: password`, `writeOnly`), or by a URL in it that carries credentials. What is left out is
named, so that a person can be told. A secret in a field with an innocent name cannot be known.
"""

from __future__ import annotations

import re
from typing import Any

from inspector.forms.plan import Field, plan
from inspector.forms.unset import UNSET
from inspector.journal.redact import is_secret_name, redact_url

_MORE = re.compile(r"passphrase|bearer|(?:^|[-_ ])(?:pass|pwd|pw|pin|otp|cvv|cvc|ssn|sid)$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COUNTED = re.compile(r"tokens?(?:$|[-_ ])|^(?:min|max|num|n)[-_ ]", re.IGNORECASE)


def sounds_secret(name: str, value: Any = "") -> bool:
    """Whether a field of this name holds a secret; a number of tokens is none."""
    name = _CAMEL.sub("_", name[:1000])
    if _MORE.search(name):
        return True
    if isinstance(value, bool) or (isinstance(value, int | float) and _COUNTED.search(name)):
        return False
    return is_secret_name(name)


def without_secrets(schema: Any, value: Any) -> tuple[Any, tuple[str, ...]]:
    """`value` without its secret parts, and the paths of these, dotted.

    Args:
        schema: The JSON Schema of the arguments, any value at all.
        value: A JSON value.

    Returns:
        `UNSET` in the place of the value where all of it is secret.
    """
    left_out: list[str] = []
    try:
        return _clean(plan(schema), value, "", left_out), tuple(left_out)
    except RecursionError:
        return UNSET, ("everything: it is nested too deeply",)


def _clean(field: Field | None, value: Any, path: str, left_out: list[str]) -> Any:
    if _secret(field) or (isinstance(value, str) and _carries_credentials(value)):
        left_out.append(path or "the value")
        return UNSET
    if isinstance(value, dict):
        found = {}
        for key, member in value.items():
            here = f"{path}.{key}" if path else key
            if sounds_secret(key, member):
                left_out.append(here)
                continue
            cleaned = _clean(_below(field, key), member, here, left_out)
            if cleaned is not UNSET:
                found[key] = cleaned
        return found
    if isinstance(value, list):
        each = (_clean(_below(field, at), one, f"{path}[{at}]", left_out) for at, one in enumerate(value))
        return [one for one in each if one is not UNSET]
    return value


def _secret(field: Field | None) -> bool:
    return field is not None and (field.secret or any(map(_secret, field.variants)))


def _below(field: Field | None, key: str | int) -> Field | None:
    """The field under `field`; of several forms those together, so that one secret one is enough."""
    if field is None:
        return None
    if field.kind == "variant":
        found = [below for variant in field.variants if (below := _below(variant, key)) is not None]
        return Field(kind="variant", variants=tuple(found)) if found else None
    if isinstance(key, str):
        return field.member(key) if field.kind == "object" else None
    return field.element(key) if field.kind == "array" else None


def _carries_credentials(text: str) -> bool:
    return "://" in text[:1000] and redact_url(text) != text
