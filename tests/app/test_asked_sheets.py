"""What is asked, as entries: all of it bounded, and safe for a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.app.asked_sheets import message_lines, over_entries, sampling_entries, url_entries
from inspector.app.asking import Asking
from inspector.app.widgets.sheet_lines import Entry
from inspector.journal.question import Question

ODD = "\x1b[31mred\u202e\x00"


def told(entries: list[Entry]) -> str:
    return "\n".join(entry.whole for entry in entries)


def test_a_url_is_whole_and_its_host_is_marked() -> None:
    url = "https://bücher.example/" + "x" * 500
    entries = url_entries({"url": url}, completed=True, refusal=True)
    assert entries[0].copy == url
    assert ("bücher.example", "mark") in entries[0].text
    assert entries[0].plain == url
    assert "letters beyond ASCII" in told(entries)
    assert "it is done" in told(entries)
    assert "makes the call again" in told(entries)


@pytest.mark.parametrize("url", [None, 3, "", [], "not a url", "javascript:alert(1)", "https://[::1", ODD])
def test_urls_that_are_none(url: Any) -> None:
    text = told(url_entries({"url": url}, completed=False, refusal=False))
    assert "\x1b" not in text
    assert "o opens it" not in text or url == "not a url"


def test_an_endless_url_is_cut_and_says_so() -> None:
    entries = url_entries({"url": "https://x.example/" + "y" * 1_000_000}, completed=False, refusal=False)
    assert "more characters" in entries[0].plain
    assert len(entries[0].plain) < 30_000


def test_a_conversation() -> None:
    params = {
        "systemPrompt": "Be brief.",
        "messages": [
            {"role": "user", "content": {"type": "text", "text": f"Hello\n{ODD}"}},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "name": "t"}, {"type": "text", "text": "b"}],
            },
            {"role": "user", "content": {"type": "image", "data": "AAAA", "mimeType": "image/png"}},
            3,
            {},
        ],
        "tools": [{"name": "t", "description": "Does it", "inputSchema": {"type": "object"}}, ODD],
        "toolChoice": {"mode": "auto"},
        "modelPreferences": {"hints": [{"name": "small"}]},
        "maxTokens": 5,
    }
    text = told(sampling_entries(params))
    assert "\x1b" not in text
    assert "\u202e" not in text
    for wanted in (
        "Be brief.",
        "Hello",
        "tool_use",
        "image image/png, 3 B",
        "Does it",
        '"mode": "auto"',
        "small",
    ):
        assert wanted in text


def test_what_is_huge_is_cut_with_a_note() -> None:
    messages = [{"role": "user", "content": {"type": "text", "text": "x" * 1_000_000}}] * 500
    tools = [{"name": str(number)} for number in range(500)]
    entries = sampling_entries({"messages": messages, "tools": tools, "systemPrompt": "\n" * 10_000})
    text = told(entries)
    assert "400 more messages" in text
    assert "400 more tools" in text
    assert "the tab Asked has it" in text
    assert len(text) < 1_000_000


def test_what_is_over_has_its_answer() -> None:
    made = Question(0, None, "1", "roots/list", state="answered", by="script", completed=True)
    text = told(over_entries(Asking(made, None), {"a": ODD}, b'{"roots":[]}'))
    assert text.startswith("Answered by script")
    assert '"roots": []' in text
    assert "\x1b" not in text
    made.method = "sampling/createMessage"
    assert "not json" in told(over_entries(Asking(made, None), {}, b"not json"))
    made.method, made.mode = "elicitation/create", "url"
    assert "names no URL" in told(over_entries(Asking(made, None), {}, b""))


def test_a_message_above_its_form() -> None:
    assert message_lines({}) == []
    assert message_lines({"message": f"a\n{ODD}"}) == ["a", "␛[31mred‹U+202E›␀"]
    lines = message_lines({"message": "y" * 1_000_000})
    assert lines[-1] == "… 1.0 MB in all"
