"""`request`: any method, and the raw answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.conftest import DEMO

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_laid_out_for_people(run: Run) -> None:
    done = run("request", "completion/complete", "-", *DEMO, stdin='{"ref": {}, "argument": {}}')
    assert done.out.startswith('{\n  "completion": {\n    "values": [],\n    "total": 0,\n')
    assert json.loads(done.out)["completion"]["hasMore"] is False


def test_as_sent(run: Run) -> None:
    done = run("request", "ping", "--json", "--protocol", "2025-03-26", *DEMO)
    assert done.out == "{}\n"


def test_a_method_that_does_not_exist(run: Run) -> None:
    done = run("request", "no/such", '{"a": 1}', "--json", "--trace", *DEMO)
    assert done.code == 5
    assert '"method":"no/such","params":{"a":1' in done.err
    assert done.error["code"] == -32601
