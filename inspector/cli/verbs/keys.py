"""`mcp-inspect keys`: what each key of the app does."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, print_json, print_text, table
from inspector.errors import UsageError

HELP_END = examples("mcp-inspect keys", "mcp-inspect keys --json | jq '.[].keys'")


def keys(
    wanted: Wanted,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables for a document.")] = False,
) -> int:
    """Print every key of the app and what it does, as the configuration has them.

    The third column of --markdown, and `id` of --json, is what [keys] of the configuration calls it.
    """
    if wanted.line.command is not None or wanted.line.url is not None:
        raise UsageError("keys connects to no server", next="mcp-inspect keys")
    if markdown and wanted.json:
        raise UsageError("--json and --markdown are two forms of the same", next="Leave one out")
    # Imported here: the tables of keys are the app's, which no other verb pays for.
    from inspector.app.keymap import keymap
    from inspector.app.keys import as_markdown, every_key, grouped
    from inspector.kept.config import read_config

    rows = every_key(keymap(read_config()))
    if wanted.json:
        print_json(
            dump(
                [
                    {"id": row.id, "group": row.group, "keys": list(row.written), "does": row.title}
                    for row in rows
                ]
            )
        )
    elif markdown:
        print_text(as_markdown(rows))
    else:
        for number, (group, members) in enumerate(grouped(rows).items()):
            print_text(*([""] if number else []), group)
            print_text(*table([(" ".join(row.written), row.title) for row in members], None))
    return 0
