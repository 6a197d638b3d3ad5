"""What became of a list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.journal.changes import MOST_MEMBERS, Changes, Difference, Marked, difference, merged
from tests.journal.conftest import Scribe


def tools(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, **more} for name in names]


def test_added_removed_changed_and_moved() -> None:
    before = [*tools("a", "b"), {"name": "c", "description": "x", "inputSchema": {"type": "object", "n": 1}}]
    after = [{"name": "c", "inputSchema": {"type": "object", "n": 1.0}, "title": "C"}, *tools("d", "a")]
    told = difference(before, after, "name")
    assert told.added == ("d",)
    assert told.removed == ("b",)
    assert told.moved
    [changed] = told.changed
    assert (changed.name, changed.members) == ("c", ("description", "inputSchema.n", "title"))
    assert (changed.before, changed.after) == (before[2], after[0])


def test_nothing_is_different() -> None:
    assert not difference(tools("a", "b"), tools("a", "b"), "name")
    nan = json.loads('[{"name": "a", "x": NaN}]')
    assert not difference(nan, json.loads('[{"name": "a", "x": NaN}]'), "name")
    assert difference(tools("a"), [*tools("a"), *tools("b")], "name") == Difference(added=("b",))


def test_a_truth_is_no_number() -> None:
    [changed] = difference(tools("a", x=[1]), tools("a", x=[True]), "name").changed
    assert changed.members == ("x",)


def test_names_that_stand_twice_and_entries_without_one() -> None:
    told = difference([*tools("a", "a"), 7, None], [*tools("a"), 7, {"name": 3}], "name")
    assert told.removed == ("a",)
    assert [(changed.name, changed.members) for changed in told.changed] == [("", ("",))]


def test_what_is_told_of_one_entry_is_bounded() -> None:
    wide = {"name": "a", **{f"m{n}": 1 for n in range(10 * MOST_MEMBERS)}}
    [changed] = difference([wide], tools("a"), "name").changed
    assert len(changed.members) == MOST_MEMBERS
    deep: Any = 1
    other: Any = 2
    for _ in range(5_000):
        deep, other = {"x": deep}, {"x": other}
    [changed] = difference(tools("a", x=deep), tools("a", x=other), "name").changed
    assert len(changed.members) == 1


_VALUE: st.SearchStrategy[Any] = st.sampled_from(["a", "b", None, 0, 1, True, [], [0], {}])
_LIST = st.lists(st.dictionaries(st.sampled_from(["name", "x"]), _VALUE, max_size=2) | _VALUE, max_size=4)


@given(_LIST, _LIST)
def test_a_difference_is_empty_only_where_there_is_none(before: list[Any], after: list[Any]) -> None:
    told = difference(before, after, "name")
    if json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True):
        assert not told
    if not told and all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in before):
        assert json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert not difference(before, before, "name")


@pytest.fixture
def listed(scribe: Scribe) -> Scribe:
    scribe.client("connecting")
    scribe.asks(1, "tools/list")
    scribe.replies(1, {"tools": tools("a"), "nextCursor": "2"})
    scribe.asks(2, "tools/list", {"cursor": "2"})
    scribe.replies(2, {"tools": tools("b")})
    return scribe


def test_a_list_is_held_against_the_one_before(listed: Scribe) -> None:
    changes = Changes(listed.journal)
    assert not changes.advance(1.0)
    assert not changes.relisted
    listed.asks(3, "tools/list")
    listed.replies(3, {"tools": tools("a"), "nextCursor": "2"})
    changes.advance(1.0)
    assert not changes.relisted
    listed.asks(4, "tools/list", {"cursor": "2"})
    last = listed.replies(4, {"tools": tools("c")})
    changes.advance(1.0)
    [told] = changes.relisted
    assert (told.section, told.seq, told.time) == ("tools", last.seq, last.t)
    assert told.difference == Difference(added=("c",), removed=("b",))
    assert changes.latest("tools") is told
    assert changes.latest("prompts") is None


def test_what_cannot_be_read_and_another_connection_change_nothing(listed: Scribe) -> None:
    for id, result in ((3, {"tools": 7}), (4, [])):
        listed.asks(id, "tools/list")
        listed.replies(id, result)
    listed.asks(5, "tools/list", {"cursor": "from nowhere"})
    listed.replies(5, {"tools": tools("x")})
    listed.asks(6, "tools/list")
    listed.fails(6)
    listed.client("connecting")
    listed.asks(1, "tools/list")
    listed.replies(1, {"tools": tools("z")})
    changes = Changes(listed.reopened())
    changes.advance(1.0)
    assert not changes.relisted


def marks(entries: Iterable[Marked]) -> list[str]:
    signs = {"": " ", "new": "+", "changed": "~", "gone": "-"}
    return [f"{signs[each.mark]}{each.entry['name']}" for each in entries]


def test_what_is_gone_stands_where_it_stood() -> None:
    before = tools("x", "a", "y", "b", "z", x=1)
    after = [*tools("n", "b", x=1), *tools("a"), *tools("m")]
    told = merged(before, after, "name")
    assert marks(told) == ["-x", "+n", " b", "-z", "~a", "-y", "+m"]
    assert told[4].before == {"name": "a", "x": 1}


def test_what_lies_beyond_the_end_of_a_part_of_a_list_is_not_decided() -> None:
    before, after = tools("a", "b", "c"), tools("n", "a", "b")
    assert difference(before, after, "name", cut=True) == Difference(added=("n",))
    assert marks(merged(before, after, "name", cut=True)) == ["+n", " a", " b"]
    assert difference(after, before, "name", cut=True) == Difference(removed=("n",))
    assert marks(merged(tools("a"), tools("b"), "name", cut=True)) == [" b"]


def test_news_last_until_somebody_takes_note(listed: Scribe) -> None:
    changes = Changes(listed.journal)
    changes.advance(1.0)
    assert changes.news("tools") is None
    noted = listed.journal.time(len(listed.journal) - 1)
    for id, names in ((3, "ac"), (4, "acd"), (5, "ad")):
        listed.asks(id, "tools/list")
        listed.replies(id, {"tools": tools(*names)})
    changes.advance(1.0)
    news = changes.news("tools")
    assert news is not None
    assert (marks(news.entries), news.since) == ([" a", "-b", "+d"], noted)
    assert (news.new, news.changed, news.gone) == (1, 0, 1)
    revision = changes.revision
    changes.take_note()
    assert changes.news("tools") is None
    assert changes.revision > revision


def test_what_is_as_it_was_is_no_news(listed: Scribe) -> None:
    changes = Changes(listed.journal)
    for id, names in ((3, "c"), (4, "ab"), (5, "abc")):
        listed.asks(id, "tools/list")
        listed.replies(id, {"tools": tools(*names)})
        changes.advance(1.0)
        assert (changes.news("tools") is None) == (id == 4)


def test_a_server_that_was_started_anew_is_held_against_what_it_was(listed: Scribe) -> None:
    changes = Changes(listed.journal)
    changes.advance(1.0)
    listed.client("connecting")
    listed.asks(1, "tools/list")
    listed.replies(1, {"tools": tools("a", "z")})
    changes.advance(1.0)
    news = changes.news("tools")
    assert news is not None
    assert marks(news.entries) == [" a", "-b", "+z"]
    assert not changes.relisted


def test_a_list_that_is_left_early_each_time_is_compared_as_far_as_it_goes(scribe: Scribe) -> None:
    changes = Changes(scribe.journal)
    for id, names in ((1, "abc"), (2, "xab")):
        scribe.asks(id, "tools/list")
        scribe.replies(id, {"tools": tools(*names), "nextCursor": "2"})
        changes.advance(1.0)
    news = changes.news("tools")
    assert news is not None
    assert marks(news.entries) == ["+x", " a", " b"]
    scribe.asks(3, "tools/list", {"cursor": "2"})
    scribe.replies(3, {"tools": tools("c")})
    changes.advance(1.0)
    news = changes.news("tools")
    assert news is not None
    assert marks(news.entries) == ["+x", " a", " b", " c"]
    assert len(changes.relisted) == 1
