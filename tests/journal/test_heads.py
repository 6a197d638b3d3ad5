from __future__ import annotations

import pytest

from inspector.journal.heads import loads_head


@pytest.mark.parametrize(
    ("head", "value"),
    [
        (b'{"a":1,"b":{"c":[1,2', {"a": 1, "b": {"c": [1]}}),
        (b'{"a":"x,y","b":"cut', {"a": "x,y"}),
        (b'{"a":"\\"}","b', {"a": '"}'}),
        (b'[{"a":1},{"b":', [{"a": 1}, {}]),
        (b'{"a":1}', {"a": 1}),
        (b'{"a":1]', None),
        (b"nothing", None),
        (b"", None),
        (b"[" * 5000, None),
    ],
)
def test_json_that_is_cut_off(head: bytes, value: object) -> None:
    found = loads_head(head)
    assert found == value or (value is None and isinstance(found, list))
