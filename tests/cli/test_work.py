"""What a verb does, as a value: printed for people or for programs."""

from __future__ import annotations

import pytest

from inspector.cli.work import Result, show
from inspector.errors import RequestFailed


def test_a_result_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    show(Result(b'{"a":1}', lambda: ["one", "two"], "and that is all."), as_json=False)
    assert capsys.readouterr() == ("one\ntwo\n", "mcp-inspect: and that is all.\n")


def test_a_result_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    show(Result(b'{"a":1}', lambda: ["one"], "and that is all."), as_json=True)
    assert capsys.readouterr() == ('{"a":1}\n', "")


@pytest.mark.parametrize(("as_json", "out"), [(False, "one\n"), (True, "")])
def test_a_result_that_is_a_failure(capsys: pytest.CaptureFixture[str], as_json: bool, out: str) -> None:
    result = Result(b"{}", lambda: ["one"], failure=lambda programs: RequestFailed(f"failed {programs}"))
    with pytest.raises(RequestFailed, match=f"failed {as_json}"):
        show(result, as_json=as_json)
    assert capsys.readouterr().out == out
