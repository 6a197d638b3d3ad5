"""A server that completes arguments, with the `mcp` SDK 2.x; both eras.

completes.py stdio
"""

from __future__ import annotations

from mcp.server.mcpserver import MCPServer
from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

COUNTRIES = {"Europe": ["Norway", "Netherlands", "Nauru?"], "Oceania": ["Nauru", "Niue"]}
server = MCPServer("completes", version="1", log_level="CRITICAL")


@server.prompt()
def visit(continent: str, country: str) -> str:
    """Two arguments, the second one by the first."""
    return f"Where in {country}, {continent}, shall I go?"


@server.resource("test://country/{name}", mime_type="text/plain")
def country(name: str) -> str:
    """A country by its name."""
    return f"All about {name}."


@server.completion()
async def complete(
    ref: PromptReference | ResourceTemplateReference,
    argument: CompletionArgument,
    context: CompletionContext | None,
) -> Completion | None:
    """What begins so; of the countries, those of the continent, if one was chosen."""
    if argument.name == "continent":
        found = list(COUNTRIES)
    else:
        chosen = (context.arguments or {}).get("continent") if context is not None else None
        found = [each for name, some in COUNTRIES.items() if chosen in (None, name) for each in some]
    values = [each for each in found if each.startswith(argument.value)]
    return Completion(values=values, total=len(values), has_more=False)


if __name__ == "__main__":
    server.run("stdio")
