"""The driver: what a flow asks for is done, and each step stands in the journal, without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from inspector.errors import AuthNeeded
from inspector.journal.journal import Journal
from inspector.session.auth.callback import listening
from inspector.session.auth.driver import Reason, drive
from inspector.session.auth.model import Client, Credentials, Tokens
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Flow, Got, Verdict, Visit
from inspector.transport.fetch import Fetched, fetching
from inspector.transport.guard import Guard, Reach
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from inspector.wire.event import Kind
from tests.servers.http_hostile import hostile
from tests.session.auth.test_callback import get

CLIENT = Client(issuer="https://as.example", client_id="c")
TOKENS = Tokens(access_token="access-12345", scope="read", expires_at=7.0)
DONE = Credentials(resource="https://mcp.example", issuer=CLIENT.issuer, client=CLIENT, tokens=TOKENS)


@dataclass
class Person:
    """A guide that does what it was told beforehand.

    Attributes:
        decisions: By rule, or by judgement.
        pastes: What it pastes; `None` for going to the callback with these queries.
    """

    decisions: Mapping[str, Decision] = field(default_factory=dict)
    pastes: str | None = None
    queries: tuple[str, ...] = ()
    fails: str = ""
    seen: list[Verdict] = field(default_factory=list)
    before_: list[str] = field(default_factory=list)
    cancelled: bool = False

    async def before(self, action: Fetch | Visit) -> None:
        self.before_.append(action.step)

    async def judged(self, verdict: Verdict) -> Decision:
        self.seen.append(verdict)
        default = Decision.STOP if verdict.judgement == "violation" else Decision.PROCEED
        return self.decisions.get(verdict.rule, default)

    async def choose(self, choice: Choose) -> int:
        return 1

    async def enter(self, wanted: Enter) -> Mapping[str, str]:
        return {"client_id": "public-id", "client_secret": "hush-hush"}

    async def visit(self, visit: Visit) -> str | None:
        if self.fails:
            raise AuthNeeded(self.fails)
        if self.pastes is not None:
            return self.pastes
        try:
            for query in self.queries:
                await get(visit.redirect_uri, query)
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            self.cancelled = True
            raise


@dataclass
class Driven:
    """One flow, driven.

    Attributes:
        answers: What the flow was sent.
        steps: What stands in the journal: step and state, with the rest of each event beside.
    """

    person: Person
    answers: list[Any]
    journal: Journal
    credentials: Credentials | None = None
    failure: AuthNeeded | None = None

    @property
    def events(self) -> list[Mapping[str, Any]]:
        journal = self.journal
        return [journal.data(seq) for seq in range(len(journal)) if journal.kind(seq) is Kind.AUTH]

    @property
    def steps(self) -> list[tuple[str, str]]:
        return [(event["what"], event["state"]) for event in self.events]

    @property
    def text(self) -> str:
        return self.journal.raw(0, self.journal.span(len(self.journal) - 1)[1]).decode()


async def driven(
    *actions: Any,
    person: Person | None = None,
    target: str = "http://127.0.0.1:1/mcp",
    callback: bool = False,
    url: str | None = None,
    fails: str = "",
    **more: Any,
) -> Driven:
    """Drive a flow that yields these; where one is a callable, what it makes of the callback's URI."""
    journal = Journal.create()
    tap = Tap(journal)
    run = Driven(person or Person(), [], journal)

    def flow(redirect_uri: str) -> Flow:
        for action in actions:
            answer = yield action(redirect_uri) if callable(action) else action
            run.answers.append(answer)
            if answer is Decision.STOP:
                raise AuthNeeded(f"stopped: {action.says}")
        if fails:
            raise AuthNeeded(fails)
        return DONE

    reason = Reason(number=3, resource=DONE.resource, grant="authorization-code", says="because")
    async with fetching(HttpTarget(target), tap) as fetcher, listening(url) as where:
        flowing = flow(where.redirect_uri)
        try:
            run.credentials = await drive(
                flowing,
                fetcher,
                Guard.beside(target),
                tap,
                run.person,
                where if callback else None,
                reason=reason,
                **more,
            )
        except AuthNeeded as error:
            run.failure = error
    return run


def violation(rule: str = "wrong", **more: Any) -> Verdict:
    return Verdict("token", "violation", "it is wrong", rule, "RFC 1", **more)


async def test_beginning_and_end() -> None:
    run = await driven()
    assert run.credentials == DONE
    started, done = run.events
    facts = {"grant": "authorization-code", "resource": DONE.resource, "reason": "because"}
    assert started == {
        "what": "flow", "flow": 3, "state": "started", "title": "Authorization", "facts": facts,
    }  # fmt: skip
    assert (done["state"], done["judgement"]) == ("done", "ok")
    assert done["facts"] == {"issuer": CLIENT.issuer, "scope": "read", "expires_at": 7.0}
    assert "access-12345" not in run.text


async def test_requests_and_verdicts() -> None:
    async with hostile() as server:
        url = server.url("html-500")
        fetch = Fetch("server-metadata", "GET", url, purpose="metadata")
        first = Verdict("server-metadata", "note", "not here", last=False, exchange=1)
        last = Verdict("server-metadata", "ok", "here", facts={"issuer": "x"}, exchange=2)
        run = await driven(fetch, first, fetch, last, target=url)
    got = run.answers[0]
    assert isinstance(got, Got)
    assert (got.status, got.exchange, got.refused) == (500, 1, False)
    assert got.header("Content-Type").startswith("text/html")
    assert run.steps[1:-1] == [
        ("server-metadata", "started"), ("server-metadata", "done"), ("server-metadata", "done"),
    ]  # fmt: skip
    begun, noted, judged = run.events[1:-1]
    assert begun["purpose"] == "metadata"
    assert begun["title"] == "Authorization server metadata"
    assert (noted["judgement"], noted["says"]) == ("note", "not here")
    assert judged["facts"] == {"issuer": "x"}
    assert run.person.before_ == ["server-metadata", "server-metadata"]
    exchanges = [
        run.journal.exchange(seq) for seq in range(len(run.journal)) if run.journal.kind(seq) is Kind.AUTH
    ]
    assert exchanges == [None, None, 1, 2, None]
    purposes = [run.journal.data(seq).get("purpose") for seq in run.journal.rows_of_exchange(1)]
    assert "metadata" in purposes


async def test_an_address_that_must_not_be_asked() -> None:
    run = await driven(
        Fetch("server-metadata", "GET", "http://169.254.169.254/latest"),
        Fetch("server-metadata", "GET", "file:///etc/passwd"),
    )
    assert [(got.status, got.refused) for got in run.answers] == [(None, True), (None, True)]
    assert "link-local" in run.answers[0].error


async def test_a_violation_stops() -> None:
    run = await driven(violation())
    assert run.answers == [Decision.STOP]
    assert run.failure is not None
    judged, done = run.events[-2:]
    assert (judged["rule"], judged["clause"], judged["judgement"]) == ("wrong", "RFC 1", "violation")
    assert "past" not in judged
    assert (done["judgement"], done["says"]) == ("violation", "stopped: it is wrong")


@pytest.mark.parametrize("past", [{"wrong"}, {"all"}])
async def test_a_violation_may_be_passed_on_purpose(past: set[str]) -> None:
    run = await driven(violation(), past=past)
    assert run.answers == [Decision.PROCEED]
    assert run.credentials == DONE
    assert run.person.seen[0].judgement == "warning"
    assert "passed on purpose" in run.person.seen[0].says
    event = run.events[2]
    assert (event["judgement"], event["past"]) == ("violation", True)


async def test_other_violations_still_stop() -> None:
    assert (await driven(violation("other"), past={"wrong"})).failure is not None


async def test_the_guide_decides() -> None:
    run = await driven(
        violation(), violation("again"), person=Person({"wrong": Decision.PROCEED, "again": Decision.REPEAT})
    )
    assert run.answers == [Decision.PROCEED, Decision.REPEAT]
    assert run.credentials == DONE


async def test_a_choice_and_what_is_entered() -> None:
    wanted = (("client_id", "Client id", False), ("client_secret", "Secret", True))
    run = await driven(
        Choose("authorization-server", "Which?", ("a", "b")),
        Enter("registration", "Who?", wanted),
        Verdict("registration", "ok", "public-id has the secret hush-hush"),
    )
    assert run.answers[0] == 1
    assert run.answers[1]["client_secret"] == "hush-hush"
    assert run.events[2]["facts"] == {"options": ["a", "b"]}
    assert run.events[4]["facts"] == {"fields": ["client_id", "client_secret"]}
    assert ("registration", "waiting") in run.steps
    assert "hush-hush" not in run.text
    assert "public-id has the secret sha256:" in run.text


async def test_a_choice_that_is_none() -> None:
    run = await driven(Choose("authorization-server", "Which?", ("a",)))
    assert run.failure is not None


def visit(uri: str) -> Visit:
    return Visit("authorize", "https://as.example/a?state=the-state", "as.example", uri, "read", "the-state")


async def test_the_callback_brings_the_answer() -> None:
    run = await driven(visit, person=Person(queries=("code=c-secret&state=the-state",)), callback=True)
    (answer,) = run.answers
    assert answer.endswith("/callback?code=c-secret&state=the-state")
    assert run.person.cancelled
    waiting = run.events[2]
    assert waiting["state"] == "waiting"
    assert waiting["facts"]["host"] == "as.example"
    assert waiting["facts"]["scope"] == "read"
    assert waiting["facts"]["redirect_uri"].startswith("http://127.0.0.1:")
    assert "the-state" not in run.text
    assert run.person.before_ == ["authorize"]


@pytest.mark.parametrize("callback", [True, False])
async def test_the_answer_is_pasted(callback: bool) -> None:
    run = await driven(visit, person=Person(pastes="?code=c&state=the-state"), callback=callback)
    assert run.answers == ["?code=c&state=the-state"]


async def test_a_callback_with_another_state_is_refused_and_written_down() -> None:
    queries = ("code=bad-code&state=evil", "code=good&state=the-state")
    run = await driven(visit, person=Person(queries=queries), callback=True)
    assert "code=good" in run.answers[0]
    (refused,) = [event for event in run.events if event.get("rule") == "state-mismatch"]
    assert (refused["what"], refused["judgement"]) == ("callback", "warning")
    assert "bad-code" not in run.text
    assert "evil" not in run.text


async def test_the_person_may_stop_at_that() -> None:
    person = Person({"state-mismatch": Decision.STOP}, queries=("code=c&state=evil",))
    run = await driven(visit, person=person, callback=True)
    assert run.failure is not None
    assert "another state" in run.failure.message


async def test_with_the_rule_passed_the_flow_gets_to_see_it() -> None:
    person = Person(queries=("code=c&state=evil",))
    run = await driven(visit, person=person, callback=True, past={"state-mismatch"})
    assert "state=evil" in run.answers[0]


async def test_the_person_gives_up() -> None:
    run = await driven(visit, person=Person(fails="I will not"), callback=True)
    assert run.failure is not None
    assert run.failure.message == "I will not"
    assert run.events[-1]["says"] == "I will not"


async def test_nobody_brings_the_answer() -> None:
    class Absent(Person):
        async def visit(self, visit: Visit) -> str | None:
            return None

    run = await driven(visit, person=Absent())
    assert run.failure is not None
    assert "was not given" in run.failure.message
    run = await driven(visit, person=Absent(), callback=True, url="https://tunnel.example/cb")
    assert run.failure is not None


async def test_a_server_that_repeats_secrets() -> None:
    async with hostile() as server:
        url = server.url("html-500")
        headers = (("authorization", "Basic Yzp0b3Atc2VjcmV0"),)
        fetch = Fetch("token", "POST", url, headers, b"code=the-code&code_verifier=the-verifier")
        says = "top-secret, the-code, the-verifier and given-to-us are all wrong"
        verdict = Verdict("token", "warning", says, "rule", facts={"said": ["the-code"]})
        run = await driven(fetch, verdict, fails=says, target=url, secrets=["given-to-us"])
    assert run.failure is not None
    for secret in ("top-secret", "the-code", "the-verifier", "given-to-us"):
        assert secret not in run.text
        assert secret not in str(run.failure)
        assert secret not in run.failure.message
        assert secret not in run.person.seen[0].says


async def test_a_flow_that_is_given_up_says_so() -> None:
    journal = Journal.create()
    closed = False

    def flow() -> Flow:
        nonlocal closed
        try:
            yield visit("http://127.0.0.1/callback")
        finally:
            closed = True
        return DONE

    class Leaving(Person):
        async def visit(self, visit: Visit) -> str | None:
            scope.cancel()
            return await super().visit(visit)

    reason = Reason(number=1, resource="r", grant="g", says="s")
    target = HttpTarget("http://127.0.0.1:1")
    async with fetching(target, Tap(journal)) as fetcher:
        with anyio.CancelScope() as scope:
            await drive(flow(), fetcher, None, Tap(journal), Leaving(), None, reason=reason)
    assert closed
    last = journal.data(len(journal) - 1)
    assert (last["what"], last["judgement"], last["says"]) == ("flow", "violation", "given up before its end")


@pytest.mark.parametrize("place", ["127.0.0.1", "localhost", "2130706433", "10.1.2.3", "[::ffff:7f00:1]"])
async def test_a_public_server_sends_no_browser_to_what_is_near(place: str) -> None:
    """Its page could do there what only this machine can."""
    visit = Visit("authorize", f"http://{place}/do?it", place, "http://127.0.0.1:1/callback", "", "state-123")
    run = await driven(visit, target="https://8.8.8.8/mcp", person=Person(pastes="code"))
    (answer,) = run.answers
    assert isinstance(answer, Got)
    assert answer.refused
    assert "address, and a server that is at no such address" in answer.error
    assert run.person.before_ == []


class _Elsewhere:
    """A network in which the server's name led nearby when it was asked for, and then to where it lives."""

    def __init__(self) -> None:
        self.guards: list[Guard | None] = []

    async def fetch(self, method: str, url: str, *, guard: Guard | None = None, **more: Any) -> Fetched:
        self.guards.append(guard)
        return Fetched(1, 404, peer="93.184.216.34:443")


async def test_a_name_that_led_nearby_only_while_the_guard_was_chosen() -> None:
    fetcher = _Elsewhere()

    def flow() -> Flow:
        for url in ("https://as.example/x", f"{DONE.resource}/.well-known/x", "http://127.0.0.1:1/x"):
            yield Fetch("server-metadata", "GET", url)
        return DONE

    reason = Reason(number=1, resource=DONE.resource, grant="authorization-code", says="because")
    nearby = Guard(Reach.LOOPBACK)
    await drive(flow(), fetcher, nearby, Tap(Journal.create()), Person(), None, reason=reason)  # type: ignore[arg-type]
    assert fetcher.guards == [nearby, nearby, Guard(Reach.PUBLIC)]


@pytest.mark.parametrize("callback", [True, False])
async def test_a_visit_that_nobody_ends(callback: bool) -> None:
    visit = lambda uri: Visit("authorize", "https://as.example/a", "as.example", uri, "", "state-123")  # noqa: E731
    run = await driven(visit, callback=callback, patience=0.01)
    assert run.failure is not None
    assert run.failure.message == "No answer came from as.example within 0.01 s"
    assert run.person.cancelled
    assert run.events[-1]["says"] == run.failure.message


async def test_a_failure_that_quotes_too_much() -> None:
    run = await driven(fails="It says " + "x" * 60_000)
    assert run.failure is not None
    assert len(run.failure.message) < 1100
    assert len(run.events[-1]["says"]) < 1100


async def test_an_identity_provider_that_the_user_named_may_be_near() -> None:
    """What the user typed is the user's own business; what a server says of the same place is not."""
    async with hostile() as idp:
        asked = Fetch("token-exchange", "GET", idp.url("html-500"))
        elsewhere = Fetch("token-exchange", "GET", "http://127.0.0.1:1/x")
        told = Fetch("server-metadata", "GET", idp.url("html-500"))
        run = await driven(asked, elsewhere, told, target="https://8.8.8.8/mcp", typed=[idp.url("x")])
    assert [got.refused for got in run.answers] == [False, True, True]
