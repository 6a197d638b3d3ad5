"""However JSON spells a document, the lines in which a path holds hold what is sought for it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.journal.filter import Filter, literals, needles
from inspector.journal.filter.paths import holds
from inspector.journal.filter.terms import STAR, Path, Regex, Step
from inspector.journal.journal import Journal
from inspector.journal.view import View
from inspector.wire.event import Direction, Kind

_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
_texts = st.one_of(
    st.sampled_from(
        ["", "a", "city", "Oslo", 'a"b', "a\\b", "a/b", "größe", "東京", "x\ny", "😀", "\ud83d", "0"]
    ),
    st.sampled_from(["value", "base64", "text", "null", "3e5", "e", ":", "\\u00"]),
    st.text(max_size=5),
)
_numbers = st.one_of(
    st.integers(-20, 2_000),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.5, 1e15, 999_999_999_999_999, 1e22, -0.0, 0.1 + 0.2, 5e-324]),
)
_scalars = st.one_of(st.none(), st.booleans(), _numbers, _texts)
_documents = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(_texts, inner, max_size=3),
    ),
    max_leaves=6,
)


def spelled(draw: st.DrawFn, value: Any) -> str:
    """One of the ways in which JSON writes a value."""
    space = st.sampled_from(["", "", "", " ", "\n", "\t "])

    def between(*parts: str) -> str:
        return "".join(draw(space) + part for part in parts) + draw(space)

    match value:
        case bool() | None:
            return json.dumps(value)
        case int() | float():
            return draw(st.sampled_from(_spellings(value)))
        case str():
            return '"' + "".join(_letter(draw, letter) for letter in value) + '"'
        case list():
            return "[" + ",".join(between(spelled(draw, each)) for each in value) + "]"
    pairs = (between(spelled(draw, key), ":", spelled(draw, each)) for key, each in value.items())
    return "{" + ",".join(pairs) + "}"


def _spellings(value: float) -> list[str]:
    """As it is; with noughts behind it; with an exponent; as a little less, which is the same float."""
    plain = repr(value)
    found = [plain]
    if isinstance(value, int) and abs(value) < 1 << 53:
        found += [f"{value}.0", f"{value}.000", f"{value}e0", f"{value}0E-1", f"{value}.{'0' * 30}1"]
        if value > 0:
            found.append(f"{value - 1}.{'9' * 40}")
    elif "e" not in plain and "." in plain:
        found += [f"{plain}00", f"{plain}e+0", plain + "0" * 30 + "1"]
    return [each for each in found if json.loads(each) == value]


def _letter(draw: st.DrawFn, letter: str) -> str:
    escaped = "".join(
        f"\\u{int.from_bytes(letter.encode('utf-16-be', 'surrogatepass')[at : at + 2], 'big'):04x}"
        for at in range(0, 2 if letter <= "\uffff" else 4, 2)
    )
    forms = [escaped, escaped[:2] + escaped[2:].replace("\\u", "#").upper().replace("#", "\\u")]
    if letter in _SHORT:
        forms.append(_SHORT[letter])
    elif letter >= " " and not "\ud800" <= letter <= "\udfff":
        forms += [letter] * 12
    if letter == "/":
        forms += ["\\/"] * 4
    return draw(st.sampled_from(forms))


@st.composite
def _cases(draw: st.DrawFn) -> tuple[str, Path]:
    """The JSON text of an object, and a path that leads into it, or nearly."""
    document = draw(st.dictionaries(_texts, _documents, min_size=1, max_size=3))
    steps: list[Step] = []
    value: Any = document
    while isinstance(value, dict | list) and value and draw(st.booleans() if steps else st.just(True)):
        step = draw(st.sampled_from(list(value) if isinstance(value, dict) else list(range(len(value)))))
        value = value[step]
        steps.append(STAR if draw(st.integers(0, 9)) == 0 else step)
    scalar = value if isinstance(value, str | int | float | bool | None) else draw(_scalars)
    wanted = draw(st.sampled_from([scalar, scalar, scalar, float(len(steps)), "Oslo", None]))
    if (
        isinstance(wanted, int)
        and not isinstance(wanted, bool)
        and abs(wanted) < 1 << 53
        and draw(st.booleans())
    ):
        wanted = float(wanted)
    op = draw(st.sampled_from(["==", "==", "==", "", "!=", "<", ">=", "=~"]))
    if op == "=~":
        text = re.sub(r"[^a-zA-Z0-9 ]", ".", value) if isinstance(value, str) else "s"
        return spelled(draw, document), Path(tuple(steps), op, Regex(text or "x", draw(st.booleans())))
    return spelled(draw, document), Path(tuple(steps), op, wanted if op else None)


@settings(max_examples=150, deadline=None)
@given(_cases())
@example(('{"a":3e0}', Path(("a",), "==", 3)))
@example(('{"a":2.99999999999999999999999}', Path(("a",), "==", 3)))
@example(('{"a\\u6771":"\\u6771b"}', Path(("a東",), "==", "東b")))
@example(('{"a":\n\t"x"}', Path(("a",), "==", "x")))
def test_what_is_sought_stands_in_every_line_that_is_meant(case: tuple[str, Path]) -> None:
    text, path = case
    if not holds(json.loads(text), path):
        return
    for line in (
        text.encode("utf-8"),
        json.dumps(text).encode(),
        json.dumps(text, ensure_ascii=False).encode(),
    ):
        if needles.ESCAPED not in line and literals.BASE64 not in line:
            for needle in literals.sought(path):
                assert needle.search(line), (line, needle.pattern)


@settings(max_examples=40, deadline=None)
@given(st.lists(_cases(), min_size=1, max_size=6), st.integers(0, 5))
def test_a_view_finds_each_of_them(cases: list[tuple[str, Path]], which: int) -> None:
    """Also where a message of several lines, or one that is no UTF-8, is kept as a text or in base64."""
    journal = Journal.create(target={"argv": ["x"]})
    path = cases[which % len(cases)][1]
    for number, (text, _) in enumerate(cases * 3):
        body = text.encode() + b' "\xff"' * (number % 7 == 6)
        journal.append(Kind.MESSAGE, Direction.S2C, body, exchange=1)
        journal.append(Kind.STDERR, Direction.S2C, body)
        journal.append(Kind.CLIENT, data={"what": "noted", **json.loads(text)})
    filter = Filter(path)
    view, test = View(journal, filter), filter.tester(journal)
    while view.advance(1.0):
        pass
    assert list(view._rows) == [row for row in range(len(journal)) if test(row)]
    journal.close()


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        (Path(("a", "city"), "==", "Oslo"), b'{"city":"Oslo","a":1}', True),
        (Path(("a", "city"), "==", "Oslo"), b'{"city":"Bergen","b":"Oslo"}', False),
        (Path(("n",), "==", 777), b'{"n":7770}', False),
        (Path(("n",), "==", 777), b'{"n": 777.0}', True),
        (Path(("n",), "==", True), b'{"n":false}', False),
        (Path(("n",), "=~", Regex("^warn")), b'{"n":"info"}', False),
        (Path(("n",)), b'{"m":"n"}', False),
    ],
)
def test_what_is_sought_rules_lines_out(path: Path, line: bytes, found: bool) -> None:
    assert (literals.sought(path)[0].search(line) is not None) is found


def test_a_key_that_stands_in_no_line_is_not_sought() -> None:
    assert literals.sought(Path(("value",), "==", 5)) == []
    assert [each.pattern for each in literals.sought(Path(("value",), "==", "x"))] == [b'"x\\\\?"']
