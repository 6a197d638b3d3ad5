"""Who stands beside a flow on the command line: nobody, or a person at a terminal.

Both judge nothing. `Silent` gives up where a person would be needed; `Terminal` shows each step as a line,
asks, and lets the person decide. The app brings a guide of its own.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from inspector.errors import AuthNeeded
from inspector.session.auth.browser import Opener, open_browser, shown_host
from inspector.session.auth.steps import STEPS, Choose, Decision, Enter, Fetch, Judgement, Verdict, Visit
from inspector.wire.visible import clip, visible

_MARKS: Mapping[Judgement, str] = {"ok": "✓", "note": "·", "warning": "!", "violation": "✗"}
_LONGEST = 600  # cells of a sentence that may quote a server


class Silent:
    """Nobody is there: discovery, refreshes and grants that need no person go on, all else gives up.

    Args:
        login: The line that a person can run.
        registers: Whether clients may be registered: for a grant that needs no browser afterwards.
    """

    def __init__(self, login: str, *, registers: bool = False) -> None:
        self._login = login
        self._registers = registers

    async def before(self, action: Fetch | Visit) -> None:
        if isinstance(action, Visit) or (action.step == "registration" and not self._registers):
            raise self._needs_person(_place(action.url))

    async def judged(self, verdict: Verdict) -> Decision:
        return Decision.STOP if verdict.judgement == "violation" else Decision.PROCEED

    async def choose(self, choice: Choose) -> int:
        return 0

    async def enter(self, wanted: Enter) -> Mapping[str, str]:
        raise self._needs_person("the authorization server")

    async def visit(self, visit: Visit) -> str | None:
        raise self._needs_person(visit.host)

    def _needs_person(self, who: str) -> AuthNeeded:
        return AuthNeeded(
            f"The server wants authorization, and {who} grants it to a person only", next=self._login
        )


class Ask(Protocol):
    """Asks the person at the terminal."""

    async def __call__(self, prompt: str, *, secret: bool = False) -> str | None:
        """One line without its end; `None` where no more can come. Cancelled when it is not needed."""
        ...


class Terminal:
    """A person at a terminal.

    Args:
        say: Writes a line for people; what it gets is safe for a terminal.
        ask: `None` where nobody can be asked.
        opener: Opens a browser, or says in a sentence why none can be opened; `None` where none may be.
        steps: Stop before each step and ask what to do.
        stop_at: Rules at whose verdict to stop, whatever it is.

    Attributes:
        stopped_at: The rule of `stop_at` that it came to; empty as long as it has not.
    """

    def __init__(
        self,
        say: Callable[[str], object],
        ask: Ask | None,
        *,
        opener: Opener | str | None,
        steps: bool = False,
        stop_at: Collection[str] = (),
        open_url: Callable[[str, Opener], Awaitable[str]] = open_browser,
    ) -> None:
        self._say = say
        self._ask = ask
        self._opener = opener
        self._steps = steps
        self._stop_at = stop_at
        self.stopped_at = ""
        self._pasting = False
        self._open_url = open_url

    async def before(self, action: Fetch | Visit) -> None:
        if isinstance(action, Visit):
            return
        what = f" ({action.purpose})" if action.purpose else ""
        if self._steps:
            self._say(f"→ {action.method} {clip(visible(action.url), _LONGEST)}{visible(what)}")
            answer = await self._asked("Enter sends it, s stops: ")
            if answer.startswith("s"):
                raise AuthNeeded("Authorization was stopped before a request", next="")

    async def judged(self, verdict: Verdict) -> Decision:
        if self._pasting:  # the cursor stands behind the question
            self._say("")
        title = STEPS.get(verdict.step, verdict.step)
        where = f"  [{visible(verdict.clause)}]" if verdict.clause and verdict.judgement != "ok" else ""
        rule = f"  {visible(verdict.rule)}" if verdict.rule else ""
        says = clip(visible(verdict.says), _LONGEST)
        self._say(f"{_MARKS[verdict.judgement]} {verdict.judgement:<9} {title}: {says}{rule}{where}")
        if verdict.rule and verdict.rule in self._stop_at:
            self.stopped_at = verdict.rule
            return Decision.STOP
        if verdict.judgement == "violation":
            return await self._violated(verdict)
        if self._steps and verdict.last:
            answer = await self._asked("Enter goes on, r repeats the step, s stops: ")
            return {"r": Decision.REPEAT, "s": Decision.STOP}.get(answer[:1], Decision.PROCEED)
        return Decision.PROCEED

    async def _violated(self, verdict: Verdict) -> Decision:
        if not self._steps:
            if not verdict.dead_end:
                self._say(f"  --past {visible(verdict.rule)} goes on all the same, --step asks at each step.")
            return Decision.STOP
        past = "" if verdict.dead_end else "p goes on past it, "
        answer = await self._asked(f"{past}r repeats the step, Enter stops: ")
        if answer.startswith("p") and not verdict.dead_end:
            return Decision.PROCEED
        return Decision.REPEAT if answer.startswith("r") else Decision.STOP

    async def choose(self, choice: Choose) -> int:
        self._say(visible(choice.question))
        for number, option in enumerate(choice.options, 1):
            self._say(f"  {number}  {clip(visible(option), _LONGEST)}")
        while True:
            answer = await self._asked(f"1 to {len(choice.options)} (Enter for 1): ")
            if not answer:
                return 0
            if answer.isascii() and answer.isdigit() and 1 <= int(answer[:6]) <= len(choice.options):
                return int(answer) - 1
            self._say(f"{visible(answer)} is none of them.")

    async def enter(self, wanted: Enter) -> Mapping[str, str]:
        self._say(visible(wanted.question))
        return {
            name: await self._asked(f"{visible(label)}: ", secret=secret)
            for name, label, secret in wanted.fields
        }

    async def visit(self, visit: Visit) -> str | None:
        scope = clip(visible(visit.scope), _LONGEST)
        self._say(f"A browser has to go to {shown_host(visit.host)}")
        self._say(f"  for {f'the scope {scope}' if scope else 'no scope in particular'},")
        self._say(f"  and it comes back to {visible(visit.redirect_uri)}")
        if not await self._opened(visit):
            self._say("Open this URL in a browser, on any machine:")
            self._say(visible(visit.url))
        return await self._pasted()

    async def _opened(self, visit: Visit) -> bool:
        """Whether a browser is on its way."""
        if self._opener is None:
            return False
        if isinstance(self._opener, str):
            self._say(f"{self._opener}.")
            return False
        if (await self._asked("Open it? Enter for yes, n for the URL to copy: ")).lower().startswith("n"):
            return False
        trouble = await self._open_url(visit.url, self._opener)
        if trouble:
            self._say(f"{visible(trouble)}.")
        return not trouble

    async def _pasted(self) -> str | None:
        """What was pasted; `None` where only the callback can bring the answer."""
        if self._ask is None:
            return None
        prompt = "Waiting. Should the page not be found there, paste the address that the browser ends at: "
        self._pasting = True
        try:
            before = ""
            while (line := await self._ask(prompt)) is not None:
                pasted = line.strip()
                odd = _no_answer(pasted)
                if pasted and (not odd or pasted == before):
                    return pasted
                if odd:
                    self._say(odd)
                before = pasted
            self._say("Nothing more can be pasted; waiting for the browser to come back. Ctrl+C gives up.")
        finally:
            self._pasting = False
        return None

    async def _asked(self, prompt: str, *, secret: bool = False) -> str:
        line = None if self._ask is None else await self._ask(prompt, secret=secret)
        if line is None:
            raise AuthNeeded(
                "Authorization needs somebody to answer, and there is no terminal",
                next="Run it in a terminal, or with --no-browser, which asks nothing",
            )
        return line.strip()


def _no_answer(pasted: str) -> str:
    """What is odd about a line that was pasted as an authorization response; empty if nothing."""
    if not pasted or re.search(r"(?:^|[?&#])(?:code|error)=", pasted):
        return ""
    if "=" in pasted or "://" in pasted:
        return (
            "That address carries no answer, neither code= nor error=: the browser has to go on from there."
        )
    return "That is not the whole address, which also tells whom the answer is for. The same again tries it."


def _place(url: str) -> str:
    try:
        return urlsplit(url).netloc or "the authorization server"
    except ValueError:
        return "the authorization server"
