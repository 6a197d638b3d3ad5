"""Puts what a server asks back to the person at the terminal: a form field by field, a URL, roots, a sample.

All that the server says is shown safely, and nothing is opened. Every question can be declined or
cancelled at each prompt.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from inspector.session.answers import accepted, model_says, roots_of
from inspector.session.links import judge
from inspector.session.peer import Answer
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.forms.plan import Field
    from inspector.session.inbox import Entry, Inbox

_LONG = 2000
_SHORT = 200
_HELP = "  Enter takes what stands in [brackets] or leaves a field out; !d declines, !c cancels."
_WORDS = {"!d": "decline", "!decline": "decline", "!c": "cancel", "!cancel": "cancel"}
_BOOLEANS = {"y": "true", "yes": "true", "n": "false", "no": "false"}


class Ask(Protocol):
    """Asks for one line; `None` where no more can come."""

    def __call__(self, prompt: str) -> Awaitable[str | None]: ...


class _Left(Exception):
    """The person answers otherwise.

    Attributes:
        action: `decline` or `cancel`; `end` where no more can be typed.
    """

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


def about(entry: Entry) -> str:
    """A question in a few words. May quote the server."""
    message = entry.params.get("message")
    said = f" “{message}”" if isinstance(message, str) else ""
    call = entry.call
    name = call.params.get("name") or call.params.get("uri") if call and isinstance(call.params, dict) else ""
    return f"{entry.method}{said}" + (f" of {call.method} {name or ''}".rstrip() if call else "")


class Asking:
    """The questions of one session at one terminal.

    Args:
        inbox: Where the answers go.
        ask: Asks for one line; the prompt is made safe there.
        say: Writes lines.
    """

    def __init__(self, inbox: Inbox, ask: Ask, say: Callable[..., object]) -> None:
        self._inbox = inbox
        self._ask = ask
        self._say = say

    async def put(self, entry: Entry) -> None:
        """Put one question, and answer it."""
        self._say("", f"The server asks back: {clip(visible(about(entry)), _LONG)}")
        try:
            match entry.kind:
                case "elicitation-form":
                    answer = await self._form(entry.params)
                case "elicitation-url":
                    answer = await self._url(entry.params)
                case "sampling":
                    answer = await self._sample(entry.params)
                case _:
                    answer = await self._roots()
        except _Left as left:
            if left.action == "end":
                self._say("mcp-inspect: declined: standard input has ended")
            if left.action == "cancel" and entry.kind.startswith("elicitation"):
                self._inbox.answer(entry, Answer({"action": "cancel"}))
            else:
                self._inbox.decline(entry)
            return
        self._inbox.answer(entry, answer)

    async def _line(self, prompt: str) -> str:
        line = await self._ask(prompt)
        if line is None:
            raise _Left("end")
        if line.strip() in _WORDS:
            raise _Left(_WORDS[line.strip()])
        return line

    async def _form(self, params: Mapping[str, Any]) -> Answer:
        from inspector.forms.plan import plan

        schema = params.get("requestedSchema")
        root = plan(schema)
        self._say(_HELP)
        while True:
            content: dict[str, Any] = {}
            for field in root.children:
                await self._field(field, content)
            answer = accepted(params, content)
            problems = self._problems(schema, answer.result["content"])
            if not problems:
                return answer
            self._say(*problems)
            if not (await self._line("Enter asks again, s sends it all the same: ")).startswith("s"):
                continue
            return answer

    async def _field(self, field: Field, content: dict[str, Any]) -> None:
        """Ask for one member of the content; it stays out where nothing is entered."""
        line = await self._line(_prompt(field))
        if line or (field.required and field.kind == "string" and not _default(field)):
            content[field.key] = _value(field, line)

    def _problems(self, schema: Any, content: Any) -> list[str]:
        from inspector.forms.check import check

        return [f"  ! {clip(visible(each.sentence), _SHORT)}" for each in check(schema, content)[:10]]

    async def _url(self, params: Mapping[str, Any]) -> Answer:
        link = judge(params.get("url"))
        self._say(f"  It wants you to go to {link.goes_to or 'an address without a host'}:")
        self._say(f"  {link.before}{link.host}{link.after}")
        self._say(*(f"  ! {warning}." for warning in link.warnings))
        if link.unsafe:
            self._say(f"  ! No browser should be sent there: the URL {visible(link.unsafe)}.")
        while True:
            line = await self._line("y consents, and you go there yourself; !d declines, !c cancels: ")
            if line.strip().lower() in ("y", "yes"):
                return accepted(params)

    async def _sample(self, params: Mapping[str, Any]) -> Answer:
        if isinstance(params.get("systemPrompt"), str):
            self._say(f"  system: {clip(visible(params['systemPrompt']), _LONG)}")
        messages = params.get("messages")
        for message in messages if isinstance(messages, list) else ():
            self._say(f"  {clip(visible(_spoken(message)), _LONG)}")
        return model_says(await self._line("What the model says, one line; !d declines: "))

    async def _roots(self) -> Answer:
        found: list[Any] = []
        self._say("  Roots are folders that the server may work in.")
        while line := (await self._line("A path or file URI; Enter ends the list, !d declines: ")).strip():
            found.append(line)
        return roots_of(found)


def _spoken(message: Any) -> str:
    """One message of a sampling in a line."""
    if not isinstance(message, Mapping):
        return repr(message)
    content = message.get("content")
    parts = content if isinstance(content, list) else [content]
    said = [
        str(part["text"]) if isinstance(part, Mapping) and "text" in part else
        f"[{part.get('type') if isinstance(part, Mapping) else type(part).__name__}]"
        for part in parts
    ]  # fmt: skip
    return f"{message.get('role')}: {' '.join(said)}"


def _prompt(field: Field) -> str:
    """`  age (whole number, at least 0) [36]: `, with all that the schema says about it."""
    noun = {"integer": "whole number", "boolean": "y or n", "string": "text"}.get(field.kind, field.kind)
    choices = field.choices or (field.item.choices if field.item is not None else ())
    if choices:
        noun = ", ".join(f"{number} {choice.title}" for number, choice in enumerate(choices, 1))
        noun += "; several between commas" if field.kind == "array" else ""
    facts = [noun, field.hint, "required" if field.required else ""]
    words = clip(field.title or field.key, _SHORT)
    says = f": {clip(field.description, _SHORT)}" if field.description else ""
    default = _default(field)
    return (
        f"  {words}{says} ({clip(', '.join(filter(None, facts)), 4 * _SHORT)})"
        + (f" [{clip(default, _SHORT)}]" if default else "")
        + ": "
    )


def _default(field: Field) -> str:
    """The default as it would be typed; empty where there is none."""
    from inspector.forms import json_text
    from inspector.forms.unset import UNSET

    if field.default is UNSET:
        return ""
    return field.default if isinstance(field.default, str) else json_text.write(field.default)


def _value(field: Field, line: str) -> Any:
    """What was typed as the value that the field wants; text where it is none."""
    from inspector.forms.value import coerce

    if field.kind == "array" and field.item is not None and not line.lstrip().startswith("["):
        item = field.item
        return [_value(item, part.strip()) for part in line.split(",") if part.strip()]
    if field.kind == "boolean":
        return coerce(field, _BOOLEANS.get(line.strip().lower(), line.strip().lower()))
    if field.kind == "enum" and not any(choice.value == line for choice in field.choices):
        number = int(line) if line.isascii() and line.isdigit() and len(line) < 6 else 0
        if 1 <= number <= len(field.choices):
            return field.choices[number - 1].value
    return coerce(field, line if field.kind == "string" else line.strip())
