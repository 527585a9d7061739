"""Find questions, open, closed or stacked, with and without punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.technique.cues.clauses import Clause

_SUBJECT = (
    r"(?:you|he|she|it|they|we|i|your|there|that|this|those|these|anyone|anybody|any|somebody|someone|"
    r"the|his|her|their|my|mom|mum|dad|everyone|everybody|people)"
)
_AUXILIARY = (
    r"(?:do|does|did|are|is|was|were|have|has|had|can|could|would|will|should|may|shall|"
    r"don'?t|doesn'?t|didn'?t|aren'?t|isn'?t|wasn'?t|weren'?t|haven'?t|hasn'?t|can'?t|couldn'?t|wouldn'?t|won'?t)"
)
_TAIL = r"(?=\b)"
TELL = re.compile(
    r"\b(?:tell me (?:about|more|what|how|everything|a (?:little )?(?:bit|little)|some more|where|your side|the story)|walk me through|"
    r"talk to me(?: about)?|fill me in|help me (?:to )?understand|talk me through|describe|let me hear|"
    r"(?:can|could|would|will) you (?:please )?(?:tell|describe|explain|say|share|give me an? (?:idea|example)|talk|walk|help me)|"
    r"(?:i'?d|i would|i want to|i wanna|i'?d really) (?:like to |love to |want to )?(?:hear|know|understand)(?: more)? (?:about|what|how|from|your|more|why)|"
    r"i'?m (?:curious|wondering (?:what|how|if|whether))|i(?: was| am)?(?: just)? wonder(?:ed|ing)?(?: what| how)|say (?:some(?:thing)? )?more|tell us)\b"
)
_ONE_FACT = re.compile(
    r"\bhow (?:many|much|old|long|often|far|late|big|tall|soon|bad)\b|\bwhat (?:time|day|year|date|kind|type|color|colour|number|grade|street|age|size|school)\b|"
    r"\bwhat(?:'?s| is| was) (?:your|the|his|her|their|this|that|that guy'?s) (?:\w+ )?(?:name|address|number|age|date|phone|birthday|last name|date of birth|zip|room)\b|"
    r"\btell me (?:your (?:name|age|date|address|number)|where|when|who)\b|\bon a scale\b|\bscale (?:of|from)\b"
)
OPEN = re.compile(
    r"\b(?:what (?:about|if|else|happen\w*|brings?|brought|makes?|made|are|is|was|were|do|does|did|would|could|can|will|should|have|has|had|might|sort|kinds?|things?|ways?|goes|went|concerns?|worries|bothers?|matters|helps?|helped|scares?|works?|worked|led|you'?re|part|parts|got|your)|"
    r"what'?s|what'?d|whats|whatd|how'?s|hows|how'?d|how (?:about|do|does|did|are|is|was|were|would|could|can|will|have|has|had|might|come|should|else|important|confident|ready|you|your|bad|far|does that|to)|in what ways?|what$)\b"
)
CLOSED_WH = re.compile(
    r"\b(?:who|who'?s|whose|where|where'?s|when|which)(?: \w+)? (?:is|are|was|were|do|does|did|have|has|had|would|will|can|could|should|you|your|they|he|she|told|gave|said|hurt|called|lives?|in|of)\b|"
    r"\bhow (?:many|much|old|long|often|far|late)\b|\bwhat (?:time|day|year|date)\b|\b(?:who|where)'?s\b"
)
WHY = re.compile(
    r"\bwhy(?: the hell| on earth| in the world| would| did| do| didn'?t| don'?t(?! (?:you|we) (?:try|just|come|go|sit|take|get|talk|let|start|have|tell|give|step|put|move|wait|call|do|see|stop|show|calm|say))|"
    r" are| is| were| was| have| haven'?t| not| can'?t| won'?t| aren'?t| isn'?t| should| wouldn'?t| couldn'?t)?\b|"
    r"\bhow come\b|\bwhat (?:made|makes) you\b|\bwhat(?:'?s| is| was) (?:the|your) reason\b|\bwhat (?:were|are) you thinking\b|\bwhat (?:the hell )?(?:is|was) (?:that|this) (?:for|about)\b"
)
INVERTED = re.compile(rf"\b{_AUXILIARY} {_SUBJECT}{_TAIL}")
_START_INVERTED = re.compile(
    rf"^(?:{_AUXILIARY} {_SUBJECT}|any(?:thing|one|body|where)? |you (?:want|wanna|need|okay|ok|alright|hurt|good|ready|got) )"
)
_AFTER = re.compile(
    r"(?:\b(?:what|how|where|when|why|who|which|whom|so|neither|nor|than|much|many|often|long|old|far|as|that|if|whether|the|know|whatever|however) *)$"
)
_EMBEDDED = re.compile(
    r"\b(?:know|knew|knows|see|seen|sure|understand|understood|that'?s|thats|is|was|me|you|out|exactly|matter|remember|remind|care|idea|decide|on|about|of|from|with|for|like|hear|heard|say|said|saying|tell|told|show|check|believe|notice|into|just|to|by) *$"
)
_TAG = re.compile(
    r"(?:,| )(?:right|correct|yeah|yes|okay|ok|huh|eh|alright|all right|is that right|isn'?t it|is it|aren'?t you|don'?t you|didn'?t you|haven'?t you|are you|do you|hm+)$"
)
_RHETORICAL = re.compile(
    r"\b(?:do i look like|what (?:do|did) you (?:want|expect) (?:me|from)|who do you think|how (?:dare|hard (?:can|could|is))|are you (?:kidding|deaf|stupid|blind|serious|crazy|joking|out of)|"
    r"what(?:'?s| is) (?:wrong with you|your problem|the matter with you)|do you think (?:i'?m|you'?re|this is)|why don'?t you|who cares|what the hell is wrong|"
    r"^(?:so what|really|okay|ok|right|sorry|pardon|alright|huh|yeah|you know|you hear me|you understand|understood|got it|do you hear me|do you understand|is that clear)$)"
)
NEAR = 30
_GIVES_BACK = re.compile(
    r"(?:that )?(?:you(?:'?re|'?ve| are| feel| want| don'?t| like)|sounds|it sounds|it'?s)\b"
)
_JOINED = re.compile(
    r"(?:^|, ?|\b(?:and|so|but|or|okay|ok|now|right|uh|um|well|yeah|sir|ma'?am) )$"
)
_YOURS = re.compile(
    rf"{_AUXILIARY} (?:you|your|anyone|anybody|somebody|someone|there|we)\b(?! (?:go|are|is|know|see)\b)"
)
_DIRECT = re.compile(
    r"what(?:'?s| (?:about|if|else|happen\w*|brings?|brought|makes?|made|goes|went|worries|bothers?|matters|helps?|helped|hurts?|scares?|works?|worked|led|is|are|was|were|kind of|sort of)\b|$)|"
    r"how(?:'?s| (?:about|come)\b)"
)
_ORDER = re.compile(
    r"^(?:can|could|would|will) you (?:just |please |all )?(?:shut|stop|move|get (?:out|off|down|back|away)|calm|quit|step|back|be quiet|leave|sit down|put (?:it|that|the)|lower|keep)\b"
)
_ADVICE = re.compile(
    r"^(?:why don'?t|why not|have you (?:ever )?(?:tried|thought|considered)|what if you|how about you|wouldn'?t it be better|don'?t you think you should|shouldn'?t you)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question found in a turn, with how sure the rule is."""

    kind: str
    weight: float
    start: int
    end: int
    why: bool = False


def _is_open(text: str) -> bool:
    return bool(
        (OPEN.search(text) or TELL.search(text) or WHY.search(text)) and not _ONE_FACT.search(text)
    )


def _asked(clause: Clause) -> Question | None:
    """Judge a clause that ends with a question mark."""
    text = clause.text
    if _RHETORICAL.search(text) or _ORDER.search(text) or _ADVICE.search(text):
        return Question("closed_question", 0.35, clause.start, clause.end)
    why = bool(WHY.search(text))
    if _is_open(text):
        return Question("open_question", 0.92, clause.start, clause.end, why)
    statement = not (
        INVERTED.search(text) or CLOSED_WH.search(text) or _START_INVERTED.search(text)
    )
    tagged = bool(_TAG.search(text))
    weight = 0.9 if tagged or not statement else 0.45 if _GIVES_BACK.match(text) else 0.65
    if len(text.split()) < 2:
        weight = 0.5
    return Question("closed_question", weight, clause.start, clause.end)


def _free(text: str, at: int) -> bool:
    """Say whether a question may begin here, and is not part of a statement about knowing."""
    return not _EMBEDDED.search(text[:at])


def _turns(text: str, at: int) -> bool:
    """Say whether verb and subject stand the asking way round soon after this place."""
    inverted = INVERTED.search(text, at)
    return inverted is not None and inverted.start() - at < NEAR


def _worded(text: str) -> tuple[int, str, bool] | None:
    """Find a question that a question word opens: its place, kind, and whether it asks why."""
    for match in WHY.finditer(text):
        if _free(text, match.start()) and _turns(text, match.start()):
            return match.start(), "open_question", True
    for match in CLOSED_WH.finditer(text):
        if _JOINED.search(text[: match.start()]) and _turns(text, match.start()):
            return match.start(), "closed_question", False
    for match in OPEN.finditer(text):
        at = match.start()
        if _free(text, at) and (_turns(text, at) or _DIRECT.match(text, at)):
            kind = "closed_question" if _ONE_FACT.search(text, at) else "open_question"
            return at, kind, False
    return None


def _turned(text: str) -> tuple[int, float] | None:
    """Find a question that only its word order shows: its place and weight."""
    for match in INVERTED.finditer(text):
        at = match.start()
        if _AFTER.search(text[:at]) or (at and not _YOURS.match(text, at)):
            continue
        if _RHETORICAL.search(text[at:]) or _ORDER.search(text[at:]) or _ADVICE.search(text):
            return at, 0.25
        return at, 0.85 if at == 0 else 0.65
    return None


def _unasked(clause: Clause) -> Iterator[Question]:
    """Find a question in a clause that has no question mark, as recognisers write it."""
    text = clause.text
    tell = TELL.search(text)
    if tell and not _ONE_FACT.search(text):
        yield Question("open_question", 0.75, clause.start + tell.start(), clause.end)
    elif worded := _worded(text):
        at, kind, why = worded
        yield Question(kind, 0.75, clause.start + at, clause.end, why)
    elif turned := _turned(text):
        at, weight = turned
        yield Question("closed_question", weight, clause.start + at, clause.end)


def questions(parts: tuple[Clause, ...]) -> tuple[Question, ...]:
    """Find the questions of a turn, in order."""
    found: list[Question] = []
    for clause in parts:
        if clause.asks:
            asked = _asked(clause)
            if asked:
                found.append(asked)
        else:
            found.extend(_unasked(clause))
    return tuple(found)
