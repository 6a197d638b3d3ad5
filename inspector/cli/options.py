"""The options that every connecting verb shares, declared once, and what they add up to.

`connecting` puts them into a verb's signature, where Typer finds them; the verb itself is handed one
`Wanted`. Options of a single verb stand in that verb's file.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

from inspector.cli import authorization, browser, watched
from inspector.cli.argv import Line
from inspector.cli.usage import SERVERLESS, show_help
from inspector.cli.verbs import TABLE
from inspector.cli.words import header, seconds, usable_url, variable
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.cli.work import Work
    from inspector.session.options import Options
    from inspector.transport.target import Target

P = ParamSpec("P")

_TRANSPORTS = ("auto", "http", "sse")
_PROTOCOLS = "auto, 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25, 2026-07-28"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a command line asks for beside the verb's own words: a server, and how to talk to it.

    Every field but `line` is an option; the field's annotation is what Typer reads. All are texts or flags:
    what a text means is found out here, because Typer's own conversion imports pydantic, 0.1 s of CPU.
    """

    line: Line
    env: Annotated[
        list[str] | None,
        typer.Option(
            "-e", "--env", metavar="KEY=VALUE", help="Variable for the server's environment; repeatable."
        ),
    ] = None
    cwd: Annotated[
        str | None, typer.Option("--cwd", metavar="DIR", help="Directory to start the server in.")
    ] = None
    header: Annotated[
        list[str] | None,
        typer.Option("--header", metavar="'NAME: VALUE'", help="HTTP header of every request; repeatable."),
    ] = None
    cacert: Annotated[
        str | None,
        typer.Option("--cacert", metavar="FILE", help="Certificates to trust instead of the system's."),
    ] = None
    insecure: Annotated[bool, typer.Option("--insecure", help="Trust any certificate.")] = False
    cert: Annotated[
        str | None, typer.Option("--cert", metavar="FILE", help="The client's own certificate, PEM.")
    ] = None
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help="Its key, where --cert does not hold it.")
    ] = None
    unix_socket: Annotated[
        str | None,
        typer.Option("--unix-socket", metavar="PATH", help="Connect to this socket instead of the host."),
    ] = None
    transport: Annotated[
        str | None,
        typer.Option("--transport", metavar="KIND", help="auto, http or sse (HTTP+SSE).  [default: auto]"),
    ] = None
    token: authorization.Token = None
    client_id: authorization.ClientId = None
    client_secret: authorization.ClientSecret = None
    client_metadata_url: authorization.ClientMetadataUrl = None
    scope: authorization.Scope = None
    grant: authorization.Grant = None
    private_key: authorization.PrivateKey = None
    signing_algorithm: authorization.SigningAlgorithm = None
    callback_port: authorization.CallbackPort = None
    callback_url: authorization.CallbackUrl = None
    no_browser: authorization.NoBrowser = False
    id_token: authorization.IdToken = None
    idp_issuer: authorization.IdpIssuer = None
    idp_token_endpoint: authorization.IdpTokenEndpoint = None
    idp_client_id: authorization.IdpClientId = None
    idp_client_secret: authorization.IdpClientSecret = None
    past: authorization.Past = None
    answers: Annotated[
        str | None,
        typer.Option(
            "--answers",
            metavar="FILE",
            help="JSON that answers what the server asks back: roots, sampling, elicitation.",
        ),
    ] = None
    root: Annotated[
        list[str] | None,
        typer.Option("--root", metavar="PATH|URI", help="A root to tell the server; repeatable."),
    ] = None
    declare: Annotated[
        list[str] | None,
        typer.Option(
            "--declare",
            metavar="NAME[=JSON]",
            help="Declare this capability or extension as well; repeatable.",
        ),
    ] = None
    undeclare: Annotated[
        list[str] | None,
        typer.Option(
            "--undeclare",
            metavar="NAME",
            help="Do not declare this one in any case; repeatable.",
        ),
    ] = None
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="SECONDS", help="How long to wait for an answer.")
    ] = "60"
    reset_on_progress: Annotated[
        bool,
        typer.Option("--reset-on-progress", help="Progress begins that time anew, for an hour at most."),
    ] = False
    protocol: Annotated[str, typer.Option("--protocol", metavar="VERSION", help=f"One of {_PROTOCOLS}.")] = (
        "auto"
    )
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False
    trace: Annotated[
        bool, typer.Option("--trace", help="Every message to stderr as it crosses the wire.")
    ] = False
    record: Annotated[
        str | None, typer.Option("--record", metavar="FILE", help="Keep the session in FILE.")
    ] = None
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Keep nothing (only the app and proxy record by themselves).")
    ] = False
    redact: Annotated[
        list[str] | None,
        typer.Option(
            "--redact", metavar="RULE", help="Never record this name, $.path or /pattern/; repeatable."
        ),
    ] = None
    faults: Annotated[
        str | None, typer.Option("--faults", metavar="FILE", help="Breakpoints and faults to begin with.")
    ] = None
    web: browser.Web = False
    watch: watched.Watch = None
    watch_call: watched.WatchCall = False
    input: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="ID=VALUE", help="What a NAME's configuration asks for; repeatable."),
    ] = None
    yes: Annotated[bool, typer.Option("--yes", help="Agree to start a NAME without being asked.")] = False

    def target(self) -> Target:
        """The server to connect to.

        Raises:
            UsageError: There is none, or an option does not fit it.
        """
        from inspector.transport.target import HttpTarget, StdioTarget

        if self.line.command is not None:
            if not self.line.command:
                raise UsageError("No command follows --", next="mcp-inspect -- python server.py")
            for name in (*self._for_urls(), *authorization.given(self)):
                raise UsageError(f"{name} belongs to a URL, and the server is a command", next="Leave it out")
            return StdioTarget(self.line.command, dict(map(variable, self.env or ())), self.cwd)
        if self.line.url is None:
            raise UsageError(
                "No server to connect to",
                next="End with `-- COMMAND…`, a URL, or a name that mcp-inspect servers lists",
            )
        for name, value in (("-e", self.env), ("--cwd", self.cwd)):
            if value:
                raise UsageError(f"{name} belongs to a command, and the server is a URL", next="Leave it out")
        if self.transport not in (None, *_TRANSPORTS):
            raise UsageError(
                f"There is no transport {self.transport!r}", next=f"Use one of {', '.join(_TRANSPORTS)}"
            )
        if self.key is not None and self.cert is None:
            raise UsageError("--key is the key of a certificate", next="Name that with --cert")
        return HttpTarget(
            usable_url(self.line.url),
            tuple(map(header, self.header or ())),
            insecure=self.insecure,
            cacert=self.cacert,
            cert=self.cert,
            key=self.key,
            unix_socket=self.unix_socket,
            transport=self.transport or "auto",  # type: ignore[arg-type]  # one of _TRANSPORTS
        )

    @property
    def names_nothing(self) -> bool:
        """Whether the line says nothing of any server."""
        line = self.line
        about = (
            line.command,
            line.url,
            line.name,
            self.env,
            self.cwd,
            self.yes,
            self.input,
            *self._for_urls(),
        )
        return not any(each not in (None, False, []) for each in about)

    def _for_urls(self) -> list[str]:
        """The options on the line that a URL alone can use, as they are spelt."""
        return [f"--{name.replace('_', '-')}" for name in _OF_A_URL if getattr(self, name)]

    def options(self) -> Options:
        """How to talk to the server.

        Raises:
            UsageError: A version that does not exist, a time that is none, answers that cannot be read.
        """
        from inspector.session.options import Options
        from inspector.wire.versions import ALL

        if self.protocol != "auto" and self.protocol not in ALL:
            raise UsageError(
                f"There is no protocol version {self.protocol!r}", next=f"Use one of {_PROTOCOLS}"
            )
        options = Options(
            protocol=self.protocol,
            timeout=seconds(self.timeout),
            reset_on_progress=self.reset_on_progress,
        )
        if self.answers is not None:
            from inspector.cli.asked import scripted

            options = scripted(options, self.answers)
        if self.root or self.declare or self.undeclare:
            from inspector.cli.declaring import declaring

            options = declaring(options, self.root or (), self.declare or (), self.undeclare or ())
        if self.faults is not None:
            from inspector.gate.faults import load

            options = replace(options, faults=load(Path(self.faults)))
        return options

    def recording(self) -> Path | None:
        """The file to keep the session in, if one was named.

        Raises:
            UsageError: Asked for and against at once.
        """
        if self.record is not None and self.no_record:
            raise UsageError("--record and --no-record exclude each other", next="Leave one of them out")
        if self.record == "-":
            raise UsageError("--record takes the name of a file", next="--trace shows a session as it goes")
        return None if self.record is None else Path(self.record)


_OF_A_COMMAND = ("env", "cwd")
_OF_A_NAME = ("input", "yes")
_OF_A_URL = ("header", "cacert", "insecure", "cert", "key", "unix_socket", "transport")

_HELP = inspect.Parameter(
    "help",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    # Declared like any other flag: Typer's own would import pydantic to convert the `None` of its absence.
    annotation=Annotated[
        bool,
        typer.Option("-h", "--help", is_eager=True, callback=show_help, help="Show this message and exit."),
    ],
)


@functools.cache
def _shared_parameters() -> tuple[inspect.Parameter, ...]:
    """The fields of `Wanted` as parameters of a function."""
    hints = typing.get_type_hints(Wanted, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return tuple(
        inspect.Parameter(field.name, keyword, default=field.default, annotation=hints[field.name])
        for field in fields(Wanted)
        if field.name != "line"
    )


_WITHOUT_RESULT = ("attach", "proxy", "record", "serve")
_PASSED_ON = ("header", "cacert", "insecure", "cert", "key", "unix_socket")


@functools.cache
def meaningless(verb: str) -> frozenset[str]:
    """The shared options, by their fields of `Wanted`, that a verb does not take: nothing would come of them.

    `demo` brings its server, the others of `SERVERLESS` have none, `auth` talks to a URL and calls nothing,
    `proxy` passes on what others say.
    Only the app watches, and what prints no result prints none as JSON.
    """
    every = {each.name for each in _shared_parameters()}
    unwatched = frozenset(() if verb in ("open_", "_root") else watched.OPTIONS)
    unwatched |= frozenset(() if verb in ("open_", "_root", "demo", "replay") else browser.OPTIONS)
    unwatched |= frozenset(("json",) if verb in _WITHOUT_RESULT else ())
    match verb:
        case "demo":
            return unwatched.union(_OF_A_COMMAND + _OF_A_URL + _OF_A_NAME + authorization.OPTIONS)
        case "auth":
            asked_back = {"answers", "root", "declare", "undeclare", "reset_on_progress", "faults"}
            return unwatched.union(asked_back, _OF_A_COMMAND)
        case "proxy":  # the host says everything itself, and hears it; ours is the way to the server
            kept = {"record", "no_record", "redact", "faults", *_OF_A_NAME, *_PASSED_ON}
            return unwatched.union(every - kept)
        case "serve":  # what its clients do can be kept
            return unwatched.union(every - {"record", "redact"})
        case _:
            return unwatched.union(every - {"json", "web"} if verb in SERVERLESS else ())


def _is_usual(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is None or source.name == "DEFAULT"


def connecting(verb: Callable[Concatenate[Wanted, P], int | Work]) -> Callable[..., int]:
    """`verb` as Typer calls it: the shared options in its signature, one `Wanted` in its hands.

    What a verb returns is its exit code, or the work to do on a connection of its own.
    """

    def run(context: typer.Context, **given: Any) -> int:
        shared = {name: given.pop(name) for name in names}
        del given["help"]
        if "timeout" in names or "header" in names:  # the verb connects
            from inspector.cli.configured import configured

            missing = [name for name in names if _is_usual(context, name)]
            shared |= configured(missing, url=bool(context.obj and context.obj.url))
        if shared.get("redact"):
            from inspector.journal.redaction import also_redact

            also_redact(shared["redact"])
        wanted = Wanted(line=context.obj or Line(()), **shared)
        if wanted.line.name is not None and context.parent is not None:  # the verb, not the group around it
            from inspector.cli.named import resolved

            wanted = resolved(wanted, wanted.line.name, tuple(TABLE))
        done = verb(wanted, **given)  # type: ignore[call-arg]
        if isinstance(done, int):
            return done
        from inspector.cli.oneshot import once

        return once(wanted, done)

    left_out = meaningless(verb.__name__)
    shared_parameters = [each for each in _shared_parameters() if each.name not in left_out]
    names = [each.name for each in shared_parameters]
    own = list(inspect.signature(verb).parameters.values())[1:]
    own_hints = typing.get_type_hints(verb, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(each.replace(kind=keyword, annotation=own_hints[each.name]) for each in own),
        *shared_parameters,
        _HELP,
    ]
    run.__name__, run.__doc__ = verb.__name__, verb.__doc__
    run.__signature__ = inspect.Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def examples(*lines: str) -> str:
    """The end of a verb's help. `\\b` keeps Typer from filling the lines into a paragraph."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])
