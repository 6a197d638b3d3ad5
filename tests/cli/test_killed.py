"""Killed in the middle of traffic, on a disk that fills up: what was forwarded before is in the recording."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from tests.cli.conftest import COMMAND, ENV, SERVERS
from tests.cli.verbs.test_proxy import standing
from tests.proxy.recording import RECORD, finished, script, started, stream
from tests.transport.http_talk import served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")


def crossed(journal: Journal, direction: Direction) -> list[bytes]:
    """The messages that went one way."""
    rows = range(len(journal))
    return [
        journal.body(row)
        for row in rows
        if journal.kind(row) is Kind.MESSAGE and journal.direction(row) is direction
    ]


def filled_up(pid: int, file: Path, room: int) -> None:
    """No file of that process grows beyond what this one has now and `room` bytes."""
    import resource

    limit = file.stat().st_size + room
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, limit))


@pytest.mark.parametrize("after", [1, 60])
def test_a_verb_that_is_killed(tmp_path: Path, after: int) -> None:
    file, received = tmp_path / "r.mcp.jsonl", tmp_path / "received"
    server = ("--", sys.executable, str(SERVERS / "repeats.py"), str(received))
    much = "x" * 2000  # the answers are more than a pipe holds: it cannot be through before it is killed
    lines = "".join(f"call say text='n{number} {much}'\n" for number in range(200))
    (tmp_path / "lines").write_text(lines, "utf-8")
    with started(
        [*COMMAND, "shell", "--file", str(tmp_path / "lines"), "--record", str(file), *server],
        env={**os.environ, **ENV},
        stderr=subprocess.DEVNULL,
    ) as host:
        assert host.stdout is not None
        said = [host.stdout.readline() for _ in range(after)]
        host.kill()
        said += host.stdout.readlines()
        host.wait()
    assert len(said) < 200
    with contextlib.closing(Journal.open(file)) as journal:
        sent = crossed(journal, Direction.C2S)
        assert sent[: len(got := received.read_bytes().splitlines())] == got
        answers = b"\n".join(crossed(journal, Direction.S2C))
    for number in range(len(said)):
        assert f'\\"n{number} x'.encode() in answers


@pytest.mark.parametrize("after", [1, 100_000])
def test_a_recorder_whose_host_is_killed(tmp_path: Path, after: int) -> None:
    """`record` is killed while bytes flow both ways: all that either side got of them is recorded."""
    path, received = tmp_path / "r.jsonl", tmp_path / "received"
    program = script(
        f"out = os.open({str(received)!r}, os.O_WRONLY | os.O_CREAT)\n"
        "while data := os.read(0, 4096):\n    os.write(out, data)\n    os.write(1, data)"
    )
    lines = b"".join(
        b'{"jsonrpc":"2.0","method":"n%d"}\n' % each for each in range(10_000)
    )  # less than the pipe between them holds
    with started([*RECORD, "-o", str(path), "--", *program]) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        feeding = threading.Thread(target=_fed, args=(host.stdin.fileno(), lines))
        feeding.start()
        got = b""
        while len(got) < after:
            got += os.read(host.stdout.fileno(), 4096)
        os.kill(host.pid, signal.SIGKILL)
        while more := os.read(host.stdout.fileno(), 65536):
            got += more
        feeding.join()
    journal = finished(path)
    recorded = stream(journal, Direction.S2C), stream(journal, Direction.C2S)
    assert recorded[0].startswith(got)
    assert recorded[1].startswith(received.read_bytes())
    journal.close()


def _fed(into: int, data: bytes) -> None:
    try:
        for at in range(0, len(data), 4096):
            os.write(into, data[at : at + 4096])
    except BrokenPipeError:
        return


def asking(url: str, texts: list[str]) -> list[str]:
    """Call `echo` of a server over HTTP; what it answers."""
    headers = {"accept": "application/json, text/event-stream"}
    found = []
    with httpx.Client(headers=headers, timeout=20) as client:
        for number, text in enumerate(texts):
            params = {"name": "echo", "arguments": {"text": text}}
            body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}
            found.append(client.post(url, json=body).text)
    return found


def test_a_proxy_that_is_killed_and_one_whose_disk_is_full(tmp_path: Path) -> None:
    texts = [f"n{number}" for number in range(8)]
    with served("mcp2_server.py") as url:
        for ends in (_kill, _fill):
            file = tmp_path / f"{ends.__name__}.jsonl"
            with standing(url, "--record", str(file)) as (process, said):
                answers = asking(next(each.split()[1] for each in said if " stands for " in each), texts)
                ends(process, file)
                if ends is _fill:
                    here = next(each.split()[1] for each in said if " stands for " in each)
                    assert len(asking(here, texts * 3)) == 24
                    process.send_signal(signal.SIGINT)
                    _, err = process.communicate(timeout=20)
                    assert process.returncode == 0
                    assert err.count("Recording stopped") == 1
                    assert "recorded in" not in err.splitlines()[-1]
            with contextlib.closing(Journal.open(file)) as journal:
                bodies = crossed(journal, Direction.S2C)
                sent = [json.loads(each) for each in crossed(journal, Direction.C2S)]
            assert [each["params"]["arguments"]["text"] for each in sent][:8] == texts
            assert all(any(body.decode() in answer for body in bodies) for answer in answers)
            assert file.read_bytes().endswith(b"\n")


def _kill(process: subprocess.Popen[str], file: Path) -> None:
    process.kill()
    process.wait()


def _fill(process: subprocess.Popen[str], file: Path) -> None:
    filled_up(process.pid, file, 1000)
