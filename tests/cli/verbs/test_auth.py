"""`auth login`, `status` and `logout` against real servers, and one-shot verbs that use what is kept."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from inspector.journal.redact import fingerprint
from tests.cli.conftest import COMMAND, ENV, SERVERS
from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.servers.protected import Protected, Rules, gated
from tests.servers.visitor import browse

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def issuer() -> Iterator[AuthorizationServer]:
    with authorization_server() as server:
        yield server


@pytest.fixture
def gate(issuer: AuthorizationServer) -> Iterator[tuple[Protected, Rules]]:
    with gated(issuer) as made:
        yield made


@pytest.fixture
def url(gate: tuple[Protected, Rules]) -> str:
    return gate[0].url


def login(
    *words: str, visit: Callable[[str], str | None] = lambda url: browse(url).text and None
) -> tuple[int, str, str]:
    """`auth login --no-browser`, with `visit` for the person: goes to the URL, returns what to paste."""
    with subprocess.Popen(
        [*COMMAND, "auth", "login", "--no-browser", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **ENV},
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if line.startswith("http"):
                pasted = visit(line.strip())
                if pasted is not None:
                    process.stdin.write(f"{pasted}\n")
                    process.stdin.flush()
                break
        out, err = process.communicate(timeout=60)
        return process.returncode, out, "".join(said) + err


def test_login_use_status_logout(run: Run, url: str, issuer: AuthorizationServer, tmp_path: Path) -> None:
    refused = run("list", "--json", url)
    assert refused.code == 3
    assert refused.error["next"] == f"mcp-inspect auth login {url}"
    assert refused.error["kind"] == "authorization"
    assert issuer.registrations == []

    code, out, err = login(url, "--record", str(tmp_path / "login.jsonl"))
    assert code == 0, err
    for title in ("The server's challenge", "Protected resource metadata", "Client registration", "Token"):
        assert f"✓ ok        {title}: " in err
    assert out.splitlines()[0] == url
    assert f"issuer         {issuer.issuer}" in out
    shown = "".join(line for line in err.splitlines() if not line.startswith("http"))  # the URL to visit
    for _, secret in issuer.issued:
        for text in (out, shown, (tmp_path / "login.jsonl").read_text()):
            assert secret not in text

    assert run("call", "echo", "text=hi", url).out == "hi\n"
    kept = run("auth", "status", "--json").json
    assert [each["url"] for each in kept] == [url]
    (access,) = issuer.granted
    status = run("auth", "status", url, "--json").json
    assert status["token"]["fingerprint"] == fingerprint(access)
    assert status["token"]["decoded"]["audience"] == [url]
    assert status["keychain"] is False
    assert access not in run("auth", "status", url).out
    assert access in run("auth", "status", url, "--show-token").out

    assert run("auth", "logout", url).code == 0
    nothing = run("auth", "status", url, "--json")
    assert nothing.code == 3
    assert nothing.error["next"] == f"mcp-inspect auth login {url}"
    assert run("auth", "status").out == "No credentials are kept.\n"
    assert run("list", url).code == 3


def test_the_answer_is_pasted(run: Run, url: str) -> None:
    code, out, err = login(url, "--json", visit=_until_callback)
    assert code == 0, err
    assert json.loads(out)["authorized"] is True
    assert run("list", url).code == 0


def _until_callback(page: str) -> str:
    (redirect,) = parse_qs(urlsplit(page).query)["redirect_uri"]
    return browse(page, until=redirect).url


def test_a_second_login_registers_nobody(url: str, issuer: AuthorizationServer) -> None:
    assert login(url)[0] == 0
    assert login(url, "--scope", "write")[0] == 0
    assert len(issuer.registrations) == 1
    assert {granted.scope for granted in issuer.granted.values()} >= {"write"}


def test_a_client_that_is_given(run: Run, url: str, issuer: AuthorizationServer, tmp_path: Path) -> None:
    issuer.behaviour.registration = False
    client = issuer.client(redirect_uris=("http://127.0.0.1:1/callback",), auth_method="client_secret_basic")
    (tmp_path / "secret").write_text(client.client_secret or "")
    code, out, err = login(url, "--client-id", client.client_id, "--client-secret", f"@{tmp_path / 'secret'}")
    assert code == 0, err
    assert f"{client.client_id} (given, client_secret_basic)" in out
    assert (client.client_secret or "") not in out + err
    assert run("list", url).code == 0


def test_what_nobody_granted(url: str, issuer: AuthorizationServer) -> None:
    issuer.behaviour.deny = "access_denied"
    code, out, err = login(url)
    assert (code, out) == (3, "")
    *_, says, after = err.splitlines()  # the steps were shown: no diagnosis follows
    assert "access_denied" in says
    assert after == f"Next:  mcp-inspect auth login {url}"


def test_a_violation_and_passing_it(url: str, issuer: AuthorizationServer) -> None:
    issuer.behaviour.iss = "wrong"
    code, _, err = login(url)
    assert code == 3
    assert "✗ violation Callback: " in err
    assert "--past iss-mismatch goes on all the same" in err
    code, _, err = login(url, "--past", "iss-mismatch")
    assert code == 0
    assert "(a violation, passed on purpose)" in err


def test_client_credentials_need_nobody(run: Run, url: str, issuer: AuthorizationServer) -> None:
    client = issuer.client(grant_types=("client_credentials",), auth_method="client_secret_basic")
    words = ("--grant", "client-credentials", "--client-id", client.client_id)
    done = run("list", url, *words, MCP_INSPECT_CLIENT_SECRET=client.client_secret or "")
    assert done.code == 0, done.err
    done = run("auth", "login", url, *words, MCP_INSPECT_CLIENT_SECRET=client.client_secret or "")
    assert done.code == 0, done.err
    assert "this is not kept" in done.err
    assert run("auth", "status").out == "No credentials are kept.\n"
    assert run("list", url, *words, "--client-secret", "wrong").code == 3


def test_a_token_that_is_given(run: Run, url: str, issuer: AuthorizationServer) -> None:
    assert login(url)[0] == 0
    (access,) = issuer.granted
    issuer.behaviour.extra = {"revocation_endpoint": None}  # the token outlives the logout
    run("auth", "logout", "--all")
    assert run("list", url, MCP_INSPECT_TOKEN=access).code == 0
    refused = run("list", url, "--json", "--token", "x.y.z-unknown")
    assert refused.code == 3
    assert "The server refuses the token that was given" in refused.error["message"]
    assert "--token" in refused.error["next"]
    assert "unknown" not in refused.err.replace("unknown_", "")


def test_logout_of_all(run: Run, url: str, issuer: AuthorizationServer) -> None:
    assert login(url)[0] == 0
    with gated(issuer) as (other, _):
        assert login(other.url)[0] == 0
        assert run("auth", "logout", "--all").out == "Forgotten: 2 servers.\n"
    assert run("auth", "logout", "--all", "--json").json == {"forgotten": 0}
    assert run("auth", "logout", url).out == f"No credentials were kept for {url}.\n"


def test_a_server_that_asks_for_nothing(run: Run) -> None:
    words = [sys.executable, str(SERVERS / "mcp2_server.py"), "http", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        done = run("auth", "login", url)
        as_json = run("auth", "login", url, "--json")
        server.terminate()
    assert done.code == 0, done.err
    assert done.out == "The server asks for no authorization, and publishes nothing about any.\n"
    assert as_json.json == {"url": url, "authorized": False}


def test_without_a_terminal_nothing_is_asked(run: Run, url: str) -> None:
    done = run("auth", "login", url, BROWSER=sys.executable)
    assert done.code == 3
    assert "there is no terminal" in done.err
    assert "--no-browser" in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("auth", "sign-in"), "auth has no 'sign-in'"),
        (("auth", "login"), "auth login needs the server's URL"),
        (("auth", "login", "--", "server"), "over stdio, credentials come from the environment"),
        (("auth", "login", "http://127.0.0.1:1", "--token", "t"), "needs no login"),
        (("auth", "login", "http://127.0.0.1:1", "--step"), "there is no terminal"),
        (("auth", "logout"), "takes the server's URL, or --all"),
        (("auth", "logout", "--all", "http://127.0.0.1:1"), "takes the server's URL, or --all"),
    ],
)
def test_a_line_that_means_nothing(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.code == 2
    assert says in done.err


def test_a_port_that_is_taken(run: Run, url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("auth", "login", "--no-browser", url, "--callback-port", port)
    assert done.code == 2
    assert f"Cannot listen on port {port} for the callback" in done.err


def spawn(*words: str, **env: str) -> Any:
    import pexpect

    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        encoding="utf-8",
        dimensions=(40, 200),
        timeout=60,
        env={**os.environ, **ENV, **env},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_person_at_a_terminal(url: str, issuer: AuthorizationServer, tmp_path: Path) -> None:
    import pexpect

    visit = tmp_path / "visit.py"
    visit.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    child = spawn("auth", "login", url, BROWSER=f"{sys.executable} {visit}")
    child.expect("A browser has to go to 127.0.0.1:")
    child.expect("Open it")
    assert issuer.authorizations == []
    child.sendline("")
    child.expect("Token: ")
    child.expect("refresh token")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert len(issuer.authorizations) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_step_by_step(url: str, issuer: AuthorizationServer) -> None:
    import pexpect

    issuer.behaviour.pkce = None
    child = spawn("auth", "login", url, "--step", "--no-browser")
    child.expect("The server's challenge: ")
    child.expect("Enter goes on, r repeats")
    child.sendline("")
    child.expect("→ GET .*oauth-protected-resource")
    child.expect("Enter sends it")
    child.sendline("")
    child.expect("Enter goes on, r repeats")
    child.sendline("r")
    child.expect("→ GET .*oauth-protected-resource")
    child.sendline("")
    child.expect("Enter goes on")
    child.sendline("s")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 3


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_while_waiting(url: str) -> None:
    import pexpect

    child = spawn("auth", "login", url, "--no-browser")
    child.expect("Waiting")
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
