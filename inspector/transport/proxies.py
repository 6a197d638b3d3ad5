"""Which proxy the environment names for a request, and where it says that none is to be used.

`http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in either case, and what macOS and Windows have set
up, as the standard library reads them. Beyond that, `no_proxy` may name ports and networks, as it may for
curl and Go: `localhost:8000`, `10.0.0.0/8`, `[::1]`.
"""

from __future__ import annotations

import ipaddress
from urllib.request import getproxies, proxy_bypass


def proxy_of(scheme: str, host: str, port: int) -> str | None:
    """The URL of the proxy for an origin; `None` where it is to be asked directly.

    Args:
        scheme: `http` or `https`.
        host: A name, or an address without brackets.
        port: Its port.
    """
    proxies = getproxies()
    found = proxies.get(scheme) or proxies.get("all")
    if not found or _spared(host, port, proxies.get("no", "")):
        return None
    return found if "://" in found else f"http://{found}"


def _spared(host: str, port: int, names: str) -> bool:
    if proxy_bypass(host) or (":" not in host and proxy_bypass(f"{host}:{port}")):
        return True
    address = _address(host)
    return address is not None and any(_covers(name.strip(), address, port) for name in names.split(","))


def _covers(name: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> bool:
    """Whether a name in `no_proxy` is that of an address, or of a network that it is in."""
    if name.startswith("["):
        name, _, rest = name[1:].partition("]")
        if rest not in ("", f":{port}"):
            return False
    try:
        network = ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
    return address.version == network.version and address in network


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
