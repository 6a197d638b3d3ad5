"""The server that a recording makes: messages of a client go in, what is to be said comes out in its time.

It does no I/O and reads no clock; a front (stdio, HTTP) hands it messages and the time. What a client says
never raises. How requests are matched stands in `matching`, what belongs to which in `script`, what the eras
have not in common in `eras` and `questions`.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping
from typing import Any

from inspector.serving import rewrite
from inspector.serving.eras import Manners, Spoken, for_modern, questions, version_of
from inspector.serving.matching import Matcher, Miss, Requests
from inspector.serving.playing import Batch, Playing
from inspector.serving.questions import INSIDE, Gathering, Questions
from inspector.serving.said import NOT_RECORDED, Heard, Said, Ways, refusal
from inspector.serving.script import LISTEN, Script
from inspector.serving.steps import Act, Call, Step
from inspector.wire.event import Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import Frame, classify, encode, id_key
from inspector.wire.targets import target_of
from inspector.wire.versions import INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR


class Serving:
    """One client's session with a recorded server.

    Args:
        script: The recording.
        spoken: What it speaks.
        ways: How it is served.
        heard: Where misses and notes go.
        requests: What is matched, where several sessions share it.
    """

    def __init__(
        self,
        script: Script,
        spoken: Spoken,
        ways: Ways,
        heard: Heard,
        requests: Requests | None = None,
    ) -> None:
        self._script = script
        self._pace = ways.pace
        self._lenient = ways.match in ("normal", "method") and not ways.once
        self._heard = heard
        self._matcher = Matcher(requests or Requests(script, ways.match), once=ways.once)
        self._manners = Manners(spoken, ways.speak, self._matcher.has, heard.note)
        self._questions = Questions()
        self._due: list[tuple[float, int, Playing, Step | Said]] = []
        self._count = 0
        self._unasked = 0  # of what nobody asked for, how much was said
        self._playing: dict[str, Playing] = {}
        self._played: set[Call] = set()
        self._listening: dict[int, Playing] = {}

    # In

    def feed(self, body: bytes, now: float, via: int = 0) -> int:
        """A message of the client; returns how many answers it may get.

        Args:
            body: Its bytes.
            now: Seconds, of the clock of `due`.
            via: Where its answers go.
        """
        frame = classify(body)
        if frame.shape is not Shape.BATCH:
            self._take(frame, now, via, None)
            return frame.shape in (Shape.REQUEST, Shape.INVALID)
        items = frame.items
        asks = sum(item.shape in (Shape.REQUEST, Shape.INVALID) for item in items)
        batch = Batch(asks)
        for item in items:
            self._take(item, now, via, batch)
        return asks

    def _take(self, frame: Frame, now: float, via: int, batch: Batch | None) -> None:
        match frame.shape:
            case Shape.REQUEST:
                live = Playing(
                    frame.id or "null", _token(frame), via, modern=version_of(frame.params) is not None
                )
                live.batch, live.wanted = batch, (frame.method or "", _params(frame))
                self._request(live, now)
            case Shape.NOTIFICATION:
                self._notified(frame, now)
            case Shape.RESPONSE | Shape.ERROR:
                self._replied(frame, now)
            case _:
                live = Playing("null", None, via, modern=False)
                live.batch = batch
                code = PARSE_ERROR if Fault.NOT_JSON in frame.faults else INVALID_REQUEST
                self._push(live, now, refusal("null", code, "This is no JSON-RPC message"))

    def _request(self, live: Playing, now: float) -> None:
        method, params = live.wanted
        leg = self._questions.leg(params)
        if leg is not None:
            playing, row, answer = leg
            playing.goes_on_as(live)
            self._playing[id_key(playing.id)] = playing
            self._answered_back(playing, row, answer, now)
            return
        own = self._manners.own(method, params, live.id)
        if own is not None:
            self._push(live, now, own)
        else:
            self._find(live, now)

    def _find(self, live: Playing, now: float) -> None:
        """Play what was recorded for a request, or say that nothing was."""
        call = self._matcher.find(*live.wanted)
        own = self._manners.instead(live.wanted[0], live.id) if call is None and self._lenient else None
        if own is not None:
            self._push(live, now, own)
        elif call is None or not call.asks:
            self._missed(live, now)
        else:
            self._play(live, call, now)

    def _play(self, live: Playing, call: Call, now: float) -> None:
        own = [step for step in call.steps if call not in self._played or not self._script.changes(step)]
        self._played.add(call)
        live.play(call, own, self._released(call.row))
        live.begin(self._script.journal.time(call.row), now)
        if call.asks:
            self._playing[id_key(live.id)] = live
        if call.method == LISTEN:
            self._listening[call.row] = live
        missing = any(step.act is Act.MISSING for step in own)
        self._heard.answered += call.asks and not missing
        if live.batch is not None and not missing and not any(step.act is Act.ANSWER for step in own):
            self._batched(live, None, now)
        self._go_on(live)

    def _released(self, row: int) -> list[Step]:
        """What nobody asked for and stands before what the client sent after row `row`."""
        until, unasked, found = self._script.horizon(row), self._script.unasked, list[Step]()
        while self._unasked < len(unasked) and unasked[self._unasked].row < until:
            step = unasked[self._unasked]
            self._unasked += 1
            if step.row > row or step.act not in (Act.EXIT, Act.CLOSE):  # it lived on, if in another process
                found.append(step)
        return found

    def _go_on(self, playing: Playing) -> None:
        journal = self._script.journal
        for step in playing.ready():
            self._put(playing.when(journal.time(step.row), self._pace), playing, step)

    def _put(self, at: float, playing: Playing, what: Step | Said) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, playing, what))

    def _push(self, live: Playing, now: float, body: bytes) -> None:
        """An answer of this program's own."""
        live.answered = True
        self._forget(live)
        if live.batch is not None:
            self._batched(live, body, now)
        else:
            self._put(now, live, Said("message", body, live.via, last=True))

    def _batched(self, playing: Playing, answer: bytes | None, now: float) -> None:
        whole = playing.batch.take(answer) if playing.batch is not None else None
        if whole is not None:
            self._put(now, playing, Said("message", whole, playing.via, last=True))

    def _notified(self, frame: Frame, now: float) -> None:
        if frame.method == "notifications/cancelled":
            id = frame.params.get("requestId")
            if isinstance(id, str | int) and not isinstance(id, bool):
                self._cancelled(self._playing.get(id_key(json.dumps(id))), now)
            return
        call = self._matcher.find(frame.method or "", _params(frame))
        if call is not None and not call.asks:
            self._play(Playing("", None, 0, modern=False), call, now)

    def _cancelled(self, playing: Playing | None, now: float) -> None:
        if playing is None or playing.call is None:
            return
        row = playing.call.row
        self._listening.pop(row, None)
        if playing.waits_for_cancel:
            playing.met(row, self._script.journal.time(row), now)
            self._go_on(playing)
        elif not playing.answered:
            playing.over = True

    def hung_up(self, via: int, now: float) -> None:
        """The client closed a stream: what was to go there is not said any more."""
        for playing in [each for each in self._playing.values() if each.via == via]:
            self._cancelled(playing, now)

    def _replied(self, frame: Frame, now: float) -> None:
        waited = self._questions.answered(frame)
        if isinstance(waited, Gathering):
            self._gathered(waited, now)
        elif waited is not None:
            result = frame.result if frame.shape is Shape.RESPONSE else None
            self._answered_back(*waited, result, now)

    def _answered_back(self, playing: Playing, row: int, result: Any, now: float) -> None:
        """The client answered what the server asked in a row; that it did is enough."""
        journal = self._script.journal
        reply = journal.peer(row)
        recorded = self._script.frame(reply) if reply >= 0 else None
        if recorded is not None and recorded.result != result:
            what = journal.method(row) or "a question"
            self._heard.note(f"row {row}: {what} was answered otherwise than recorded in row {reply}")
        playing.met(row, journal.time(max(reply, row)), now)
        self._go_on(playing)

    def _gathered(self, gathering: Gathering, now: float) -> None:
        """Once all is answered that a modern server had asked for, the call goes on."""
        playing = gathering.playing
        if not gathering.keys and not playing.over:
            playing.wanted = (playing.wanted[0], gathering.again())
            self._find(playing, now)

    def _missed(self, live: Playing, now: float) -> None:
        method, params = live.wanted
        about = target_of(method, params) if isinstance(params, Mapping) else ""
        self._say_missed(live, self._matcher.missed(method, params, about), now)

    def _missing(self, playing: Playing, row: int, now: float) -> None:
        """The request was recorded, and its answer was not, or can no more be read."""
        method, params = playing.wanted
        about = target_of(method, params) if isinstance(params, Mapping) else ""
        says = "the request is there without its answer"
        self._say_missed(playing, Miss(method, about, row, (), says), now)

    def _say_missed(self, live: Playing, miss: Miss, now: float) -> None:
        self._heard.missed(miss)
        method = live.wanted[0]
        data: dict[str, Any] = {"method": miss.method}
        if miss.row >= 0:
            data["nearest"] = {"row": miss.row, "method": self._script.journal.method(miss.row)}
        if miss.differs:
            data["differs"] = list(miss.differs)
        code = NOT_RECORDED if self._matcher.has(method) else METHOD_NOT_FOUND
        self._push(live, now, refusal(live.id, code, miss.sentence, data))

    # Out

    @property
    def next_at(self) -> float | None:
        """When there is something to say next; `None` while nothing is."""
        return self._due[0][0] if self._due else None

    def due(self, now: float) -> list[Said]:
        """What is to be said by now, in order."""
        found: list[Said] = []
        while self._due and self._due[0][0] <= now:
            _, _, playing, what = heapq.heappop(self._due)
            if playing.over:
                continue
            said = what if isinstance(what, Said) else self._said(playing, what, now)
            if said is not None:
                found.append(said)
        return found

    def _said(self, playing: Playing, step: Step, now: float) -> Said | None:
        match step.act:
            case Act.ANSWER:
                return self._answer(playing, step, now)
            case Act.SAY:
                return self._say(playing, step, now)
            case Act.MISSING:
                self._missing(playing, step.about, now)
                return None
            case Act.PRINT:
                return Said("text", self._script.body(step), row=step.row, newline=self._ends_line(step))
            case Act.BREAK:
                facts = {**self._script.response_of(step.row), "id": playing.id}
                return Said("broken", via=playing.via, last=True, row=step.row, facts=facts)
            case Act.EXIT:
                return Said("exit", row=step.row, facts=self._script.journal.data(step.row))
        return Said("close", row=step.row)

    def _ends_line(self, step: Step) -> bool:
        return Fault.NO_NEWLINE not in self._script.journal.event(step.row).faults

    def _answer(self, playing: Playing, step: Step, now: float) -> Said | None:
        if playing.call is None or step.about != playing.call.row:  # a subscription ends, in its place
            listener = self._listening.pop(step.about, None)
            if listener is None or listener.answered:
                return None
            playing = listener
        call, body = playing.call, self._script.body(step)
        if call is None:
            return None
        if step.item < 0 and self._script.journal.size(step.row) > len(body):
            self._push(
                playing,
                now,
                refusal(playing.id, NOT_RECORDED, "The recording holds only the beginning of this answer"),
            )
            return None
        replied = classify(body)
        if not playing.modern and (asked := questions(replied.result)) is not None:
            self._gather(playing, asked, replied.result.get("requestState"), now)
            return None
        asked_with = self._script.frame(call.row, call.item)
        body = rewrite.answered_to(body, asked_with.id if asked_with else None, replied.id, playing.id)
        if replied.shape is Shape.RESPONSE:
            body = self._adapted(body, playing, call)
        playing.answered = True
        self._forget(playing)
        if playing.batch is not None:
            self._batched(playing, body, now)
            return None
        return Said("message", body, playing.via, True, step.row, self._ends_line(step))

    def _forget(self, playing: Playing) -> None:
        """It is answered: unless it waits for a cancel still, no cancel can mean it."""
        key = id_key(playing.id)
        if not playing.waits_for_cancel and self._playing.get(key) is playing:
            del self._playing[key]

    def _adapted(self, body: bytes, playing: Playing, call: Call) -> bytes:
        """A result with what belongs to this session in the place of what belonged to the recorded one."""
        if call.method == LISTEN:
            return rewrite.subscribed(body, playing.id.encode())
        if call.method == "initialize":
            return self._manners.agreed(body, playing.wanted[1])
        if playing.modern and self._manners.legacy_recording:
            return for_modern(body, call.method)
        return body

    def _gather(self, playing: Playing, asked: Mapping[str, dict[str, Any]], state: Any, now: float) -> None:
        """Ask a client of the legacy era in requests what a modern server wants to know."""
        gathering = Gathering(playing, state)
        for key, question in asked.items():
            body = self._questions.gather(gathering, key, question)
            self._put(now, playing, Said("message", body, playing.via))
        self._gathered(gathering, now)  # it may want to be asked again, and nothing else

    def _say(self, playing: Playing, step: Step, now: float) -> Said | None:
        body = self._script.body(step)
        frame = classify(body)
        own = playing.owns(step)
        via = playing.via if own else 0
        if frame.shape is Shape.REQUEST:
            return self._ask(playing, step, frame, own=own, now=now)
        if frame.method == "notifications/progress" and own and step.about >= 0:
            if playing.token is None:
                return None  # who asks for no progress gets none
            body = rewrite.replaced(body, encode(playing.token), "params", "progressToken")
        if not self._script.listens(step.about):
            return Said("message", body, via, row=step.row)
        listener = self._listening.get(step.about)
        if listener is None:  # nobody listens; in the legacy eras that is not needed
            return Said("message", body, via, row=step.row) if self._manners.legacy else None
        body = rewrite.subscribed(body, listener.id.encode())
        if frame.method == "notifications/cancelled":
            body = rewrite.replaced(body, listener.id.encode(), "params", "requestId")
        return Said("message", body, listener.via, row=step.row)

    def _ask(self, playing: Playing, step: Step, frame: Frame, *, own: bool, now: float) -> Said | None:
        method, via = frame.method or "", playing.via if own else 0
        if not playing.modern:
            id = self._questions.ask(playing, step.row, frame.id or "")
            body = rewrite.replaced(self._script.body(step), id.encode(), "id")
            return Said("message", body, via, row=step.row)
        if own and method in INSIDE:
            playing.answered = True
            body = self._questions.instead(playing, step.row, method, _params(frame))
            return Said("message", body, via, last=True, row=step.row)
        self._heard.note(f"row {step.row}: {method} cannot be asked of a client of the modern era")
        playing.met(step.row, self._script.journal.time(step.row), now)
        self._go_on(playing)
        return None


def _params(frame: Frame) -> Any:
    return frame.value.get("params") if isinstance(frame.value, dict) else None


def _token(frame: Frame) -> Any:
    meta = frame.params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, Mapping) else None
    return token if isinstance(token, str | int) and not isinstance(token, bool) else None
