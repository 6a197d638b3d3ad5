"""The steps of an authorization as entries of two sheets: all steps in one, the selected one in the other.

Each step shows what was asked and answered, what the specification says about it, and the verdict. Every
text of a recording or a server passes `visible` here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from inspector.app.exchange import exchange_entries
from inspector.app.widgets.sheet_lines import Entry, Pieces, heading, line, space
from inspector.journal.authorization import Flow, Step, Verdict
from inspector.session.auth.jwt import decode, expires
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal
    from inspector.session.auth.model import Credentials

MARKS: Mapping[str, tuple[str, str]] = {
    "ok": ("✓", "ok"),
    "note": ("✓", "note"),
    "warning": ("!", "warning"),
    "violation": ("✗", "error"),
    "waiting": ("?", "accent"),
    "running": ("…", "muted"),
    "stopped": ("-", "muted"),
}
"""By state: a shape, and the role of its colour. The word stands beside it always."""

GRANTS: Mapping[str, str] = {
    "authorization-code": "authorization code",
    "client-credentials": "client credentials",
    "enterprise-managed": "enterprise-managed authorization",
}
_WORDS = {"running": "under way", "waiting": "waits"}
_LONGEST = 600
_FACTS = 40
_TOKEN_STEPS = ("token", "refresh")


def title_of(flows: tuple[Flow, ...], flow: Flow) -> str:
    """Which flow is shown, in one line."""
    words = [GRANTS.get(flow.grant, visible(flow.grant)), _text(flow.reason)]
    if len(flows) > 1:
        words.insert(0, f"{flows.index(flow) + 1} of {len(flows)}")
    return " · ".join(word for word in words if word)


def step_entries(flow: Flow) -> list[Entry]:
    """One line a step, and how the flow as a whole stands."""
    entries = [Entry(_key(step), _step_line(step), hang=2, link=step) for step in flow.steps]
    mark, role = MARKS[flow.state]
    if flow.over:
        says = _text(flow.says) or flow.state
        entries += [
            space("space-end"),
            Entry("end", ((f"{mark} ", role), (says, "strong")), hang=2, copy=says),
        ]
        entries += _facts(flow.facts, "end")
    return entries


def _key(step: Step) -> str:
    return f"{step.name}-{step.attempt}"


def _step_line(step: Step) -> Pieces:
    mark, role = MARKS[step.state]
    again = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    passed = ", passed on purpose" if any(verdict.past for verdict in step.verdicts) else ""
    word = _WORDS.get(step.state, step.state) + passed
    return ((f"{mark} ", role), (f"{_text(step.title)}{again}", "text"), (f"  {word}", role))


def detail_entries(journal: Journal, step: Step, token: list[Entry]) -> list[Entry]:
    """Everything about one step.

    Args:
        journal: For its exchanges.
        step: Which.
        token: What is to be said of the token, shown with the step that brought it.
    """
    entries = [heading("title", _text(step.title))]
    entries += _asked(step)
    shown: set[int] = set()
    for verdict in step.verdicts:
        entries += _verdict(verdict)
        if verdict.exchange and verdict.exchange not in shown:
            shown.add(verdict.exchange)
            last = verdict.exchange == step.exchanges[-1]
            entries.append(_exchange(journal, verdict.exchange, unfolded=last))
    if not step.verdicts and not step.asked:
        entries.append(line("purpose", (_text(step.purpose) or "Nothing has come yet.", "muted")))
    if step.name in _TOKEN_STEPS and step.state in ("ok", "note", "warning") and token:
        entries += [space("space-token"), *token]
    return entries


def _asked(step: Step) -> Iterator[Entry]:
    if step.question:
        yield line("question", ("? ", "accent"), (_text(step.question), "text"), hang=2)
    told = {name for verdict in step.verdicts for name in verdict.facts}
    yield from _facts({name: value for name, value in step.asked.items() if name not in told}, "asked")


def _verdict(verdict: Verdict) -> Iterator[Entry]:
    mark, role = MARKS[verdict.judgement]
    word = "" if verdict.judgement == "ok" else f"{verdict.judgement}: "
    key = str(verdict.row)
    pieces = [(f"{mark} ", role), (word, role), (_text(verdict.says), "text")]
    yield Entry(key, tuple(pieces), hang=2, copy=_text(verdict.says))
    where = " · ".join(text for text in (_text(verdict.clause), _text(verdict.rule)) if text)
    if verdict.past:
        where += " · passed on purpose"
    if where:
        yield line(f"{key}-clause", ("  ", "text"), (where, "muted"), hang=4)
    yield from _facts(verdict.facts, key)


def _facts(facts: Mapping[str, Any], key: str) -> list[Entry]:
    known = [(name, value) for name, value in list(facts.items())[:_FACTS] if value not in (None, "", [], {})]
    width = min(24, max((len(str(name)) for name, _ in known), default=0))
    return [
        line(
            f"{key}-{name}",
            ("  ", "text"),
            (f"{_text(str(name)):<{width}}  ", "muted"),
            (_value(value) if name != "expires_at" else _moment(value), "text"),
            hang=width + 4,
        )
        for name, value in known
    ]


def _moment(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return expires(float(value))
    return _value(value)


def _exchange(journal: Journal, number: int, *, unfolded: bool) -> Entry:
    """One line that leads to the network view, and folded below it request and answer."""
    lines: list[Pieces] = []
    says = ""
    for entry in exchange_entries(journal, number):
        if entry.plain.startswith("> ") and not says:
            says = entry.plain[2:]
        lines.append(entry.text)
        lines.extend(((("  ", "text"), *more)) for more in entry.more)
    return Entry(
        f"exchange-{number}",
        (("→ ", "muted"), (f"exchange {number} ", "accent"), (says, "text")),
        more=tuple(lines),
        hang=2,
        link=number,
        unfolded=unfolded,
    )


def token_entries(credentials: Credentials, resource: str, *, revealed: bool) -> list[Entry]:
    """What the access token says of itself, read locally; the token in clear only where asked for.

    Args:
        credentials: As granted.
        resource: The server's URL, beside which the audience is put.
        revealed: Show the tokens themselves.
    """
    from inspector.journal.redact import fingerprint

    tokens = credentials.tokens
    if tokens is None:
        return []
    decoded = decode(tokens.access_token, resource)
    shown = tokens.access_token if revealed else fingerprint(tokens.access_token)
    entries = [
        heading("token", "The access token"),
        Entry("token-itself", ((_text(shown, 20_000), "strong"),)),
        line("token-kind", (decoded.says, "muted")),
        line("token-server", ("server    ", "muted"), (_text(resource), "text"), hang=10),
    ]
    if decoded.kind == "jwt":
        for_whom = ", ".join(map(_text, decoded.audience)) or "none named"
        entries.append(line("token-audience", ("audience  ", "muted"), (for_whom, "text"), hang=10))
    when = decoded.expiry or (expires(tokens.expires_at) if tokens.expires_at is not None else "")
    if when:
        entries.append(line("token-expiry", ("expiry    ", "muted"), (_text(when), "text"), hang=10))
    entries += [
        line(f"token-{name}", (f"{name:<9} ", "muted"), (_text(says), "text"), hang=10)
        for name, says in decoded.times.items()
    ]
    entries += [
        line(f"token-problem-{at}", ("! ", "warning"), (_text(says), "warning"), hang=2)
        for at, says in enumerate(decoded.problems)
    ]
    for name, members in (("header", decoded.header), ("claims", decoded.claims)):
        if members:
            more = tuple(
                ((f"{_text(str(key))}  ", "muted"), (_value(value), "text")) for key, value in members.items()
            )
            entries.append(
                Entry(f"token-{name}", ((name, "text"),), more=more[:200], unfolded=name == "claims")
            )
    if tokens.refresh_token is not None:
        refresh = tokens.refresh_token if revealed else fingerprint(tokens.refresh_token)
        entries.append(
            line("token-refresh", ("refresh   ", "muted"), (_text(refresh, 20_000), "text"), hang=10)
        )
    return entries


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _text(", ".join(value))
    try:
        return _text(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return type(value).__name__


def _text(text: str, longest: int = _LONGEST) -> str:
    return clip(visible(text[: longest * 2]), longest)
