"""The formats of JSON Schema: whether a text is a date, a URI, an address.

By the grammar that the specification names for each (JSON Schema 2020-12, validation 7.3), with the
standard library alone. `format` only annotates: what is told here warns and prevents nothing, so where a
grammar is too large to be held whole the doubt is for the text. Nothing is ever looked up.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date

from inspector.forms.pattern import compiled

_LONGEST = 10_000
"""Longer texts pass unseen: nobody types them into a field."""

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):(\d\d))", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:\d+W|(?=.)(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?"
    r"(?:T(?=\d)(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)",
    re.ASCII,
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_ATOMS = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)
_NOT_IN_URI = re.compile(r"[^!#-;=?-Z\[\]_a-z~]")
_NOT_IN_IRI = re.compile(r'[\x00- "<>\\^`{|}\x7f-\x9f]')
_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//([^/?#]*)", re.IGNORECASE)
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_RELATIVE_POINTER = re.compile(r"(?:0|[1-9]\d*)(?:[+-][1-9]\d*)?(?:#|(?:/(?:[^~/]|~[01])*)*)", re.ASCII)
_EXPRESSION = re.compile(
    r"\{[+#./;?&=,!@|]?[\w.%]+(?:\*|:[1-9]\d{0,3})?(?:,[\w.%]+(?:\*|:[1-9]\d{0,3})?)*\}", re.ASCII
)


def suits(name: str, text: str) -> bool:
    """Whether `text` is of the format `name`; true of formats that are not known here."""
    known = _FORMATS.get(name)
    return known is None or len(text) > _LONGEST or known(text)


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    year, month, day = map(int, found.groups())
    try:
        date(year or 400, month, day)  # RFC 3339 has a year 0, a leap year; Python has none
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    found = _TIME.fullmatch(text)
    if found is None:
        return False
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    away = int(found[5] or 0), int(found[6] or 0)
    if hour > 23 or minute > 59 or second > 60 or away[0] > 23 or away[1] > 59:
        return False
    if second < 60:
        return True
    # A leap second ends the last minute of a day in UTC.
    offset = (away[0] * 60 + away[1]) * (-1 if found[4] == "-" else 1)
    return (hour * 60 + minute - offset) % 1440 == 1439


def _is_date_time(text: str) -> bool:
    return text[10:11] in ("T", "t") and _is_date(text[:10]) and _is_time(text[11:])


def _is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text) is not None


def _is_hostname(text: str) -> bool:
    return 0 < len(text) <= 253 and all(map(_LABEL.fullmatch, text.removesuffix(".").split(".")))


def _is_idn_hostname(text: str) -> bool:
    try:
        return _is_hostname(text.encode("idna").decode("ascii"))
    except UnicodeError:
        return False


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return text.isascii()


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return text.isascii() and "%" not in text


def _is_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    if not (_ATOMS.fullmatch(local) or _QUOTED.fullmatch(local)):
        return False
    if domain.startswith("[") and domain.endswith("]"):
        literal = domain[1:-1]
        return _is_ipv6(literal[5:]) if literal[:5].casefold() == "ipv6:" else _is_ipv4(literal)
    return _is_hostname(domain)


def _is_idn_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    plain = re.sub(r"[^\x00-\x9f]", "a", local)
    return bool(_ATOMS.fullmatch(plain) or _QUOTED.fullmatch(plain)) and _is_idn_hostname(domain)


def _reference(odd: re.Pattern[str], text: str) -> bool:
    if odd.search(text) or _PERCENT.search(text) or text.count("#") > 1:
        return False
    authority = _AUTHORITY.match(text)
    if authority is not None:
        userinfo, _, host = authority[1].rpartition("@")
        address, bracket, port = host.partition("]")
        if bracket and address.startswith("["):
            return (_is_ipv6(address[1:]) or address[1:2] in "vV") and bool(re.fullmatch(r"(?::\d*)?", port))
        host, _, port = host.partition(":")
        if "[" in userinfo + host or "]" in userinfo + host or not re.fullmatch(r"\d*", port, re.ASCII):
            return False
        text = text[authority.end() :]
    if "[" in text or "]" in text:
        return False
    # Without a scheme the first segment of a path must not look like one.
    return _SCHEME.match(text) is not None or ":" not in re.split("[/?#]", text, maxsplit=1)[0]


def _is_uri_reference(text: str) -> bool:
    return _reference(_NOT_IN_URI, text)


def _is_uri(text: str) -> bool:
    return _SCHEME.match(text) is not None and _reference(_NOT_IN_URI, text)


def _is_iri_reference(text: str) -> bool:
    return _reference(_NOT_IN_IRI, text)


def _is_iri(text: str) -> bool:
    return _SCHEME.match(text) is not None and _reference(_NOT_IN_IRI, text)


def _is_uri_template(text: str) -> bool:
    rest = _EXPRESSION.sub("", text)
    return not re.search(r"[{}\x00- \"'<>\\^`|]", rest)


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _is_pointer(text: str) -> bool:
    return _POINTER.fullmatch(text) is not None


def _is_relative_pointer(text: str) -> bool:
    return _RELATIVE_POINTER.fullmatch(text) is not None


def _is_regex(text: str) -> bool:
    """Not surely wrong: what ECMA 262 knows beyond Python's expressions passes."""
    try:
        compiled(text)
    except (re.error, RecursionError, OverflowError):
        plain = re.sub(r"\\p\{\w+(?:=\w+)?\}|\\P\{\w+(?:=\w+)?\}|\\u\{[0-9a-fA-F]+\}|\\c[A-Za-z]", "a", text)
        plain = re.sub(r"\(\?<(?=[A-Za-z_$])", "(?P<", plain).replace("\\/", "/").replace("\\-", "-")
        plain = re.sub(r"\\k<\w+>", "a", plain)
        try:
            compiled(plain)
        except (re.error, RecursionError, OverflowError) as error:
            # Python wants lookbehinds of one width and repeats no assertion; ECMA has no such rule.
            return "look-behind" in str(error) or not isinstance(error, re.error)
    return True


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "time": _is_time,
    "date-time": _is_date_time,
    "duration": _is_duration,
    "email": _is_email,
    "idn-email": _is_idn_email,
    "hostname": _is_hostname,
    "idn-hostname": _is_idn_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "uri": _is_uri,
    "uri-reference": _is_uri_reference,
    "iri": _is_iri,
    "iri-reference": _is_iri_reference,
    "uri-template": _is_uri_template,
    "uuid": _is_uuid,
    "json-pointer": _is_pointer,
    "relative-json-pointer": _is_relative_pointer,
    "regex": _is_regex,
}
