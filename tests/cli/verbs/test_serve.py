"""`mcp-inspect serve`."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from inspector.cli.main import main
from inspector.errors import UsageError
from inspector.journal.journal import Journal
from inspector.serving.listening import place
from inspector.wire.event import Direction, Kind

ASK = {"jsonrpc": "2.0", "id": 1, "method": "a"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    journal = Journal.create(path, target={"argv": ["rm", "-rf", str(tmp_path / "never")]})
    journal.append(Kind.MESSAGE, Direction.C2S, json.dumps(ASK).encode())
    journal.append(Kind.MESSAGE, Direction.S2C, b'{"jsonrpc":"2.0","id":1,"result":{"x":1.50}}')
    journal.close()
    return path


def serve(*words: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    line = (sys.executable, "-P", "-m", "inspector", "serve", *words)
    return subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe)


def test_on_stdio(file: Path) -> None:
    process = serve(str(file), "--match", "sequence", "--timing", "0.5x", "--once")
    out, err = process.communicate(json.dumps({**ASK, "id": "é"}).encode() + b"\n", timeout=20)
    assert out == b'{"jsonrpc":"2.0","id":"\xc3\xa9","result":{"x":1.50}}\n'
    assert err == b"mcp-inspect: 1 answered as recorded, 0 not in the recording\n"
    assert process.returncode == 0


def test_what_a_client_does_is_written_down(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "host.jsonl"
    asks = b"".join(json.dumps({**ASK, "id": id}).encode() + b"\n" for id in (5, "x"))
    process = serve(str(file), "--record", str(kept), "--redact", "x")
    out, _ = process.communicate(asks + b"odd\n", timeout=20)
    journal = Journal.open(kept)
    rows = [row for row in range(len(journal)) if journal.kind(row) is Kind.MESSAGE]
    said = [journal.body(row) for row in rows if journal.direction(row) is Direction.S2C]
    assert [json.loads(line)["id"] for line in out.splitlines()] == [5, "x", None]
    assert [json.loads(body)["id"] for body in said] == [5, "x", None]
    assert b"1.50" in out
    assert b"1.50" not in b"".join(said)  # as --redact wants it
    assert [journal.body(row) for row in rows if journal.direction(row) is Direction.C2S][2] == b"odd"
    assert [journal.data(row)["what"] for row in range(len(journal)) if row not in rows] == [
        "connecting",
        "disconnecting",
        "closed",
    ]
    journal.close()
    assert main(["serve", str(file), "--record", str(kept)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_an_end_that_is_still_to_come_is_not_written_down(tmp_path: Path) -> None:
    """`serve` ends as the recorded server did; that it did, the recording of its own cannot know."""
    file, kept = tmp_path / "session.jsonl", tmp_path / "host.jsonl"
    was = Journal.create(file)
    was.append(Kind.MESSAGE, Direction.C2S, json.dumps(ASK).encode())
    was.append(Kind.PROCESS, Direction.NONE, data={"what": "exited", "code": 3, "signal": None})
    was.close()
    process = serve(str(file), "--record", str(kept))
    process.communicate(json.dumps(ASK).encode() + b"\n", timeout=60)
    assert process.returncode == 3
    journal = Journal.open(kept)
    steps = [journal.data(row) for row in range(len(journal)) if journal.kind(row) is not Kind.MESSAGE]
    assert [(step["what"], step.get("reason")) for step in steps[1:]] == [
        ("disconnecting", "as recorded: the server exited with code 3"),
        ("closed", "serving is over"),
    ]
    journal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes it")
@pytest.mark.parametrize(
    ("out", "why"),
    [
        (">&-", ": stdout is closed"),
        pytest.param(
            "> /dev/full",
            " to stdout: No space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full"),
        ),
    ],
)
def test_answers_that_cannot_be_written(file: Path, tmp_path: Path, out: str, why: str) -> None:
    kept = tmp_path / "host.jsonl"
    words = (sys.executable, "-P", "-m", "inspector", "serve", str(file), "--record", str(kept))
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {shlex.join(words)} {out}"],
        input=json.dumps(ASK).encode() + b"\n",
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"mcp-inspect: The result cannot be written{why}. ".encode())
    assert done.stderr.count(b"\n") == 1
    journal = Journal.open(kept)
    said = [journal.direction(row) for row in range(len(journal)) if journal.kind(row) is Kind.MESSAGE]
    assert said == [Direction.C2S]  # what nobody was told is not in the recording
    steps = [journal.data(row).get("what") for row in range(len(journal)) if journal.kind(row) is Kind.CLIENT]
    assert steps == ["connecting", "disconnecting", "closed"]
    journal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes it")
def test_where_stdin_is_closed_the_recording_is_not_taken_for_it(file: Path) -> None:
    """The first file that is opened gets the lowest number: of what is closed, that would be 0."""
    line = f"exec {shlex.join([sys.executable, '-P', '-m', 'inspector', 'serve', str(file)])} <&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=20)
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
def test_over_http(file: Path) -> None:
    process = serve(str(file), "--http", "0")
    assert process.stderr is not None
    url = process.stderr.readline().decode().split("serving at ")[1].split()[0]
    assert url.startswith("http://127.0.0.1:")
    found = httpx.post(
        url,
        json={**ASK, "params": {"_meta": {"io.modelcontextprotocol/protocolVersion": "x"}}},
        timeout=30,
    )
    assert found.status_code == 400
    missed = httpx.post(url, json={**ASK, "method": "initialize"}, timeout=30)
    assert missed.json()["error"]["code"] == -32601
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (out, process.returncode) == (b"", 130)
    assert b"missed initialize: no request of this method" in err


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
def test_ctrl_c_while_clients_wait(file: Path) -> None:
    """An open stream, and a request that is only half there."""
    process = serve(str(file), "--http", "0")
    assert process.stderr is not None
    port = int(process.stderr.readline().decode().split("127.0.0.1:")[1].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as half, httpx.Client(timeout=30) as http:
        half.sendall(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        url = f"http://127.0.0.1:{port}/mcp"
        id = http.post(url, json={**ASK, "method": "initialize"}).headers["mcp-session-id"]
        with http.stream("GET", url, headers={"Mcp-Session-Id": id}) as stream:
            assert stream.status_code == 200
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_a_port_in_use(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert main(["serve", str(file), "--http", str(other.getsockname()[1])]) == 2
    assert "Cannot listen on 127.0.0.1:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--match", "fuzzy"), "There is no --match 'fuzzy'"),
        (("--timing", "fast"), "--timing is none, recorded or such as 0.5x"),
        (("--timing", "-1x"), "--timing is none"),
        (("--speak", "2030-01-01"), "There is no protocol version"),
        (("--http", "localhost"), "--http takes HOST:PORT"),
        (("--http", "1:99999"), "--http takes HOST:PORT"),
        (("--http", "no.such.host.invalid:1"), "Cannot listen on no.such.host.invalid:1"),
        (("--", "server"), "serve connects to nothing"),
    ],
)
def test_what_cannot_be_meant(
    file: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", str(file), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, says in err) == ("", True), err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file"),
        (b"", "is empty"),
        (b"hello\n", "is no recording"),
        (b'{"format":"mcp-recording/1","started":"x"}\n', "is damaged"),
        (b'{"format":"mcp-recording/1","started":"2026-01-01T00:00:00Z"}\n', "holds no request to answer"),
    ],
)
def test_what_is_no_recording(
    tmp_path: Path, content: bytes | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert main(["serve", str(path)]) == 2
    assert says in capsys.readouterr().err


def test_where_to_listen() -> None:
    assert place("8000") == ("127.0.0.1", 8000)
    assert place("[::1]:0") == ("::1", 0)
    assert place("localhost:8000") == ("localhost", 8000)
    for odd in ("", ":", "a:b", "host:123456", "::1:8000", "http://a:1"):
        with pytest.raises(UsageError):
            place(odd)


def test_stdio_without_what_only_http_needs(file: Path) -> None:
    line = (
        "import sys; from inspector.cli.main import main; "
        f"code = main(['serve', {str(file)!r}]); "
        "print([name for name in ('httpx', 'h11', 'anyio', 'textual', 'mcp') if name in sys.modules])"
    )
    found = subprocess.run(
        (sys.executable, "-P", "-c", line), stdin=subprocess.DEVNULL, capture_output=True, timeout=20
    )
    assert found.stdout == b"[]\n", found
