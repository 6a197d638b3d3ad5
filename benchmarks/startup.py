"""How long it takes to start: `--help`, `list`, the app's first paint, the app connected; and its memory.

    python benchmarks/startup.py [RUNS]

Prints medians of wall time and CPU of the whole process, children that it waited for included, beside
`python -c pass` and `python -c "import textual.app"` measured in the same run: the ratios say more than
the figures. The app runs in a pseudo-terminal of 120x40 and is measured from the outside, by what it
paints. Bytecode is cached, as in an installed program.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "inspector")
SERVER = ("--", sys.executable, str(ROOT / "tests" / "servers" / "polite.py"))
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:<=>?$]*[ -/]*[@-~]|[PX^_\]].*?(?:\x1b\\|\x07)|[ -/]*[0-~])", re.DOTALL)
CONNECTED = re.compile(rb"(?<!not )connected\b")
GIVE_UP = 20.0
IDLE = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds; `None` where this system does not tell."""

    wall: float
    cpu: float | None


@dataclass(frozen=True, slots=True)
class AppRun:
    painted: Run
    connected: Run
    memory: float | None


def environment(state: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**env, "XDG_STATE_HOME": state, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def process(words: tuple[str, ...], env: dict[str, str]) -> Run:
    """One process from its start to its end."""
    start = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, cwd=ROOT)
    if sys.platform == "win32":
        code, cpu = child.wait(), None
    else:
        _, status, usage = os.wait4(child.pid, 0)
        code = child.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
    wall = time.perf_counter() - start
    if code != 0:
        raise SystemExit(f"{' '.join(words)} exited with {code}")
    return Run(wall, cpu)


def cpu_so_far(pid: int) -> float | None:
    """CPU that a living process has used; Linux only."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


def resident(pid: int) -> float | None:
    """Resident memory in MB, as `ps` says it."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(done.stdout) / 1000 if done.stdout.strip().isdigit() else None


class Painting:
    """What a program paints on its terminal, as far as it is text."""

    def __init__(self, terminal: int, start: float) -> None:
        self._terminal = terminal
        self._start = start
        self._seen = b""

    def until(self, words: re.Pattern[bytes] | None) -> float:
        """Seconds from the start until `words` were painted, or for `None` any text at all."""
        import select

        while True:
            text = ESCAPES.sub(b"", self._seen)
            if words.search(text) if words is not None else len(text.split()) > 3:
                return time.perf_counter() - self._start
            ready, _, _ = select.select([self._terminal], [], [], GIVE_UP)
            data = b""
            with contextlib.suppress(OSError):  # Linux says EIO where the other end is closed
                data = os.read(self._terminal, 1 << 16) if ready else b""
            if not data:
                awaited = words.pattern if words else b"text"
                raise SystemExit(f"the app painted no {awaited!r}; it wrote {self._seen[-2000:]!r}")
            self._seen += data

    def rest(self, seconds: float) -> None:
        """Keep the terminal drained for a while."""
        import select

        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                with contextlib.suppress(OSError):
                    os.read(self._terminal, 1 << 16)


def app(env: dict[str, str]) -> AppRun:
    """The app in a pseudo-terminal, until it is connected and has been idle for a second."""
    import fcntl
    import pty
    import termios

    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execvpe(COMMAND[0], [*COMMAND, "--no-record", *SERVER], env)
    try:
        painting = Painting(terminal, start)
        painted = Run(painting.until(None), cpu_so_far(pid))
        connected = Run(painting.until(CONNECTED), cpu_so_far(pid))
        painting.rest(IDLE)
        return AppRun(painted, connected, resident(pid))
    finally:
        os.kill(pid, signal.SIGTERM)
        with contextlib.suppress(OSError):  # it paints its goodbye, and must not block on that
            while os.read(terminal, 1 << 16):
                pass
        os.waitpid(pid, 0)
        os.close(terminal)


def median(runs: list[Run]) -> Run:
    cpus = [run.cpu for run in runs if run.cpu is not None]
    return Run(statistics.median(run.wall for run in runs), statistics.median(cpus) if cpus else None)


def row(name: str, run: Run, bare: Run, textual: Run) -> str:
    cpu = "-" if run.cpu is None else f"{run.cpu * 1000:.0f} ms"
    wall = f"{run.wall * 1000:.0f} ms"
    return f"{name:<34}{wall:>9}{cpu:>9}{run.wall / bare.wall:>9.1f}x{run.wall / textual.wall:>9.2f}x"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as state:
        env = environment(state)
        lines = {
            "python -c pass": (sys.executable, "-c", "pass"),
            'python -c "import textual.app"': (sys.executable, "-c", "import textual.app"),
            "mcp-inspect --help": (*COMMAND, "--help"),
            "mcp-inspect list": (*COMMAND, "list", *SERVER),
        }
        medians: dict[str, Run] = {}
        for name, words in lines.items():
            process(words, env)  # fills the caches
            medians[name] = median([process(words, env) for _ in range(count)])
        memory = None
        if sys.platform != "win32":  # there is no pseudo-terminal in its standard library
            app(env)
            runs = [app(env) for _ in range(count)]
            medians["app: first paint"] = median([run.painted for run in runs])
            medians["app: connected"] = median([run.connected for run in runs])
            sizes = [run.memory for run in runs if run.memory is not None]
            memory = statistics.median(sizes) if sizes else None
    bare, textual = medians["python -c pass"], medians['python -c "import textual.app"']
    print(f"{f'median of {count}':<34}{'wall':>9}{'CPU':>9}{'/ pass':>10}{'/ textual':>10}")
    for name, run in medians.items():
        print(row(name, run, bare, textual))
    if memory is not None:
        print(f"{'app: idle memory':<34}{memory:>6.0f} MB")


if __name__ == "__main__":
    main()
