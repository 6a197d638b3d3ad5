"""Environment variables that a server's own error names, and whether they are set. Never values."""

from __future__ import annotations

import re

from inspector.doctor.complaints import Sign, Words
from inspector.doctor.stdio_rules import Rule
from inspector.doctor.verdict import Found, again

_NAME = r"[A-Z][A-Z0-9_]{2,63}"
_KEY_ERROR = re.compile(rf"^KeyError: ['\"]({_NAME})['\"]$", re.MULTILINE)
_UNBOUND = re.compile(rf"\b({_NAME}): (?:unbound variable|parameter (?:null or )?not set)")
_SETTINGS = re.compile(
    r"validation errors? for (?P<model>\w{1,80})\n(?P<field>[A-Za-z_]\w{0,80})\n\s{1,8}"
    r"(?:Field required|field required|Missing required|Input should)",
)
_ZOD = re.compile(
    rf"\"?path\"?: \[\s{{0,20}}['\"]({_NAME})['\"]\s{{0,20}}\],?\s{{0,20}}\"?message\"?: "
    rf"['\"](?:Required|Invalid)"
)
_LISTED = re.compile(
    rf"^[^\n]{{0,80}}\b(?:[Ee]nvironment|env)\b[^\n]{{0,40}}\b(?:[Vv]ariables?"
    rf"|vars?)\b[^\n]{{0,40}}:?\s{{0,20}}"
    rf"\n?[ \t\-*•]{{0,12}}\b({_NAME})\b",
    re.MULTILINE,
)
_PHRASE = re.compile(
    rf"^(?=[^\n]{{0,600}}(?i:\b(?:not|un|never) ?(?:set|defined|found|provided|specified|configured"
    rf"|present)\b"
    rf"|\bmissing\b|\brequired\b|\bmust (?:be|have|set|provide)\b|\bplease (?:set|provide|define)\b"
    rf"|\bundefined\b|\bexpected\b|\bempty\b|\bneeds?\b))"
    rf"[^\n]{{0,300}}?(?<![\w-])\$?({_NAME})\b[^\n]*$",
    re.MULTILINE,
)
_NAMELESS = re.compile(r"environment variable not found|\bNotPresent\b")
_NO_VARIABLE = re.compile(
    r"ERR_\w+|E[A-Z]{2,}\d*|[A-Z]+_ERROR|HTTP\w*|JSON|YAML|TOML|UTF\w*|ERROR|WARNING|WARN|INFO|DEBUG|FATAL"
    r"|CRITICAL|TRACE|USAGE|MCP|API|URL|URI|SSL|TLS|CLI|TTY|STDIN|STDOUT|STDERR|GLIBC\w*|CERTIFICATE_\w+"
    r"|MODULE_NOT_FOUND|NOT_FOUND|FILE|PATH"
)
_VARIABLE_LIKE = re.compile(r"_|KEY$|TOKEN$|SECRET$|PASSWORD$|URL$|HOST$|USER$")


def _missing(words: Words, name: str, said: str = "") -> Found:
    value = words.place.env.get(name)
    state = "is not set" if value is None else "is set but empty" if not value else "is set"
    rows = tuple(line.row for line in words.lines if name in line.text)[-3:]
    lines = tuple(line.text for line in words.lines if line.row in rows)
    if value:
        says = f"The server complains about {name}, which is set for it: its value may not be what it expects"
        next_step = f"Check the value of {name}"
    else:
        says = f"The server needs the environment variable {name}, which {state} for it"
        next_step = again(words.seen.target, None, "-e", f"{name}=…")
    return Found(
        rule=Rule.VARIABLE_MISSING if not value else Rule.VARIABLE_REFUSED,
        finds=said or f"Its error names {name}, which {state}",
        says=says,
        next=next_step,
        evidence=lines,
        rows=rows,
    )


def _named(words: Words, match: re.Match[str]) -> Found | None:
    name = match[1]
    if _NO_VARIABLE.fullmatch(name):
        return None
    if match[0].startswith("KeyError") and not (
        _VARIABLE_LIKE.search(name) or re.search(r"environ|frozen os|[/\\]os\.py", words.text)
    ):
        return None  # a key of some other mapping
    return _missing(words, name)


def _phrased(words: Words, match: re.Match[str]) -> Found | None:
    """A sentence with a name in capitals; the last one whose name can be one of a variable."""
    for candidate in reversed(list(_PHRASE.finditer(words.text))):
        line = candidate[0]
        if "Cannot read propert" in line:  # of JavaScript: the name is one in the code
            continue
        for name in re.findall(rf"(?<![\w-])\$?({_NAME})\b", line):
            if not _NO_VARIABLE.fullmatch(name) and (
                _VARIABLE_LIKE.search(name) or "environment" in line.lower()
            ):
                return _missing(words, name)
    return None


def _setting(words: Words, match: re.Match[str]) -> Found | None:
    """pydantic-settings names the field; the variable is the same in capitals, perhaps with a prefix."""
    model, field = match["model"], match["field"]
    if not re.search(r"settings|config|env", model, re.IGNORECASE):
        return None
    name = field.upper()
    found = _missing(words, name, f"Its settings ({model}) lack {field}, that is {name} in the environment")
    lines, rows = words.around(match)
    return Found(
        rule=found.rule, finds=found.finds, says=found.says, next=found.next, evidence=lines, rows=rows
    )


def _nameless(words: Words, match: re.Match[str]) -> Found:
    return Found(
        rule=Rule.VARIABLE_MISSING,
        finds="Its error speaks of an environment variable without its name",
        says="The server needs an environment variable that is not set, and does not say which",
        next="Read in the server's documentation which variables it needs, and give them with -e NAME=VALUE",
    )


SIGNS = (
    Sign("environment", _KEY_ERROR, _named),
    Sign("environment", _SETTINGS, _setting),
    Sign("environment", _UNBOUND, _named),
    Sign("environment", _ZOD, _named),
    Sign("environment", _LISTED, _named),
    Sign("environment", _PHRASE, _phrased),
    Sign("environment", _NAMELESS, _nameless),
)
