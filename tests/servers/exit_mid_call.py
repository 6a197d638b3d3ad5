"""Dies in the call with exit code 3, after its last words on stderr."""

import os
import sys

from _stdio import serve


def go(id: object) -> None:
    sys.stderr.write("fatal: cannot go on\n")
    sys.stderr.flush()
    os._exit(3)


serve(go)
