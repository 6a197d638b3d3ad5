"""What the end-to-end tests of authorization share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.session.auth.connecting import Machine


@pytest.fixture
def issuer() -> Iterator[AuthorizationServer]:
    """An authorization server that does nothing wrong, yet."""
    with authorization_server() as server:
        yield server


@pytest.fixture
def machine(tmp_path: Path, issuer: AuthorizationServer) -> Machine:
    return Machine(tmp_path, [issuer])
