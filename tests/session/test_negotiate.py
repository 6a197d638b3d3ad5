"""Deciding the era: the table of outcomes, as conversations."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.errors import AuthNeeded, ConnectionFailed, InspectError, UsageError
from inspector.session.dialect import Handshake, Modern
from inspector.session.moves import (
    Agreed,
    Ask,
    Initialize,
    Listen,
    Probe,
    Refused,
    Reopen,
    Restart,
    Step,
    Wait,
)
from inspector.session.negotiate import Negotiation
from inspector.session.outcome import Closed, HttpFailed, Replied, TimedOut
from inspector.session.statuses import Response
from inspector.transport.opening import Opening
from inspector.wire.versions import LATEST_LEGACY, LATEST_MODERN, LEGACY, V1, V2, V3, V4, V5
from tests.session.conftest import Wire


def begun(protocol: str = "auto") -> tuple[Negotiation, Ask]:
    negotiation = Negotiation(protocol)
    step = negotiation.begin()
    assert isinstance(step, Probe | Initialize)
    return negotiation, step


def initialize(step: Step) -> Initialize:
    assert isinstance(step, Initialize), step
    assert step.reason
    return step


def probe(step: Step) -> Probe:
    assert isinstance(step, Probe), step
    assert step.reason
    return step


def agreed(step: Step) -> Agreed:
    assert isinstance(step, Agreed), step
    assert step.reason
    return step


def refused(step: Step) -> InspectError:
    assert isinstance(step, Refused), step
    assert step.error.message
    assert step.error.next
    return step.error


def discovered(wire: Wire, *versions: Any) -> Replied:
    return wire.replied({"result": {"supportedVersions": list(versions), "capabilities": {}}})


def initialized(wire: Wire, version: Any) -> Replied:
    return wire.replied({"result": {"protocolVersion": version, "capabilities": {}}})


def error(wire: Wire, code: Any, message: str = "no", **data: Any) -> Replied:
    return wire.replied({"error": {"code": code, "message": message, **({"data": data} if data else {})}})


def test_auto_begins_with_a_probe() -> None:
    _, step = begun()
    assert probe(step).version == LATEST_MODERN


def test_a_modern_server_is_modern(wire: Wire) -> None:
    negotiation, step = begun()
    reply = discovered(wire, "2099-01-01", V5, V4)
    done = agreed(negotiation.answered(step, reply))
    assert done.dialect == Modern(V5)
    assert done.reply is reply


def test_a_server_that_discovers_only_legacy_versions_is_initialized_with_the_newest(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, discovered(wire, V1, V3)))
    assert then.version == V3
    assert agreed(negotiation.answered(then, initialized(wire, V3))).dialect == Handshake(V3)


@pytest.mark.parametrize("code", [-32601, -32602, -32600, -32000, -32603, -32700, 0, 404, "x", None])
def test_any_other_error_means_legacy(wire: Wire, code: Any) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, error(wire, code, "Method not found")))
    assert then.version == LATEST_LEGACY
    assert "Method not found" in then.reason


@pytest.mark.parametrize(
    "result", [{}, "text", [], {"supportedVersions": "2026-07-28"}, {"supportedVersions": []}, 3, None]
)
def test_an_unreadable_result_means_legacy(wire: Wire, result: Any) -> None:
    negotiation, step = begun()
    assert initialize(negotiation.answered(step, wire.replied({"result": result}))).version == LATEST_LEGACY


def test_an_answer_that_is_neither_means_legacy(wire: Wire) -> None:
    negotiation, step = begun()
    assert initialize(negotiation.answered(step, wire.replied({}))).version == LATEST_LEGACY


def test_unsupported_with_a_common_modern_version_is_tried_once_more_there(wire: Wire) -> None:
    negotiation, step = begun()
    again = probe(negotiation.answered(step, error(wire, -32022, supported=[V5, "2099-01-01"])))
    assert again.version == V5
    says = refused(negotiation.answered(again, error(wire, -32022, supported=[V5]))).message
    assert V5 in says


def test_unsupported_with_a_legacy_version_is_initialized(wire: Wire) -> None:
    negotiation, step = begun()
    assert (
        initialize(negotiation.answered(step, error(wire, -32022, supported=["2099-01-01", V2]))).version
        == V2
    )


def test_unsupported_with_nothing_in_common_names_both_lists(wire: Wire) -> None:
    for reply in (error(wire, -32022, supported=["2099-01-01"]), discovered(wire, "2099-01-01")):
        negotiation, step = begun()
        says = refused(negotiation.answered(step, reply)).message
        assert "2099-01-01" in says
        assert all(version in says for version in (*LEGACY, V5))


@pytest.mark.parametrize("code", [-32020, -32021])
def test_errors_of_the_modern_era_prove_it(wire: Wire, code: int) -> None:
    negotiation, step = begun()
    failure = refused(negotiation.answered(step, error(wire, code, "bad header")))
    assert isinstance(failure, ConnectionFailed)
    assert "bad header" in failure.message
    assert failure.facts["code"] == code


def test_silence_means_legacy_and_a_late_error_changes_nothing(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.silent(step, 10.0))
    assert "10 s" in then.reason
    for late in (
        error(wire, -32601),
        error(wire, -32022, supported=[V5]),
        discovered(wire, V4),
        discovered(wire),
    ):
        assert isinstance(negotiation.answered(step, late), Wait)
    assert isinstance(negotiation.answered(step, HttpFailed(1, 500, "x"), Response(500)), Wait)
    assert agreed(negotiation.answered(then, initialized(wire, V4))).dialect == Handshake(V4)


def test_a_late_answer_to_the_probe_is_honoured(wire: Wire) -> None:
    negotiation, step = begun()
    initialize(negotiation.silent(step, 10.0))
    done = agreed(negotiation.answered(step, discovered(wire, V5)))
    assert done.dialect == Modern(V5)
    assert "late" in done.reason


def test_initialize_refused_by_a_server_that_woke_up_modern_is_probed_once_more(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.silent(step, 10.0))
    serving = "connection is serving the 2026-07-28 protocol"
    again = probe(negotiation.answered(then, error(wire, -32022, serving, supported=[V5])))
    assert serving in again.reason
    assert agreed(negotiation.answered(again, discovered(wire, V5))).dialect == Modern(V5)


def test_but_only_once(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, error(wire, -32601)))
    again = probe(negotiation.answered(then, error(wire, -32022)))
    assert "initialize" in refused(negotiation.answered(again, error(wire, -32601))).message
    negotiation, step = begun()
    then = initialize(negotiation.silent(step, 1.0))
    again = probe(negotiation.answered(then, error(wire, -32022)))
    refused(negotiation.silent(again, 1.0))


@pytest.mark.parametrize("offer", LEGACY)
def test_a_counter_offer_that_we_speak_is_taken(wire: Wire, offer: str) -> None:
    negotiation, step = begun()
    then = negotiation.answered(step, error(wire, -32601))
    assert agreed(negotiation.answered(initialize(then), initialized(wire, offer))).dialect == Handshake(
        offer
    )


@pytest.mark.parametrize("offer", ["1900-01-01", V5])
def test_a_counter_offer_that_we_do_not_speak_names_both(wire: Wire, offer: str) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, error(wire, -32601)))
    says = refused(negotiation.answered(then, initialized(wire, offer))).message
    assert offer in says
    assert V4 in says


@pytest.mark.parametrize("result", [{}, "text", {"protocolVersion": 3}])
def test_an_initialize_result_without_a_version_keeps_the_one_asked_for(wire: Wire, result: Any) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, error(wire, -32601)))
    assert agreed(negotiation.answered(then, wire.replied({"result": result}))).dialect == Handshake(V4)


def test_initialize_refused_with_a_list_is_tried_with_the_newest_of_it(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, error(wire, -32601)))
    again = initialize(negotiation.answered(then, error(wire, -32602, "Unsupported", supported=[V1, V2])))
    assert again.version == V2
    says = refused(negotiation.answered(again, error(wire, -32602, supported=[V2]))).message
    assert V2 in says


def test_initialize_refused_otherwise_says_why(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.answered(step, error(wire, -32601)))
    failure = refused(negotiation.answered(then, error(wire, -32603, "out of \x1b[31mcheese")))
    assert "-32603" in failure.message
    assert "cheese" in failure.message
    assert "\x1b" not in failure.message


def test_a_silent_initialize_is_the_end(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(negotiation.silent(step, 10.0))
    assert "60 s" in refused(negotiation.answered(then, TimedOut(60.0))).message


def test_a_server_that_dies_says_its_last_words() -> None:
    negotiation, step = begun()
    says = "the server exited with code 3; it last wrote to stderr: ImportError: no module named cheese"
    failure = refused(negotiation.answered(step, Closed({"code": 3, "signal": None}, says)))
    assert isinstance(failure, ConnectionFailed)
    assert "code 3" in failure.message
    assert "cheese" in failure.message
    assert failure.facts["exit"]["code"] == 3


@pytest.mark.parametrize(
    ("exit", "says"),
    [
        (
            {"code": 1},
            "the server exited with code 1; it last wrote to stderr: Error: ExpectedInitializeRequest",
        ),
        ({"code": 0}, "the server exited with code 0"),
    ],
)
def test_a_server_that_does_not_bear_the_probe_is_started_again_once(
    wire: Wire, exit: dict[str, Any], says: str
) -> None:
    negotiation, step = begun()
    assert isinstance(negotiation.answered(step, Closed(exit, says)), Restart)
    then = initialize(negotiation.begin())
    assert then.version == LATEST_LEGACY
    refused(negotiation.answered(then, Closed(exit, says)))


# HTTP


@pytest.mark.parametrize("status", [400, 404, 405, 406, 415, 422])
def test_a_4xx_without_a_modern_error_means_legacy(status: int) -> None:
    negotiation, step = begun()
    failed = HttpFailed(1, status, f"the server answered {status}")
    assert initialize(negotiation.answered(step, failed, Response(status))).version == LATEST_LEGACY


def test_a_4xx_with_an_error_goes_by_the_error(wire: Wire) -> None:
    negotiation, step = begun()
    missing = error(wire, -32600, "Missing session ID")
    assert initialize(negotiation.answered(step, missing, Response(400))).version == LATEST_LEGACY
    negotiation, step = begun()
    again = negotiation.answered(step, error(wire, -32022, supported=[V5]), Response(400))
    assert probe(again).version == V5


@pytest.mark.parametrize("status", [202, 200])
def test_an_answer_that_is_none_means_legacy(status: int) -> None:
    negotiation, step = begun()
    initialize(negotiation.answered(step, HttpFailed(1, status, "nothing"), Response(status)))


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("with_body", [False, True])
def test_401_and_403_want_authorization_and_name_the_challenge(
    wire: Wire, status: int, with_body: bool
) -> None:
    negotiation, step = begun()
    outcome = error(wire, -32000, "auth") if with_body else HttpFailed(1, status, "no")
    failure = refused(negotiation.answered(step, outcome, Response(status, ('Bearer realm="mcp"',))))
    assert isinstance(failure, AuthNeeded)
    assert 'Bearer realm="mcp"' in failure.message
    assert failure.facts["status"] == status


@pytest.mark.parametrize("status", [None, 429, 500, 502, 503])
def test_an_outage_is_no_verdict(status: int | None) -> None:
    negotiation, step = begun()
    response = None if status is None else Response(status)
    failure = refused(negotiation.answered(step, HttpFailed(1, status, "it rained"), response))
    assert isinstance(failure, ConnectionFailed)
    assert "it rained" in failure.message


def test_an_error_inside_a_500_is_an_outage_too(wire: Wire) -> None:
    negotiation, step = begun()
    says = refused(negotiation.answered(step, error(wire, -32603, "on fire"), Response(500))).message
    assert "500" in says
    assert "on fire" in says


def test_a_redirect_names_where_to() -> None:
    negotiation, step = begun()
    failed = HttpFailed(1, 302, "the server answered 302", "http://other/mcp")
    assert "http://other/mcp" in refused(negotiation.answered(step, failed, Response(302))).next


def test_initialize_answered_with_404_points_at_the_path(wire: Wire) -> None:
    negotiation, step = begun()
    then = initialize(
        negotiation.answered(step, HttpFailed(1, 404, "the server answered 404"), Response(404))
    )
    failure = refused(
        negotiation.answered(then, HttpFailed(2, 404, "the server answered 404"), Response(404))
    )
    assert "404" in failure.message
    assert "/mcp" in failure.next


# HTTP+SSE


def failed(status: int) -> HttpFailed:
    return HttpFailed(1, status, f"the server answered {status}")


def fallen(status: int = 404, protocol: str = "auto") -> tuple[Negotiation, Step]:
    """An initialize over HTTP that got `status`, and what follows."""
    negotiation = Negotiation(protocol, "auto")
    step = negotiation.begin()
    if isinstance(step, Probe):
        step = initialize(negotiation.answered(step, failed(404), Response(404)))
    assert isinstance(step, Initialize)
    return negotiation, negotiation.answered(step, failed(status), Response(status))


@pytest.mark.parametrize("status", [400, 404, 405, 406, 410, 415, 422])
def test_an_initialize_that_gets_4xx_tries_the_oldest_transport(status: int, wire: Wire) -> None:
    negotiation, step = fallen(status)
    assert isinstance(step, Reopen)
    assert str(status) in step.reason
    assert isinstance(negotiation.begin(), Listen)
    then = initialize(negotiation.listened(Opening(3, "http://x/messages", 200)))
    assert then.version == LATEST_LEGACY
    assert agreed(negotiation.answered(then, initialized(wire, V1))).dialect == Handshake(V1)


@pytest.mark.parametrize("status", [200, 202, 302, 401, 403, 421, 429, 500, 503])
def test_any_other_status_does_not(status: int) -> None:
    assert isinstance(fallen(status)[1], Refused)


@pytest.mark.parametrize(
    ("code", "falls"), [(-32600, True), (-32000, True), (-32020, False), (-32021, False)]
)
def test_nor_does_an_error_of_the_modern_era(code: int, falls: bool, wire: Wire) -> None:
    negotiation = Negotiation("auto", "auto")
    then = initialize(negotiation.answered(begun()[1], failed(404), Response(404)))
    step = negotiation.answered(then, error(wire, code, "whatever"), Response(400))
    assert isinstance(step, Reopen if falls else Refused)
    unknown = negotiation.answered(then, error(wire, -32601, "no such method"), Response(404))
    assert isinstance(unknown, Refused)


def test_a_list_of_versions_is_tried_first(wire: Wire) -> None:
    negotiation = Negotiation("auto", "auto")
    then = initialize(negotiation.answered(begun()[1], failed(404), Response(404)))
    again = negotiation.answered(then, error(wire, -32602, supported=[V2]), Response(400))
    assert initialize(again).version == V2


@pytest.mark.parametrize("protocol", [V1, V3])
def test_a_forced_legacy_version_is_kept_over_it(protocol: str) -> None:
    negotiation, step = fallen(404, protocol)
    assert isinstance(step, Reopen)
    assert initialize(negotiation.listened(Opening(3, "http://x/messages", 200))).version == protocol


def test_where_no_endpoint_comes_each_attempt_is_told_and_the_first_refusal_kept() -> None:
    negotiation, _ = fallen(400)
    negotiation.begin()
    failure = refused(negotiation.listened(Opening(3, "", 405, "GET got 405"), Response(405)))
    assert "POST server/discover got 404" in failure.message
    assert "POST initialize got 400" in failure.message
    assert "GET got 405" in failure.message
    assert failure.facts["status"] == 400


@pytest.mark.parametrize(("status", "kind"), [(401, AuthNeeded), (503, ConnectionFailed)])
def test_a_get_that_is_no_verdict_ends_it(status: int, kind: type[InspectError]) -> None:
    negotiation, _ = fallen()
    negotiation.begin()
    failure = refused(negotiation.listened(Opening(3, "", status, f"GET got {status}"), Response(status)))
    assert isinstance(failure, kind)
    assert failure.facts["status"] == status


def test_asked_for_it_begins_with_the_stream(wire: Wire) -> None:
    negotiation = Negotiation("auto", "sse")
    step = negotiation.begin()
    assert isinstance(step, Listen)
    assert "--transport" in step.reason
    then = initialize(negotiation.listened(Opening(1, "http://x/messages", 200)))
    failure = refused(negotiation.answered(then, failed(404), Response(404)))
    assert "http://x/messages" in failure.message
    negotiation = Negotiation("auto", "sse")
    negotiation.begin()
    assert "GET got 404" in refused(negotiation.listened(Opening(1, "", 404, "GET got 404"))).message
    negotiation = Negotiation(V5, "sse")
    negotiation.begin()
    assert isinstance(negotiation.listened(Opening(1, "http://x/messages", 200)), Probe)


# --protocol VERSION


@pytest.mark.parametrize("version", LEGACY)
def test_a_forced_legacy_version_skips_the_probe(wire: Wire, version: str) -> None:
    negotiation, step = begun(version)
    assert initialize(step).version == version
    assert agreed(negotiation.answered(step, initialized(wire, V2))).dialect == Handshake(V2)


def test_a_forced_legacy_version_is_not_probed_when_refused(wire: Wire) -> None:
    negotiation, step = begun(V4)
    refused(negotiation.answered(step, error(wire, -32022, supported=[V5])))


def test_a_forced_modern_version_asks_what_is_offered_and_goes_on_whatever_it_hears(wire: Wire) -> None:
    negotiation, step = begun(V5)
    reply = discovered(wire, V4)
    assert agreed(negotiation.answered(probe(step), reply)).reply is reply
    negotiation, step = begun(V5)
    done = agreed(negotiation.answered(probe(step), error(wire, -32601)))
    assert done.dialect == Modern(V5)
    assert done.reply is None
    for end in (TimedOut(10.0), Closed(None, "gone"), HttpFailed(1, 404, "404")):
        negotiation, step = begun(V5)
        refused(negotiation.answered(step, end))


def test_no_such_version() -> None:
    with pytest.raises(UsageError):
        Negotiation("2020-01-01")
