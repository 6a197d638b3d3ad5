"""A server that speaks to the terminal in every name and text is not heard by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.person.terminal import Terminal, server

PAYLOADS = (
    b"\x1b]52;",  # puts something on the clipboard
    b"\x1b]0;owned",  # renames the window
    b"\x1b[31mred",
    "\x9b2J".encode(),  # clears the screen, by an 8-bit introducer
    b"\x9b2J",
    "\u202e".encode(),  # turns text around
    "\U000e0041".encode(),  # says what nobody sees
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_names_and_texts(open_terminal: Callable[..., Terminal], size: tuple[int, int]) -> None:
    terminal = open_terminal(*server("hostile_names"), cols=size[0], rows=size[1])
    terminal.until(r"● connected \d", "Prompts 1")
    terminal.press("end", "enter")
    terminal.until(r"Prompt ─", "Get")
    terminal.press("f5")
    terminal.until(r"✓ ok ·", r"\[/\]x\[bold")
    terminal.press("f6")
    terminal.until("prompts/get")
    terminal.press("enter")
    terminal.until("Response  Raw", "result")
    terminal.press("f6", "home", "down", "down", "enter")
    terminal.until(r"Tool ─", "Run")
    terminal.press("f5")
    terminal.until("✓ ok ·")
    terminal.press("f6")
    terminal.until("tools/call", "message")
    terminal.press("up", "enter")
    terminal.until("Event  Raw")
    terminal.press("f6", "down", "enter")
    terminal.until(r"Tool ─", "choice")
    terminal.press("f5")
    terminal.until("✓ ok ·")
    terminal.leave()
    for payload in PAYLOADS:
        assert payload not in terminal.raw
