"""What is read of a journal, whatever stands in it: nothing raises, and nothing hostile is shown."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.doctor.diagnose import examine
from inspector.doctor.seen import look
from inspector.doctor.stdio_rules import Rule
from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from tests.doctor.conftest import TARGET, Tell

HOSTILE = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x200B, 0xFEFF)}


def test_colours_are_left_out_of_what_is_matched(tell: Tell) -> None:
    seen = look(tell("\x1b[31mKeyError\x1b[0m: 'WEATHER_KEY'\r"), TARGET, None)
    assert seen.stderr[0].text == "KeyError: 'WEATHER_KEY'"


def test_of_a_long_attempt_only_both_ends_are_read(tell: Tell) -> None:
    seen = look(tell("\n".join(map(str, range(5000)))), TARGET, None)
    texts = [line.text for line in seen.stderr]
    assert len(texts) < 1100
    assert texts[0] == "0"
    assert texts[-1] == "4999"


def test_only_the_newest_connection_is_read() -> None:
    journal = Journal.create()
    for text in (b"old", b"new"):
        journal.append(Kind.CLIENT, data={"what": "connecting"})
        journal.append(Kind.STDERR, Direction.S2C, text)
    assert [line.text for line in look(journal, TARGET, None).said] == ["new"]
    journal.close()


def test_blank_lines_on_stdout_are_nothing(tell: Tell) -> None:
    assert look(tell(stdout="\n \nx"), TARGET, None).stdout[0].text == "x"


LINES = st.one_of(
    st.text(),
    st.binary().map(lambda raw: raw.decode("latin-1")),
    st.sampled_from(
        [
            "Traceback (most recent call last):",
            '  File "x", line 1',
            "KeyError: 'A_KEY'",
            '{"jsonrpc":"2.0"',
            "{",
            "Content-Length: 3",
            "Uvicorn running on http://[::]:99999/",
            "usage: x",
            "listening on port 99",
            "No module named ''",
        ]
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stderr=st.lists(LINES, max_size=6),
    stdout=st.lists(LINES, max_size=6),
    exit=st.sampled_from([None, 0, 1, 137]),
)
def test_whatever_is_said_a_cause_is_named_and_it_is_safe(
    tell: Tell, stderr: list[str], stdout: list[str], exit: int | None
) -> None:
    journal = tell("\n".join(stderr), "\n".join(stdout), exit)
    report = examine(journal, TARGET, None)
    journal.close()
    assert report.cause is not None
    assert report.cause.rule in set(Rule)
    shown = [report.cause.says, report.cause.next, *(check.says for check in report.checks)]
    shown += [line for check in report.checks for line in check.evidence]
    assert not HOSTILE & set("".join(shown))
