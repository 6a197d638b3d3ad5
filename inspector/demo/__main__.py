"""`python -m inspector.demo`: serve on standard input and output until the input ends."""

import sys

from inspector.demo.server import serve

if __name__ == "__main__":
    if sys.stdin is None or sys.stdout is None:
        sys.exit("The demo server speaks on standard input and output, and one of them is closed.")
    print("demo server ready: standard input and output, five protocol versions", file=sys.stderr, flush=True)
    serve(sys.stdin.buffer, sys.stdout.buffer)
