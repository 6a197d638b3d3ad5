"""A server that says where it listens is not waited for any longer."""

from __future__ import annotations

import sys

import anyio
import anyio.lowlevel
import pytest

from inspector.doctor.diagnose import diagnose
from inspector.doctor.elsewhere import unless_elsewhere
from inspector.errors import ConnectionFailed, UsageError
from inspector.journal.journal import Journal
from inspector.session.owner import Options
from inspector.transport.tap import Tap
from inspector.transport.target import StdioTarget

WHERE = b"INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)"
PATIENT = Options(timeout=300, probe_timeout=300)  # of the client; the test is not that patient


async def test_it_is_given_up() -> None:
    journal = Journal.create()

    async def work() -> None:
        Tap(journal).stderr(WHERE)
        await anyio.sleep_forever()

    with pytest.raises(ConnectionFailed, match="where it listens"):
        await unless_elsewhere(journal, work, grace=0)


async def test_not_where_it_speaks_as_well() -> None:
    journal = Journal.create()
    goes_on = anyio.Event()

    async def work() -> None:
        tap = Tap(journal)
        tap.stderr(WHERE)
        tap.received(b'{"jsonrpc":"2.0","id":1,"result":{}}')
        for _ in range(20):  # time enough to be given up in
            await anyio.lowlevel.checkpoint()
        goes_on.set()

    await unless_elsewhere(journal, work, grace=0)
    assert goes_on.is_set()


async def test_what_fails_by_itself_fails_as_it_is() -> None:
    async def work() -> None:
        raise UsageError("no such version")

    with pytest.raises(UsageError, match="no such version"):
        await unless_elsewhere(Journal.create(), work)


async def test_a_whole_diagnosis_does_not_wait_for_the_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.doctor.elsewhere.unless_elsewhere.__defaults__", (0.0,))
    script = f"import sys, time; print({WHERE.decode()!r}, file=sys.stderr, flush=True); time.sleep(600)"
    report = await diagnose(StdioTarget((sys.executable, "-c", script)), Journal.create(), PATIENT)
    assert report.cause is not None
    assert report.cause.rule == "serves-http"
