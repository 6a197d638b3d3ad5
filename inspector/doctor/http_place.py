"""Where a target is, in words and parts, and what is between: small answers that several checks need."""

from __future__ import annotations

import os
import re
import sys
from urllib.parse import SplitResult, urlsplit

from inspector.doctor.http_seen import Exchange
from inspector.journal.redact import redact_url
from inspector.transport import proxies
from inspector.transport.target import HttpTarget
from inspector.wire.visible import visible

_LOCAL = re.compile(
    r"localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1|10\.\d.*|192\.168\..*|172\.(?:1[6-9]|2\d|3[01])\..*|.+\.local"
)


def parts(url: str) -> SplitResult | None:
    """The parts of an http or https URL with a host and a possible port; `None` for anything else."""
    try:
        split = urlsplit(url)
        usable = split.scheme in ("http", "https") and bool(split.hostname)
        return split if usable and (split.port is None or 0 < split.port < 65536) else None
    except ValueError:
        return None


def place(target: HttpTarget) -> str:
    """Host and port, safe for a terminal."""
    split = parts(target.url)
    if split is None:
        return visible(redact_url(target.url))
    host = split.hostname or ""
    port = split.port or (443 if split.scheme == "https" else 80)
    return visible(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def is_local(target: HttpTarget) -> bool:
    """Whether the URL's host is this machine or a private network, by its spelling."""
    split = parts(target.url)
    return split is not None and _LOCAL.fullmatch(split.hostname or "") is not None


def with_scheme(url: str, scheme: str) -> str:
    """The URL under another scheme; its port stays."""
    return urlsplit(url)._replace(scheme=scheme).geturl()


def is_https(target: HttpTarget) -> bool:
    """Whether TLS is to be spoken."""
    return target.url.lower().startswith("https")


def listening_line(port: str) -> str:
    """A line to paste that shows who listens on a port."""
    lines = {"win32": f"netstat -ano | findstr :{port}", "darwin": f"lsof -nP -iTCP:{port} -sTCP:LISTEN"}
    return lines.get(sys.platform, f"ss -ltnp 'sport = :{port}'")


def resolving_line(host: str) -> str:
    """A line to paste that asks the system's resolver for a name."""
    lines = {"win32": f"nslookup {host}", "darwin": f"dscacheutil -q host -a name {host}"}
    return lines.get(sys.platform, f"getent hosts {host}")


def variable_line(name: str, value: str = "") -> str:
    """A line to paste that sets a variable, or unsets it where there is no value."""
    if sys.platform == "win32":
        return f"set {name}={value}"
    return f"export {name}={value}" if value else f"unset {name}"


def phase(exchange: Exchange | None, name: str) -> float | None:
    """Seconds that a phase of an exchange took; `None` where that is not known."""
    taken = exchange.phases.get(name) if exchange is not None else None
    return float(taken) if isinstance(taken, int | float) else None


def stuck_in(tried: Exchange) -> str:
    """The phase that we gave up waiting in: the last one that began. Empty where we did not give up."""
    return ["connect", *tried.phases][-1] if gave_up(tried) else ""


def gave_up(tried: Exchange) -> bool:
    """Whether we stopped waiting, so that nothing says where it stuck."""
    return tried.end.get("outcome", "aborted") == "aborted" and not tried.error


def proxy_of(target: HttpTarget) -> tuple[str, str]:
    """The proxy that the environment names for the target, and the variable that does; both may be empty."""
    split = parts(target.url)
    if split is None or target.unix_socket is not None:
        return "", ""
    port = split.port or {"https": 443}.get(split.scheme, 80)
    proxy = proxies.proxy_of(split.scheme, split.hostname or "", port)
    if proxy is None:
        return "", ""
    names = [name for each in (f"{split.scheme}_proxy", "all_proxy") for name in (each, each.upper())]
    said = (proxy, proxy.removeprefix("http://"))
    return proxy, next((name for name in names if os.environ.get(name) in said), "the system's settings")
