from __future__ import annotations

import pytest

from inspector.journal.filter import Filter, FilterError
from inspector.wire.visible import cells


@pytest.mark.parametrize("text", ["status:eror", "größe (", '"\x1b[31m', "日本 lat:5", "a " * 60 + "("])
def test_a_caret_stands_under_the_place(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        Filter.parse(text)
    line, caret = caught.value.shown()
    assert "\x1b" not in line
    assert caret.endswith("^")
    assert len(line) <= 100
    assert cells(caret) - 1 <= cells(line)
    if text == "status:eror":
        assert (line, caret) == ("status:eror", "       ^")
