"""Parts of a result in one line, and what is said of what a terminal does not show."""

from __future__ import annotations

import pytest

from inspector.app.reading import JSON, TEXT, describe, explain, ways
from inspector.wire.content import Part, parts
from inspector.wire.jsonrpc import Unparsed


@pytest.mark.parametrize(
    ("part", "line"),
    [
        (Part("text", "hi\nthere", mime="text/plain"), "1  text/plain  8 B  hi␊there"),
        (Part("image", base64="AAEC", mime="image/png"), "1  image/png  3 B"),
        (Part("link", "x:y", uri="x:y", name="a\x1b"), "1  link  a␛    ⏎ open"),
        (Part("text", "hi", role="user"), "1  user: text  2 B  hi"),
        (Part("structured", "{}"), "1  structured content  2 B"),
    ],
)
def test_a_part_is_one_safe_line(part: Part, line: str) -> None:
    assert describe(part, 1) == line


def test_data_that_is_no_base64_is_told() -> None:
    assert "not valid base64" in explain(Part("blob", base64="?!", mime="a/b"))
    assert "ctrl+s" in explain(Part("blob", base64="AAEC", mime="a/b"))


def test_what_is_nested_too_deeply_is_said_as_text_and_is_not_called_broken_json() -> None:
    (deep,) = parts({"structuredContent": Unparsed(0, 9)})
    assert "nested too deeply" in deep.text
    assert ways(deep)[0] == TEXT
    assert ways(*parts({"structuredContent": {"a": 1}})) == (JSON,)
