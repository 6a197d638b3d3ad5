"""The filter at size: how long until a first page is found, until all is, and how long one step takes.

    python benchmarks/filter.py [COUNT]

Prints a table. What finding all costs stands beside asking the filter of each row, measured over a part of
the rows in the same run, and beside `grep -c` over the file: figures alone say more about the machine.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.journal import NEEDLE, grep, part

BUDGET = 0.02
"""Seconds that a step may take, about."""
PAGE = 50
_ASKED = 20_000

FILTERS = (
    "method:tools/call",
    "kind:response lat:>1us",
    "status:ok or status:error",
    "not size:<100b",
    "dir:s2c time:>1s kind:notification",
    "finding:*",
    NEEDLE,
    "text such",
    f"kind:response {NEEDLE}",
    "tool:get-sum",
    "id:777",
    "$.params.arguments.a == 777",
    '$.params.level == "info"',
    f"/{NEEDLE[:6]}.*{NEEDLE[-4:]}/",
    "/w[a-z]+e, w.th/",
)


def filled(path: Path, count: int) -> None:
    """A recording as the benchmark of the journal writes it."""
    part("append", path, count)


def measure(path: Path) -> list[tuple[str, int, float, float, float, float]]:
    """Of each filter: rows found; seconds to a first page, to the end, of the longest step; asked singly."""
    from inspector.journal.filter import Filter
    from inspector.journal.journal import Journal
    from inspector.journal.view import View

    journal = Journal.open(path)
    measured: list[tuple[str, int, float, float, float, float]] = []
    for text in FILTERS:
        filter = Filter.parse(text)
        test = filter.tester(journal)
        stride = max(1, len(journal) // _ASKED)
        asked = range(0, len(journal), stride)
        start = time.perf_counter()
        for seq in asked:
            test(seq)
        singly = (time.perf_counter() - start) / len(asked) * len(journal)

        start = last = time.perf_counter()
        view = View(journal, filter)
        page, longest, more = math.nan, 0.0, True
        while more:
            more = view.advance(BUDGET)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            if math.isnan(page) and len(view) >= PAGE:
                page = now - start
        measured.append((text, len(view), page, now - start, longest, singly))
    journal.close()
    return measured


def matched(path: Path) -> float:
    """Seconds that `grep -c` of a plain text takes over the file."""
    try:
        subprocess.run(["grep", "--version"], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return math.nan
    return grep(path, NEEDLE)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "filter.jsonl"
        filled(path, count)
        plain = matched(path)
        megabytes = path.stat().st_size / 1e6
        measured = measure(path)
    print(f"{count:,} events, {megabytes:,.0f} MB, steps of {BUDGET * 1000:.0f} ms, grep -ci {plain:.2f} s")
    head = ("filter", "rows", "first page", "all", "longest step", "× asked singly", "× grep -ci")
    print(f"  {head[0]:<38}{head[1]:>9}{head[2]:>12}{head[3]:>9}{head[4]:>14}{head[5]:>16}{head[6]:>12}")
    for text, found, page, whole, longest, singly in measured:
        first = "-" if math.isnan(page) else f"{page * 1000:.0f} ms"
        print(
            f"  {text:<38}{found:>9,}{first:>12}{whole:>7.2f} s{longest * 1000:>11.0f} ms"
            f"{whole / singly:>16.3f}{whole / plain:>12.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
