"""What is released: the sdist and the wheel that is built from it hold all of the package, and nothing else.

Nothing is installed, and nothing is fetched: the build backend is called as `build` or pip would call it.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import inspector

pytest.importorskip("hatchling", reason="the build backend is one of the dev dependencies")

ROOT = Path(__file__).parent.parent
NAME = f"mcp_inspect-{inspector.__version__}"
BUILD = "import sys; from hatchling import build; getattr(build, sys.argv[1])(sys.argv[2])"
BESIDE = {"CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
INFO = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def build(what: str, source: Path, to: Path) -> None:
    words = [sys.executable, "-c", BUILD, what, str(to)]
    done = subprocess.run(words, cwd=source, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr


def package() -> set[str]:
    """The files that the package needs, as they stand in this checkout."""
    found = (ROOT / "inspector").rglob("*")
    files = {path.relative_to(ROOT).as_posix() for path in found if path.suffix in (".py", ".tcss", ".typed")}
    assert {"inspector/py.typed", "inspector/app/app.tcss", "inspector/__main__.py"} <= files
    return files


def test_a_release_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    build("build_sdist", ROOT, tmp_path)
    with tarfile.open(tmp_path / f"{NAME}.tar.gz") as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
        sdist.extractall(tmp_path, filter="data")
    # The backend adds what git ignores, so that the next one who builds knows it too.
    assert held - {".gitignore"} == package() | BESIDE

    build("build_wheel", tmp_path / NAME, tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    info = f"{NAME}.dist-info/"
    assert set(contents) == package() | {info + name for name in INFO}
    assert contents[f"{info}entry_points.txt"].split() == [
        *(b"[console_scripts]", b"mcp-inspect", b"=", b"inspector.__main__:main"),
    ]
    where = str(tmp_path).encode()
    assert [name for name, body in contents.items() if where in body] == []
    metadata = contents[f"{info}METADATA"].decode()
    assert "Name: mcp-inspect\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata
