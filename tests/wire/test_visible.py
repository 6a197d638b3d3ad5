from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from inspector.wire.visible import cells, clip, seconds, size, visible, visible_lines

NEVER = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
# Default_Ignorable_Code_Point of Unicode, and letters that are blank, beyond the categories above.
IGNORABLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0} | {
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0xE0000, 0xE1000),
    0x2065,
}
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\x1b\x7f\x9b\x9d\u202e\u2066\u200b\u200d\ufe0f\ufe0e\ufeff\xad\u2028\ud800\udfff"
        ),
        st.sampled_from("⚠❤1#👩💻 a\n\r\t\u20e3"),
    )
)


def unsafe(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) in NEVER
        or code in IGNORABLE
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )


def emoji_selectors_removed(text: str) -> str:
    """Without the one selector in a row that may follow a symbol."""
    kept: list[str] = []
    for at, character in enumerate(text):
        if character == "\ufe0f" and at:
            before = text[at - 1]
            symbol = unicodedata.category(before) in ("So", "Sm", "Sk", "Po", "Pd") or before.isdigit()
            if (symbol and unicodedata.east_asian_width(before) != "Na") or text[at + 1 : at + 2] == "\u20e3":
                continue
        kept.append(character)
    return "".join(kept)


@given(HOSTILE)
def test_nothing_unsafe_comes_out(text: str) -> None:
    for line in (visible(text), *visible_lines(text)):
        assert not [hex(ord(c)) for c in emoji_selectors_removed(line) if unsafe(c)]
        line.encode("utf-8")


def test_no_unsafe_character_comes_out_alone_or_after_a_letter() -> None:
    passed = [
        hex(code) for code in range(0x110000) if unsafe(chr(code)) and chr(code) in visible("a" + chr(code))
    ]
    assert passed == []


def test_every_character_that_can_be_seen_stays() -> None:
    changed = [
        hex(code)
        for code in range(0x110000)
        if not unsafe(chr(code))
        and unicodedata.category(chr(code)) != "Cn"
        and visible(chr(code)) != chr(code)
    ]
    assert changed == []


@given(HOSTILE)
def test_making_visible_twice_changes_nothing_more(text: str) -> None:
    once = visible(text)
    assert visible(once) is once or visible(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("get-sum", "get-sum"),
        ("Grüße, 世界", "Grüße, 世界"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m", "‹U+009B›31m"),
        ("a\x7fb\x00", "a␡b␀"),
        ("a\tb\nc\r", "a→b␊c␍"),
        ("safe\u202egnp.exe", "safe‹U+202E›gnp.exe"),
        ("ad\u200bmin", "ad‹U+200B›min"),
        ("\ufeffx", "‹U+FEFF›x"),
        ("\ud800", "‹U+D800›"),
        ("a\U000e0041", "a‹U+E0041›"),
        ("\U0010ffff", "‹U+10FFFF›"),
        ("[/]x [bold]", "[/]x [bold]"),
        ("⚠️ careful", "⚠️ careful"),
        ("1️⃣", "1️⃣"),
        ("1\ufe0f", "1‹U+FE0F›"),
        ("⚠️\ufe0f", "⚠️‹U+FE0F›"),
        ("a\ufe0f", "a‹U+FE0F›"),
        ("\ufe0f", "‹U+FE0F›"),
        ("👩\u200d💻", "👩‹U+200D›💻"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_clean_text_is_the_same_object() -> None:
    for text in ("plain text", "Grüße, 世界", ""):
        assert visible(text) is text


def test_the_newline_may_be_another() -> None:
    assert visible("a\nb\x1b", newline=" ⏎ ") == "a ⏎ b␛"
    assert visible("a\n\ufe0fb", newline="\n") == "a\n‹U+FE0F›b"


def test_lines() -> None:
    assert visible_lines("a\r\nb\n\tc\x1b\n") == ["a", "b", "    c␛", ""]
    assert visible_lines("ab\tc") == ["ab  c"]
    assert visible_lines("a\rb\u2028c") == ["a␍b‹U+2028›c"]
    assert visible_lines("") == [""]


@pytest.mark.parametrize(
    ("text", "room", "clipped"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcd", 1, "…"),
        ("abcd", 0, ""),
        ("abcd", -1, ""),
        ("äbc", 3, "äbc"),
        ("äbcd", 3, "äb…"),
        ("世界人", 6, "世界人"),
        ("世界人", 5, "世界…"),
        ("世界人", 4, "世…"),
        ("世", 1, "…"),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("⚠️x", 3, "⚠️x"),
        ("⚠️x", 2, "⚠…"),
        ("", 3, ""),
    ],
)
def test_clip(text: str, room: int, clipped: str) -> None:
    assert clip(text, room) == clipped


@given(HOSTILE, st.integers(0, 40))
def test_a_clipped_text_fits_and_is_the_text_or_ends_in_an_ellipsis(text: str, room: int) -> None:
    shown = visible(text)
    clipped = clip(shown, room)
    assert cells(clipped) <= room
    assert clipped == shown or not room or (clipped.endswith("…") and shown.startswith(clipped[:-1]))
    if clipped == shown:
        assert clip(shown, room + 1) == shown


@given(st.text(st.sampled_from("ab ä世界人한あ…→␛‹›⚠❤é\u0301🎉"), max_size=30))
def test_cells_are_those_that_the_terminal_library_counts(text: str) -> None:
    assert cells(text) == cell_len(text)


def test_a_heap_of_marks_is_clipped() -> None:
    assert len(clip("a" + "\u0301" * 1_000_000, 10)) <= 82


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0 B"),
        (214, "214 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (5_200_000, "5.2 MB"),
        (20_000_000_000, "20.0 GB"),
        (10**15, "1000.0 TB"),
    ],
)
def test_size(n: int, text: str) -> None:
    assert size(n) == text


@pytest.mark.parametrize(
    ("s", "text"),
    [
        (0, "0 ms"),
        (-1, "0 ms"),
        (0.0001, "<1 ms"),
        (0.003, "3 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (1.2, "1.20 s"),
        (59.99, "59.99 s"),
        (59.996, "1:00"),
        (125, "2:05"),
        (3725, "1:02:05"),
        (float("nan"), "?"),
        (float("inf"), "?"),
    ],
)
def test_seconds(s: float, text: str) -> None:
    assert seconds(s) == text
