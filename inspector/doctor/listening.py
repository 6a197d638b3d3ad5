"""Choosing the complaint that tells most: of everything on stderr, and on stdout beside messages.

The tables are asked in the order of how surely each sign names a cause; a sign counts at its last match,
which is the nearest to the end.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.doctor import signs, signs_modules, signs_variables
from inspector.doctor.complaints import Complaint, Words
from inspector.doctor.place import Place
from inspector.doctor.seen import Seen


def listen(seen: Seen, place: Place) -> list[Complaint]:
    """The most telling complaint, if there is one."""
    words = Words(seen, place)
    if not words.lines:
        return signs.by_argv(words)
    for sign in (*signs_modules.SIGNS, *signs_variables.SIGNS, *signs.SIGNS):
        match = words.last(sign.pattern)
        found = sign.make(words, match) if match is not None else None
        if match is None or found is None:
            continue
        if not found.rows:
            lines, rows = words.around(match)
            found = replace(found, evidence=(*lines, *found.evidence), rows=rows)
        return [Complaint(sign.group, found)]
    return signs.by_argv(words)
