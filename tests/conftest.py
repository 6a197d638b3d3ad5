"""What all tests share."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.quiet import shake, tell_idle_by_the_loop

SERVERS = Path(__file__).parent / "servers"
LONG = "tests/end_to_end/test_app_modern.py"
"""Minutes of keys pressed; what it goes through is held piece by piece by the tests of the app."""

# Every app that a test makes is garbage as a whole: looking for it oftener only costs.
gc.set_threshold(50_000, 20, 50)

# The same examples each time: what lands is what was tried. HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# What began the tests may ignore these, and what is begun by the tests would too.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own state."""
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("MCP_INSPECT_CONFIG", str(SERVERS.parent / "config.toml"))
    for name in list(os.environ):
        # `readline`, which some test imports, leaves the size of a terminal behind.
        if name.lower().endswith("_proxy") or name in ("COLUMNS", "LINES"):
            monkeypatch.delenv(name)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-interop", action="store_true", help="also run what needs npm, or minutes")
    parser.addoption("--shake", type=int, metavar="SEED", help="let apps stand still now and then")
    parser.addoption(
        "--failed-to", type=Path, metavar="FILE", help="write the names of what failed, a line each"
    )


def pytest_configure(config: pytest.Config) -> None:
    tell_idle_by_the_loop()
    if (seed := config.getoption("--shake")) is not None:
        shake(seed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if file := config.getoption("--failed-to"):
        reports = (each for how in ("failed", "error") for each in terminalreporter.stats.get(how, ()))
        file.write_text("".join(f"{name}\n" for name in sorted({each.nodeid for each in reports})))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Twice the processors: what drives the app or a process waits for the half of its time."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--run-interop"):
        for item in items:
            if item.path.as_posix().endswith(LONG):
                item.add_marker(pytest.mark.skip(reason="takes minutes: `make interop` runs it"))
