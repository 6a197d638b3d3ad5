"""What the demo server offers: every entry holds together, and the same question gives the same answer."""

from __future__ import annotations

import base64

import pytest
from jsonschema import Draft202012Validator

from inspector.demo import offer


@pytest.mark.parametrize("name", offer.TOOLS)
def test_schemas_are_schemas(name: str) -> None:
    entry = offer.TOOLS[name].entry
    Draft202012Validator.check_schema(entry["inputSchema"])
    Draft202012Validator.check_schema(entry.get("outputSchema", {}))


def test_the_blobs_are_what_their_types_say() -> None:
    assert base64.b64decode(offer.DOT_PNG, validate=True).startswith(b"\x89PNG\r\n\x1a\n")
    assert base64.b64decode(offer.SILENCE_WAV, validate=True)[8:12] == b"WAVE"


def test_every_listed_resource_can_be_read() -> None:
    for uri in offer.RESOURCES:
        contents = offer.read(uri)
        assert contents is not None
        assert contents["uri"] == uri


@pytest.mark.parametrize(
    ("uri", "text"), [("demo://weather/Oslo", "It never rains in Oslo.\n"), ("demo://square/12", "144\n")]
)
def test_templates_make_resources(uri: str, text: str) -> None:
    contents = offer.read(uri)
    assert contents is not None
    assert contents["text"] == text


@pytest.mark.parametrize("uri", ["demo://weather/Atlantis", "demo://square/x", "demo://square/²", "nothing:"])
def test_no_such_resource(uri: str) -> None:
    assert offer.read(uri) is None


def test_completions_refer_to_what_is_offered() -> None:
    for kind, name, argument in offer.COMPLETIONS:
        if kind == "ref/prompt":
            assert argument in [each["name"] for each in offer.PROMPTS[name][0]["arguments"]]
        else:
            assert name in [template["uriTemplate"] for template in offer.TEMPLATES]
            assert "{" + argument + "}" in name


def test_arguments_of_a_prompt_are_put_in_as_they_are() -> None:
    made = offer.messages("{language}: {code}", {"language": "rust", "code": "{tone} {language}"})
    assert made[0]["content"]["text"] == "rust: {tone} {language}"
