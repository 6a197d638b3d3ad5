"""What Windows lacks, no module asks for when it is imported, nor does a line that needs no server.

Another process stands in for Windows: it imports everything, forgets this package, takes away what only POSIX
has, and imports the package again. What that imported of other packages stays: they have their own tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

LINES = [["--version"], ["--help"], ["record", "--help"], ["record", "--", "python", "server.py"]]

PRETEND = """
import contextlib, importlib, io, json, os, pkgutil, select, signal, socket, sys, time

def modules():
    import inspector
    for each in pkgutil.walk_packages(inspector.__path__, "inspector."):
        if not each.name.endswith(".__main__"):
            yield each.name

for name in list(modules()):
    importlib.import_module(name)
for name in list(sys.modules):
    if name.partition(".")[0] == "inspector":
        del sys.modules[name]

for name in "fcntl grp posix pty pwd readline resource syslog termios tty".split():
    sys.modules[name] = None
POSIX = {
    os: "WNOHANG WUNTRACED chown fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg"
    " getpgid getpgrp getsid getuid killpg lchown mkfifo nice openpty pidfd_open posix_spawn"
    " posix_spawnp pread pwrite register_at_fork sched_getaffinity sendfile setpgid setsid statvfs"
    " sysconf ttyname uname wait3 wait4 waitid writev O_CLOEXEC O_DIRECTORY O_NOCTTY O_NOFOLLOW"
    " O_NONBLOCK O_SYNC POSIX_SPAWN_DUP2",
    signal: "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGPROF SIGQUIT SIGRTMAX SIGRTMIN SIGSTOP SIGTSTP"
    " SIGTTIN SIGTTOU SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ SIG_BLOCK SIG_SETMASK"
    " SIG_UNBLOCK alarm pause pidfd_send_signal pthread_kill pthread_sigmask setitimer siginterrupt"
    " sigpending sigwait",
    socket: "AF_UNIX CMSG_LEN CMSG_SPACE MSG_DONTWAIT MSG_NOSIGNAL SCM_RIGHTS SO_PEERCRED SO_REUSEPORT",
    select: "PIPE_BUF POLLERR POLLHUP POLLIN POLLNVAL POLLOUT POLLPRI epoll poll",
    time: "pthread_getcpuclockid tzset",
}
for module, names in POSIX.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "win32"

failed, said = {}, []
again = list(modules())
for name in again:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed[name] = repr(error)
from inspector.cli.main import main
for words in json.loads(sys.argv[1]):
    out = io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as errors:
        code = main(words)
    said.append([code, errors.getvalue()])
json.dump({"modules": len(again), "failed": failed, "said": said}, sys.stdout)
"""


@pytest.fixture(scope="module")
def there() -> Any:
    """What came of it there."""
    line = [sys.executable, "-c", PRETEND, json.dumps(LINES)]
    return json.loads(subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True).stdout)


def test_every_module_is_imported(there: Any) -> None:
    assert there["failed"] == {}
    assert there["modules"] > 300


def test_lines_that_need_no_server(there: Any) -> None:
    assert there["said"][:3] == [[0, ""]] * 3


def test_what_cannot_be_done_there_is_said(there: Any) -> None:
    code, says = there["said"][3]
    assert code == 2
    assert "does not work on Windows" in says
