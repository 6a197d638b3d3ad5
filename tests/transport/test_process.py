"""Starting a program, and ending with it: every refusal has its sentence, and no child is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from inspector.errors import ConnectionFailed
from inspector.transport.process import CHUNK, STDOUT, Child, resolve

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and file modes")
SERVERS = Path(__file__).parents[1] / "servers"
PATH = {"PATH": os.environ.get("PATH", os.defpath)}


def refusal(
    argv: tuple[str, ...], cwd: str | None = None, env: dict[str, str] | None = None
) -> tuple[str, str]:
    with pytest.raises(ConnectionFailed) as caught:
        resolve(argv, PATH, cwd)
    return caught.value.message, caught.value.next


def program(path: Path, text: str = "#!/bin/sh\n", mode: int = 0o755) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


class Silent:
    """A listener that only counts."""

    def __init__(self) -> None:
        self.said = b""
        self.codes: list[int] = []

    def started(self, pid: int) -> None: ...

    def output(self, fd: int, data: bytes) -> None:
        self.said += data

    def closed(self, fd: int, broken: bool) -> None: ...

    def exited(self, code: int) -> None:
        self.codes.append(code)


def test_nothing_to_start() -> None:
    assert refusal(()) == ("There is no command to start", "Give one after --")


def test_a_command_that_is_not_on_the_path(tmp_path: Path) -> None:
    message, hint = refusal(("no-such-thing",), str(tmp_path))
    assert message == "Cannot start no-such-thing: there is no such command on PATH"
    assert hint == "Check its spelling, or give its full path"


def test_a_secret_before_the_command_is_not_quoted(tmp_path: Path) -> None:
    assert "s3cret" not in str(refusal(("TOKEN=s3cret", "python"), str(tmp_path)))
    assert "s3cret" not in str(refusal(("TOKEN=s3cret", "python"), str(tmp_path / "none")))


@posix
def test_a_script_that_lies_beside_is_offered(tmp_path: Path) -> None:
    program(tmp_path / "server.py")
    program(tmp_path / "serve")
    assert refusal(("server.py",), str(tmp_path))[1] == "Did you mean python server.py?"
    assert refusal(("serve",), str(tmp_path))[1] == "Did you mean ./serve?"


@posix
def test_a_file_that_is_not_executable(tmp_path: Path) -> None:
    script = program(tmp_path / "server.py", mode=0o644)
    assert refusal((script,)) == (
        f"Cannot start {script}: it is not executable",
        f"Start it as python {script}",
    )
    assert refusal((program(tmp_path / "run", mode=0o644),))[1].startswith("Make it so: chmod +x")


def test_a_directory_and_a_missing_file(tmp_path: Path) -> None:
    assert "it is a directory" in refusal((str(tmp_path),))[0]
    assert "there is no such file" in refusal((str(tmp_path / "gone"),))[0]


def test_a_working_directory_that_does_not_exist(tmp_path: Path) -> None:
    message, hint = refusal(("python",), str(tmp_path / "gone"))
    assert message.endswith(f"the working directory {tmp_path / 'gone'} does not exist")
    assert hint == "Give an existing directory to --cwd"


@posix
def test_the_childs_own_path_counts_and_its_directory(tmp_path: Path) -> None:
    mine = program(tmp_path / "mine")
    assert resolve(("mine",), {"PATH": str(tmp_path)}, None) == mine
    assert resolve(("./mine",), PATH, str(tmp_path)) == mine


@posix
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\x00\x01", "is not a program of this system"),
        ("#!/no/such/interpreter\n", "the interpreter that the first line"),
    ],
)
async def test_a_program_that_the_system_refuses(tmp_path: Path, text: str, says: str) -> None:
    path = program(tmp_path / "odd", text)
    with pytest.raises(ConnectionFailed, match=says):
        await Child(Silent()).start([path])


async def test_arguments_that_no_system_takes() -> None:
    with pytest.raises(ConnectionFailed, match="null byte"):
        await Child(Silent()).start([sys.executable, "a\0b"])


async def test_a_child_is_told_of_from_start_to_exit() -> None:
    listener = Silent()
    child = Child(listener)
    await child.start([sys.executable, "-c", "print(input()); raise SystemExit(5)"])
    assert child.write(b"hello\n")
    await child.gone.wait()
    await child.close()
    assert listener.said.strip() == b"hello"
    assert listener.codes == [5]
    assert not child.write(b"more\n")


@posix
async def test_much_output_leaves_the_event_loop_turns_in_between() -> None:
    class Pieces(Silent):
        sizes: list[int] = []
        end = asyncio.Event()

        def output(self, fd: int, data: bytes) -> None:
            self.sizes.append(len(data))

        def closed(self, fd: int, broken: bool) -> None:
            if fd == STDOUT:
                self.end.set()

    listener = Pieces()
    child = Child(listener)
    # What it writes before the pipes are connected may come at once.
    await child.start([sys.executable, "-c", "import os; os.read(0, 9); os.write(1, b'x' * 60_000)"])
    child.write(b"now\n")
    await listener.end.wait()
    await child.close()
    assert sum(listener.sizes) == 60_000
    assert max(listener.sizes) <= CHUNK


async def test_close_kills_what_runs() -> None:
    listener = Silent()
    child = Child(listener)
    await child.start([sys.executable, "-c", "import time; time.sleep(600)"])
    await child.close()
    assert child.code not in (None, 0)


CLIENT = """
    import sys, anyio
    from inspector.journal.journal import Journal
    from inspector.transport.base import Outgoing
    from inspector.transport.signals import terminate_on_signals
    from inspector.transport.stdio import StdioTransport
    from inspector.transport.tap import Tap
    from inspector.transport.target import StdioTarget
    from inspector.wire.jsonrpc import request

    GO = Outgoing(request(2, "tools/call", {"name": "go"}))

    async def main():
        journal = Journal.create()
        async with terminate_on_signals() as caught:
            target = StdioTarget((sys.executable, sys.argv[1]))
            async with StdioTransport(target, grace=0.1).open(Tap(journal)) as link:
                await link.send(GO)
                reply = await link.inbound.receive()
                print(reply.frame.result["content"][0]["text"], flush=True)
                await link.inbound.receive()
        last = journal.event(len(journal) - 1)
        print(last.what, last.data["signal"], last.data["rung"], flush=True)
        journal.close()
        return caught.exit_code or 0

    raise SystemExit(anyio.run(main))
"""


def client(server: str, code: str = CLIENT) -> subprocess.Popen[bytes]:
    """A program that starts the server and prints its pid."""
    argv = [sys.executable, "-c", textwrap.dedent(code), str(SERVERS / server)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=SERVERS.parents[1])


def wait_gone(pid: int) -> None:
    """Return when it is dead; the test's own limit ends an endless wait."""
    while not gone(pid):
        os.sched_yield()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):  # also between one line and the next
        return True


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_no_server_outlives_a_program_that_is_told_to_end(number: signal.Signals) -> None:
    with client("ignores_shutdown.py") as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        program.send_signal(number)
        assert program.stdout.read().split() == [b"exited", b"SIGKILL", b"kill"]
        assert program.wait() == 128 + number
        wait_gone(pid)


LOOPLESS = """
    import asyncio, sys
    from inspector.transport.process import Child

    class Deaf:
        def __getattr__(self, name):
            return lambda *told: None

    loop = asyncio.new_event_loop()
    child = Child(Deaf())
    loop.run_until_complete(child.start([sys.executable, sys.argv[1]]))
    print(child.pid, flush=True)
    sys.exit(9)
"""


@posix
def test_no_server_outlives_a_program_that_ends_without_its_loop() -> None:
    with client("ignores_shutdown.py", LOOPLESS) as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        assert program.wait() == 9
        wait_gone(pid)


@posix
def test_a_server_that_reads_its_stdin_ends_with_a_killed_program(tmp_path: Path) -> None:
    with client("pid.py") as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        program.kill()
        program.wait()
        wait_gone(pid)
