"""Atheris over recordings: `python -m tests.fuzz CORPUS -max_total_time=300`, where atheris is installed.

What is imported here is measured for coverage, so nothing of it may be imported before.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["inspector"]):
    from tests.fuzz.recording import once

atheris.Setup(sys.argv, once)
atheris.Fuzz()
