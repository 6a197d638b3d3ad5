"""Where the user's configuration is, and one table of it for those who must not wait for all of it.

`inspector.kept.config` reads the whole and checks it, which is what the command line and the app do. What
records is started by hosts, in a moment and on lower floors: it takes its own table from here and checks that
alone. It stands beside the floors: several use it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from inspector.errors import UsageError

LARGEST = 1_000_000
"""Bytes; a larger file is none of ours."""


def config_path() -> Path:
    """Where the configuration is: `MCP_INSPECT_CONFIG`, or in the user's directory for such files.

    Raises:
        UsageError: Nobody knows where that is.
    """
    if given := os.environ.get("MCP_INSPECT_CONFIG"):
        return Path(given)
    return config_folder() / "config.toml"


def config_folder() -> Path:
    """The user's directory for what people write: settings, filters, calls.

    Raises:
        UsageError: Nobody knows where that is.
    """
    from platformdirs import user_config_path  # a few milliseconds, which a named file saves

    return at_home(lambda: user_config_path("mcp-inspect", appauthor=False))


def at_home(find: Callable[[], Path]) -> Path:
    """What `find` finds in the user's own directory.

    Raises:
        UsageError: There is none, as where a service runs under a number that belongs to no user.
    """
    try:
        found = find()
    except RuntimeError:
        found = None
    if found is None or not found.is_absolute():
        raise UsageError(
            "There is no home directory: HOME is not set, and this user has none", next="Set HOME"
        )
    return found


def read_table(name: str) -> Mapping[str, Any]:
    """The table `name` of the configuration as it stands there, empty where there is none.

    Raises:
        UsageError: The file cannot be read, is no TOML, or `name` is no table there.
    """
    path = config_path()
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"Cannot read {path}: {error.strerror}") from None
    if name.encode() not in raw:  # no spelling of a table's name that people use hides it
        return {}
    if len(raw) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST:,} bytes")
    import tomllib  # most configurations say nothing of it

    try:
        found = tomllib.loads(raw.decode("utf-8-sig")).get(name, {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is not TOML: {error}", next="mcp-inspect config edit") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {name} is a table", next=f"Write [{name}] above its settings")
    return found
