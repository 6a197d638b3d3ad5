"""The message log over a real journal, used as a person would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollUp
from textual.pilot import Pilot

from inspector.app.widgets.log import MessageLog
from inspector.journal.journal import Journal
from inspector.journal.view import View
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind


class LogApp(App[None]):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.journal = journal
        self.seen: list[int] = []
        self.opened: list[int] = []
        self.follow: list[bool] = []

    def compose(self) -> ComposeResult:
        yield MessageLog(self.journal, View(self.journal))

    def on_mount(self) -> None:
        self.log_widget.focus()

    def on_message_log_highlighted(self, event: MessageLog.Highlighted) -> None:
        self.seen.append(event.seq)

    def on_message_log_opened(self, event: MessageLog.Opened) -> None:
        self.opened.append(event.seq)

    def on_message_log_follow_changed(self, event: MessageLog.FollowChanged) -> None:
        self.follow.append(event.following)

    @property
    def log_widget(self) -> MessageLog:
        return self.query_one(MessageLog)


@pytest.fixture
def journal() -> Iterator[Journal]:
    journal = Journal.create()
    yield journal
    journal.close()


def call(journal: Journal, id: int, name: str = "echo") -> int:
    body = jsonrpc.request(id, "tools/call", {"name": name})
    return journal.append(Kind.MESSAGE, Direction.C2S, body).seq


def reply(journal: Journal, id: int) -> int:
    return journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(id, {"content": []})).seq


def fill(journal: Journal, pairs: int) -> None:
    for id in range(len(journal), len(journal) + pairs):
        call(journal, id)
        reply(journal, id)


def screen(log: MessageLog) -> list[str]:
    rows = [log.render_line(y).text.rstrip() for y in range(log.size.height)]
    return [row for row in rows if row]


def numbers(log: MessageLog) -> list[int]:
    return [int(row.replace("!", " ").split()[0]) for row in screen(log)[1:]]


async def moved(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_rows_show_what_happened(journal: Journal) -> None:
    call(journal, 1, "get-sum")
    reply(journal, 1)
    journal.append(Kind.STDERR, Direction.S2C, b"warning: deprecated option")
    app = LogApp(journal)
    async with app.run_test(size=(110, 20)) as pilot:
        await pilot.pause()
        rows = screen(app.log_widget)
        assert rows[0].split() == ["no.", "time", "kind", "method", "target", "id", "status", "took", "size"]
        assert rows[1].split()[2:9] == ["→", "request", "tools/call", "get-sum", "1", "✓", "ok"]
        assert rows[2].split()[2:5] == ["←", "response", "tools/call"]
        assert rows[3].split()[2:] == ["←", "stderr", "warning:", "deprecated", "option"]


async def test_follows_until_the_user_moves_up_and_again_at_the_end(journal: Journal) -> None:
    fill(journal, 100)
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        assert (log.following, log.cursor) == (True, 199)
        fill(journal, 10)
        log.advance()
        await pilot.pause()
        assert log.cursor == 219
        assert numbers(log)[-1] == 219
        await moved(pilot, "up")
        assert (log.following, log.cursor) == (False, 218)
        before = screen(log)
        fill(journal, 500)
        log.advance()
        await pilot.pause()
        assert screen(log) == before
        assert log.cursor == 218
        assert log.below == 1_000
        await moved(pilot, "end")
        assert (log.following, log.cursor) == (True, 1219)
        assert app.follow == [False, True]
        assert app.seen[-1] == 1219


async def test_the_wheel_pauses_and_f_follows_again(journal: Journal) -> None:
    fill(journal, 100)
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        log.post_message(MouseScrollUp(log, 5, 5, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert not log.following
        assert numbers(log)[-1] < 199
        await moved(pilot, "f")
        assert log.following
        assert numbers(log)[-1] == 199
        await moved(pilot, "f")
        assert not log.following


async def test_keys_walk_the_rows(journal: Journal) -> None:
    fill(journal, 100)
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        await moved(pilot, "home")
        assert (log.cursor, numbers(log)[0]) == (0, 0)
        await moved(pilot, "up", "down", "down")
        assert log.cursor == 2
        await moved(pilot, "pagedown")
        page = log.cursor
        assert 2 < page <= 20
        assert page in numbers(log)
        await moved(pilot, "pageup")
        assert log.cursor == 2
        await moved(pilot, "enter")
        assert app.opened == [2]


async def test_the_other_half_of_a_pair(journal: Journal) -> None:
    request = call(journal, 9_000)
    fill(journal, 40)
    answer = reply(journal, 9_000)
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        assert log.cursor == answer
        await moved(pilot, "p")
        assert log.cursor == request
        assert not log.following
        assert request in numbers(log)
        await moved(pilot, "p")
        assert log.cursor == answer


async def test_a_click_selects_and_a_double_click_opens(journal: Journal) -> None:
    fill(journal, 3)
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        await pilot.click(MessageLog, offset=(10, 3))
        assert app.log_widget.cursor == 2
        assert app.opened == []
        await pilot.double_click(MessageLog, offset=(10, 4))
        await pilot.pause()
        assert app.opened == [3]
        await pilot.click(MessageLog, offset=(10, 0))
        await pilot.click(MessageLog, offset=(10, 15))
        assert app.log_widget.cursor == 3


async def test_a_status_that_changes_is_painted(journal: Journal) -> None:
    call(journal, 1)
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        assert "… pending" in screen(log)[1]
        await moved(pilot, "f")
        reply(journal, 1)
        log.advance()
        await pilot.pause()
        assert "✓ ok" in screen(log)[1]


async def test_a_filter_keeps_the_cursor_on_the_nearest_row(journal: Journal) -> None:
    for id in range(100):
        call(journal, id, "wanted" if id % 10 == 0 else "other")
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        log.go_to(45)
        log.set_view(View(journal, "wanted"))
        while log.advance():
            await pilot.pause()
        await pilot.pause()
        assert numbers(log) == list(range(0, 100, 10))
        assert log.cursor == 50
        assert not log.go_to(45)
        log.set_view(View(journal))
        await pilot.pause()
        assert log.cursor == 50
        assert 50 in numbers(log)
        log.set_view(View(journal, "nowhere"))
        while log.advance():
            await pilot.pause()
        await pilot.pause()
        assert screen(log)[-1].strip() == "No message matches the filter."
        await moved(pilot, "down", "up", "enter", "p", "end", "home", "pagedown")


async def test_an_empty_log_says_so_and_fills(journal: Journal) -> None:
    app = LogApp(journal)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        assert screen(log)[-1].strip() == "Nothing has crossed the wire yet."
        await moved(pilot, "down", "up", "enter", "p", "end", "home", "pagedown", "end")
        call(journal, 1)
        log.advance()
        await pilot.pause()
        assert log.cursor == 0
        assert "tools/call" in screen(log)[1]


async def test_fits_every_size_and_stays_at_the_end(journal: Journal) -> None:
    fill(journal, 100)
    app = LogApp(journal)
    async with app.run_test(size=(200, 60)) as pilot:
        for size in ((80, 24), (40, 6), (20, 3), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            log = app.log_widget
            rows = [log.render_line(y) for y in range(log.size.height)]
            assert all(row.cell_length <= size[0] for row in rows)
            assert log.scroll_offset.y == log.max_scroll_y
            assert log.cursor == 199


async def test_a_million_rows_go_to_both_ends(journal: Journal) -> None:
    class Long:
        """A journal of two rows that says it has a million of them."""

        def __init__(self, journal: Journal) -> None:
            self._journal = journal

        def __len__(self) -> int:
            return 1_000_000

        def __getattr__(self, name: str) -> object:
            value = getattr(self._journal, name)
            return (lambda seq, *rest: value(seq % 2, *rest)) if callable(value) else value

    fill(journal, 1)
    long = Long(journal)
    app = LogApp(long)  # type: ignore[arg-type]
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        log = app.log_widget
        assert log.cursor == 999_999
        assert log.scroll_offset.y == 1_000_000 - 19
        await moved(pilot, "home")
        assert log.scroll_offset.y == 0
        log.go_to(500_000)
        await pilot.pause()
        assert log.scroll_offset.y <= 500_000 < log.scroll_offset.y + 19


HOSTILE = "\x1b]52;c;eA==\x07[/]x[bold]\u202etxt\u200b\x9b31m\n"


async def test_hostile_text_never_reaches_the_strips(journal: Journal) -> None:
    method = jsonrpc.request(1, HOSTILE, {"name": HOSTILE})
    journal.append(Kind.MESSAGE, Direction.S2C, method)
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(HOSTILE, "tools/call", {"name": HOSTILE}))
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.error_response(HOSTILE, -1, HOSTILE))
    journal.append(Kind.STDERR, Direction.S2C, HOSTILE.encode())
    journal.append(Kind.STDOUT, Direction.S2C, HOSTILE.encode() + b"\xff")
    journal.append(Kind.MESSAGE, Direction.S2C, b'{"half": "' + HOSTILE.encode())
    journal.append(Kind.CLIENT, data={"what": HOSTILE, "says": HOSTILE, "target": HOSTILE})
    journal.append(Kind.HTTP, data={"what": "request", "method": HOSTILE, "url": HOSTILE}, exchange=1)
    journal.append(Kind.PROCESS, data={"what": "started", "argv": [HOSTILE], "cwd": HOSTILE, "pid": 1})
    app = LogApp(journal)
    for width in (200, 80):
        async with app.run_test(size=(width, 20)) as pilot:
            await pilot.pause()
            rows = screen(app.log_widget)
            assert len(rows) == 10
            assert sum("[/]x" in row for row in rows) >= 5
            assert not set("".join(rows)) & set("\x1b\x07\u202e\u200b\x9b\n")
        app = LogApp(journal)
