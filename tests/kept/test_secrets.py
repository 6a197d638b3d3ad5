from __future__ import annotations

from typing import Any

import pytest

from inspector.forms.unset import UNSET
from inspector.kept.secrets import sounds_secret, without_secrets


@pytest.mark.parametrize(
    "name",
    ["password", "apiKey", "api_key", "accessToken", "client-secret", "Authorization", "passphrase", "pin",
     "OTP", "privateKey", "credentials", "db_pwd", "Cookie", "userPin"],
)  # fmt: skip
def test_names_that_sound_secret(name: str) -> None:
    assert sounds_secret(name)


@pytest.mark.parametrize("name", ["city", "author", "monkey", "keyword", "spinner", "passenger", ""])
def test_names_that_do_not(name: str) -> None:
    assert not sounds_secret(name)


def test_a_number_of_tokens_is_no_token() -> None:
    assert not sounds_secret("max_tokens", 100)
    assert not sounds_secret("maxTokens", 100)
    assert not sounds_secret("use_auth", True)
    assert sounds_secret("token", "abc")
    assert sounds_secret("pin", 1234)


@pytest.mark.parametrize(
    ("properties", "value", "kept", "left_out"),
    [
        ({}, {"city": "Oslo", "token": "x"}, {"city": "Oslo"}, ("token",)),
        ({}, {"headers": [{"Cookie": "a=b", "x": 1}]}, {"headers": [{"x": 1}]}, ("headers[0].Cookie",)),
        ({"a": {"type": "string", "format": "password"}}, {"a": "x", "b": 1}, {"b": 1}, ("a",)),
        ({"a": {"type": "string", "writeOnly": True}}, {"a": "x"}, {}, ("a",)),
        ({"a": {"$ref": "#/$defs/p"}}, {"a": "x"}, {}, ("a",)),
        ({"a": {"anyOf": [{"type": "string", "format": "password"}, {"type": "null"}]}},
         {"a": "x"}, {}, ("a",)),
        ({"a": {"items": {"format": "password", "type": "string"}}}, {"a": ["x", "y"]}, {"a": []},
         ("a[0]", "a[1]")),
        ({"a": {"oneOf": [{"type": "object", "properties": {"v": {"format": "password"}}},
                          {"type": "object", "properties": {"v": {}, "w": {}}, "required": ["w"]}]}},
         {"a": {"v": "x", "w": 1}}, {"a": {"w": 1}}, ("a.v",)),
        ({}, {"url": "https://me:pw@example.com/x"}, {}, ("url",)),
        ({}, {"url": "https://example.com/?token=abc"}, {}, ("url",)),
        ({}, {"url": "https://example.com/?q=abc"}, {"url": "https://example.com/?q=abc"}, ()),
        ({}, {"secrets": {"a": 1}}, {}, ("secrets",)),
        ({}, {"\ud800": "\x1b"}, {"\ud800": "\x1b"}, ()),
    ],
)  # fmt: skip
def test_what_is_left_out(properties: Any, value: Any, kept: Any, left_out: tuple[str, ...]) -> None:
    defs = {"p": {"type": "string", "format": "password"}}
    schema = {"type": "object", "properties": properties, "$defs": defs}
    assert without_secrets(schema, value) == (kept, left_out)


def test_a_condition_hides_no_secret() -> None:
    schema = {
        "type": "object",
        "if": {"required": ["login"]},
        "then": {"properties": {"word": {"type": "string", "format": "password"}}},
    }
    assert without_secrets(schema, {"word": "x"}) == ({}, ("word",))


def test_everything_and_nothing() -> None:
    assert without_secrets({"format": "password", "type": "string"}, "x") == (UNSET, ("the value",))
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert without_secrets(None, deep)[0] is UNSET
    assert without_secrets(5, {"a": 1}) == ({"a": 1}, ())
