"""`mcp-inspect list`: what a server offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.argv import is_url, no_url, two_servers
from inspector.cli.oneshot import answer
from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump
from inspector.cli.words import number
from inspector.cli.work import Result, Work
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.session.listing import Listing
    from inspector.session.owner import Session

HELP_END = examples(
    "mcp-inspect list -- python server.py", "mcp-inspect list tools --json https://example.com/mcp"
)


def list_(
    wanted: Wanted,
    section: Annotated[
        str | None, typer.Argument(metavar="SECTION", help="tools, resources, templates or prompts.")
    ] = None,
    pages: Annotated[
        str | None,
        typer.Option("--pages", metavar="N", help="Ask for N pages of a section; without it for all."),
    ] = None,
) -> Work:
    """List what a server offers: tools, resources, templates, prompts.

    A section is asked for only where the server declares its capability.
    """
    from inspector.wire.methods import LISTS

    if section and section not in LISTS:
        if wanted.line.url is not None or wanted.line.command is not None:
            if is_url(section):
                raise two_servers(section)
        elif (problem := no_url(section)) is not None:
            raise problem
        raise UsageError(
            f"There is no section {section!r}", next=f"Use one of {', '.join(LISTS)}, or none for all"
        )
    sections = [section] if section else list(LISTS)
    most = None if pages is None else number(pages, "--pages")

    async def work(session: Session) -> Result:
        document, listings = await listed(session, sections, most)
        says = f"the server does not declare {section}." if section and section not in listings else ""
        left = {name: listing.next for name, listing in listings.items() if listing.next is not None}
        if left:
            document["nextCursors"] = {LISTS[name].key: cursor for name, cursor in left.items()}
            says = f"there is more of {' and '.join(left)}: a larger --pages asks for it."
        return Result(as_json(document, listings), lambda: as_text(document, listings), says)

    return work


async def listed(
    session: Session, sections: Iterable[Any], pages: int | None = None
) -> tuple[dict[str, Any], dict[str, Listing]]:
    """Who the server is, which tools are not called and why, and the listing of every declared section.

    Args:
        session: The connection.
        sections: What to list of what is declared.
        pages: Pages of a section to leave it at; all of them where `None`.
    """
    from inspector.wire.methods import LISTS

    seen = session.catalogue
    listings: dict[str, Listing] = {}
    for section in sections:
        if session.declares(section):
            listings[section] = await session.list(section, most=pages)
            answer(listings[section].outcome, LISTS[section].method)
    document: dict[str, Any] = {
        "server": dict(seen.server_info),
        "protocolVersion": session.version,
        "capabilities": dict(seen.capabilities),
    }
    if withheld := _withheld(session, listings):
        document["withheld"] = withheld
    return document, listings


def _withheld(session: Session, listings: dict[str, Listing]) -> dict[str, list[str]]:
    """The tools that a conforming client hides over HTTP, with the reasons."""
    tools = listings["tools"].entries if "tools" in listings else []
    names = [tool["name"] for tool in tools if isinstance(tool, dict) and isinstance(tool.get("name"), str)]
    return {name: reasons for name in names if (reasons := session.withheld(name))}


def as_json(document: dict[str, Any], listings: dict[str, Listing]) -> bytes:
    """One document; the entries in it are the bytes that the server sent."""
    from inspector.wire.methods import LISTS

    members = [dump(name) + b":" + dump(value) for name, value in document.items()]
    for section, listing in listings.items():
        members.append(dump(LISTS[section].key) + b":[" + b",".join(listing.raw_entries) + b"]")
    return b"{" + b",".join(members) + b"}"


def as_text(document: dict[str, Any], listings: dict[str, Listing]) -> list[str]:
    """Who the server is, then each section."""
    from inspector.cli.render import section_lines, server_line

    lines = [server_line(document["server"], document["protocolVersion"])]
    for section, listing in listings.items():
        marks = document.get("withheld") if section == "tools" else None
        lines += ["", *section_lines(section, listing.entries, marks)]
    return lines
