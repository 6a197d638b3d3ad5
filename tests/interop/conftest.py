"""Published servers, installed from npm into `.interop/` of the checkout, and started over each transport.

Needs `--run-interop` (`make interop`); every test is skipped without it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspector.transport.target import HttpTarget, StdioTarget

pytest.register_assert_rewrite("tests.interop.talk")

EVERYTHING = "@modelcontextprotocol/server-everything"
VERSION = "2026.8.31"
CONFORMANCE = "@modelcontextprotocol/conformance"
CONFORMANCE_VERSION = "0.2.0-alpha.12"
CONFORMANCE_NEEDS_NODE = 22
NODE_VERSION = "22.23.3"
INSTALLED = Path(__file__).parents[2] / ".interop"


@pytest.fixture(scope="session")
def everything(request: pytest.FixtureRequest) -> Path:
    """The script of the server that has a bit of everything."""
    if not request.config.getoption("--run-interop"):
        pytest.skip("needs npm and a network: run with --run-interop, or `make interop`")
    return npm_package(EVERYTHING, VERSION) / "dist" / "index.js"


@pytest.fixture(scope="session")
def everything_url(everything: Path) -> Iterator[str]:
    """The same server over streamable HTTP."""
    with serving([node(), str(everything), "streamableHttp"], says="listening on port") as port:
        yield f"http://127.0.0.1:{port}/mcp"


@pytest.fixture(params=["stdio", "http"])
def target(request: pytest.FixtureRequest, everything: Path) -> StdioTarget | HttpTarget:
    """The server, once over each transport."""
    if request.param == "http":
        return HttpTarget(request.getfixturevalue("everything_url"))
    return StdioTarget((node(), str(everything), "stdio"))


@dataclass(frozen=True)
class Suite:
    """The official conformance suite.

    Attributes:
        argv: How it is started.
    """

    argv: tuple[str, ...]

    def __call__(self, *arguments: str) -> str:
        """Run it; returns what it prints."""
        done = subprocess.run(
            [*self.argv, *arguments], capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout


@pytest.fixture(scope="session")
def suite(request: pytest.FixtureRequest) -> Suite:
    """The suite, on a Node.js that is new enough for it."""
    if not request.config.getoption("--run-interop"):
        pytest.skip("needs npm and a network: run with --run-interop, or `make interop`")
    script = npm_package(CONFORMANCE, CONFORMANCE_VERSION) / "dist" / "index.js"
    return Suite((_node_for_suite(), str(script)))


def _node_for_suite() -> str:
    """Node.js 22 or newer: the machine's, or else the one that comes as a package."""
    said = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.strip().lstrip("v").partition(".")[0]) >= CONFORMANCE_NEEDS_NODE:
        return node()
    return str(
        npm_package("node", NODE_VERSION) / "bin" / ("node.exe" if sys.platform == "win32" else "node")
    )


def node() -> str:
    return _program("node")


def npm_package(name: str, version: str) -> Path:
    """The directory of an npm package, installed if it is not there yet, in a tree of its own.

    npm takes out of a tree whatever it is not asked for at the moment.
    """
    tree = INSTALLED / name.rpartition("/")[2]
    directory = tree / "node_modules" / name
    manifest = directory / "package.json"
    if not manifest.exists() or json.loads(manifest.read_bytes())["version"] != version:
        tree.mkdir(parents=True, exist_ok=True)
        flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
        line = [_program("npm"), "install", "--prefix", str(tree), *flags, f"{name}@{version}"]
        subprocess.run(line, check=True)
    return directory


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None, f"{name} is not on PATH: `make interop` needs Node.js"
    return found


@contextmanager
def serving(argv: list[str], *, says: str) -> Iterator[int]:
    """Run an HTTP server on a free port, from the line on stderr that contains `says`; gives the port."""
    port = _free_port()
    server = subprocess.Popen(
        argv,
        env={**os.environ, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=sys.platform != "win32",
    )
    assert server.stderr is not None
    try:
        said = []
        for line in server.stderr:
            said.append(line)
            if says in line:
                break
        else:
            pytest.fail(f"The server ended at its start: {''.join(said)}")
        yield port
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()
    assert_group_gone(server.pid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def assert_group_gone(pid: int) -> None:
    """Neither the process that led a group of its own nor anything that it started is left."""
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.killpg(pid, 0)
