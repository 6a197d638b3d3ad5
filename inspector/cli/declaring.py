"""What a command line says of the client itself: roots that it has, capabilities that are declared or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from inspector.cli.words import parse_json
from inspector.errors import UsageError

if TYPE_CHECKING:
    from inspector.session.options import Options


def declaring(
    options: Options, roots: Sequence[str], declare: Sequence[str], undeclare: Sequence[str]
) -> Options:
    """`options` with what was given on the line.

    Args:
        options: How to connect.
        roots: Of `--root`: paths and URIs.
        declare: Of `--declare`: words of `inspector.session.serving.SERVABLE`, identifiers of extensions, or
            either with `=JSON`, which is declared as it stands.
        undeclare: Of `--undeclare`: words and identifiers; what is served is, all the same.

    Raises:
        UsageError: A root without a path, a word that is no capability, JSON that is none.
    """
    if not (roots or declare or undeclare):
        return options
    if not all(roots):
        raise UsageError("--root takes a path or a file URI", next="For example --root .")
    from inspector.session.roots import giving
    from inspector.session.serving import ANSWERABLE

    serves, by_hand = set(options.serves), dict(options.capabilities)
    for word in declare:
        name, equals, text = word.partition("=")
        if not equals:
            whole = name.partition(".")[0]
            serves |= {_known(name), whole if whole in ANSWERABLE else name}
        elif "/" in name:
            value = parse_json(text, f"--declare {name}")
            by_hand["extensions"] = {**by_hand.get("extensions", {}), name: value}
        else:
            by_hand[name] = parse_json(text, f"--declare {name}")
    policies = options.policies
    if roots:
        policies, serves = giving(policies, roots), serves | {"roots", "roots.listChanged"}
    hidden = options.undeclared | {_known(name) for name in undeclare}
    return replace(
        options, serves=frozenset(serves), undeclared=hidden, capabilities=by_hand, policies=policies
    )


def _known(name: str) -> str:
    from inspector.session.serving import EXTENSIONS, SERVABLE

    words = (*SERVABLE, *EXTENSIONS)
    if name in words or "/" in name:
        return name
    near = get_close_matches(name, words, 1)
    raise UsageError(
        f"There is no capability {name!r} that can be served",
        next=f"Did you mean {near[0]}?" if near else f"One of {', '.join(words)}; or NAME=JSON for any other",
    )
