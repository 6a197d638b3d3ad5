"""RFC 7636."""

from __future__ import annotations

import re
import secrets

from inspector.session.auth.pkce import Proof, proof


def test_the_example_of_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert Proof(verifier).challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_fresh_verifier_follows_the_grammar() -> None:
    made = proof(secrets.token_urlsafe)
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", made.verifier)
    assert made.verifier not in repr(made)
