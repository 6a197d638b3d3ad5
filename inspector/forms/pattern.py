"""How long a regular expression may take: an estimate that errs on the side of caution.

Patterns come from the server, and Python's engine backtracks without a limit: `(a+)+$` against thirty
letters never ends. A pattern that could cost more steps than `MOST_STEPS` is not run. This reads the
pattern's text only; it is no parser, and it never runs one.
"""

from __future__ import annotations

import math
import re
import warnings

MOST_STEPS = 10_000_000
_LONGEST = 1_000
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!<>#P]*|[()|]|[*+?]|\{[0-9]*,?[0-9]*\}|.", re.DOTALL
)
_EXACTLY = re.compile(r"\{[0-9]+\}")


def affordable(pattern: str, length: int) -> bool:
    """`pattern` against a text of `length` characters surely ends soon. False too where it is no regex."""
    if len(pattern) > _LONGEST:
        return False
    try:
        compiled(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return _cost(pattern, max(length, 2)) <= math.log(MOST_STEPS)


def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern`, and no word on the terminal about what will mean something else in later versions of Python.

    Raises:
        re.error, RecursionError, OverflowError: It is no regular expression.
    """
    # For good, and not for a moment: a filter for a moment is none for other threads.
    warnings.filterwarnings("ignore", "Possible ", FutureWarning)
    return re.compile(pattern)


def _cost(pattern: str, length: int) -> float:
    """The natural logarithm of an upper estimate of the steps.

    A repetition multiplies by the length of the text, an option or an alternative by two; where choices
    stand inside a repeated group, each character multiplies by one more than their number.
    """
    # Of each open group: how many repetitions, and how many options, stand in it.
    groups: list[list[int]] = [[0, 0]]
    closed: list[int] = [0, 0]
    nested = 0
    for match in _TOKEN.finditer(pattern):
        token = match[0]
        if token[0] == "(":
            groups.append([0, 0])
        elif token == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1][0] += closed[0]
            groups[-1][1] += closed[1]
            continue
        elif token == "|" or token == "?":
            groups[-1][1] += 1
        elif token in ("*", "+") or token[0] == "{":
            nested += sum(closed)
            groups[-1][0] -= closed[0]
            groups[-1][1] -= closed[1]
            if not _EXACTLY.fullmatch(token) or any(closed):
                groups[-1][0] += 1
        closed = [0, 0]
    repetitions = groups[0][0] + (not pattern.startswith("^"))
    return repetitions * math.log(length) + groups[0][1] * math.log(2) + length * math.log(1 + nested)
