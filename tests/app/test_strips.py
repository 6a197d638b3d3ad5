"""Strips that are kept: cutting and filtering one must not keep it alive for ever."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome

from inspector.app.widgets.strips import Line, strip_of

BASE = Style(color="red")


@pytest.fixture
def collector_off() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


class Watched(Line):
    __slots__ = ("__weakref__",)


def test_a_line_that_was_shown_goes_without_the_garbage_collector(collector_off: None) -> None:
    line = Watched(strip_of([("a row", BASE)], 20, BASE), 20)
    shown = line.apply_filter(Monochrome(), Color(0, 0, 0))
    assert [strip.text for strip in shown.divide([20, 21])] == [line.text]
    assert line.divide([20])[0] is line
    gone = weakref.ref(line)
    del line
    assert gone() is None


def test_a_line_is_cut_as_any_strip() -> None:
    line = strip_of([("one", BASE), (" two", Style(bold=True))], 10, BASE)
    assert [strip.text for strip in line.divide([2, 5, 10])] == ["on", "e t", "wo   "]
    assert [strip.text for strip in line.divide([4, 20])] == ["one "]
    assert strip_of([("a text that is long", BASE)], 8, BASE).text == "a text …"
    assert strip_of([("日本語", BASE)], 4, BASE).cell_length == 4
