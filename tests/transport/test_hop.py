"""What is measured of one request, and what a TLS connection says of itself."""

from __future__ import annotations

from inspector.transport.hop import Hop, tls_facts


async def test_phases_add_up_by_name() -> None:
    hop = Hop(1)
    assert (hop.stage, hop.timings, hop.sent_at) == ("connect", {}, 0.0)
    for step in ("send_request_headers", "send_request_body", "receive_response_headers"):
        await hop.trace(f"http11.{step}.started", {})
        await hop.trace(f"http11.{step}.complete", {})
    await hop.trace("http11.response_closed.started", {})
    assert list(hop.phases) == ["send", "wait"]
    assert hop.sent_at > 0
    await hop.trace("http11.receive_response_body.started", {})
    assert hop.stage == "read"


def test_a_phase_of_the_diallers_own() -> None:
    hop = Hop(1)
    hop.begins("dns")
    assert hop.stage == "dns"
    hop.ends()
    assert hop.phases["dns"] >= 0


class Spoken:
    def __init__(self, certificate: dict[str, object] | None) -> None:
        self.certificate = certificate

    def version(self) -> str:
        return "TLSv1.3"

    def cipher(self) -> tuple[str, str, int]:
        return "TLS_AES_256_GCM_SHA384", "TLSv1.3", 256

    def getpeercert(self) -> dict[str, object] | None:
        return self.certificate


def test_facts_of_tls() -> None:
    assert tls_facts(None) == {}
    bare = {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"}
    assert tls_facts(Spoken(None)) == bare
    name = ((("countryName", "XX"),), (("commonName", "a.test"),))
    certificate = {"subject": name, "issuer": name[1:], "notAfter": "Jan  1 00:00:00 2027 GMT"}
    assert tls_facts(Spoken(certificate)) == {
        **bare,
        "subject": "countryName=XX, commonName=a.test",
        "issuer": "commonName=a.test",
        "not_after": "Jan  1 00:00:00 2027 GMT",
    }
