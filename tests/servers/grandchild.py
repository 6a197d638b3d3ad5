"""Starts a process that keeps stdout and stderr open, says its pid on stderr, and exits in the call.

With the argument `detached` that process is in a session of its own.
"""

import os
import subprocess
import sys

from _stdio import serve

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def go(id: object) -> None:
    detached = "detached" in sys.argv
    sleeper = subprocess.Popen(SLEEP, stdin=subprocess.DEVNULL, start_new_session=detached)
    sys.stderr.write(f"{sleeper.pid}\n")
    sys.stderr.flush()
    os._exit(0)


serve(go)
