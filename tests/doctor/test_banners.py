"""Who printed a line that does not belong on standard output."""

from __future__ import annotations

import pytest

from inspector.doctor.banners import who_printed


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("> weather@1.0.0 start", "npm"),
        ("> node dist/index.js", "npm"),
        ("[dotenv@17.2.0] injecting env (3) from .env", "dotenv"),
        ("Requirement already satisfied: mcp in ./lib", "pip"),
        ("Installed 28 packages in 30ms", "uv"),
        ("Using CPython 3.12.1", "uv"),
        ("latest: Pulling from mcp/weather", "docker"),
        ("INFO:     Started server process [1]", "uvicorn"),
        ("╭──────────╮", "FastMCP or rich"),
        (":: Spring Boot ::   (v3.2.0)", "Spring Boot"),
        ("info: Microsoft.Hosting.Lifetime[14]", ".NET"),
        ("   Compiling weather v0.1.0", "cargo"),
        ("Now using node v20.1.0 (npm v10.0.0)", "nvm"),
        ("Server running on stdio", "where it listens"),
        ("2026-01-01 10:00:00,123 - weather - INFO - up", "Python's logging"),
        ("INFO:weather:up", "Python's logging"),
        ('{"level":30,"msg":"up"}', "JSON"),
        ("12:00:00.123 [main] INFO weather", "Java"),
        ("2026/01/01 10:00:00 up", "Go's log"),
        ("[INFO] up", "a logger"),
        ("<!DOCTYPE html>", "HTML"),
        ("Content-Length: 20", "Language Server Protocol"),
    ],
)
def test_who_printed_it(line: str, who: str) -> None:
    assert who in who_printed(line)


@pytest.mark.parametrize(
    ("program", "named"), [("python", "print()"), ("node", "console.log()"), ("x", "stderr")]
)
def test_the_server_itself(program: str, named: str) -> None:
    assert named in who_printed("hello", program)
