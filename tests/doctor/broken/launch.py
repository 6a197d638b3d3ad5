"""Set-ups of launchers. They reach no network: programs of their names behave as they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.doctor.broken.box import Box, Setup

STAYS = "\nimport sys\nfor line in sys.stdin: pass\n"


def _launcher(
    name: str, says: str, *args: str, code: int = 1, stays: bool = False
) -> Callable[[Box], Sequence[str]]:
    """A program that says something on stderr, then ends or stays."""

    def make(box: Box) -> Sequence[str]:
        end = STAYS if stays else f"\nraise SystemExit({code})"
        box.program(name, f"import sys\nprint({says!r}, file=sys.stderr, flush=True){end}")
        return (name, *args)

    return make


def _silent(name: str, *args: str) -> Callable[[Box], Sequence[str]]:
    def make(box: Box) -> Sequence[str]:
        box.program(name, STAYS)
        return (name, *args)

    return make


def _cached(box: Box) -> Sequence[str]:
    box.write("../home/.npm/_npx/1f2e/node_modules/@scope/server/package.json", "{}")
    return _silent("npx", "-y", "@scope/server@latest")(box)


def _installed(box: Box) -> Sequence[str]:
    says = "Downloading numpy (16.0MiB)\nInstalled 28 packages in 30ms"
    return _launcher("uvx", says, "weather-server", stays=True)(box)


E404 = """npm error code E404
npm error 404 Not Found - GET https://registry.example/@scope%2fno-such - Not found
npm error 404  '@scope/no-such@*' is not in this registry."""
UNSOLVED = """  x No solution found when resolving tool dependencies:
  Because no-such-server was not found in the package registry and you require no-such-server"""
OFFLINE = "npm error code ENOTFOUND\nnpm error network request failed, getaddrinfo ENOTFOUND registry.example"
ASKS = "Need to install the following packages:\n@scope/server@1.0.0\nOk to proceed? (y) "
PULL = """Unable to find image 'mcp/no-such:latest' locally
docker: Error response from daemon: pull access denied for mcp/no-such, repository does not exist"""
DAEMON = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"

LAUNCH = (
    Setup(
        "npx and no such package",
        "package-not-found",
        _launcher("npx", E404, "-y", "@scope/no-such"),
        "@scope/no-such",
        "scope",
    ),
    Setup(
        "uvx and no such package",
        "package-not-found",
        _launcher("uvx", UNSOLVED, "no-such-server"),
        "no-such-server",
    ),
    Setup(
        "a package without a command",
        "package-has-no-command",
        _launcher("npx", "npm error could not determine executable to run", "-y", "left-pad"),
        "no command",
    ),
    Setup(
        "npx without a network",
        "download-failed",
        _launcher("npx", OFFLINE, "-y", "x"),
        "registry",
        "HTTP_PROXY",
    ),
    Setup(
        "npx that asks",
        "launcher-asks",
        _launcher("npx", ASKS, "@scope/server", stays=True),
        "asks",
        "-- npx -y @scope/server",
        hangs=True,
    ),
    Setup(
        "no script of npm",
        "npm-script-missing",
        _launcher("npm", 'npm error Missing script: "mcp"', "run", "mcp"),
        "no script mcp",
        "npm run",
    ),
    Setup(
        "no project",
        "project-missing",
        _launcher("uv", "error: No `pyproject.toml` found in current directory", "run", "server"),
        "project",
    ),
    Setup(
        "no daemon", "docker-not-running", _launcher("docker", DAEMON, "run", "-i", "mcp/x"), "not running"
    ),
    Setup(
        "no image",
        "image-not-found",
        _launcher("docker", PULL, "run", "-i", "mcp/no-such", code=125),
        "mcp/no-such",
        "docker pull",
    ),
    Setup(
        "docker without -i",
        "container-not-interactive",
        _silent("docker", "run", "--rm", "mcp/x"),
        "Without -i",
        "docker run -i --rm",
        hangs=True,
    ),
    Setup(
        "docker with -t",
        "container-wants-terminal",
        _launcher("docker", "the input device is not a TTY", "run", "-it", "mcp/x"),
        "terminal",
        "docker run -i mcp/x",
    ),
    # Cold starts, and what only looks like one.
    Setup(
        "a cold start of npx",
        "cold-start",
        _silent("npx", "-y", "@scope/server@latest"),
        "no hang",
        "--timeout 300",
        hangs=True,
    ),
    Setup(
        "a cold start of uvx",
        "cold-start",
        _launcher("uvx", "Downloading cpython-3.12 (32.2MiB)\nDownloading numpy (16.0MiB)", "x", stays=True),
        "no hang",
        "--timeout 300",
        hangs=True,
    ),
    Setup(
        "a cold start of docker",
        "cold-start",
        _launcher(
            "docker",
            "Unable to find image 'mcp/x' locally\nlatest: Pulling from mcp/x",
            "run",
            "-i",
            "mcp/x",
            stays=True,
        ),
        "no hang",
        "--timeout 300",
        hangs=True,
    ),
    Setup(
        "a shim without a version",
        "version-manager",
        _launcher("uvx", "No version is set for command uvx", "x", code=126),
        "version manager",
        "full path",
    ),
    Setup("a hang under npx", "silent", _cached, "answers nothing", hangs=True),
    Setup("a hang under uvx", "silent", _installed, "answers nothing", hangs=True),
)
