"""This program is told to end: its connections are left first."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from inspector.transport.signals import Caught, on_termination, terminate_on_signals

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_cancels_the_body_and_is_told(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    async with terminate_on_signals() as caught:
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()
    assert caught.number == number
    assert caught.exit_code == 128 + number
    assert signal.getsignal(number) is before


async def test_without_a_signal_nothing_is_caught() -> None:
    async with terminate_on_signals() as caught:
        pass
    assert caught == Caught(None)
    assert caught.exit_code is None


@posix
async def test_what_nohup_asked_for_is_kept() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with on_termination(lambda number: None):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
