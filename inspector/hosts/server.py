"""A server as a host's configuration describes it, with its variables still in it. Values only.

What its variables mean, and what becomes of a server then, is told by `inspector.hosts.variables`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from inspector.settings import at_home
from inspector.transport.target import HttpKind

Syntax: TypeAlias = Literal["none", "dollar", "braces", "colon", "inputs"]
"""How variables are spelt.

`none`: not at all. `braces`: `${NAME}` and `${NAME:-default}`. `dollar`: these and `$NAME`.
`colon`: `${env:NAME}`, `${input:ID}`, `${workspaceFolder}` and others. `inputs`: of these nothing but inputs.
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where configuration is looked for, and what its variables stand for.

    Attributes:
        folder: The current folder, from which a project's files are looked for upwards.
        home: The user's own folder.
        environ: Variables.
        platform: As `sys.platform` has it.
    """

    folder: Path
    home: Path
    environ: Mapping[str, str] = field(repr=False)
    platform: str = sys.platform

    @classmethod
    def here(cls) -> Surroundings:
        """Of this process.

        Raises:
            UsageError: There is no home directory.
        """
        return cls(Path.cwd(), at_home(Path.home), os.environ)


@dataclass(frozen=True, slots=True)
class Input:
    """A value that a person is asked for.

    Attributes:
        id: What `${input:ID}` names.
        title: What it is, for the person; a host's text, not safe for a terminal.
        secret: Whether what is typed is hidden.
        default: What is taken where nothing is typed.
        options: The only values there are; empty for any.
    """

    id: str
    title: str = ""
    secret: bool = False
    default: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """One entry of a configuration. Every text is as the file has it, none is safe for a terminal.

    Attributes:
        name: What the file calls it.
        host: Whose configuration it is, in a word: `cursor`.
        file: Where it stands.
        folder: What relative paths begin at, and `${workspaceFolder}` stands for.
        syntax: How its variables are spelt.
        command: What to start; empty for a server at a URL.
        args: Its arguments.
        env: Variables to start it with; what they hold may be secret.
        env_file: A file of more variables; empty for none.
        cwd: Where to start it; empty for `folder` of a project, else for the current one.
        url: Where it is; empty for a command.
        headers: Of every request; what they hold may be secret.
        env_headers: Headers that hold a variable of the environment: name, what stands before it, variable.
        transport: What to try over HTTP.
        unix_socket: A socket to connect to instead of the URL's host; empty for none.
        inputs: What may be asked for.
        project: Whether the file belongs to a project rather than to the user.
        enabled: Whether the host starts it.
        at: The keys that lead to it in its file.
        recorder: What the file has in front of `command` so that the host's traffic is recorded, see
            `inspector.hosts.recording`; empty where it has nothing there.
    """

    name: str
    host: str
    file: Path
    folder: Path
    syntax: Syntax = "none"
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    env_file: str = ""
    cwd: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    env_headers: tuple[tuple[str, str, str], ...] = ()
    transport: HttpKind = "auto"
    unix_socket: str = ""
    inputs: tuple[Input, ...] = ()
    project: bool = False
    enabled: bool = True
    at: tuple[str, ...] = ()
    recorder: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """The name that no other server has: `cursor/github`."""
        return f"{self.host}/{self.name}"
