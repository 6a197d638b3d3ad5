"""`python -m inspector` is the command `mcp-inspect`."""

import sys

from inspector.proxy.record import fast


def main() -> int:
    """Run one command line and return its exit code."""
    fast(sys.argv[1:])  # a host starts `record` each time that it starts its server: nothing else is imported
    from inspector.cli.main import main as usual

    return usual()


if __name__ == "__main__":
    sys.exit(main())
