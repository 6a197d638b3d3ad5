"""Command lines as they are shown and written down: which words are secret, and which only look so."""

from __future__ import annotations

import pytest

from inspector.journal.redact import fingerprint
from inspector.journal.redact_argv import redact_argv

SECRET = "hunter2"
LONG = "abcdefgh1"
ISSUED = "ghp_" + "a1B2" * 9
HIDDEN = fingerprint(SECRET)
TOKENS = (
    ISSUED,
    "glpat-" + "a1B2" * 5,
    "xoxb-123-" + "a1B2" * 5,
    "xapp-1-" + "A1B2" * 6,
    "AKIA" + "A1B2" * 4,
    "ASIA" + "A1B2" * 4,
    "sk_live_" + "a1B2" * 6,
    "whsec_" + "a1B2" * 6,
    "SG." + "a1B2" * 5 + "." + "a1B2" * 5,
    "gsk_" + "a1B2" * 13,
    "ntn_" + "a1B2" * 11,
    "GOCSPX-" + "a1B2" * 7,
    "ya29." + "a1B2" * 7,
    "pypi-" + "a1B2" * 15,
    "lin_api_" + "a1B2" * 10,
    "dop_v1_" + "a1b2" * 16,
)


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["serve", "--port", "3000", "-v"], ["serve", "--port", "3000", "-v"]),
        (["serve", "--api-key", SECRET, "x"], ["serve", "--api-key", HIDDEN, "x"]),
        (["serve", f"--token={SECRET}"], ["serve", f"--token={HIDDEN}"]),
        (["env", f"MY_SECRET={SECRET}", "serve"], ["env", f"MY_SECRET={HIDDEN}", "serve"]),
        (["serve", "--use-token", "--verbose"], ["serve", "--use-token", "--verbose"]),
        (["serve", "--token"], ["serve", "--token"]),
        (
            ["npx", "remote", f"https://x.example/?token={SECRET}"],
            ["npx", "remote", f"https://x.example/?token={HIDDEN}"],
        ),
        (["db", f"postgres://u:{SECRET}@h/db"], ["db", f"postgres://u:{HIDDEN}@h/db"]),
        (["-H", f"Authorization: Bearer {SECRET}"], ["-H", f"Authorization: Bearer {HIDDEN}"]),
        (["serve", "--key", SECRET, "--pat", SECRET], ["serve", "--key", HIDDEN, "--pat", HIDDEN]),
        (["env", f"DB_PASS={SECRET}", f"GH_PAT={SECRET}"], ["env", f"DB_PASS={HIDDEN}", f"GH_PAT={HIDDEN}"]),
        (["serve", "--token", f"-{SECRET}"], ["serve", "--token", fingerprint(f"-{SECRET}")]),
        (["serve", "--use-token", "-v"], ["serve", "--use-token", "-v"]),
        (["docker", "-e", f"FOO={SECRET}", "image"], ["docker", "-e", f"FOO={HIDDEN}", "image"]),
        (["docker", "-e", "FOO", f"--env=BAR={SECRET}"], ["docker", "-e", "FOO", f"--env=BAR={HIDDEN}"]),
        (["serve", "--monkey", "x", "--path", "y"], ["serve", "--monkey", "x", "--path", "y"]),
        (["serve", "-p", ISSUED, ISSUED], ["serve", "-p", fingerprint(ISSUED), fingerprint(ISSUED)]),
        (
            ["serve", f"-p{ISSUED}", f"--x={ISSUED}"],
            ["serve", f"-p{fingerprint(ISSUED)}", f"--x={fingerprint(ISSUED)}"],
        ),
        (["serve", "sk-A1" + "b" * 20], ["serve", fingerprint("sk-A1" + "b" * 20)]),
        (
            ["serve", f"Bearer {SECRET}", "eyJhbGciOiI.eyJzdWIiOiI.x"],
            ["serve", f"Bearer {HIDDEN}", fingerprint("eyJhbGciOiI.eyJzdWIiOiI.x")],
        ),
        # An option of one letter means anything: a port, a package, a password.
        (["-p", "8080:80", "-p@scope/x", "-p", SECRET], ["-p", "8080:80", "-p@scope/x", "-p", SECRET]),
        (["task-manager-server-2025AbcDefGhi", "sk-learn-mcp-server-for-all"],) * 2,
        (["x" * 9000 + ISSUED],) * 2,
        # Behind the name of an option that is no secret itself.
        ([f"--header=Authorization: Bearer {SECRET}"], [f"--header=Authorization: Bearer {HIDDEN}"]),
        ([f"--header=X-API-Key: {SECRET}"], [f"--header=X-API-Key: {HIDDEN}"]),
        ([f"--define=MY_TOKEN={SECRET}"], [f"--define=MY_TOKEN={HIDDEN}"]),
        ([f"--db=postgres://u:{SECRET}@h/db"], [f"--db=postgres://u:{HIDDEN}@h/db"]),
        # JSON, also in a string of JSON.
        (
            ["--config", f'{{"apiKey": "{SECRET}", "port": 80, "name": "x"}}'],
            ["--config", f'{{"apiKey": "{HIDDEN}", "port": 80, "name": "x"}}'],
        ),
        ([rf'"{{\"db\":{{\"password\":\"{SECRET}\"}}}}"'], [rf'"{{\"db\":{{\"password\":\"{HIDDEN}\"}}}}"']),
        (
            [rf'{{"headers":["Authorization: Bearer {SECRET}"]}}'],
            [rf'{{"headers":["Authorization: Bearer {HIDDEN}"]}}'],
        ),
        # A line for a shell.
        (
            ["sh", "-c", f"export API_KEY={SECRET}; run --token '{SECRET}' --port 80 --password={SECRET}"],
            ["sh", "-c", f"export API_KEY={HIDDEN}; run --token '{HIDDEN}' --port 80 --password={HIDDEN}"],
        ),
        (
            ["sh", "-c", f"curl -H 'Authorization: Bearer {SECRET}' -H 'X: Bearer {LONG}' http://h/"],
            [
                "sh",
                "-c",
                f"curl -H 'Authorization: Bearer {HIDDEN}' -H 'X: Bearer {fingerprint(LONG)}' http://h/",
            ],
        ),
        (["sh", "-c", 'run --token "$TOKEN" API_KEY=${KEY} --user me'],) * 2,
        # No scheme, and yet a login.
        ([f"root:{SECRET}@tcp(127.0.0.1:3306)/db"], [f"root:{HIDDEN}@tcp(127.0.0.1:3306)/db"]),
        (["--db", f"me:{SECRET}@db.example.com:5432/x"], ["--db", f"me:{HIDDEN}@db.example.com:5432/x"]),
        ([f"--db=me:{SECRET}@localhost"], [f"--db=me:{HIDDEN}@localhost"]),
        (["mailto:me@example.com", "sip:me@example.com:5060", "npm:left-pad@1.3.0", "from:me@example.com"],)
        * 2,
        (["git@github.com:me/it.git", "image:3.12@sha256:0123456789ab", "@scope/x@1.0.0", "pkg:npm/x@1.0.0"],)
        * 2,
        # It sounds like a secret, and is none.
        (["--max-tokens", "4096", "--tokenizer", "gpt2", "--max-output-tokens=9"],) * 2,
        (["--token-file", "/run/token", "--password-file=/run/p", "--bearer-token-env-var", "NAME"],) * 2,
        (["--name", "Basic calculator", "-m", "The bearer of bad news"],) * 2,
        *((["serve", issued], ["serve", fingerprint(issued)]) for issued in TOKENS),
        *((["serve", f"k={issued},x"], ["serve", f"k={fingerprint(issued)},x"]) for issued in TOKENS),
    ],
)
def test_what_is_secret(argv: list[str], shown: list[str]) -> None:
    assert list(redact_argv(argv)) == shown
    assert list(redact_argv(shown)) == shown  # written down again, it stays


@pytest.mark.parametrize(
    "unit",
    ["a", '"a":"', '\\"a\\":\\"', "a:", "authorization: ", "bearer ", "--token ", "a=", "sk-aA1", "'", "@"],
)
def test_it_takes_time_by_its_length(unit: str) -> None:
    """A word may be a megabyte, and hostile: nothing is searched through from each place anew."""
    word = unit * (200_000 // len(unit))
    assert len(redact_argv((word, f"--x={word[:8000]}", word[:8000]))) == 3  # or the test runs out of time
