"""`python -m inspector.demo`: serve on standard input and output until the input ends."""

import sys

from inspector.demo.server import serve

if __name__ == "__main__":
    print("demo server ready: standard input and output, five protocol versions", file=sys.stderr, flush=True)
    serve(sys.stdin.buffer, sys.stdout.buffer)
