"""What the word that is being typed may become: verbs, names, arguments and their values.

Only what can be typed safely is suggested: a name with anything in it that a terminal would obey, or that
nobody would see, is left out. (It can still be sent, as a line that is a JSON array.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from inspector.cli.shell.lexer import quoted, scan
from inspector.cli.shell.verbs import HELP, NAMES, grammar
from inspector.wire.levels import LEVELS
from inspector.wire.methods import LISTS, METHODS
from inspector.wire.visible import visible

if TYPE_CHECKING:
    from inspector.cli.shell.offers import Offers
    from inspector.session.session import Section

MOST = 500
"""Suggestions at a time."""
_SECTIONS: dict[str, tuple[Section, str]] = {
    "call": ("tools", "name"),
    "prompt": ("prompts", "name"),
    "read": ("resources", "uri"),
    "subscribe": ("resources", "uri"),
    "unsubscribe": ("resources", "uri"),
}
_METHODS = {
    "request": ("request", "client"),
    "notify": ("notification", "client"),
    "wait": ("notification", "server"),
}
_LISTED = ("tools", "prompts", "resources")
_WORDS: dict[str, tuple[str, ...]] = {
    "list": tuple(LISTS),
    "log-level": (*LEVELS, "off"),
    "subscribe": _LISTED,
    "unsubscribe": _LISTED,
}


async def suggest(line: str, begin: int, offers: Offers) -> list[str]:
    """What the end of `line` may be replaced by.

    Args:
        line: What is typed, up to the cursor.
        begin: Where that begins which is replaced: the end of what stays.
        offers: What there is.

    Returns:
        In order; each with a blank at its end where nothing can follow in the same word.
    """
    words = scan(line).words
    touches = bool(words) and words[-1].end == len(line)
    typed = words[-1] if touches else None
    before = [word.text for word in (words[:-1] if touches else words)]
    if before and before[0].startswith("@"):
        before = before[1:]
    prefix = typed.text if typed is not None else ""
    start = typed.start if typed is not None else len(line)
    stays = line[start:begin]  # of the word, what is not replaced
    found = []
    for candidate in await _candidates(before, prefix, offers):
        whole = _written(candidate)
        if candidate.startswith(prefix) and whole.startswith(stays) and visible(candidate) == candidate:
            found.append(whole[len(stays) :])
        if len(found) == MOST:
            break
    return list(dict.fromkeys(found))


def _written(candidate: str) -> str:
    """As a word, and with what ends it unless more of it is to come."""
    return (
        candidate if candidate.endswith("=") and quoted(candidate) == candidate else f"{quoted(candidate)} "
    )


async def _candidates(before: Sequence[str], prefix: str, offers: Offers) -> Iterable[str]:
    if not before:
        return NAMES
    verb, *rest = before
    if verb not in grammar().commands:
        return NAMES if verb == HELP else ()
    if prefix.startswith("-"):
        return _options(verb)
    return await _of(verb, rest, prefix, offers)


def _options(verb: str) -> list[str]:
    params = grammar().commands[verb].params
    return [name for param in params if param.param_type_name == "option" for name in param.opts]


async def _of(verb: str, rest: list[str], prefix: str, offers: Offers) -> Iterable[str]:
    """Candidates for the next word of a verb."""
    option = rest[-1] if rest and rest[-1].startswith("--") else ""
    if verb == "complete":
        return await _completed(rest, option, offers)
    if any(not word.startswith("-") for word in rest):
        if verb == "call":
            return await _arguments_of_tool(rest, prefix, offers)
        return await _arguments_of_prompt(rest, prefix, offers) if verb == "prompt" else ()
    if verb in _SECTIONS:
        section, key = _SECTIONS[verb]
        return (*_WORDS.get(verb, ()), *_names(await offers.entries(section), key))
    if verb in _METHODS:
        return _methods(*_METHODS[verb])
    return _WORDS.get(verb, ())


async def _completed(rest: list[str], option: str, offers: Offers) -> Iterable[str]:
    if option == "--prompt":
        return _names(await offers.entries("prompts"))
    if option == "--resource":
        return _names(await offers.entries("templates"), "uriTemplate")
    if "--prompt" in rest[:-1]:
        entry = await offers.entry("prompts", rest[rest.index("--prompt") + 1])
        return [f"{name}=" for name in _prompt_arguments(entry)]
    return ("--prompt", "--resource") if not rest else ()


async def _arguments_of_tool(rest: list[str], prefix: str, offers: Offers) -> Iterable[str]:
    entry = await offers.entry("tools", _name(rest))
    schema = entry.get("inputSchema")
    key, sign, _ = prefix.partition("=")
    if not sign:
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        return _unset(properties if isinstance(properties, Mapping) else (), rest)
    from inspector.forms.draft import child_of
    from inspector.forms.plan import plan

    field = child_of(plan(schema), key)
    if field is None:
        return ()
    choices = [choice.value for choice in field.choices if isinstance(choice.value, str)]
    return [f"{key}={value}" for value in (("true", "false") if field.kind == "boolean" else choices)]


async def _arguments_of_prompt(rest: list[str], prefix: str, offers: Offers) -> Iterable[str]:
    name = _name(rest)
    key, sign, typed = prefix.partition("=")
    if not sign:
        return _unset(_prompt_arguments(await offers.entry("prompts", name)), rest)
    pairs = (word.partition("=") for word in rest if "=" in word)
    given = {other: value for other, _, value in pairs if other != key}
    values = await offers.values({"type": "ref/prompt", "name": name}, key, typed, given)
    return [f"{key}={value}" for value in values]


def _prompt_arguments(entry: Mapping[str, Any]) -> list[str]:
    arguments = entry.get("arguments")
    named = [each.get("name") for each in arguments or () if isinstance(each, Mapping)] if isinstance(
        arguments, list
    ) else []  # fmt: skip
    return [name for name in named if isinstance(name, str)]


def _unset(names: Iterable[Any], rest: list[str]) -> list[str]:
    """The arguments that no word has given yet."""
    there = {word.partition("=")[0].removesuffix(":") for word in rest}
    return [f"{name}=" for name in names if isinstance(name, str) and name not in there]


def _name(rest: list[str]) -> str:
    return next((word for word in rest if not word.startswith("-")), "")


def _names(entries: Iterable[Mapping[str, Any]], key: str = "name") -> list[str]:
    return [name for entry in entries if isinstance(name := entry.get(key), str) and name]


def _methods(kind: str, sender: str) -> list[str]:
    return [
        name for name, method in METHODS.items() if method.kind == kind and method.sender in (sender, "both")
    ]
