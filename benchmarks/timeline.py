"""The timeline and the latencies at size: the longest step of reading in, a frame at every zoom.

    python benchmarks/timeline.py [COUNT]

Opens recordings of COUNT events (1,000,000) and of a hundredth of them, and reads both in by steps of 30 ms,
as the app does. A frame is the picture of 190 cells by 40 lines with its strips; the last column says how
many times the small recording's frame it takes: a frame must not cost what the session is long.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from log_scroll import append
from textual.app import App, ComposeResult

from inspector.app.widgets.latency_table import LatencyTable
from inspector.app.widgets.timeline import Timeline
from inspector.journal.journal import Journal
from inspector.journal.lanes import Lanes
from inspector.journal.latencies import Latencies

STEP = 0.03
ZOOMS = (("whole", 1.0), ("a tenth", 0.1), ("a thousandth", 0.001), ("twenty calls", 0.0))


class Both(App[None]):
    def __init__(self, lanes: Lanes, latencies: Latencies) -> None:
        super().__init__()
        self._lanes, self._latencies = lanes, latencies

    def compose(self) -> ComposeResult:
        yield Timeline(self._lanes)
        table = LatencyTable(self._latencies)
        table.styles.height = 10
        yield table


def stepped(advance: Callable[[float], bool]) -> tuple[int, float, float]:
    """How many steps reading in takes, the longest of them, and all together; seconds."""
    count, longest, start = 0, 0.0, time.perf_counter()
    more = True
    while more:
        begun = time.perf_counter()
        more = advance(STEP)
        longest = max(longest, time.perf_counter() - begun)
        count += 1
    return count, longest, time.perf_counter() - start


def median(work: Callable[[], object], times: int = 15) -> float:
    """Seconds that `work` takes, the median."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return sorted(took)[times // 2]


async def measure(journal: Journal) -> dict[str, float]:
    """Seconds of each thing."""
    lanes = Lanes(journal)
    latencies = Latencies(lanes)
    found: dict[str, float] = {}
    for name, advance in (("timeline", lanes.advance), ("latencies", latencies.advance)):
        count, longest, whole = stepped(advance)
        print(f"  {name} read in: {whole:.2f} s in {count} steps, the longest {1000 * longest:.0f} ms")
    async with Both(lanes, latencies).run_test(size=(200, 52)) as pilot:
        await pilot.pause()
        timeline = pilot.app.query_one(Timeline)
        timeline.go_to(len(journal) // 2)
        for name, part in ZOOMS:
            timeline.action_whole()
            timeline.action_zoom(part or 60 / len(journal))

            def frame() -> None:
                timeline.redraw()
                for y in range(timeline.size.height):
                    timeline.render_line(y)

            frame()
            found[f"frame, {name}"] = median(frame)
        table = pilot.app.query_one(LatencyTable)
        found["latencies, a page"] = median(lambda: [table.render_line(y) for y in range(10)])
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for size in (count // 100, count):
            path = Path(folder) / f"{size}.jsonl"
            journal = Journal.create(path)
            for number in range(size // 3 + 1):
                append(journal, number)
            journal.close()
            print(f"{size:,} events")
            found.append(asyncio.run(measure(Journal.open(path))))
    print(f"{'':<24}{'few':>10}{'many':>10}{'times':>8}")
    for name, few in found[0].items():
        many = found[1][name]
        print(f"{name:<24}{1000 * few:8.1f}ms{1000 * many:8.1f}ms{many / few:8.1f}")


if __name__ == "__main__":
    main()
