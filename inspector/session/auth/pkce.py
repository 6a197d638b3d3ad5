"""Proof key for code exchange: RFC 7636, method S256 only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

METHOD = "S256"


@dataclass(frozen=True, slots=True)
class Proof:
    """A code verifier of 43 characters (section 4.1) and its challenge (section 4.2)."""

    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def proof(random: Callable[[int], str]) -> Proof:
    """A fresh one, from 32 random bytes as URL-safe text."""
    return Proof(random(32))
