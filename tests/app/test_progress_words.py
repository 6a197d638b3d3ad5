"""Progress in words: what is known is told, what is odd is marked, and nothing breaks the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.app.progress_words import number, progress_brief, progress_lines
from inspector.journal.progress import Progress
from inspector.wire.visible import cells


def reported(*values: object, total: object = None, every: float = 1.0, message: str = "") -> Progress:
    progress = Progress(0, 0.0)
    for at, value in enumerate(values):
        progress.add(
            at * every, {"progress": value, "total": total, "message": message and f"{message} {at}"}
        )
    return progress


def plain(progress: Progress, elapsed: float = 10, quiet: float = 0, width: int = 90) -> list[str]:
    return ["".join(text for text, _ in line) for line in progress_lines(progress, elapsed, quiet, width)]


def test_what_is_known_is_told() -> None:
    (line,) = plain(reported(1, 2, 3, total=10))
    assert line == "━" * 9 + "─" * 21 + "  30 %  3 of 10  1/s  about 7 s left"


def test_without_a_total_the_bar_runs() -> None:
    progress = reported(1, 2, 3)
    (one,), (two,) = plain(progress, 1.0), plain(progress, 1.2)
    assert one.startswith("──━━━━━━━━─")
    assert two.startswith("────━━━━━━━━─")
    assert one.endswith("  3  1/s")


@pytest.mark.parametrize(
    ("progress", "quiet", "told"),
    [
        (reported(3, 2, total=10), 0.0, "! did not always increase"),
        (reported(1, 12, total=10), 0.0, "! more than its total"),
        (reported(1, 12, total=10), 0.0, "120 %"),
        (reported(-5, total=10), 0.0, "-50 %"),
        (reported(1, 2, total=0), 0.0, "2 of 0"),
        (reported(1, 2), 40.0, "nothing new for 40 s"),
        (reported(0.25, total=1), 0.0, "25 %  0.25 of 1"),
        (reported(1, 2, total=10_000), 0.0, "2 of 10,000"),
        (reported(1, 2, total=10_000), 0.0, "left"),
        (reported(1, 201), 0.0, "200/s"),
    ],
)
def test_what_is_odd_is_marked(progress: Progress, quiet: float, told: str) -> None:
    assert told in plain(progress, 10, quiet)[0]


def test_the_latest_messages_stand_below_as_many_as_fit() -> None:
    progress = reported(*range(10), message="step")
    assert plain(progress)[1] == "step 5 · step 6 · step 7 · step 8 · step 9"
    assert plain(progress, width=20)[1] == "step 8 · step 9"
    assert plain(progress, width=4)[1] == "ste…"


def test_numbers_as_people_write_them() -> None:
    assert [number(value) for value in (3.0, 1024, 0.5, 1e20, -2)] == ["3", "1,024", "0.5", "1e+20", "-2"]
    assert progress_brief(Progress(0, 0.0)) == ""
    assert progress_brief(reported(4, total=8)) == "4 of 8"


_ANY = st.none() | st.integers() | st.floats() | st.text()


@given(
    st.lists(st.tuples(_ANY, _ANY, _ANY), min_size=1), st.floats(0, 1e9), st.integers(20, 200), st.booleans()
)
def test_whatever_is_reported(
    reports: list[tuple[object, object, object]], elapsed: float, width: int, over: bool
) -> None:
    progress = Progress(0, 0.0)
    for at, (value, total, message) in enumerate(reports):
        progress.add(float(at), {"progress": value, "total": total, "message": message})
    lines = progress_lines(progress, elapsed, elapsed, width, over=over)
    for line in lines[1:]:
        assert cells("".join(text for text, _ in line)) <= width
    assert "\n" not in "".join(text for line in lines for text, _ in line)
