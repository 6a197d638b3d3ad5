"""The browser: what opens it on each platform, never by a shell, never for a bad address."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from inspector.errors import InspectError
from inspector.session.auth import browser
from inspector.session.auth.browser import Opener, find_opener, open_browser, shown_host

URL = "https://as.example/authorize?a=1&b=$(touch%20x);c='2'"


def which(*names: str) -> object:
    return lambda name: f"/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("environ", "platform", "programs", "kernel", "argv"),
    [
        ({}, "darwin", (), "", ("/usr/bin/open",)),
        (
            {"SystemRoot": r"D:\Win"},
            "win32",
            (),
            "",
            (r"D:\Win\System32\rundll32.exe", "url.dll,FileProtocolHandler"),
        ),
        ({"DISPLAY": ":0"}, "linux", ("xdg-open", "gio"), "", ("/bin/xdg-open",)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ("gio",), "", ("/bin/gio", "open")),
        ({}, "linux", ("wslview",), "Linux 5.15 microsoft-standard-WSL2", ("/bin/wslview",)),
        ({}, "linux", ("rundll32.exe",), "Microsoft", ("/bin/rundll32.exe", "url.dll,FileProtocolHandler")),
        ({"BROWSER": "lynx -a:firefox 'my profile' %s"}, "linux", ("lynx",), "", ("/bin/lynx", "-a")),
        ({"BROWSER": "no:fox -P 'my one' %s"}, "linux", ("fox",), "", ("/bin/fox", "-P", "my one", "%s")),
        (
            {"BROWSER": "fox.cmd;edge", "SystemRoot": "C:"},
            "win32",
            ("fox.cmd", "edge"),
            "",
            ("/bin/edge",),
        ),
        ({"BROWSER": "'"}, "darwin", (), "", ("/usr/bin/open",)),
    ],
)  # fmt: skip
def test_what_opens_it(
    environ: dict[str, str], platform: str, programs: tuple[str, ...], kernel: str, argv: tuple[str, ...]
) -> None:
    found = find_opener(environ, platform, which(*programs), kernel)  # type: ignore[arg-type]
    assert found == Opener(argv)


@pytest.mark.parametrize(
    ("environ", "kernel", "says"),
    [
        ({}, "", "no display"),
        ({}, "microsoft", "WSL"),
        ({"DISPLAY": ":0"}, "", "no xdg-open"),
        ({"BROWSER": "nothing"}, "", "no display"),
    ],
)
def test_nothing_opens_it(environ: dict[str, str], kernel: str, says: str) -> None:
    found = find_opener(environ, "linux", which(), kernel)  # type: ignore[arg-type]
    assert isinstance(found, str)
    assert says in found


def test_it_is_looked_for_here() -> None:
    assert find_opener()


def test_the_words() -> None:
    assert Opener(("a", "-x")).command(URL) == ["a", "-x", URL]
    assert Opener(("a", "--url=%s", "b")).command(URL) == ["a", f"--url={URL}", "b"]


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("as.example:8443", "as.example:8443"),
        ("xn--pple-43d.com", "xn--pple-43d.com (reads “аpple.com”)"),
        ("xn--pple-43d.com:81", "xn--pple-43d.com:81 (reads “аpple.com”)"),
        ("xn--.com", "xn--.com (reads “something that is no name”)"),
        ("a\x1b[2Jb", "a␛[2Jb"),
    ],
)
def test_a_host_as_a_person_sees_it(host: str, shown: str) -> None:
    assert shown_host(host) == shown


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An opener that takes longer to start than a person would wait is one that works, as far as is known."""
    monkeypatch.setattr(browser, "_PATIENCE", 60.0)


def writes(file: Path, *, code: int = 0) -> Opener:
    script = (
        f"import sys, pathlib; pathlib.Path({str(file)!r}).write_text(repr(sys.argv[1:])); sys.exit({code})"
    )
    return Opener((sys.executable, "-c", script))


async def test_it_gets_the_url_as_one_word(tmp_path: Path) -> None:
    assert await open_browser(URL, writes(tmp_path / "words")) == ""
    words = URL.replace("$", "%24").replace("'", "%27")
    assert (tmp_path / "words").read_text() == repr([words])


async def test_it_fails(tmp_path: Path) -> None:
    assert "failed with exit code 3" in await open_browser(URL, writes(tmp_path / "words", code=3))
    assert "cannot be started: No such file" in await open_browser(URL, Opener((str(tmp_path / "none"),)))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "--incognito",
        "-https://x",
        "http://as.example/",
        "https://",
        "https://a b",
        "https://user@as.example/",
        "https://-as.example/",
        "",
    ],
)
async def test_no_browser_is_sent_there(url: str, tmp_path: Path) -> None:
    with pytest.raises(InspectError, match="No browser is sent to an address that"):
        await open_browser(url, writes(tmp_path / "words"))
    assert not (tmp_path / "words").exists()


async def test_loopback_may_be_plain(tmp_path: Path) -> None:
    assert await open_browser("http://127.0.0.1:8000/authorize", writes(tmp_path / "words")) == ""
    assert (tmp_path / "words").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("quotes", ['"', "'"])
async def test_a_shell_that_a_person_names_as_the_browser(tmp_path: Path, quotes: str) -> None:
    """We start none; where `$BROWSER` is one, what stands in a server's URL stays a word for it."""
    out, ran = tmp_path / "words", tmp_path / "ran"
    opener = Opener(("/bin/sh", "-c", f"echo {quotes}%s{quotes} > {out}"))
    hostile = f"https://as.example/$(touch${{IFS}}{ran})`touch${{IFS}}{ran}`'\"|touch${{IFS}}{ran}|?a=b&c=d"
    assert await open_browser(hostile, opener) == ""
    assert not ran.exists()
    assert out.read_text().startswith("https://as.example/%24(touch%24%7BIFS%7D")
    assert out.read_text().endswith("?a=b&c=d\n")
