"""Whether a value is valid against a JSON Schema: short sentences, by path.

The schema is the server's and the value may be anything, so that all is bounded: nothing is fetched, at
most `MOST_PROBLEMS` problems, `MOST_STEPS` keywords and about `LONGEST` seconds; a `pattern` that could
backtrack for long is left unchecked (`inspector.forms.pattern`). `format` is an annotation in 2020-12, and is
checked all the same (`inspector.forms.formats`): what is found here warns. `jsonschema` is imported on the
first check: it costs a tenth of a second.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.forms import json_text
from inspector.forms.formats import suits
from inspector.forms.hint import format_words
from inspector.forms.pattern import affordable

if TYPE_CHECKING:
    from jsonschema import ValidationError

MOST_PROBLEMS = 100
MOST_STEPS = 100_000
LONGEST = 1.0
"""Seconds."""

_UNCHECKED = "unchecked"
_OWN = "own"
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
_DATA = ("const", "enum", "default", "examples")
_QUOTED = 60
_APART = frozenset({"const", "enum", "required"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a value.

    Attributes:
        path: Where: keys and indexes from the root.
        says: What, as the rest of a sentence that begins with the place. May quote the server.
        missing: Nothing was entered where something is required.
        blocks: What was typed is no value at all (half a number, broken JSON).
    """

    path: tuple[str | int, ...]
    says: str
    missing: bool = False
    blocks: bool = False

    @property
    def sentence(self) -> str:
        """The place and what is wrong there. May quote the server."""
        return f"{'.'.join(map(str, self.path)) or 'The value'} {self.says}"


def check(schema: Any, value: Any) -> list[Problem]:
    """What is wrong with `value`, in the dialect that `schema` declares or in 2020-12. Never raises."""
    problems: list[Problem] = []
    try:
        found = itertools.chain.from_iterable(map(_nearest, _errors(schema, value)))
        for error in itertools.islice(found, MOST_PROBLEMS):
            problem = Problem(tuple(error.absolute_path), _says(error), missing=error.validator == "required")
            if problem not in problems:
                problems.append(problem)
    except RecursionError:
        problems.append(Problem((), "or its schema is nested too deeply to be checked"))
    except _Enough:
        problems.append(Problem((), "takes too long to check: some of it is unchecked"))
    except Exception:
        # The schema may hold anything at any place, and the library promises nothing for such a one.
        problems.append(Problem((), "cannot be checked: the schema is malformed"))
    return problems


class _Enough(Exception):
    """The budget of a check is spent."""


class _Budget:
    def __init__(self) -> None:
        self._left = MOST_STEPS
        self._until = time.monotonic() + LONGEST

    def spend(self) -> None:
        self._left -= 1
        if self._left < 0 or (self._left % 64 == 0 and time.monotonic() > self._until):
            raise _Enough


def _errors(schema: Any, value: Any) -> Iterator[ValidationError]:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend, validator_for
    from referencing import Registry

    dialect = schema.get("$schema") if isinstance(schema, Mapping) else None
    declared = {"$schema": dialect} if isinstance(dialect, str) else {}
    standard = validator_for(declared, default=Draft202012Validator)
    budget = _Budget()
    keywords = {word: _guarded(word, keyword, budget) for word, keyword in standard.VALIDATORS.items()}
    tame = _tame(schema, _longest(value), budget)
    # An empty registry of its own: the default one would fetch what it does not know.
    guarded: Any = extend(standard, keywords)  # type: ignore[no-untyped-call]
    errors: Iterator[ValidationError] = guarded(tame, registry=Registry()).iter_errors(value)
    return errors


def _nearest(error: Any) -> Iterator[Any]:
    """`error`; of one about several forms those of the form that is clearly meant, which say where and what.

    A form is not meant if the value is of another kind, or a member that tells forms apart says another one;
    where that leaves none, what is missing tells no form apart.
    """
    if error.validator in ("anyOf", "oneOf") and error.context:
        forms: dict[Any, list[Any]] = {}
        for below in error.context:
            forms.setdefault(below.relative_schema_path[0], []).append(below)
        for apart in (_APART, _APART - {"required"}):
            meant = [found for found in forms.values() if not any(_differs(below, apart) for below in found)]
            if len(meant) == 1:
                for below in meant[0]:
                    yield from _nearest(below)
                return
            if meant:
                break
    yield error


def _differs(error: Any, apart: frozenset[str]) -> bool:
    """Whether `error` says that another form is meant: by its kind, or by a keyword of `apart`."""
    depth = len(error.relative_path)
    return (error.validator == "type" and depth == 0) or (error.validator in apart and depth <= 1)


def _guarded(word: str, keyword: Any, budget: _Budget) -> Any:
    """`keyword` within the budget; what it cannot cope with becomes an error that says so."""
    keyword = _OURS.get(word, keyword)

    def run(validator: Any, expected: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        from jsonschema import ValidationError

        budget.spend()
        try:
            yield from keyword(validator, expected, instance, schema) or ()
        except (_Enough, RecursionError):
            raise
        except Exception:
            # As in `check`; caught here, the rest of the schema is still checked.
            says = f"is unchecked where the schema says {word}: {_quote(expected)}"
            yield ValidationError(says, validator=_UNCHECKED)

    return run


def _required(validator: Any, expected: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """The library's `required`, except that the path names the member that is missing."""
    from jsonschema import ValidationError

    if isinstance(expected, list) and isinstance(instance, dict):
        for name in expected:
            if isinstance(name, str) and name not in instance:
                yield ValidationError("is required", path=[name])


def _dependent_required(
    validator: Any, expected: Any, instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """The library's `dependentRequired`, except that the path names the member that is missing."""
    from jsonschema import ValidationError

    if isinstance(expected, Mapping) and isinstance(instance, dict):
        for name, needs in expected.items():
            for need in needs if name in instance and isinstance(needs, list) else ():
                if isinstance(need, str) and need not in instance:
                    yield ValidationError(f"is required beside {_quote(name)}", validator=_OWN, path=[need])


def _unique_items(validator: Any, expected: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """The library's `uniqueItems` is quadratic; this is not."""
    from jsonschema import ValidationError

    if expected is True and isinstance(instance, list):
        seen: set[str] = set()
        for index, element in enumerate(instance):
            text = json_text.canonical(element)
            if text in seen:
                yield ValidationError("is there twice", path=[index])
            seen.add(text)


def _format(_validator: Any, expected: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """The library's `format`, for every format of the specification and without another dependency."""
    from jsonschema import ValidationError

    if isinstance(expected, str) and isinstance(instance, str) and not suits(expected, instance):
        yield ValidationError("is of another format")


_OURS: Mapping[str, Any] = {
    "required": _required,
    "dependentRequired": _dependent_required,
    "uniqueItems": _unique_items,
    "format": _format,
}


def _longest(value: Any) -> int:
    """The length of the longest text in `value`, keys included."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return max((max(len(str(key)), _longest(below)) for key, below in value.items()), default=0)
    if isinstance(value, list):
        return max(map(_longest, value), default=0)
    return 0


def _tame(schema: Any, longest: int, budget: _Budget) -> Any:
    """`schema` without `$schema` (which would undo the guards) and without patterns that cost too much."""
    if isinstance(schema, list):
        return [_tame(part, longest, budget) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    budget.spend()
    kept: dict[str, Any] = {}
    for key, part in schema.items():
        if key == "$schema" or (key == "pattern" and isinstance(part, str) and not affordable(part, longest)):
            continue
        if key in _MAPS and isinstance(part, Mapping):
            kept[key] = {name: _tame(below, longest, budget) for name, below in part.items()}
        else:
            kept[key] = part if key in _DATA else _tame(part, longest, budget)
    patterns = kept.get("patternProperties")
    if isinstance(patterns, dict) and not all(affordable(str(one), longest) for one in patterns):
        # Which members are additional cannot be told any more.
        for word in ("patternProperties", "additionalProperties", "unevaluatedProperties"):
            kept.pop(word, None)
    return kept


def _quote(value: Any) -> str:
    text = json_text.write(value)
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def _a_type(expected: Any, instance: Any) -> str:
    words = expected if isinstance(expected, list) else [expected]
    return f"must be {' or '.join(map(str, words))}, is {json_text.type_word(instance)}"


def _count(unit: str, least: bool) -> Callable[[Any, Any], str]:
    def says(expected: Any, instance: Any) -> str:
        plural = unit if expected == 1 else f"{unit}s"
        return f"must have at {'least' if least else 'most'} {_quote(expected)} {plural}, has {len(instance)}"

    return says


_SAYS: Mapping[str, Callable[[Any, Any], str]] = {
    "type": _a_type,
    "required": lambda _expected, _instance: "is required",
    "uniqueItems": lambda _expected, _instance: "is there twice",
    "enum": lambda expected, _instance: f"must be one of {_quote(expected).strip('[]')}",
    "const": lambda expected, _instance: f"must be {_quote(expected)}",
    "minimum": lambda expected, _instance: f"must be at least {_quote(expected)}",
    "maximum": lambda expected, _instance: f"must be at most {_quote(expected)}",
    "exclusiveMinimum": lambda expected, _instance: f"must be more than {_quote(expected)}",
    "exclusiveMaximum": lambda expected, _instance: f"must be less than {_quote(expected)}",
    "multipleOf": lambda expected, _instance: f"must be a multiple of {_quote(expected)}",
    "minLength": _count("character", True),
    "maxLength": _count("character", False),
    "minItems": _count("item", True),
    "maxItems": _count("item", False),
    "minProperties": _count("member", True),
    "maxProperties": _count("member", False),
    "pattern": lambda expected, _instance: f"must match the pattern {_quote(expected)}",
    "format": lambda expected, _instance: f"must be {format_words(str(expected))}",
    "not": lambda _expected, _instance: "is what the schema rules out",
    "oneOf": lambda expected, _instance: f"must fit exactly one of the schema's {len(expected)} forms",
    "anyOf": lambda expected, _instance: f"fits none of the schema's {len(expected)} forms",
    "contains": lambda _expected, _instance: "lacks an item that the schema demands",
}


def _says(error: Any) -> str:
    word, expected, instance = str(error.validator or ""), error.validator_value, error.instance
    if word in (_UNCHECKED, _OWN):
        return str(error.message)
    if word == "anyOf" and error.context and all(below.validator == "type" for below in error.context):
        types = list(dict.fromkeys(str(below.validator_value) for below in error.context))
        return _a_type(types, instance)
    if word == "additionalProperties" and expected is False and isinstance(error.schema, Mapping):
        known = error.schema.get("properties", {})
        extra = [key for key in instance if key not in known]
        return f"has members that the schema does not know: {_quote(extra)}"
    if word in _SAYS:
        return _SAYS[word](expected, instance)
    if not word:
        return "is not allowed at all"
    return f"does not satisfy {word}: {_quote(expected)}"
