"""Where there is no room for standing between, in files or processes: the server goes first, without us."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

from inspector.errors import ConnectionFailed
from inspector.proxy.forward import SHORT, become


def no_room(files: int) -> OSError | None:
    """Why `files` more files cannot be open at a time; `None` where they can."""
    held: list[int] = []
    try:
        while len(held) < files:
            held.append(os.dup(0))
    except OSError as error:
        return error
    finally:
        for fd in held:
            os.close(fd)
    return None


def instead(argv: Sequence[str], failure: ConnectionFailed) -> ConnectionFailed:
    """Be the server where there was no room for starting it as another process.

    Returns:
        Why it cannot be started.
    """
    short = failure.__cause__
    if not isinstance(short, OSError) or short.errno not in SHORT:
        return failure
    mask = {int(each) for each in signal.pthread_sigmask(signal.SIG_BLOCK, ())}
    error = become(argv, mask, short, log=True)
    return ConnectionFailed(f"Cannot start {argv[0]}: {getattr(error, 'strerror', None) or error}")
