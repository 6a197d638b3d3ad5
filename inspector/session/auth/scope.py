"""Which scopes to ask for: specification 2026-07-28, "Scope Selection Strategy" and "Refresh Tokens"."""

from __future__ import annotations

from collections.abc import Sequence

OFFLINE = "offline_access"


def union(*scopes: str) -> str:
    """Every scope of several space-separated lists once, in order."""
    return " ".join(dict.fromkeys(" ".join(scopes).split()))


def missing(granted: str, wanted: str) -> str:
    """The scopes of `wanted` that are not in `granted`."""
    held = set(granted.split())
    return " ".join(scope for scope in dict.fromkeys(wanted.split()) if scope not in held)


def choose(
    *,
    given: str | None,
    challenged: str,
    supported: Sequence[str] | None,
    server: Sequence[str] | None,
    previous: str = "",
    offline: bool = True,
) -> tuple[str, str]:
    """The scopes to ask for, and why these, in words. Empty: the parameter is left out.

    Args:
        given: By the user, instead of what the server says.
        challenged: Of the challenge.
        supported: Of the protected resource's metadata.
        server: Of the authorization server's metadata.
        previous: Asked for before, when it is a step-up: the union is asked for.
        offline: A refresh token would be of use.
    """
    if given is not None:
        return union(previous, given), "as given" if not previous else "as given, and those of before"
    if challenged:
        chosen, why = challenged, "those of the challenge"
    elif supported:
        chosen, why = (
            " ".join(scope for scope in supported if scope != OFFLINE),
            "all that the resource lists",
        )
    else:
        chosen, why = "", "none, because the server names none"
    if previous:
        chosen, why = union(previous, chosen), f"those of before and {why}"
    # Asked for on its own it would narrow the scopes that a server grants by default.
    if offline and chosen and OFFLINE in (server or ()):
        chosen, why = union(chosen, OFFLINE), f"{why}, and {OFFLINE} for a refresh token"
    return chosen, why
