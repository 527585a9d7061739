"""Assessments: set off a happening, comment on a turn, score by hand before the machine is seen.

Whoever scores is blind until their scores are saved: to the machine's, and to what other people
scored and wrote. Once saved, scores stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stepdown.encounter.review.rubric import NOTHING, anchors, domains
from stepdown.problems import InputProblems, Problem
from stepdown.web.audit.log import note as noted
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice import play
from stepdown.web.practice.clock import GAP_S, SPEED
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.live import ready
from stepdown.web.practice.models import Comment, Encounter, HandScore
from stepdown.web.practice.polling import permit_again
from stepdown.web.practice.reviewing import skill_of

LONGEST_TEXT = 1000
LEVELS = range(5)


@dataclass(frozen=True, slots=True)
class Compared:
    """One domain, scored by oneself, by the machine and by others."""

    id: str
    name: str
    own: int
    machine: int | None
    others: tuple[int | None, ...]
    says_own: str
    says_machine: str

    @property
    def apart(self) -> str:
        """How much higher the machine scored, with its sign."""
        apart = 0 if self.machine is None else self.machine - self.own
        return f"{apart:+d}".replace("-", "\N{MINUS SIGN}") if apart else "0"


def room(actor: Actor, encounter: UUID, mark: str = "") -> Encounter:
    """Return an assessment for whoever examines it, running or ended. Raises Missing or Refused."""
    row = _find(encounter)
    if row.ended_at is None:
        permit_again(actor, Action.WATCH, row.thing(), "encounter", row.id, mark)
        return row
    permit(actor, Action.SCORE, row.thing(), "encounter", row.id)
    permit_again(actor, Action.READ, row.thing(), "encounter", row.id, mark)
    return row


def judged(row: Encounter) -> Thing:
    """Return an assessment as the policy sees it with those who have scored it by hand."""
    by = HandScore.objects.filter(encounter=row, by__isnull=False).values_list("by", flat=True)
    return replace(row.thing(), scored_by=frozenset(by))


def inject(actor: Actor, encounter: UUID, happening: str, now: datetime) -> play.Done:
    """Set off a happening of the scenario, each once, whoever asks how often."""
    row = _find(encounter)
    permit(actor, Action.INJECT, row.thing(), "encounter", row.id)
    world = ready(row.id, row.n_events).world
    known = [h.id for h in world.scenario.happenings]
    if happening not in known:
        _refuse("happening", happening[:80], _("one of this scenario"), _("choose one of the list"))
    away = row.seen_at is None or now - row.seen_at > timedelta(seconds=GAP_S)
    if row.pace in SPEED and away:
        _refuse("happening", _("a clock that stands still"), _("one that runs"),
                _("wait until the person goes on"))  # fmt: skip
    key = uuid5(row.id, f"happening {happening}")
    return play.do(actor, row.id, key, read_deed("inject", {"text": happening}), now)


def comment(actor: Actor, encounter: UUID, n: int, text: str, now: datetime) -> Comment:
    """Write something beside a turn of an assessment that has ended."""
    row = _find(encounter)
    permit(actor, Action.COMMENT, row.thing(), "encounter", row.id)
    _must_have_ended(row)
    plain = _plain(text)
    wrong = _too_long(_("comment"), plain)
    if not plain:
        wrong.append(Problem(_("comment"), _("nothing"), _("a few words"), _("write it")))
    if not 0 <= n < row.n_events:
        wrong.append(Problem(_("turn"), str(n), _("a turn of this encounter"), _("choose one")))
    if wrong:
        raise InputProblems(_("the comment"), wrong)
    with transaction.atomic():
        made = Comment.objects.create(encounter=row, n=n, by_id=actor.person, at=now, text=plain)
        noted(actor, Action.COMMENT.value, "encounter", row.id, row.thing(), detail={"n": n},
              now=now)  # fmt: skip
    return made


def score(
    actor: Actor, encounter: UUID, scores: Mapping[str, object], note: str, now: datetime
) -> HandScore:
    """Save one's own scores of the seven domains, 0 to 4, once and for all.

    The same sent again is saved once. Raises InputProblems for other scores after that: by then the
    machine's were seen.
    """
    row = _find(encounter)
    permit(actor, Action.SCORE, row.thing(), "encounter", row.id)
    _must_have_ended(row)
    given, plain = _scores(scores, note), _plain(note)
    earlier = own_score(actor, row)
    if earlier is None:
        try:
            with transaction.atomic():
                made = HandScore.objects.create(
                    encounter=row, by_id=actor.person, at=now, domains=given, note=plain
                )
                noted(actor, Action.SCORE.value, "encounter", row.id, row.thing(), now=now)
            return made
        except IntegrityError:
            earlier = HandScore.objects.get(encounter=row, by=actor.person)
    if (earlier.domains, earlier.note) != (given, plain):
        _refuse(_("scores"), _("scores saved before"), _("scores that were not saved yet"),
                _("they stay as they are, since the machine's were seen after them"))  # fmt: skip
    return earlier


def own_score(actor: Actor, row: Encounter) -> HandScore | None:
    """Return this person's scores of an assessment, if they have saved them."""
    return HandScore.objects.filter(encounter=row, by=actor.id).first()


def comments(actor: Actor, row: Encounter) -> list[Comment]:
    """Return the comments that this person may see: before they have scored, their own alone."""
    rows = Comment.objects.filter(encounter=row).select_related("by")
    if not may(actor, Action.SEE_SCORES, judged(row)):
        rows = rows.filter(by=actor.id)
    return list(rows)


def compared(actor: Actor, row: Encounter) -> tuple[list[HandScore], list[Compared]]:
    """Return the others' scores, and all scores by domain; for whoever has saved their own."""
    permit(actor, Action.SCORE, row.thing(), "encounter", row.id)
    permit(actor, Action.SEE_SCORES, judged(row), "encounter", row.id)
    hands = list(HandScore.objects.filter(encounter=row).select_related("by").order_by("at"))
    own = next(hand for hand in hands if hand.by_id == actor.id)
    others = [hand for hand in hands if hand is not own]
    skill, said = skill_of(row), anchors()
    machine = skill.domains if skill else {}
    return others, [
        Compared(
            d, name, own.domains[d], machine.get(d), tuple(o.domains.get(d) for o in others),
            said[d][own.domains[d]], _says(said[d], machine.get(d)) if skill else "",
        )
        for d, name in domains().items()
    ]  # fmt: skip


def _says(anchors: Sequence[str], score: int | None) -> str:
    return NOTHING if score is None else anchors[score]


def _find(encounter: UUID) -> Encounter:
    row = Encounter.objects.select_related("person", "unit").filter(pk=encounter).first()
    if row is None:
        raise Missing(f"no encounter {encounter}")
    return row


def _must_have_ended(row: Encounter) -> None:
    if row.ended_at is None:
        _refuse(_("the assessment"), _("one that runs"), _("one that has ended"),
                _("wait until it has ended"))  # fmt: skip


def _scores(scores: Mapping[str, object], note: str) -> dict[str, int]:
    """Return the scores as whole numbers. Raises InputProblems naming every one that is wrong."""
    wrong = _too_long(_("note"), _plain(note))
    given: dict[str, int] = {}
    for domain, name in domains().items():
        value = str(scores.get(domain, ""))
        if value in map(str, LEVELS):
            given[domain] = int(value)
        else:
            told = value[:20] or _("nothing")
            wrong.append(Problem(_(name), told, _("a number from 0 to 4"), _("choose one")))
    wrong += [
        Problem(str(name)[:40], _("an unknown domain"), _("one of the seven"), _("leave it out"))
        for name in scores
        if name not in domains()
    ]
    if wrong:
        raise InputProblems(_("the scores"), wrong)
    return given


def _plain(text: str) -> str:
    """Return a text without signs that cannot be shown; its lines stay."""
    return "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c == "\n").strip()


def _too_long(where: str, text: str) -> list[Problem]:
    if len(text) <= LONGEST_TEXT:
        return []
    given = _("%(count)d characters") % {"count": len(text)}
    expected = _("%(most)d characters at most") % {"most": LONGEST_TEXT}
    return [Problem(where, given, expected, _("shorten it"))]


def _refuse(where: str, given: str, expected: str, fix: str) -> None:
    raise InputProblems(where, [Problem(where, given, expected, fix)])
