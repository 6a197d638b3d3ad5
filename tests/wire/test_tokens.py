"""The estimate of tokens: right in its order of size, whatever the script; cheap for long texts."""

from __future__ import annotations

import pytest

from inspector.wire.tokens import about, estimate


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("The quick brown fox jumps over the lazy dog.", 9, 14),
        ('{"sum": 42, "ok": true}', 7, 14),
        ("Быстрая коричневая лиса", 8, 14),
        ("敏捷的棕色狐狸", 6, 9),
        ("🦊🦊", 2, 6),
    ],
)
def test_texts_of_every_script(text: str, least: int, most: int) -> None:
    assert least <= estimate(text) <= most


def test_a_long_text_is_sampled_from_all_over_it() -> None:
    assert estimate("abc " * 2_500_000) == pytest.approx(2_500_000, rel=0.01)
    half = "abcd" * 250_000 + "敏" * 1_000_000
    assert estimate(half) == pytest.approx(1_250_000, rel=0.02)


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        (0, "≈ 0 tokens"),
        (1, "≈ 1 token"),
        (999, "≈ 999 tokens"),
        (1234, "≈ 1.2k tokens"),
        (99_960, "≈ 100k tokens"),
        (2_500_000, "≈ 2.5M tokens"),
        (3_000_000_000, "≈ 3000M tokens"),
    ],
)
def test_how_it_is_said(tokens: int, says: str) -> None:
    assert about(tokens) == says
