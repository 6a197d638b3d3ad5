"""Which members of an object are asked for now: what its conditions say to what is entered.

A member that only a branch asks for is hidden while the branch surely does not count; where that cannot be
told it is shown. Nothing that was entered is ever taken away here but a default that nobody touched, and what
was entered in a branch that counts no more stays and is sent: the form shows it, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from inspector.forms.draft import Chosen, Draft, Exact, Items, Members, Typed, initial
from inspector.forms.plan import Field
from inspector.forms.unset import UNSET
from inspector.forms.value import value_of

_MOST_ROUNDS = 16


@dataclass(frozen=True, slots=True)
class Standing:
    """How the conditions of one object stand.

    Attributes:
        hidden: Members that are surely not asked for.
        asked: Members of branches that surely count.
        needed: Members that must be there, because a branch says so.
    """

    hidden: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


_NONE = Standing()


def standing(field: Field, draft: Draft) -> Standing:
    """How the conditions of the object `field` stand to what is entered in it."""
    if not field.branches:
        return _NONE
    value = value_of(field, draft)[0] if isinstance(draft, Members) else {}
    hidden, asked, needed = set(field.later), set[str](), set[str]()
    for branch in field.branches:
        counts = branch.holds(value)
        if counts is not False:
            hidden -= branch.names
        if counts:
            asked |= branch.names
            needed |= branch.needs
    return Standing(frozenset(hidden), frozenset(asked & field.later), frozenset(needed))


def begin(field: Field) -> Draft:
    """What a fresh form holds: defaults filled in, those of the branches that count too."""
    return settled(field, UNSET, initial(field))


def settled(field: Field, before: Draft, after: Draft) -> Draft:
    """`after` with the defaults of branches that count now and did not `before`, and without those that
    nobody touched of branches that count no more."""
    if after is before or isinstance(before, Exact | Typed):  # JSON that becomes fields stays what it says
        return after
    if isinstance(after, Chosen):
        inside = before.draft if isinstance(before, Chosen) and before.index == after.index else UNSET
        return replace(after, draft=settled(field.variants[after.index], inside, after.draft))
    if isinstance(after, Items):
        return Items(tuple(_items(field, before, after)))
    return _members(field, before, after) if isinstance(after, Members) else after


def _items(field: Field, before: Draft, after: Items) -> Iterator[Draft]:
    old = before.drafts if isinstance(before, Items) else ()
    known = {id(draft) for draft in old}
    for index, draft in enumerate(after.drafts):
        below = field.element(index)
        if below is None or id(draft) in known:
            yield draft
        else:
            yield settled(below, old[index] if len(old) == len(after.drafts) else UNSET, draft)


def _members(field: Field, before: Draft, after: Members) -> Members:
    was = before.drafts if isinstance(before, Members) else {}
    drafts = {
        key: settled(below, was.get(key, UNSET), draft) if (below := field.member(key)) is not None else draft
        for key, draft in after.drafts.items()
    }
    after = replace(after, drafts=drafts)
    seen = standing(field, before) if isinstance(before, Members) else Standing(hidden=field.later)
    for _ in range(_MOST_ROUNDS if field.later else 0):
        now = standing(field, after)
        drafts = dict(after.drafts)
        for child in field.children:
            begins = initial(child) if child.key in field.later else UNSET
            if begins is UNSET:
                continue
            if child.key in now.asked - seen.asked and child.key not in drafts:
                drafts[child.key] = begins
            elif child.key in now.hidden - seen.hidden and drafts.get(child.key) == begins:
                del drafts[child.key]
        if drafts == after.drafts:
            break
        after, seen = replace(after, drafts=drafts), now
    return after
