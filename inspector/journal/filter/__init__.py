"""The filter language: one text that says which rows of a journal are meant. docs/filter.md specifies it.

`Filter.parse` reads it, `Filter.test` decides about one row, `inspector.journal.view.View` finds all of them
little by little, `complete` says how a text may go on.
"""

from __future__ import annotations

from inspector.journal.filter.complete import Completion, Option, complete
from inspector.journal.filter.error import FilterError
from inspector.journal.filter.filter import Filter

__all__ = ["Completion", "Filter", "FilterError", "Option", "complete"]
