"""`record` between a host and a server: bytes, ends, exit codes, back-pressure, and what is recorded."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inspector.wire.event import Direction, Kind
from tests.proxy.recording import (
    RECORD,
    every,
    facts,
    finished,
    line,
    script,
    started,
    steps,
    stream,
    until,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="record is for POSIX")


def noise(size: int, seed: int) -> bytes:
    """Bytes with line ends, without a last one."""
    made = random.Random(seed)
    lines = [
        made.randbytes(made.choice((0, 1, 7, 300, 70_000))).replace(b"\n", b"") for _ in range(size // 15_000)
    ]
    return b"\n".join([*lines, b'{"jsonrpc":"2.0","method":"x","params":{"\xff\xfe":NaN}}\r', b"no end"])


def test_bytes_in_every_direction_are_the_same_and_recorded(tmp_path: Path) -> None:
    sent = noise(1_500_000, 1)
    path = tmp_path / "r.jsonl"
    with started(line(path, ["cat"])) as host:
        out, err = host.communicate(sent)
    assert (host.returncode, out == sent, err) == (0, True, b"")
    journal = finished(path)
    assert stream(journal, Direction.C2S) == sent
    assert stream(journal, Direction.S2C) == sent
    assert facts(journal, "exited") == {"what": "exited", "code": 0, "signal": None}
    assert journal.header.mode == "proxy"
    assert path.stat().st_mode & 0o777 == 0o600


def test_chunks_split_anywhere_and_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = script("""
for each in (b'{"a"', b':1}\\n{"b":2}', b'\\nnot json\\n', b'\\xff\\xfe', b' tail'):
    os.write(1, each)
    os.write(2, each[:3])
    os.read(0, 1)
os._exit(3)
""")
    with started(line(path, program)) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        seen = b""
        for size in (4, 11, 10, 2, 5):
            while len(seen) < size:
                seen += os.read(host.stdout.fileno(), size - len(seen))
            seen = b""
            host.stdin.write(b".")
            host.stdin.flush()
        out, err = host.communicate()
    assert (host.returncode, out) == (3, b"")
    journal = finished(path)
    assert stream(journal, Direction.S2C) == b'{"a":1}\n{"b":2}\nnot json\n\xff\xfe tail'
    assert stream(journal, Direction.S2C, stderr=True) == err == b'{"a:1}\nno\xff\xfe ta'
    kinds = [event.kind for event in every(journal) if event.direction is Direction.S2C]
    assert kinds.count(Kind.MESSAGE) == 2
    assert facts(journal, "exited")["code"] == 3


@pytest.mark.parametrize("number", [9, 11])
def test_death_by_a_signal_is_ours_as_well(tmp_path: Path, number: int) -> None:
    path = tmp_path / "r.jsonl"
    with started(line(path, script(f"os.kill(os.getpid(), {number})"))) as host:
        assert host.wait() == -number
    assert str(facts(finished(path), "exited")["signal"]).startswith("SIG")


def test_the_end_of_input_reaches_the_server_and_its_last_words_the_host(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = script("sys.stdin.read(); print('bye'); print('gone', file=sys.stderr); sys.exit(7)")
    with started(line(path, program)) as host:
        out, err = host.communicate(b"")
    assert (host.returncode, out, err) == (7, b"bye\n", b"gone\n")
    finished(path)
    assert "disconnecting" in steps(path)


def test_a_server_that_closes_its_output_and_lives(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with started(line(path, script("os.close(1); os.read(0, 1); os._exit(0)"))) as host:
        assert host.stdout is not None
        assert host.stdout.read() == b""
        until(lambda: "stdout-closed" in steps(path))
        assert host.poll() is None
        host.communicate(b"x")
    assert host.returncode == 0
    finished(path)


def test_a_server_that_closes_its_input_breaks_the_hosts_pipe(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with started(line(path, script("os.close(0); os.write(1, b'x'); time.sleep(600)"))) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stdout.read(1) == b"x"

        def broken() -> bool:
            try:
                os.write(host.stdin.fileno(), b"{}\n")  # type: ignore[union-attr]
            except BrokenPipeError:
                return True
            return False

        until(broken)


def test_a_host_that_reads_no_more_breaks_the_servers_pipe(tmp_path: Path) -> None:
    """Noticed before the server writes again, as on a pipe of its own."""
    path = tmp_path / "r.jsonl"
    program = script("""
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
os.write(1, b'x')
os.read(0, 1)
while True:
    os.write(1, b'y')
""")
    with started(line(path, program)) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stdout.read(1) == b"x"
        host.stdout.close()
        host.stdin.write(b".")
        host.stdin.flush()
        assert host.wait() == -13
    finished(path)


def test_a_server_that_never_reads_slows_the_host_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = script("os.write(1, b'up\\n'); signal.pause()")
    with started(line(path, program)) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stdout.readline() == b"up\n"
        os.set_blocking(host.stdin.fileno(), False)
        taken = 0
        chunk = b"x" * 4096

        def full() -> bool:
            nonlocal taken
            try:
                while True:
                    taken += os.write(host.stdin.fileno(), chunk)  # type: ignore[union-attr]
            except BlockingIOError:
                return taken >= 128 * 1024

        until(full)
        assert taken <= 4 * 64 * 1024
        host.terminate()
        assert host.wait() == -15
    assert facts(finished(path), "exited")["signal"] == "SIGTERM"


def test_a_host_that_never_reads_slows_the_server_whose_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = script("""
os.set_blocking(1, False)
taken = 0
while taken < 120000:
    try:
        taken += os.write(1, b'x' * 4096)
    except BlockingIOError:
        pass
os.write(2, b'full\\n')
os.set_blocking(1, True)
os.write(1, b'last')
""")
    with started(line(path, program)) as host:
        assert host.stdout is not None
        assert host.stderr is not None
        assert host.stderr.readline() == b"full\n"
        rest = host.stdout.read()
        assert rest.endswith(b"last")
        assert len(rest) > 120_000
        assert host.wait() == 0
    assert stream(finished(path), Direction.S2C) == rest


@pytest.mark.parametrize("options", [[], ["--control"]], ids=["plain", "control"])
def test_half_a_line_that_a_grandchild_took_is_written_down(tmp_path: Path, options: list[str]) -> None:
    """Also where it goes before the host has closed its end."""
    path = tmp_path / "r.jsonl"
    program = script("""
if os.fork() == 0:
    os.read(0, 1)
    os._exit(0)
os._exit(0)
""")
    with started([*RECORD, *options, "--record", str(path), "--", *program]) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.wait() == 0
        host.stdin.write(b".")
        host.stdin.flush()
        assert host.stdout.read() == b""
    assert stream(finished(path), Direction.C2S) == b"."


@pytest.mark.parametrize("options", [[], ["--control"]], ids=["plain", "control"])
def test_what_a_grandchild_writes_comes_after_the_exit(tmp_path: Path, options: list[str]) -> None:
    """The host learns of the exit at once, and of the end of the stream when its last writer has gone."""
    path = tmp_path / "r.jsonl"
    program = script("""
if os.fork() == 0:
    os.read(0, 1)
    os.write(1, b'later\\nno end')
    os.write(2, b'log\\n')
    os._exit(0)
os.write(1, b'now\\nhalf a line, ')
os._exit(5)
""")
    with started([*RECORD, *options, "--record", str(path), "--", *program]) as host:
        assert host.stdin is not None
        assert host.stdout is not None
        assert host.stderr is not None
        assert host.wait() == 5
        assert host.stdout.readline() == b"now\n"
        host.stdin.write(b".")
        host.stdin.close()
        host.stdin = None
        assert host.stdout.read() == b"half a line, later\nno end"
        assert host.stderr.read() == b"log\n"
    journal = finished(path)
    assert stream(journal, Direction.S2C) == b"now\nhalf a line, later\nno end"
    assert stream(journal, Direction.C2S) == b"."


def test_sockets_as_standard_streams(tmp_path: Path) -> None:
    """As Node.js gives its children."""
    path = tmp_path / "r.jsonl"
    sent = noise(500_000, 2)
    ours, theirs = socket.socketpair()
    with ours, started(line(path, ["cat"]), stdin=theirs, stdout=theirs) as host:
        theirs.close()
        writer = threading.Thread(target=lambda: (ours.sendall(sent), ours.shutdown(socket.SHUT_WR)))
        writer.start()
        got = b""
        while data := ours.recv(1 << 16):
            got += data
        writer.join()
        assert host.wait() == 0
    assert got == sent
    assert stream(finished(path), Direction.C2S) == sent


def test_files_as_standard_streams_keep_their_order(tmp_path: Path) -> None:
    path, given, got = tmp_path / "r.jsonl", tmp_path / "in", tmp_path / "out"
    given.write_bytes(b"a\nb\n")
    program = script("""
for each in sys.stdin.buffer.raw.read().split(b'\\n'):
    os.write(1, b'out ' + each + b'\\n')
    os.write(2, b'err ' + each + b'\\n')
""")
    with given.open("rb") as source, got.open("wb") as sink:
        code = subprocess.run(
            line(path, program), stdin=source, stdout=sink, stderr=sink, check=False
        ).returncode
    assert code == 0
    assert got.read_bytes() == b"out a\nerr a\nout b\nerr b\nout \nerr \n"
    finished(path)


def test_the_environment_is_the_hosts(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    reader, writer = os.pipe()
    env = {"PATH": os.environ["PATH"], "ODD": "\udcff\n=", "LANG": "C"}
    program = script("""
with open('/proc/self/environ', 'rb') as file: os.write(1, file.read())
os.write(int(sys.argv[1]), b'here')
same = os.getpgid(0) == os.getppid(), os.getsid(0) == os.getppid(), os.getcwd() == sys.argv[2]
os.write(1, b'|%d %d %d' % same)
""")
    command = [*program, str(writer), str(tmp_path)]
    with started(line(path, command), env=env, pass_fds=[writer], cwd=tmp_path) as host:
        os.close(writer)
        out, err = host.communicate()
        with os.fdopen(reader, "rb") as further:
            assert further.read() == b"here"  # up to its end, which nobody of ours holds back
    variables, facts_ = out.rsplit(b"|", 1)
    if sys.platform == "linux":
        assert variables == b"".join(os.fsencode(f"{k}={v}") + b"\0" for k, v in env.items())
    assert (facts_, err) == (b"1 1 1", b"")
    finished(path)


def test_closed_standard_streams(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    program = script("""
for fd in (0, 2):
    try: os.fstat(fd); os.write(1, b'open ')
    except OSError: os.write(1, b'closed ')
""")
    shell = ["sh", "-c", 'exec "$@" <&- 2>&-', "sh", *line(path, program)]
    assert subprocess.run(shell, stdout=subprocess.PIPE, check=False).stdout == b"closed closed "
    finished(path)


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [("no-such-command-here", 127, b"No such file"), ("/", 126, b"Permission denied")],
)
def test_a_command_that_cannot_be_started(tmp_path: Path, command: str, code: int, says: bytes) -> None:
    path = tmp_path / "r.jsonl"
    with started(line(path, [command])) as host:
        out, err = host.communicate()
    assert (host.returncode, out) == (code, b"")
    assert says in err
    assert says.decode() in facts(finished(path), "failed")["says"]


def test_a_script_without_its_first_line_is_run_by_the_shell(tmp_path: Path) -> None:
    path, program = tmp_path / "r.jsonl", tmp_path / "server"
    program.write_text('echo "$1"\n')
    program.chmod(0o755)
    with started(line(path, [str(program), "given"])) as host:
        assert host.communicate()[0] == b"given\n"
    finished(path)


def test_by_default_it_goes_where_recordings_live(tmp_path: Path) -> None:
    with started([*RECORD, "--", "true"]) as host:
        assert host.wait() == 0
    folder = Path(os.environ["XDG_STATE_HOME"]) / "mcp-inspect" / "recordings"
    (path,) = until(lambda: list(folder.glob("*.jsonl")) if folder.exists() else [])
    journal = finished(path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert journal.header.target["argv"] == ["true"]
    assert journal.header.target["cwd"] == os.getcwd()


@pytest.mark.parametrize("options", [["--name", "cursor/x"], ["--name=cursor/x", "--control"]])
def test_the_name_that_the_host_has_for_it(tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "r.jsonl"
    with started([*RECORD, *options, "-o", str(path), "--", "true"]) as host:
        assert host.wait() == 0
    assert finished(path).header.extra["name"] == "cursor/x"


def test_many_at_once_share_no_file(tmp_path: Path) -> None:
    hosts = [
        subprocess.Popen([*RECORD, "--", "echo", str(each)], stdout=subprocess.DEVNULL) for each in range(6)
    ]
    assert [host.wait() for host in hosts] == [0] * 6
    folder = Path(os.environ["XDG_STATE_HOME"]) / "mcp-inspect" / "recordings"
    paths = until(lambda: len(found := list(folder.glob("*.jsonl"))) == 6 and found)
    said = [stream(finished(path), Direction.S2C) for path in paths]
    assert sorted(said) == [b"%d\n" % each for each in range(6)]


def test_it_imports_next_to_nothing() -> None:
    code = (
        "import sys\nfrom inspector.proxy.record import fast\nimport inspector.proxy.forward\n"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in "
        "('inspector','typing','re','json','subprocess','asyncio','typer','pathlib','dataclasses','socket')))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-S", "-c", f"import sys; sys.path.insert(0, {str(Path.cwd())!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = json.loads(done.stdout.replace("'", '"'))
    assert [name for name in names if not name.startswith("inspector")] == []
    assert len(names) <= 9
