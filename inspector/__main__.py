"""`python -m inspector` is the command `mcp-inspect`."""

import gc
import sys

from inspector.proxy.record import fast


def main() -> int:
    """Run one command line and return its exit code."""
    try:
        fast(sys.argv[1:])  # a host starts `record` whenever it starts its server: nothing else is imported
    except Exception as failure:
        from inspector.errors import InspectError

        if not isinstance(failure, InspectError):
            raise
        from inspector.cli.output import say_failure

        say_failure(failure, as_json=False)
        return failure.exit_code
    gc.disable()  # what is imported stays: to look through it takes a tenth of the time
    from inspector.cli.main import main as usual

    gc.enable()
    return usual()


if __name__ == "__main__":
    sys.exit(main())
