"""The options about authorization, declared once for every verb that connects, and what they add up to.

`Wanted` (see `inspector.cli.options`) has a field for each. They are listed in the help of `auth` only,
where a person looks for them. A command line is visible to every user of the machine, so a secret may
also stand in a file or in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from inspector.cli.output import say
from inspector.cli.words import read_text
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.cli.options import Wanted
    from inspector.session.auth.model import AuthOptions
    from inspector.session.auth.store import FileStore

PANEL = "Authorization"
"""Marks the options of this module; Typer draws no panels here, the help of `auth` lists them."""

GRANTS = ("authorization-code", "client-credentials", "enterprise-managed")


def _option(name: str, metavar: str, help: str) -> Any:
    return typer.Option(name, metavar=metavar, help=help, hidden=True, rich_help_panel=PANEL)


Text: TypeAlias = str | None
Token = Annotated[
    Text,
    typer.Option(
        "--token", metavar="TOKEN", help="Access token for the server; @FILE reads it, or MCP_INSPECT_TOKEN."
    ),
]
ClientId = Annotated[Text, _option("--client-id", "ID", "A client registered beforehand.")]
ClientSecret = Annotated[
    Text,
    _option("--client-secret", "SECRET", "Its secret; @FILE reads it, or MCP_INSPECT_CLIENT_SECRET."),
]
ClientMetadataUrl = Annotated[
    Text, _option("--client-metadata-url", "URL", "A client id metadata document: the URL is the client id.")
]
Scope = Annotated[Text, _option("--scope", "SCOPES", "Ask for these instead of what the server names.")]
Grant = Annotated[Text, _option("--grant", "GRANT", f"One of {', '.join(GRANTS)}.  [default: {GRANTS[0]}]")]
PrivateKey = Annotated[
    Text,
    _option("--private-key", "FILE", "PEM key that signs for the client, or MCP_INSPECT_PRIVATE_KEY."),
]
SigningAlgorithm = Annotated[
    Text, _option("--signing-algorithm", "NAME", "RS256, PS256, ES256, EdDSA…; else by the key's kind.")
]
CallbackPort = Annotated[
    Text, _option("--callback-port", "PORT", "Where the browser comes back to; else any free port.")
]
CallbackUrl = Annotated[
    Text, _option("--callback-url", "URL", "The whole redirect URI, where a registration insists on one.")
]
NoBrowser = Annotated[
    bool,
    typer.Option(
        "--no-browser",
        help="Print the URL to visit, and take the answer that is pasted.",
        hidden=True,
        rich_help_panel=PANEL,
    ),
]
IdToken = Annotated[
    Text,
    _option(
        "--id-token", "TOKEN", "ID token of the single sign-on; @FILE reads it, or MCP_INSPECT_ID_TOKEN."
    ),
]
IdpIssuer = Annotated[Text, _option("--idp-issuer", "URL", "Issuer of the identity provider.")]
IdpTokenEndpoint = Annotated[
    Text, _option("--idp-token-endpoint", "URL", "Its token endpoint, instead of looking it up.")
]
IdpClientId = Annotated[Text, _option("--idp-client-id", "ID", "Our client id there.")]
IdpClientSecret = Annotated[
    Text,
    _option("--idp-client-secret", "SECRET", "Its secret; @FILE reads it, or MCP_INSPECT_IDP_CLIENT_SECRET."),
]
Past = Annotated[
    list[str] | None,
    typer.Option(
        "--past",
        metavar="RULE",
        help="Go on past this violation on purpose, or past `all`; repeatable.",
        hidden=True,
        rich_help_panel=PANEL,
    ),
]


def auth_options(wanted: Wanted, environ: Mapping[str, str] = os.environ) -> AuthOptions:
    """What a line and the environment say about authorization.

    Raises:
        UsageError: The options contradict one another, or a file cannot be read.
    """
    from inspector.session.auth.model import AuthOptions

    token = _secret("--token", wanted.token, environ)
    if token is not None and wanted.token is not None:
        _alone(wanted)
    grant = wanted.grant or GRANTS[0]
    if grant not in GRANTS:
        raise UsageError(f"There is no grant {grant!r}", next=f"Use one of {', '.join(GRANTS)}")
    options = AuthOptions(
        token=token,
        client_id=wanted.client_id,
        client_secret=_secret("--client-secret", wanted.client_secret, environ),
        client_metadata_url=wanted.client_metadata_url,
        scope=wanted.scope,
        callback_port=_port(wanted.callback_port),
        callback_url=wanted.callback_url,
        browser=not wanted.no_browser,
        grant=grant,  # type: ignore[arg-type]  # one of GRANTS
        private_key=_key(wanted.private_key, environ),
        signing_algorithm=wanted.signing_algorithm or "",
        idp_issuer=wanted.idp_issuer,
        idp_token_endpoint=wanted.idp_token_endpoint,
        idp_client_id=wanted.idp_client_id,
        idp_client_secret=_secret("--idp-client-secret", wanted.idp_client_secret, environ),
        id_token=_secret("--id-token", wanted.id_token, environ),
        past=frozenset(rule for given in wanted.past or () for rule in given.replace(",", " ").split()),
    )
    _complete(options)
    return options


def in_keychain(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment wants secrets in the system's keychain."""
    return environ.get("MCP_INSPECT_KEYCHAIN", "") not in ("", "0")


def store(*, keychain: bool = False, environ: Mapping[str, str] = os.environ) -> FileStore:
    """Where credentials live between runs. What it puts right or keeps aside is said on stderr."""
    from inspector.session.auth.store import FileStore

    return FileStore(
        keychain=keychain or in_keychain(environ), warn=lambda says: say(f"mcp-inspect: {says}.")
    )


def given(wanted: Wanted) -> list[str]:
    """The options about authorization that stand on the line, as they are spelt."""
    return [spelling for spelling, name in _SPELLINGS.items() if getattr(wanted, name)]


OPTIONS = (
    "token", "client_id", "client_secret", "client_metadata_url", "scope", "grant", "private_key",
    "signing_algorithm", "callback_port", "callback_url", "no_browser", "id_token", "idp_issuer",
    "idp_token_endpoint", "idp_client_id", "idp_client_secret", "past",
)  # fmt: skip
"""The fields of `Wanted` that are declared here."""
_SPELLINGS = {f"--{name.replace('_', '-')}": name for name in OPTIONS}


def _alone(wanted: Wanted) -> None:
    others = [spelling for spelling in given(wanted) if spelling != "--token"]
    if others:
        raise UsageError(f"--token and {others[0]} exclude each other", next="Leave one of them out")


def _complete(options: AuthOptions) -> None:
    """Refuse a grant that lacks what it works with."""
    if options.token is not None:
        return
    if options.client_secret is not None and options.client_id is None:
        raise UsageError("A client secret belongs to a client", next="Name it with --client-id")
    if options.grant == "client-credentials":
        if options.client_id is None:
            raise UsageError("Client credentials need a client", next="Name it with --client-id")
        if options.client_secret is None and options.private_key is None:
            raise UsageError(
                "Client credentials need a secret or a key",
                next="Give --client-secret @FILE or --private-key FILE",
            )
    if options.grant == "enterprise-managed":
        if options.id_token is None:
            raise UsageError(
                "Enterprise-managed authorization needs --id-token", next="Give --id-token @FILE"
            )
        if options.idp_issuer is None and options.idp_token_endpoint is None:
            raise UsageError("Enterprise-managed authorization needs --idp-issuer", next="Give its URL")


def _secret(option: str, value: str | None, environ: Mapping[str, str]) -> str | None:
    """A secret from the line, from a file, or from the environment."""
    name = f"MCP_INSPECT_{option[2:].upper().replace('-', '_')}"
    text = environ.get(name) if value is None else value
    if not text:
        if value is not None:
            raise UsageError(f"{option} is empty", next=f"Give it as {option} @FILE, or in {name}")
        return None
    if text.startswith("@"):
        text = read_text(text[1:]).strip()
    if not text or any(character.isspace() or not character.isprintable() for character in text):
        raise UsageError(f"What {option if value is not None else name} gives is no secret of one word")
    return text


def _key(file: str | None, environ: Mapping[str, str]) -> str | None:
    if file is not None:
        return read_text(file.removeprefix("@"))
    text = environ.get("MCP_INSPECT_PRIVATE_KEY")
    return read_text(text[1:]) if text and text.startswith("@") else text or None


def _port(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and int(text[:6]) < 65536):
        raise UsageError("--callback-port takes a port, 0 to 65535", next="For example --callback-port 8123")
    return int(text)
