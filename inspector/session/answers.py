"""Who answers what a server asks back, and with what: policies, scripted answers, and how one declines.

Pure. Where questions wait for their answers is `inspector.session.inbox`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from inspector.errors import UsageError
from inspector.session.peer import Answer, Policy, decline
from inspector.session.serving import AskedKind, declares, kind_of
from inspector.wire.jsonrpc import Frame, encode
from inspector.wire.versions import INVALID_PARAMS, REFUSED

Word: TypeAlias = Literal["ask", "decline", "ignore"]

_TOOLS = ("tools", "toolChoice")


@dataclass(frozen=True, slots=True)
class Script:
    """Answers that are known beforehand.

    Attributes:
        answers: Takes the request; `None` where it has no answer to it.
        otherwise: What becomes of a request that it has no answer to.
    """

    answers: Policy
    otherwise: Word = "ignore"

    def answer(self, frame: Frame, declared: Mapping[str, Any]) -> Answer | None:
        """Its answer to a request, `declared` being what we told the server that it may ask.

        `CreateMessageRequestParams.tools` since 2025-11-25: who did not declare tools must not answer.
        """
        return None if _wants_tools(frame) and not _has_tools(declared) else self.answers(frame)


Rule: TypeAlias = Word | Script


@dataclass(frozen=True, slots=True)
class Policies:
    """What becomes of a request of the server, by its kind."""

    roots: Rule = "decline"
    sampling: Rule = "decline"
    form: Rule = "decline"
    url: Rule = "decline"
    other: Rule = "decline"

    @classmethod
    def every(cls, rule: Rule) -> Policies:
        """The same for all kinds that the protocol knows; what it does not know is declined."""
        return cls(rule, rule, rule, rule)

    def asking(self) -> Policies:
        """A person is there: these policies, where whatever no script answers is asked, of every kind."""
        return Policies(*(_asking(getattr(self, name)) for name in self.__slots__))

    def of(self, kind: AskedKind) -> Rule:
        """The rule for one kind."""
        rule: Rule = getattr(self, kind.removeprefix("elicitation-"))
        return rule


def _asking(rule: Rule) -> Rule:
    return replace(rule, otherwise="ask") if isinstance(rule, Script) else "ask"


@dataclass(frozen=True, slots=True)
class Raw:
    """A result as text that somebody typed: sent exactly so, valid JSON or not."""

    text: bytes


Reply: TypeAlias = Answer | Raw


def text_of(reply: Reply) -> bytes:
    """An answer as JSON text: the bare result, or the error object.

    Raises:
        ValueError, TypeError, RecursionError: It cannot be written as JSON.
    """
    if isinstance(reply, Raw):
        # On a pipe a line feed would end the message.
        return reply.text.replace(b"\n", b" ").replace(b"\r", b" ")
    if reply.error is None:
        return encode(reply.result)
    return encode({"code": reply.error[0], "message": reply.error[1]})


def accepted(params: Mapping[str, Any], content: Mapping[str, Any] | None = None) -> Answer:
    """Consent to an elicitation: to a form with its defaults filled in, under `content`; to a URL bare.

    client/elicitation: `content` belongs to forms only, and consenting to a URL is not being done there.
    """
    if params.get("mode") == "url":
        return Answer({"action": "accept"})
    # Imported here: whoever is asked nothing needs no forms.
    from inspector.forms.draft import initial
    from inspector.forms.plan import plan
    from inspector.forms.value import value_of

    root = plan(params.get("requestedSchema"))
    value, _ = value_of(root, initial(root))
    return Answer(
        {"action": "accept", "content": {**(value if isinstance(value, dict) else {}), **(content or {})}}
    )


def declined(kind: AskedKind, frame: Frame, declared: Mapping[str, Any]) -> Answer:
    """How one declines: an elicitation by its action, the rest by an error.

    Args:
        kind: What was asked for.
        frame: The request.
        declared: What we told the server that it may ask; of the rest it hears that it may not.
    """
    if not declares(declared, kind):
        name, _, mode = kind.partition("-")
        if mode and name in declared:  # 2025-11-25, client/elicitation, "Error Handling"
            return _undeclared(f"{name}.{mode}")
        return decline(frame)
    if _wants_tools(frame) and not _has_tools(declared):
        return _undeclared("sampling.tools")
    if kind in ("elicitation-form", "elicitation-url"):
        return Answer({"action": "decline"})
    return Answer(error=(REFUSED, f"The user declined {frame.method}"))


def _wants_tools(frame: Frame) -> bool:
    """Whether a model is to be given tools (2025-11-25, client/sampling, "Tools in Sampling")."""
    return frame.method == "sampling/createMessage" and not frame.params.keys().isdisjoint(_TOOLS)


def _has_tools(declared: Mapping[str, Any]) -> bool:
    """Whether we declared so; where not, an error is the only answer that there may be."""
    sampling = declared.get("sampling")
    return isinstance(sampling, Mapping) and "tools" in sampling


def _undeclared(capability: str) -> Answer:
    says = f"Invalid params: this client does not declare the capability {capability!r}"
    return Answer(error=(INVALID_PARAMS, says))


def model_says(text: str) -> Answer:
    """The result of a sampling that a person made up (client/sampling)."""
    content = {"type": "text", "text": text}
    return Answer({"role": "assistant", "content": content, "model": "a person", "stopReason": "endTurn"})


def roots_of(given: list[Any]) -> Answer:
    """Roots from URIs and paths; objects go as they are."""
    return Answer({"roots": [root if isinstance(root, dict) else place_of(str(root)) for root in given]})


def place_of(place: str) -> dict[str, Any]:
    """A root from a URI, or from a path, which becomes one with its last part for a name."""
    if "://" in place:
        return {"uri": place}
    path = Path(place).expanduser().absolute()
    return {"uri": path.as_uri(), "name": path.name or str(path)}


_EXAMPLE = 'For example {"roots": ["."], "sampling": "Yes.", "elicitation": {"name": "Ada"}}'
_ACTIONS = ("accept", "decline", "cancel")


class Answers:
    """Answers from a document: a `Policy`, to be put into a `Script`.

    The document is an object. `roots` is a list of paths, URIs or root objects. `sampling` is what the
    model says, or a whole result. `elicitation` is the content of a form (its defaults are filled in), one
    of the words accept, decline and cancel, or a result with an `action`. For `sampling` and `elicitation`
    a list gives one answer to each request in turn; what stands alone answers all of them.

    Raises:
        UsageError: The document is none of that.
    """

    def __init__(self, document: Any) -> None:
        if not isinstance(document, dict):
            raise UsageError("Answers are a JSON object", next=_EXAMPLE)
        unknown = sorted(document.keys() - {"roots", "sampling", "elicitation"})
        if unknown:
            raise UsageError(f"Nothing is asked back by the name {unknown[0]!r}", next=_EXAMPLE)
        if not isinstance(document.get("roots", []), list):
            raise UsageError("The answer to roots is a list", next=_EXAMPLE)
        for name, allowed in (("sampling", (str, dict)), ("elicitation", (str, dict))):
            for given in _each(document.get(name, [])):
                if not isinstance(given, allowed):
                    raise UsageError(f"{given!r} is no answer to {name}", next=_EXAMPLE)
                if name == "elicitation" and isinstance(given, str) and given not in _ACTIONS:
                    raise UsageError(
                        f"An elicitation is answered by accept, decline or cancel, not {given!r}"
                    )
        self._given = document
        self._used = dict.fromkeys(document, 0)

    @property
    def serves(self) -> frozenset[str]:
        """What it can answer, in the words of `inspector.session.serving`."""
        served = {name for name in ("roots", "sampling") if name in self._given}
        if "elicitation" in self._given:
            served.add("elicitation.form")
            if any(_action(given) for given in _each(self._given["elicitation"])):
                served.add("elicitation.url")
        return frozenset(served)

    def __call__(self, frame: Frame) -> Answer | None:
        kind = kind_of(frame.method or "", frame.params)
        if kind == "roots":
            return roots_of(self._given["roots"]) if "roots" in self._given else None
        name = kind.partition("-")[0]
        given = self._given.get(name)
        if given is None:
            return None
        if isinstance(given, list):
            if self._used[name] >= len(given):
                return None
            given = given[self._used[name]]
        if name == "sampling":
            answer: Answer | None = model_says(given) if isinstance(given, str) else Answer(given)
        else:
            answer = _elicited(frame.params, given)
        if answer is not None:
            self._used[name] += 1
        return answer


def _each(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _action(given: Any) -> str:
    """The action that an answer names; empty for the content of a form."""
    if isinstance(given, str):
        return given
    if isinstance(given, dict) and given.keys() <= {"action", "content"} and given.get("action") in _ACTIONS:
        return str(given["action"])
    return ""


def _elicited(params: Mapping[str, Any], given: Any) -> Answer | None:
    if isinstance(given, str):
        return accepted(params) if given == "accept" else Answer({"action": given})
    if _action(given):
        return Answer(given)
    # The content of a form says nothing about going to some URL.
    return None if params.get("mode") == "url" else accepted(params, given)
