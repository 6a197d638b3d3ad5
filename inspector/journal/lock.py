"""Whether somebody writes a recording: whoever does holds a lock on it for as long as it is open.

The lock is advice among the programs of this house: reading needs none, and a file system that knows no locks
keeps nobody from recording. It goes with the file descriptor, also when the program is killed.
"""

from __future__ import annotations

import sys

_FAR = (1 << 31) - 2
"""The byte that is locked on Windows, where nobody else can read what is locked: one that hardly ever is."""


def try_lock(fd: int) -> bool:
    """Take the lock of the file, or say that somebody has it.

    Raises:
        OSError: There are no locks here.
    """
    if sys.platform == "win32":
        import msvcrt  # there is none elsewhere
        import os

        here = os.lseek(fd, 0, os.SEEK_CUR)
        try:
            os.lseek(fd, _FAR, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(fd, here, os.SEEK_SET)
        return True
    import fcntl  # there is none on Windows

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(fd: int) -> bool:
    """Whether somebody has the lock; whoever else asks that at the same moment has it not.

    Raises:
        OSError: There are no locks here.
    """
    if sys.platform == "win32":
        return not try_lock(fd)
    import fcntl  # there is none on Windows

    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
