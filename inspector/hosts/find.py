"""All servers that the configuration on this machine names: found, merged, and looked up by name.

Of one host the entry that wins by its own precedence is taken. A name that two hosts have is written with its
host: `cursor/github`. A file that is broken is a sentence and hides no other.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inspector.errors import UsageError
from inspector.hosts.files import document, read
from inspector.hosts.places import TITLES, Place, places
from inspector.hosts.server import Server, Surroundings
from inspector.hosts.shapes import looks_like, servers_in


class UnknownServer(UsageError):
    """No configuration has a server of this name."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        servers: By host, in the order of `TITLES`; within one in the order of its files.
        troubles: Sentences about files and entries that mean nothing; not safe for a terminal.
    """

    servers: tuple[Server, ...] = ()
    troubles: tuple[str, ...] = ()

    def short(self, server: Server) -> str:
        """The shortest name that means this server: its own, or with its host where others have it too."""
        if any(each.name == server.name and each is not server for each in self.servers):
            return server.full_name
        # A name may look like another's with its host, or like a host.
        return server.name if "/" not in server.name or self._one(server.name) is server else server.full_name

    def get(self, name: str, others: Collection[str] = ()) -> Server:
        """The server that is called `name`, its host before it where that is needed.

        Args:
            name: As a person typed it.
            others: What else may have been meant, to be suggested where that is nearer.

        Raises:
            UnknownServer: There is none; suggests the nearest.
            UsageError: Several hosts have one, and they differ.
        """
        one = self._one(name)
        if one is not None:
            return one
        same = [each for each in self.servers if each.name == name]
        if len({_what(each) for each in same}) == 1:
            return same[0]
        if same:
            names = ", ".join(each.full_name for each in same)
            raise UsageError(f"Several hosts have a server called {name!r}", next=f"Name one of {names}")
        known = dict.fromkeys(spelt for each in self.servers for spelt in (self.short(each), each.full_name))
        near = difflib.get_close_matches(name, [*known, *others], n=1)
        none = "No configuration that was looked at has a server"
        shown = "mcp-inspect servers lists them" if known else none
        raise UnknownServer(
            f"No server is called {name!r}", next=f"Did you mean {near[0]}?" if near else shown
        )

    def _one(self, name: str) -> Server | None:
        """The server of this full name, or the only one of this name."""
        full = [each for each in self.servers if each.full_name == name]
        own = [each for each in self.servers if each.name == name]
        return full[0] if full else own[0] if len(own) == 1 else None


def find(around: Surroundings | None = None) -> Found:
    """Read every configuration there is."""
    every = _entries(places(around if around is not None else Surroundings.here()))
    servers: dict[str, Server] = {}
    for server in every.servers:
        servers.setdefault(server.full_name, server)  # the first of a host wins
    return replace(every, servers=tuple(servers.values()))


def find_all(around: Surroundings | None = None) -> Found:
    """The same with what wins nowhere here: entries behind others, and those of all projects in one file."""
    return _entries(places(around if around is not None else Surroundings.here()), projects=True)


def find_in(file: Path, around: Surroundings | None = None) -> Found:
    """What one file has, in the shape of the host that it belongs to, or in the one that it looks like.

    Raises:
        UsageError: It cannot be read.
    """
    around = around if around is not None else Surroundings.here()
    raw = read(file)
    if raw is None:
        raise UsageError(f"There is no file {file}")
    for folder in (around.folder, file.absolute().parent, file.absolute().parent.parent):
        of_it = [each for each in places(replace(around, folder=folder)) if _same_file(each.file, file)]
        if of_it:
            return _entries(of_it, projects=True)
    return _entries([looks_like(file, document(file, raw, lenient=True))], projects=True)


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _entries(listed: list[Place], *, projects: bool = False) -> Found:
    """What the files hold, by host; of one entry once."""
    documents: dict[Path, dict[str, Any] | None] = {}
    troubles: list[str] = []
    servers: dict[tuple[Path, tuple[str, ...]], Server] = {}
    for place in listed:
        found = _document(place, documents, troubles)
        if found is None:
            continue
        if projects and place.shape == "claude-local":
            place = replace(place, shape="claude-projects")
        said = servers_in(place, found)
        troubles += said.troubles
        for server in said.servers:
            servers.setdefault((server.file, server.at), server)
    order = list(TITLES)
    return Found(
        tuple(sorted(servers.values(), key=lambda each: order.index(each.host))),
        tuple(dict.fromkeys(troubles)),
    )


def _document(
    place: Place, documents: dict[Path, dict[str, Any] | None], troubles: list[str]
) -> dict[str, Any] | None:
    if place.file not in documents:
        documents[place.file] = None
        try:
            raw = read(place.file)
            if raw is not None:
                documents[place.file] = document(place.file, raw, lenient=place.lenient)
        except UsageError as wrong:
            troubles.append(wrong.message)
    return documents[place.file]


def _what(server: Server) -> object:
    """What of a server decides about what runs."""
    same = replace(server, host="", file=Path(), enabled=True, at=(), recorder=())
    what = repr((same, sorted(server.env.items()), sorted(server.headers.items())))
    return what if "$" in what else what.replace(f"syntax={server.syntax!r}", "")
