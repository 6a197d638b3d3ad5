from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.journal.filter import Filter, FilterError
from inspector.journal.filter.fields import FIELDS, STATUSES
from inspector.journal.filter.syntax import LONGEST, parse
from inspector.journal.filter.terms import (
    STAR,
    And,
    Everything,
    Field,
    Glob,
    Matches,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    Text,
)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("*", Everything()),
        ("foo", Text("foo")),
        ("get-*", Text("get-*", glob=True)),
        ('"a b"', Text("a b")),
        (r'"a \"b\""', Text('a "b"')),
        ("foo bar", And((Text("foo"), Text("bar")))),
        ("foo AND bar", And((Text("foo"), Text("bar")))),
        ("a b or c", Or((And((Text("a"), Text("b"))), Text("c")))),
        ("a (b or c)", And((Text("a"), Or((Text("b"), Text("c")))))),
        ("not a b", And((Not(Text("a")), Text("b")))),
        ("not(a)", Not(Text("a"))),
        ("nothing order android", And((Text("nothing"), Text("order"), Text("android")))),
        ("method:tools/call", Field("method", Glob("tools/call"))),
        ("METHOD:tools/*", Field("method", Glob("tools/*"))),
        ('tool:"a b"', Field("tool", Glob("a b", exact=True))),
        ("tool:/^get-/i", Field("tool", Regex("^get-", ignore_case=True))),
        (r"/tools\/ca[lk]l/", Matches(Regex("tools/ca[lk]l"))),
        ("/two words/", Matches(Regex("two words"))),
        ("status:tool-error", Field("status", Glob("tool-error"))),
        ("status:4XX", Field("status", Glob("4XX"))),
        ("lat:>500ms", Field("lat", Range(0.5, above=True, unit="s"))),
        ("size:>=10kb", Field("size", Range(10_000.0, unit="b"))),
        ("size:214", Field("size", Range(214.0, 214.0, unit="b"))),
        ("time:1.5..3", Field("time", Range(1.5, 3.0, unit="s"))),
        ("time:..2m", Field("time", Range(high=120.0, unit="s"))),
        ("time:2..", Field("time", Range(2.0, unit="s"))),
        ("session:2", Field("session", Range(2.0, 2.0))),
        ("about:12", Field("about", Range(12.0, 12.0))),
        ("$", Path(())),
        ("$.a", Path(("a",))),
        ('$.a["b c"][0][-1][*].*', Path(("a", "b c", 0, -1, STAR, STAR))),
        ('$.city == "Oslo"', Path(("city",), "==", "Oslo")),
        ("$.n>=2.5", Path(("n",), ">=", 2.5)),
        ("$.n!=null x", And((Path(("n",), "!=", None), Text("x")))),
        ("$.n =~ /^x/", Path(("n",), "=~", Regex("^x"))),
        ("http://x /tmp/a c:\\d", And((Text("http://x"), Text("/tmp/a"), Text("c:\\d")))),
        ("/tmp", Text("/tmp")),
    ],
)
def test_it_means(text: str, node: Node) -> None:
    assert parse(text) == node
    assert Filter.parse(str(Filter(node))) == Filter(node)


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("foo and", 7, "a word, a field"),
        ("or foo", 0, "a word, a field"),
        ("a and and b", 6, "a word, a field"),
        ("not", 3, "a word, a field"),
        ("()", 1, "a word, a field"),
        ("(a", 2, ")"),
        ("a)", 1, "the end"),
        ('x "abc', 6, '"'),
        (r'"\x"', 1, r"\\ for a backslash"),
        ("method:", 7, "a value such as tools/call"),
        ("method:/x", 9, "/"),
        ("metod:x", 0, "method:"),
        ("status:eror", 7, "error"),
        ("dir:up", 4, "one of c2s, s2c"),
        ("lat:500", 7, "ms, s, m, h"),
        ("lat:500ms", 4, "a comparison such as >500ms"),
        ("lat:>5parsecs", 6, "ms, s, m, h"),
        ("lat:>x", 5, "a comparison"),
        ("size:>10kb!", 10, "a comparison"),
        ("time:1..2..3", 9, "a comparison"),
        ("about:1..2", 7, "the number of a row"),
        ("$.", 2, "a key"),
        ("$.a[x]", 4, '[0], [*] or ["key"]'),
        ('$.a["b"', 7, "]"),
        ("$x", 1, ".key"),
        ("$.a = 1", 4, "=="),
        ("$.a == Oslo", 7, "a text in double quotes"),
        ("$.a < true", 6, "a number"),
        ("$.a =~ x", 7, "/…/"),
        ("/a(b/", 2, "Python's re"),
        (r"/(a)\1/", 1, "without back references"),
        ("/(?=a)/", 1, "lookaround"),
        ("/(a{999}){9}/", 1, ""),
        ("a && b", 2, "and"),
        ("$.a == 'Oslo'", 7, "a text in double quotes"),
        ("(" * 60, 50, "at most 50 levels"),
        ("not " * 60 + "a", 200, "at most 50 levels"),
        ("a " * 101, 200, "at most 100"),
        ("a" * (LONGEST + 1), LONGEST, "at most 4,000"),
        ("$.a == 1e999", 7, "a smaller one"),
    ],
)
def test_an_error_points_at_the_character_and_names_what_is_expected(
    text: str, at: int, expected: str
) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.at == at
    assert expected in caught.value.expected
    assert caught.value.text == text
    assert caught.value.exit_code == 2
    assert f"character {at + 1} " in caught.value.message


_ALPHABET = 'ab*?"/\\$.[]()<>=!~: 0195\n\tand or not method: lat: time: $.a ..é'


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(_ALPHABET, max_size=40), st.text(max_size=30)))
def test_any_text_is_a_filter_or_an_error_within_it(text: str) -> None:
    found = _parsed(text)
    if isinstance(found, FilterError):
        assert 0 <= found.at <= len(text)
        assert found.says
        assert found.expected
    else:
        assert Filter.parse(str(found)) == found


def _parsed(text: str) -> Filter | FilterError:
    try:
        return Filter.parse(text)
    except FilterError as error:
        return error


_names = st.text('abcXYZ-_ ."é\\*', min_size=1, max_size=6)
_regexes = st.builds(Regex, st.sampled_from(["a", "^x/y$", r"\d+/", "[a-z]{2,3}"]), st.booleans())
_numbers = st.one_of(st.integers(0, 10**9), st.floats(0, 1e9, allow_nan=False)).map(float)
_units = {"lat": "s", "time": "s", "size": "b", "session": ""}
_terms: st.SearchStrategy[Node] = st.one_of(
    st.text(min_size=1, max_size=8).map(Text),
    st.just(Text("get-*", glob=True)),
    st.builds(Matches, _regexes),
    st.builds(Field, st.sampled_from(["method", "tool", "id"]), st.builds(Glob, _names, st.just(True))),
    st.builds(Field, st.just("status"), st.builds(Glob, st.sampled_from(STATUSES))),
    st.builds(
        lambda name, low, above: Field(name, Range(low, above=above, unit=_units[name])),
        st.sampled_from(sorted(_units)),
        _numbers,
        st.booleans(),
    ),
    st.builds(
        Path,
        st.lists(st.one_of(_names, st.integers(-9, 9), st.just(STAR)), max_size=4).map(tuple),
        st.sampled_from(["==", "!="]),
        st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.none(), _numbers),
    ),
    st.builds(Path, st.lists(_names, max_size=2).map(tuple), st.just("=~"), _regexes),
)
_nodes = st.recursive(
    _terms,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(_nodes)
def test_what_is_written_is_read_as_the_same(node: Node) -> None:
    assert parse(str(node)) == node


def test_words_are_words_whatever_they_mean() -> None:
    assert Filter.words("a or (b").node == And((Text("a"), Text("or"), Text("(b")))
    assert Filter.words("x").node == Text("x")
    assert Filter.words(" ").everything
    assert str(Filter.words("")) == ""
    assert Filter.parse(str(Filter.words("a or (b"))) == Filter.words("a or (b")


def test_every_field_gives_an_example_that_is_read() -> None:
    for name, kind in FIELDS.items():
        assert isinstance(parse(f"{name}:{kind.example}"), Field)
