"""The official conformance suite drives our client: every scenario that it has, in each era, one by one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from inspector.wire.versions import LATEST_LEGACY, LATEST_MODERN
from tests.interop.conftest import Suite

pytestmark = pytest.mark.timeout(120)

CLIENT = Path(__file__).with_name("conformance_client.py")
ROOT = Path(__file__).parents[2]

LEGACY = (LATEST_LEGACY,)
MODERN = (LATEST_MODERN,)
BOTH = (LATEST_LEGACY, LATEST_MODERN)
FIRST_OAUTH = ("2025-03-26",)

DONE, REFUSED = 0, 3
"""Exit codes of the client: it did all, or it refused an authorization."""


@dataclass(frozen=True)
class Scenario:
    """A scenario of the suite.

    Attributes:
        versions: In which it is run; the suite's servers differ by era.
        code: How the client ends. A client that breaks must not pass for one that refuses.
    """

    name: str
    versions: tuple[str, ...]
    code: int = DONE


SCENARIOS = (
    Scenario("initialize", LEGACY),
    Scenario("tools_call", BOTH),
    Scenario("elicitation-sep1034-client-defaults", LEGACY),
    Scenario("sse-retry", LEGACY),
    Scenario("request-metadata", MODERN),
    Scenario("http-standard-headers", MODERN),
    Scenario("http-custom-headers", MODERN),
    Scenario("http-invalid-tool-headers", MODERN),
    Scenario("json-schema-ref-no-deref", MODERN),
    Scenario("json-schema-2020-12-preservation", BOTH),
    Scenario("sep-2322-client-request-state", MODERN),
    Scenario("auth/metadata-default", BOTH),
    Scenario("auth/metadata-var1", BOTH),
    Scenario("auth/metadata-var2", BOTH),
    Scenario("auth/metadata-var3", BOTH),
    Scenario("auth/basic-cimd", BOTH),
    Scenario("auth/scope-from-www-authenticate", BOTH),
    Scenario("auth/scope-from-scopes-supported", BOTH),
    Scenario("auth/scope-omitted-when-undefined", BOTH),
    Scenario("auth/scope-step-up", BOTH),
    Scenario("auth/scope-retry-limit", BOTH, REFUSED),
    Scenario("auth/token-endpoint-auth-basic", BOTH),
    Scenario("auth/token-endpoint-auth-post", BOTH),
    Scenario("auth/token-endpoint-auth-none", BOTH),
    Scenario("auth/pre-registration", BOTH),
    Scenario("auth/2025-03-26-oauth-metadata-backcompat", FIRST_OAUTH),
    Scenario("auth/2025-03-26-oauth-endpoint-fallback", FIRST_OAUTH),
    Scenario("auth/resource-mismatch", MODERN, REFUSED),
    Scenario("auth/offline-access-scope", MODERN),
    Scenario("auth/offline-access-not-supported", MODERN),
    Scenario("auth/authorization-server-migration", MODERN),
    Scenario("auth/iss-supported", MODERN),
    Scenario("auth/iss-not-advertised", MODERN),
    Scenario("auth/iss-supported-missing", MODERN, REFUSED),
    Scenario("auth/iss-wrong-issuer", MODERN, REFUSED),
    Scenario("auth/iss-unexpected", MODERN, REFUSED),
    Scenario("auth/iss-normalized", MODERN, REFUSED),
    Scenario("auth/metadata-issuer-mismatch", MODERN, REFUSED),
    Scenario("auth/client-credentials-jwt", BOTH),
    Scenario("auth/client-credentials-basic", BOTH),
    Scenario("auth/enterprise-managed-authorization", BOTH),
)

NOT_SUPPORTED: Mapping[str, str] = {
    "auth/dpop": "proof of possession: no version of the protocol asks for it",
    "auth/dpop-nonce": "proof of possession: no version of the protocol asks for it",
    "auth/wif-jwt-bearer": "workload identity: an extension that no version of the protocol carries",
    "sep-2640-client-no-prefetch": "skills: a proposal",
    "sep-2640-client-verify-digest": "skills: a proposal",
    "sep-2640-client-verify-size": "skills: a proposal",
    "sep-2640-client-verify-frontmatter": "skills: a proposal",
}

SECRETS = re.compile(
    rb"(?:test|cc)-token-\w+|test-auth-code|(?:test|as\d)-client-secret|conformance-test-(?:xaa-)?secret"
    rb"|pre-registered-secret|PRIVATE KEY"
)
"""What the suite's servers give and take as secrets; none may stand in a recording."""

RUNS = [(scenario, version) for scenario in SCENARIOS for version in scenario.versions]


@dataclass
class Verdict:
    """What the suite says of one run."""

    code: int
    checks: list[dict[str, Any]] = field(default_factory=list)
    client_code: int = DONE
    said: str = ""
    recording: bytes = field(default=b"", repr=False)

    def bad(self) -> list[str]:
        return [
            f"{check['status']} {check['id']}: {check.get('errorMessage') or check['description']}"
            for check in self.checks
            if check["status"] in ("FAILURE", "WARNING")
        ]


def run(suite: Suite, scenario: str, version: str, folder: Path) -> Verdict:
    """Have one scenario played by our client."""
    line = [
        *suite.argv,
        "client",
        "--command",
        f'"{sys.executable}" "{CLIENT}"',
        "--scenario",
        scenario,
        "--spec-version",
        version,
        "--force",  # extensions belong to no version of their own
        "--timeout",
        "60000",
        "--output-dir",
        str(folder),
    ]
    environment = {**os.environ, "MCP_INSPECT_FOLDER": str(folder)}
    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    (checks,) = folder.glob("**/checks.json")
    exited = re.search(r"Client exited with code (\d+)", done.stderr)
    story = checks.with_name("stderr.txt").read_text(encoding="utf-8")
    said = f"{done.stderr[-4000:]}\n--- the client\n{story[-8000:]}"
    client_code = int(exited[1]) if exited else DONE
    recording = (folder / "recording.jsonl").read_bytes()
    return Verdict(done.returncode, json.loads(checks.read_bytes()), client_code, said, recording)


@pytest.mark.parametrize(
    ("scenario", "version"), RUNS, ids=[f"{scenario.name}-{version}" for scenario, version in RUNS]
)
def test_passes(suite: Suite, scenario: Scenario, version: str, tmp_path: Path) -> None:
    verdict = run(suite, scenario.name, version, tmp_path)
    assert verdict.bad() == [], verdict.said
    assert verdict.code == 0, verdict.said
    assert any(check["status"] == "SUCCESS" for check in verdict.checks), verdict.said
    assert verdict.client_code == scenario.code, verdict.said
    assert SECRETS.findall(verdict.recording) == []


def test_knows_every_scenario(suite: Suite) -> None:
    listed = {}
    for line in suite("list", "--client").splitlines():
        if match := re.fullmatch(r"\s*- (\S+) \[(.*)\]", line):
            listed[match[1]] = set(match[2].split(","))
    assert set(listed) == {scenario.name for scenario in SCENARIOS} | set(NOT_SUPPORTED)
    for scenario in SCENARIOS:
        versions = listed[scenario.name]
        if versions != {"extension"}:
            assert set(scenario.versions) <= versions
            # In each era that it has.
            assert (LATEST_MODERN in versions) == (LATEST_MODERN in scenario.versions)
            assert bool(versions - {LATEST_MODERN}) == bool(set(scenario.versions) - {LATEST_MODERN})
