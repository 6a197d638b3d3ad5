"""Where a redirect leads, and why it is not followed."""

from __future__ import annotations

import httpx
import pytest

from inspector.transport.redirect import MOST, onward

HERE = "http://a.test/mcp"


def judged(
    method: str, status: int, target: str, *visited: str, afresh: bool = False
) -> tuple[str | None, str]:
    step = onward(method, status, [httpx.URL(url) for url in visited or (HERE,)], target, afresh=afresh)
    assert bool(step.says) is (step.url is None)
    return str(step.url) if step.url else None, step.cause


@pytest.mark.parametrize(
    ("method", "status", "target", "cause"),
    [
        ("POST", 307, "http://a.test/other", ""),
        ("POST", 308, "http://a.test:80/other", ""),
        ("DELETE", 307, "http://a.test/other", ""),
        ("POST", 301, "http://a.test/mcp/", "redirect-method"),
        ("POST", 302, "http://a.test/other", "redirect-method"),
        ("POST", 303, "http://a.test/other", "redirect-method"),
        ("POST", 307, "http://b.test/mcp", "redirect-origin"),
        ("POST", 307, "http://a.test:8000/mcp", "redirect-origin"),
        ("POST", 308, "https://a.test/mcp", "redirect-https"),
        ("DELETE", 308, "https://a.test/mcp", "redirect-https"),
        ("POST", 302, "https://a.test/mcp", "redirect-https"),
        ("POST", 307, HERE, "redirect-itself"),
        ("GET", 302, "http://a.test/other", ""),
        ("GET", 303, "http://b.test/", ""),
        ("GET", 308, "https://a.test/mcp", ""),
        ("POST", 307, "javascript:alert(1)", "redirect-nowhere"),
        ("GET", 307, "file:///etc/passwd", "redirect-nowhere"),
        ("GET", 307, "http://xn--/", "redirect-nowhere"),
        ("GET", 307, "", "redirect-nowhere"),
    ],
)
def test_one_redirect(method: str, status: int, target: str, cause: str) -> None:
    where, why = judged(method, status, target)
    assert why == cause
    assert (where is None) is bool(cause)


def test_from_https_to_http_is_no_way() -> None:
    assert judged("GET", 302, "http://a.test/mcp", "https://a.test/mcp") == (None, "redirect-downgrade")


def test_circles_and_long_ways() -> None:
    ring = ("http://a.test/1", "http://a.test/2")
    assert judged("POST", 307, ring[0], *ring) == (None, "redirect-loop")
    assert judged("POST", 307, ring[0], *ring, afresh=True) == (ring[0], "")
    assert judged("POST", 307, HERE, HERE, afresh=True) == (HERE, "")
    far = [f"http://a.test/{at}" for at in range(MOST + 1)]
    assert judged("POST", 307, "http://a.test/on", *far) == (None, "redirect-too-many")


def test_secrets_in_a_redirect_are_not_said() -> None:
    step = onward("POST", 307, [httpx.URL(HERE)], "https://b.test/?token=s3cret", afresh=False)
    assert "s3cret" not in step.says
