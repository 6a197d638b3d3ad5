"""What is typed as in another language is told with its name here; it never finds nothing without a word."""

import pytest

from inspector.journal.filter import Filter, FilterError
from inspector.journal.filter.slips import slip


@pytest.mark.parametrize(
    ("text", "at", "says", "expected"),
    [
        ("a && b", 2, "&&", "and"),
        ("a | b", 2, "|", "or"),
        ("! a", 0, "!", "not"),
        ("!tool:echo", 0, "!", "not tool:echo"),
        ("a -tool:echo", 2, "-", "not tool:echo"),
        ("method=tools/call", 0, "colon", "method:tools/call,"),
        ("lat>500ms", 0, "colon", "lat:>500ms,"),
        ("size==10", 0, "colon", "size:=10,"),
        ("TOOL!=echo", 0, "colon", "not TOOL:echo,"),
        ("method = tools/call", 7, "=", "method:tools/call"),
        ("lat > 5s", 4, ">", "lat:>500ms"),
        ("latency:>5s", 0, "latency", "lat:"),
        ("direction:c2s", 0, "direction", "dir:"),
        ("metod:x", 0, "metod", 'method: , or "metod:…" in quotes'),
    ],
)
def test_a_slip_is_told_at_its_place(text: str, at: int, says: str, expected: str) -> None:
    with pytest.raises(FilterError) as caught:
        Filter.parse(text)
    assert (caught.value.at, says in caught.value.says) == (at, True)
    assert caught.value.expected.startswith(expected) or expected in caught.value.expected


@pytest.mark.parametrize(
    "word",
    ["http://x", "a=b", "-x", "--method", "-", "x!", "<div>", "a->b", "methods", "idea=1", "timeout:5"],
)
def test_what_is_near_to_nothing_stays_text(word: str) -> None:
    assert slip(word) is None
    assert Filter.parse(word)


@pytest.mark.parametrize("text", ['"method=x"', '"!x"', '"|"', '">"', '"-tool:x"'])
def test_in_quotes_it_is_text_and_is_written_so(text: str) -> None:
    assert str(Filter.parse(text).node) == text
