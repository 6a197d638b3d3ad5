"""The foot of a form: what the schema says about the field with the cursor, and what is wrong there."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from textual.content import Content
from textual.widget import Widget

from inspector.app.widgets.form_lines import Line, states
from inspector.forms import json_text
from inspector.forms.check import Problem
from inspector.forms.draft import Chosen, Exact
from inspector.forms.edit import same
from inspector.forms.plan import Field
from inspector.forms.unset import UNSET
from inspector.wire.visible import cells, clip, visible

_LONGEST = 400
_LINE = 70
_MOST_LINES = 2
_TALL = 30
_LONGEST_DEFAULT = 40
_MOST_EXAMPLES = 3


class FormAbout(Widget):
    """As high as the longest description needs from the start, so that nothing moves under the cursor."""

    DEFAULT_CSS = """
    FormAbout { dock: bottom; height: 2; padding: 1 2 0 2; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._line: Line | None = None
        self._lines = 0
        self._problem: Problem | None = None

    def reserve(self, fields: Iterable[Field]) -> None:
        """Make room for the description of any of `fields`."""
        longest = max((cells(describe(field)) for field in fields), default=0)
        self._lines = min(-(-longest // _LINE), _MOST_LINES)
        self.fit()

    def fit(self) -> None:
        """Take less room on a small screen."""
        tall = self.screen.size.height >= _TALL
        self.styles.padding = (int(tall), 2, 0, 2)
        self.styles.height = 2 + self._lines if tall else 1 + min(self._lines, 1)

    def show(self, line: Line, problem: Problem | None) -> None:
        """Tell about `line`."""
        self._line = line
        self._problem = problem
        self.refresh()

    def render(self) -> Content:
        line, width = self._line, max(self.content_size.width, 1)
        if line is None:
            return Content("")
        room = self.content_size.height - 1
        parts = [(f"{text}\n", "$foreground-muted") for text in _wrapped(describe(line.field), width, room)]
        if self._problem is not None:
            # At the field itself its name would say nothing; what is wrong with the whole says so.
            says = self._problem.says if self._problem.path else self._problem.sentence
            parts.append((clip(f"! {visible(says[:_LONGEST])}", width), "$text-error"))
        else:
            parts.append((clip(hints(line), width), "$foreground-disabled"))
        return Content.assemble(*parts)


def _wrapped(text: str, width: int, lines: int) -> list[str]:
    """`text` in at most `lines` lines of `width` cells; `…` where it was longer."""
    if lines < 1 or not text:
        return []
    found = textwrap.wrap(text, width)
    if len(found) > lines:
        found[lines - 1 :] = [" ".join(found[lines - 1 :])]
    return [clip(line, width) for line in found]


def describe(field: Field) -> str:
    """Title and description on one line, safe for a terminal."""
    title = field.title if field.title.replace(" ", "_").casefold() != field.key.casefold() else ""
    text = " · ".join(part for part in (title[:_LONGEST], field.description[:_LONGEST]) if part.strip())
    return visible(" ".join(text.split()))


def hints(line: Line) -> str:
    """What is chosen, bounds, default, examples and the keys that do something, on one line, safe to show."""
    field = line.field
    if line.adds:
        return "a name, then enter adds the member"
    said = [_about_choice(line), field.hint]
    if field.default is not UNSET:
        said.append(f"default {_short(field.default)}")
    if field.examples:
        said.append(f"e.g. {', '.join(map(_short, field.examples[:_MOST_EXAMPLES]))}")
    said.extend(_keys(line))
    return visible(" · ".join(part for part in said if part))


def _about_choice(line: Line) -> str:
    """What the schema says about the value or the form that is chosen."""
    field, draft = line.field, line.draft
    if isinstance(draft, Chosen) and field.kind == "variant":
        variant = field.variants[draft.index]
        return (variant.description or variant.hint)[:_LONGEST]
    found = (one for one in field.choices if one.description and same(draft, Exact(one.value)))
    return next((one.description[:_LONGEST] for one in found), "")


def _keys(line: Line) -> Iterator[str]:
    field = line.field
    if line.as_json:
        yield "f4 as fields"
    elif line.multiple:
        yield "←→ and space choose, f4 JSON"
    elif field.kind in ("boolean", "enum", "variant"):
        yield "space or letters choose" + (", f4 JSON" if field.kind == "variant" else "")
    elif field.kind == "array" and line.folds:
        yield "+ adds an item, f4 JSON"
    elif field.kind == "object" and line.folds:
        yield "space opens or closes, f4 JSON"
    if field.kind not in ("boolean", "enum", "null", "variant") and len(states(field)) > 1:
        yield f"ctrl+n {'/'.join(word for word, _ in states(field))}"
    if line.is_item:
        yield "ctrl+o add, f8 remove, shift+↑↓ move"
    elif line.added:
        yield "f8 remove"


def _short(value: Any) -> str:
    text = json_text.write(value)
    return text if len(text) <= _LONGEST_DEFAULT else text[:_LONGEST_DEFAULT] + "…"
