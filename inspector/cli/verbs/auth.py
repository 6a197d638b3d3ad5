"""`mcp-inspect auth login|status|logout`: the credentials of servers at a URL."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.authorization import auth_options, store
from inspector.cli.oneshot import run
from inspector.cli.options import Wanted, examples
from inspector.cli.output import dump, print_json, print_text, say
from inspector.errors import AuthNeeded, InspectError, UsageError
from inspector.journal.redact import redact_url

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.auth.authorizer import OAuth
    from inspector.session.auth.guides import Terminal
    from inspector.session.auth.model import Credentials
    from inspector.session.auth.store import FileStore
    from inspector.session.owner import Session
    from inspector.transport.target import HttpTarget

ACTIONS = ("login", "status", "logout")
HELP_END = examples(
    "mcp-inspect auth login https://example.com/mcp", "mcp-inspect auth status https://example.com/mcp --json"
)
_NOTHING_PUBLISHED = "auth-prm"


def auth(
    wanted: Wanted,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="login, status or logout.")],
    step: Annotated[bool, typer.Option("--step", help="login: stop at each step and ask.")] = False,
    keychain: Annotated[
        bool, typer.Option("--keychain", help="login: keep the secrets in the system's keychain.")
    ] = False,
    show_token: Annotated[
        bool, typer.Option("--show-token", help="login, status: print the access token itself.")
    ] = False,
    all: Annotated[bool, typer.Option("--all", help="logout: every server.")] = False,
) -> int:
    """Authorize for a server at a URL, see what is kept, or forget it.

    login goes through every step with you and keeps what is granted; status shows what is kept, decoded;
    logout revokes and forgets it.
    """
    if action not in ACTIONS:
        raise UsageError(f"auth has no {action!r}", next=f"Use one of {', '.join(ACTIONS)}")
    if wanted.line.command is not None:
        raise UsageError(
            "A command is not authorized: over stdio, credentials come from the environment",
            next="Give a URL",
        )
    if action == "login":
        return _login(wanted, step=step, keychain=keychain, show_token=show_token)
    if action == "status":
        return _status(wanted, show_token=show_token)
    return _logout(wanted, every=all)


def _login(wanted: Wanted, *, step: bool, keychain: bool, show_token: bool) -> int:
    if wanted.line.url is None:
        raise UsageError("auth login needs the server's URL", next="mcp-inspect auth login URL")
    if auth_options(wanted).token is not None:
        raise UsageError(
            "A token that is given needs no login", next="Leave --token out, and MCP_INSPECT_TOKEN unset"
        )
    made: list[OAuth] = []
    guide = _terminal(auth_options(wanted).browser, step)
    authorizing = partial(_with_a_person, wanted, made, guide, keychain=keychain)
    run(wanted, partial(_authorized, made, guide), authorizing=authorizing)
    credentials = made[0].credentials
    if credentials is None:
        says = "The server asks for no authorization, and publishes nothing about any."
        if wanted.json:
            print_json(dump({"url": made[0].resource, "authorized": False}))
        else:
            print_text(says)
        return 0
    from inspector.cli.credentials import as_json, as_text

    if auth_options(wanted).grant != "authorization-code":
        say("mcp-inspect: this is not kept, because it can be had again at any time without a person.")
    if wanted.json:
        print_json(dump({**as_json(credentials, show_token=show_token), "authorized": True}))
    else:
        print_text(*as_text(credentials, show_token=show_token))
    return 0


def _with_a_person(
    wanted: Wanted,
    made: list[OAuth],
    guide: Terminal,
    target: HttpTarget,
    journal: Journal,
    *,
    keychain: bool,
) -> OAuth:
    from inspector.session.auth.authorizer import OAuth

    oauth = OAuth(target, journal, auth_options(wanted), store(keychain=keychain), guide, fresh=True)
    made.append(oauth)
    return oauth


def _terminal(browser: bool, step: bool) -> Terminal:
    """Whoever sits there. Without a terminal only what was asked for by `--no-browser` is read."""
    from inspector.cli.ask import Person
    from inspector.session.auth.browser import find_opener
    from inspector.session.auth.guides import Terminal

    reads = sys.stdin is not None  # it may have been closed before the start
    somebody = reads and sys.stdin.isatty() and sys.stderr.isatty()
    if step and not somebody:
        raise UsageError("--step asks at each step, and there is no terminal", next="Leave it out")
    return Terminal(
        say,
        Person() if somebody or (reads and not browser) else None,
        opener=find_opener() if browser else None,
        steps=step,
        stop_at=(_NOTHING_PUBLISHED,),
    )


async def _authorized(made: list[OAuth], guide: Terminal, session: Session) -> None:
    """The server has let us in: with credentials by now, or it has not asked for any yet."""
    oauth = made[0]
    if oauth.flows:
        return
    say("The server has not asked for authorization so far; looking what it publishes.")
    try:
        await oauth.authorize("asked for by its user")
    except AuthNeeded:
        if not guide.stopped_at:
            raise


def _status(wanted: Wanted, *, show_token: bool) -> int:
    from inspector.cli.credentials import as_json, as_text

    kept = store()
    found = _kept(wanted, kept)
    if wanted.json:
        documents = [
            {**as_json(each, show_token=show_token), "keychain": kept.in_keychain(each.resource)}
            for each in found
        ]
        print_json(dump(documents[0] if wanted.line.url is not None else documents))
        return 0
    if not found:
        print_text("No credentials are kept.")
    for number, each in enumerate(found):
        place = "the system's keychain" if kept.in_keychain(each.resource) else str(kept.path)
        print_text(*([""] if number else []), *as_text(each, show_token=show_token, place=place))
    return 0


def _kept(wanted: Wanted, kept: FileStore) -> list[Credentials]:
    """What is kept for the server of the line, or for all."""
    if wanted.line.url is None:
        return kept.all()
    resource = _resource(wanted)
    credentials = kept.credentials(resource)
    if credentials is None:
        from inspector.session.auth.authorizer import login_line

        raise AuthNeeded(f"No credentials are kept for {redact_url(resource)}", next=login_line(resource))
    return [credentials]


def _logout(wanted: Wanted, *, every: bool) -> int:
    if every == (wanted.line.url is not None):
        raise UsageError("auth logout takes the server's URL, or --all", next="mcp-inspect auth logout URL")
    resource = None if every else _resource(wanted)
    kept = store()
    leaving = [each for each in kept.all() if every or each.resource == resource]
    for credentials in leaving:
        _revoke(wanted, kept, credentials)
    gone = kept.forget(resource)
    if wanted.json:
        print_json(dump({"forgotten": gone}))
    elif every:
        print_text(f"Forgotten: {gone} server{'' if gone == 1 else 's'}.")
    else:
        print_text("Forgotten." if gone else f"No credentials were kept for {redact_url(str(resource))}.")
    return 0


def _revoke(wanted: Wanted, kept: FileStore, credentials: Credentials) -> None:
    """Tell the authorization server, and the person what came of it."""
    import anyio

    from inspector.cli.paint import paint_for
    from inspector.cli.trace import tracer
    from inspector.journal.journal import Journal
    from inspector.session.auth.case import Known
    from inspector.session.auth.revocation import revoke
    from inspector.transport.fetch import fetching
    from inspector.transport.tap import Tap
    from inspector.transport.target import HttpTarget
    from inspector.wire.visible import visible

    journal = Journal.create()
    if wanted.trace:
        journal.add_listener(tracer(say, paint_for(sys.stderr)))
    target = HttpTarget(credentials.resource, insecure=wanted.insecure, cacert=wanted.cacert)

    async def work() -> str:
        async with fetching(target, Tap(journal)) as fetcher:
            return await revoke(credentials, fetcher, Known(store=kept))

    try:
        problem = anyio.run(work)
    except InspectError as error:  # a certificate's file, a proxy: no reason to keep the credentials
        problem = error.message
    finally:
        journal.close()
    if problem:
        say(visible(f"The token for {redact_url(credentials.resource)} is not revoked: {problem}."))


def _resource(wanted: Wanted) -> str:
    from inspector.session.auth.address import canonical
    from inspector.transport.target import HttpTarget

    target: Any = wanted.target()
    assert isinstance(target, HttpTarget)
    return canonical(target.url)
