"""The guides of the command line: what a person is shown and asked, and what happens without one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from inspector.errors import AuthNeeded
from inspector.session.auth.browser import Opener
from inspector.session.auth.guides import Silent, Terminal
from inspector.session.auth.steps import Choose, Decision, Enter, Fetch, Verdict, Visit

FETCH = Fetch("registration", "POST", "https://as.example/register", purpose="registration")
VISIT = Visit(
    "authorize",
    "https://as.example/authorize?client_id=c&state=s",
    "as.example",
    "http://127.0.0.1:8123/callback",
    "read",
    "s",
)
LOGIN = "mcp-inspect auth login https://mcp.example"
OK = Verdict("token", "ok", "A token was granted", clause="RFC 6749")
WRONG = Verdict("callback", "violation", "The issuer\x1b[2J is wrong", "iss-mismatch", "RFC 9207 section 2.4")


class Asked:
    """Answers what it was told to, and remembers the questions."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.questions: list[tuple[str, bool]] = []

    async def __call__(self, prompt: str, *, secret: bool = False) -> str | None:
        self.questions.append((prompt, secret))
        return self.answers.pop(0)


class Browser:
    """Opens nothing, and remembers what it should have opened."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble = trouble
        self.opened: list[str] = []

    async def __call__(self, url: str, opener: Opener) -> str:
        self.opened.append(url)
        return self.trouble


class Stage:
    """A terminal guide and what came of it."""

    def __init__(
        self,
        *answers: str | None,
        opener: Opener | str | None = None,
        trouble: str = "",
        nobody: bool = False,
        steps: bool = False,
        stop_at: Sequence[str] = (),
    ) -> None:
        self.said: list[str] = []
        self.asked = Asked(*answers)
        self.browser = Browser(trouble)
        self.guide = Terminal(
            self.said.append,
            None if nobody else self.asked,
            opener=opener,
            steps=steps,
            stop_at=stop_at,
            open_url=self.browser,
        )

    @property
    def text(self) -> str:
        return "\n".join(self.said)


OPENER = Opener(("browser",))


async def test_nobody_is_there() -> None:
    silent = Silent(LOGIN)
    await silent.before(Fetch("server-metadata", "GET", "https://as.example/x"))
    await silent.before(Fetch("refresh", "POST", "https://as.example/token"))
    assert await silent.judged(OK) is Decision.PROCEED
    assert await silent.judged(WRONG) is Decision.STOP
    assert await silent.choose(Choose("authorization-server", "?", ("a", "b"))) == 0
    for needed in (
        silent.before(FETCH),
        silent.before(VISIT),
        silent.visit(VISIT),
        silent.enter(Enter("registration", "?", ())),
    ):
        with pytest.raises(AuthNeeded, match="to a person only") as failure:
            await needed
        assert failure.value.next == LOGIN


async def test_a_grant_without_a_browser_may_register() -> None:
    await Silent(LOGIN, registers=True).before(FETCH)


async def test_each_verdict_is_a_line() -> None:
    stage = Stage()
    assert await stage.guide.judged(OK) is Decision.PROCEED
    assert await stage.guide.judged(WRONG) is Decision.STOP
    assert stage.said == [
        "✓ ok        Token: A token was granted",
        "✗ violation Callback: The issuer␛[2J is wrong  iss-mismatch  [RFC 9207 section 2.4]",
        "  --past iss-mismatch goes on all the same, --step asks at each step.",
    ]


async def test_nothing_is_past_a_dead_end() -> None:
    stage = Stage()
    dead_end = Verdict("token", "violation", "refused", "token-refused", dead_end=True)
    assert await stage.guide.judged(dead_end) is Decision.STOP
    assert len(stage.said) == 1


async def test_it_may_stop_at_a_rule() -> None:
    stage = Stage(stop_at=("auth-prm",))
    assert await stage.guide.judged(Verdict("x", "warning", "nothing", "auth-prm")) is Decision.STOP
    assert stage.guide.stopped_at == "auth-prm"


@pytest.mark.parametrize(
    ("answer", "verdict", "decision"),
    [
        ("", OK, Decision.PROCEED),
        ("r", OK, Decision.REPEAT),
        ("s", OK, Decision.STOP),
        ("", WRONG, Decision.STOP),
        ("p", WRONG, Decision.PROCEED),
        ("repeat", WRONG, Decision.REPEAT),
        ("p", Verdict("token", "violation", "no", "r", dead_end=True), Decision.STOP),
    ],
)
async def test_step_by_step(answer: str, verdict: Verdict, decision: Decision) -> None:
    stage = Stage(answer, steps=True)
    assert await stage.guide.judged(verdict) is decision
    assert len(stage.asked.questions) == 1


async def test_step_by_step_before_a_request() -> None:
    stage = Stage("", "s", steps=True)
    await stage.guide.before(FETCH)
    assert stage.said == ["→ POST https://as.example/register (registration)"]
    with pytest.raises(AuthNeeded, match="stopped"):
        await stage.guide.before(FETCH)


async def test_otherwise_requests_are_not_announced() -> None:
    stage = Stage()
    await stage.guide.before(FETCH)
    await stage.guide.before(VISIT)
    assert stage.said == []


async def test_a_choice() -> None:
    stage = Stage("3", "x", " 2 ", "")
    choice = Choose("authorization-server", "Which authorization server?", ("https://a", "https://b\x1b"))
    assert await stage.guide.choose(choice) == 1
    assert await stage.guide.choose(choice) == 0
    assert "  2  https://b␛" in stage.said
    assert "3 is none of them." in stage.said


async def test_what_only_the_person_knows() -> None:
    stage = Stage("my-client", "hush")
    wanted = Enter(
        "registration",
        "Which client?",
        (("client_id", "Client id", False), ("client_secret", "Secret", True)),
    )
    assert await stage.guide.enter(wanted) == {"client_id": "my-client", "client_secret": "hush"}
    assert stage.asked.questions == [("Client id: ", False), ("Secret: ", True)]
    assert "hush" not in stage.text


async def test_the_host_is_seen_before_the_browser_opens() -> None:
    stage = Stage("", None, opener=OPENER)
    assert await stage.guide.visit(VISIT) is None
    assert stage.said[:3] == [
        "A browser has to go to as.example",
        "  for the scope read,",
        "  and it comes back to http://127.0.0.1:8123/callback",
    ]
    assert stage.asked.questions[0] == ("Open it? Enter for yes, n for the URL to copy: ", False)
    assert stage.browser.opened == [VISIT.url]
    assert VISIT.url not in stage.text


async def test_it_is_not_opened_against_the_persons_will() -> None:
    stage = Stage("no", "", " http://127.0.0.1:8123/callback?code=c ", opener=OPENER)
    assert await stage.guide.visit(VISIT) == "http://127.0.0.1:8123/callback?code=c"
    assert stage.browser.opened == []
    assert stage.said[-1] == VISIT.url


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (
            Stage(None, opener="There is no display to open a browser on"),
            "There is no display to open a browser on.",
        ),
        (
            Stage("", None, opener=OPENER, trouble="browser failed with exit code 3"),
            "browser failed with exit code 3.",
        ),
        (Stage(None, opener=None), "Open this URL in a browser, on any machine:"),
        (Stage(opener=None, nobody=True), "Open this URL in a browser, on any machine:"),
    ],
)
async def test_without_a_browser_the_url_is_shown(stage: Stage, says: str) -> None:
    assert await stage.guide.visit(VISIT) is None
    assert says in stage.said
    assert stage.said[stage.said.index(VISIT.url) + 1 :] in (
        [],
        ["Nothing more can be pasted; waiting for the browser to come back. Ctrl+C gives up."],
    )


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("rubbish", "That is not the whole address"),
        ("https://as.example/authorize?client_id=c", "That address carries no answer"),
        ("error_description=code", "That address carries no answer"),
    ],
)
async def test_what_is_no_answer_is_asked_again(pasted: str, says: str) -> None:
    stage = Stage(pasted, "http://127.0.0.1:8123/callback?state=s&code=c", opener=None)
    assert await stage.guide.visit(VISIT) == "http://127.0.0.1:8123/callback?state=s&code=c"
    assert says in stage.text
    insists = Stage(pasted, pasted, opener=None)
    assert await insists.guide.visit(VISIT) == pasted


async def test_news_while_waiting_begin_on_a_line_of_their_own() -> None:
    stage = Stage()

    async def ask(prompt: str, *, secret: bool = False) -> str | None:
        await guide.judged(OK)
        return "?code=c"

    guide = Terminal(stage.said.append, ask, opener=None)
    assert await guide.visit(VISIT) == "?code=c"
    assert stage.said[-2:] == ["", "✓ ok        Token: A token was granted"]
    await guide.judged(OK)
    assert stage.said[-2] != ""


async def test_punycode_is_revealed() -> None:
    stage = Stage(None)
    await stage.guide.visit(
        Visit("authorize", "https://xn--pple-43d.com/", "xn--pple-43d.com", "http://127.0.0.1:1/")
    )
    assert stage.said[0] == "A browser has to go to xn--pple-43d.com (reads “аpple.com”)"
    assert stage.said[1] == "  for no scope in particular,"


@pytest.mark.parametrize("nobody", [True, False])
async def test_questions_without_a_person(nobody: bool) -> None:
    def stage(**more: object) -> Terminal:
        return Stage(*([] if nobody else [None]), nobody=nobody, **more).guide  # type: ignore[arg-type]

    for question in (
        stage().choose(Choose("x", "?", ("a", "b"))),
        stage().enter(Enter("x", "?", (("a", "A", False),))),
        stage(steps=True).judged(OK),
        stage(steps=True).before(FETCH),
        stage(opener=OPENER).visit(VISIT),
    ):
        with pytest.raises(AuthNeeded, match="there is no terminal") as failure:
            await question
        assert "--no-browser" in failure.value.next
