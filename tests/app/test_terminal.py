"""Output to a terminal that has gone is dropped; it neither fails nor waits."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from inspector.app.terminal import Outlived, drawn_on, hung_up


def test_a_file_whose_reader_has_gone() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as file:
        output = Outlived(file)
        output.write("seen")
        output.flush()
        assert os.read(reader, 10) == b"seen"
        os.close(reader)
        assert output.write("dropped") == 7
        output.flush()
        assert output.fileno() == file.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())  # what is still buffered goes there


def test_a_file_that_is_closed() -> None:
    with open(os.devnull, "w", encoding="utf-8") as file:
        output = Outlived(file)
    output.write("dropped")
    output.flush()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_terminal_that_has_gone_is_known() -> None:
    import pty

    far, near = pty.openpty()
    driver = cast(Any, SimpleNamespace(fileno=near))
    assert not hung_up(driver)
    os.close(far)
    assert hung_up(driver)
    os.close(near)


def test_what_reads_no_terminal_never_hangs_up() -> None:
    assert not hung_up(None)
    assert not hung_up(cast(Any, SimpleNamespace()))


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_the_app_is_drawn_where_a_terminal_is() -> None:
    import pty

    far, near = pty.openpty()
    with (
        open(far, "rb"),
        open(near, "w", encoding="utf-8") as terminal,
        open(os.devnull, "w", encoding="utf-8") as log,
    ):
        assert drawn_on(terminal, log) is terminal
        assert drawn_on(log, terminal) is terminal  # 2> log
        assert drawn_on(None, terminal) is terminal  # 2>&-
        assert drawn_on(log, None) is log
