"""Defaults of options that the user's configuration has, for what the command line does not give."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_OF_A_URL = frozenset({"transport", "cacert", "no-browser"})


def configured(missing: Collection[str], *, url: bool) -> dict[str, Any]:
    """What the configuration says of options, as Typer would hand them over.

    Args:
        missing: The fields of `Wanted` that the line does not give.
        url: Whether the server is at a URL; some options belong to those alone.

    Raises:
        UsageError: The configuration cannot be read.
    """
    from inspector.kept.config import read_config

    made: dict[str, Any] = {}
    for name, value in read_config().defaults.items():
        if name == "record":
            # A file that was named is wanted more than the general rule.
            made["no_record"] = not value and "record" in missing
        elif url or name not in _OF_A_URL:
            made[name.replace("-", "_")] = str(value) if name == "timeout" else value
    return {name: value for name, value in made.items() if name in missing}
