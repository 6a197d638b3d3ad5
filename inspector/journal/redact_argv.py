"""Secrets on a command line become fingerprints before it is shown or written down.

What an option, a variable, a header or a member of JSON holds goes by its name; what stands bare goes where
its own form says what it is. Nothing is guessed: `-p VALUE` is a port as well as a password, and it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from inspector.journal.redact import fingerprint, is_secret_name, redact_header, redact_url

_SECRET_NAME: Final = re.compile(
    r"token|secret|passw|passphrase|credential|authorization|bearer|(?:api|access|private)[-_]?key"
    r"|(?:^|[-_])(?:key|pat|pass|pwd|pw|auth|otp)$",
    re.IGNORECASE,
)
_OTHER_NAME: Final = re.compile(
    r"tokeni[sz]|secretar|passwordless|(?:max|min|num)[-_]?(?:[a-z]{1,20}[-_]?)?tokens?$"
    r"|tokens?[-_]?(?:limit|count|budget)$|[-_](?:file|path|dir|url|uri|env|env[-_]var|ttl)$",
    re.IGNORECASE,
)
"""What sounds like a secret and is none: a number of tokens, or where the secret is to be found."""
_VARIABLE_FLAGS: Final = frozenset({"-e", "--env"})
"""What takes `NAME=VALUE` in docker, in podman, and here. Values of variables are never shown."""
_FLAG: Final = re.compile(r"(?P<name>-{1,2}[^=\s]+)(?:=(?P<value>.*))?", re.DOTALL)
_ASSIGNMENT: Final = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.+)", re.DOTALL)
_HEADER: Final = re.compile(r"(?P<name>[A-Za-z0-9-]+): *(?P<value>.+)", re.DOTALL)
_CREDENTIALS: Final = re.compile(
    r"Bearer +\S.*|Basic +(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    re.IGNORECASE | re.DOTALL,
)
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,31}://", re.ASCII)  # bounded: a word may be a megabyte

_WORD = r"(?<![^\s;&|\"'])"  # the beginning of one, in a shell's line
_IN_JSON: Final = (
    ('"', r'(?s)"(?P<name>[^"\\]{1,80})"\s{0,9}:\s{0,9}"(?P<secret>(?:[^"\\]|\\.)++)"'),
    # JSON inside a string of JSON.
    ('\\"', r'\\{1,3}"(?P<name>[^"\\]{1,80})\\{1,3}"\s{0,9}:\s{0,9}\\{1,3}"(?P<secret>[^"\\]++)'),
)
_IN_TEXT: Final = (
    (
        "authorization",
        r"(?i)\bauthorization[\"'\\]{0,4}\s{0,9}[:=]\s{0,9}[\"'\\]{0,4}"
        r"(?:(?:bearer|basic|token|apikey|digest) {1,9})?(?P<secret>[^\s\"',;}$\\][^\s\"',;}\\]*)",
    ),
    ("bearer", r"(?i)\bbearer {1,9}(?P<secret>(?=\S{0,99}\d)[A-Za-z0-9._~+/=-]{8,})"),
    ("=", _WORD + r"(?P<name>-{0,2}[A-Za-z_][\w-]{0,80})=[\"']?(?P<secret>[^\s\"';&|$][^\s\"';&|]*)"),
    ("--", _WORD + r"(?P<name>--[A-Za-z][\w-]{0,80})\s{1,9}[\"']?(?P<secret>[^\s\"';&|$-][^\s\"';&|]*)"),
    # USER:PASSWORD@HOST without a scheme: with a port, a path or tcp(), so that it is no address.
    (
        "@",
        r"(?<![^\s=,;\"'])(?!(?:sips?|xmpp|mailto|npm|jsr|pkg):)[A-Za-z_][\w.-]{0,63}:"
        r"(?P<secret>[^\s:@/\\]{1,256})"
        r"@(?=(?:tcp|unix)\(|localhost\b|[A-Za-z0-9.-]{1,253}(?::\d{1,5}\b|/))",
    ),
    # Recognisable by intent of who issued it, and JSON Web Tokens.
    (
        "",
        r"(?:(?<![A-Za-z0-9])|(?<=^-[A-Za-z]))(?P<secret>"
        r"sk-(?=[a-z0-9_-]{0,200}[A-Z])(?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9_-]{20,}"  # a name may begin so
        r"|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|gl(?:pat|rt|dt|ptt|cbt)-[A-Za-z0-9_-]{16,}"
        r"|xox[a-z]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}"
        r"|pypi-[A-Za-z0-9_-]{50,}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}"
        r"|GOCSPX-[A-Za-z0-9_-]{20,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{20,}"
        r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|gsk_[A-Za-z0-9]{40,}|ntn_[A-Za-z0-9]{40,}"
        r"|lin_api_[A-Za-z0-9]{32,}|figd_[A-Za-z0-9_-]{32,}|sbp_[a-f0-9]{40}|dop_v1_[a-f0-9]{64}"
        r"|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)",
    ),
)
"""What must be in a text, in lower case, and the pattern that is compiled for a text that has it."""
_SHORTEST: Final = 8
_LONGEST: Final = 8192
"""Characters of a word that is looked through for what stands in the middle of it."""


def redact_argv(argv: Iterable[str]) -> tuple[str, ...]:
    """A command line with the values of options and variables that sound secret as fingerprints.

    `--api-key VALUE`, `--api-key=VALUE`, `API_KEY=VALUE`, `Authorization: VALUE`, `{"apiKey": "VALUE"}` and
    credentials in URLs are recognised by name, also within a line for a shell, and `-e NAME=VALUE` whatever
    the name; a secret that stands bare among the arguments, or behind an option of one letter, only where
    its own form says what it is.
    """
    cleaned: list[str] = []
    before: re.Match[str] | None = None  # the flag without a value that the word before was
    for word in argv:
        flag = _FLAG.fullmatch(word)
        # A token may begin with a dash: only what looks like a flag of its own is taken for one.
        own_flag = flag is not None and (word.startswith("--") or len(word) == 2)
        if before is not None and _sounds_secret(before["name"]) and not own_flag:
            cleaned.append(fingerprint(word))
        else:
            variable = before is not None and before["name"] in _VARIABLE_FLAGS
            cleaned.append(_redact_word(word, flag or _ASSIGNMENT.fullmatch(word), variable))
        before = flag if flag is not None and flag["value"] is None else None
    return tuple(cleaned)


def _redact_word(word: str, named: re.Match[str] | None, variable: bool) -> str:
    if named is None or not named["value"]:
        return _redact_text(word)
    name, value = named["name"], named["value"]
    if variable or _sounds_secret(name):
        return f"{name}={fingerprint(value)}"
    if name in _VARIABLE_FLAGS:
        inner, equals, value = value.partition("=")
        return f"{name}={inner}={fingerprint(value)}" if equals and value else word
    return f"{name}={_redact_text(value)}"


def _redact_text(text: str) -> str:
    header = _HEADER.fullmatch(text)
    if header is not None and is_secret_name(header["name"]):
        return f"{header['name']}: {redact_header(header['name'], header['value'])}"
    if _CREDENTIALS.fullmatch(text):
        return redact_header("Authorization", text)
    if _URL.search(text):
        text = redact_url(text)
    lower = text.lower()
    for sign, pattern in (*_IN_JSON, *_IN_TEXT) if _SHORTEST <= len(text) <= _LONGEST else _IN_JSON:
        if sign in lower:
            text = re.sub(pattern, _hidden, text)
    return text


def _hidden(found: re.Match[str]) -> str:
    name = found.groupdict().get("name")
    if name is not None and not _sounds_secret(name):
        return found[0]
    start, end = (at - found.start() for at in found.span("secret"))
    return f"{found[0][:start]}{fingerprint(found['secret'])}{found[0][end:]}"


def _sounds_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None and _OTHER_NAME.search(name) is None
