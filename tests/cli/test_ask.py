"""Questions at the terminal: one line each, given up without harm, and secrets that nobody sees."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import anyio
import pytest

from inspector.cli.ask import Person


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for fd in (reading, writing):
        try:
            os.close(fd)
        except OSError:  # the test closed it
            continue


async def test_lines(pipe: tuple[int, int], capsys: pytest.CaptureFixture[str]) -> None:
    ask = Person(pipe[0])
    os.write(pipe[1], "one\r\ntwo ü\n".encode())
    assert await ask("First? ") == "one"
    assert await ask("Second\x1b? ") == "two ü"
    os.write(pipe[1], b"half")
    os.close(pipe[1])
    assert await ask("Third? ") == "half"
    assert await ask("Fourth? ") is None
    assert await ask("Fifth? ") is None
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "First? Second␛? Third? Fourth? \n"


async def test_a_question_that_is_given_up(pipe: tuple[int, int]) -> None:
    ask = Person(pipe[0])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, "Never answered? ")
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    os.write(pipe[1], b"later\n")
    assert await ask("Another? ") == "later"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
async def test_a_secret_is_not_shown() -> None:
    import pty
    import termios

    master, slave = pty.openpty()
    try:
        ask = Person(slave)
        async with anyio.create_task_group() as tasks:
            answers: list[str | None] = []

            async def question() -> None:
                answers.append(await ask("Secret? ", secret=True))

            tasks.start_soon(question)
            await anyio.wait_all_tasks_blocked()
            assert not termios.tcgetattr(slave)[3] & termios.ECHO
            os.write(master, b"hush\n")
        assert answers == ["hush"]
        assert termios.tcgetattr(slave)[3] & termios.ECHO
    finally:
        os.close(master)
        os.close(slave)
