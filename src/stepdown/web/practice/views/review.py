"""The review of an encounter, its tries side by side, and what can be taken away from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from stepdown.encounter.review.chart import draw
from stepdown.encounter.review.page import WORTH
from stepdown.encounter.review.page import render as standalone
from stepdown.problems import InputProblems, Problem
from stepdown.web.limits import counted
from stepdown.web.permission import may
from stepdown.web.policy import Action, Actor
from stepdown.web.practice import play, reviewing
from stepdown.web.practice.charts import compared_chart
from stepdown.web.practice.forgetting import held
from stepdown.web.practice.live import ready
from stepdown.web.practice.mine import kept_days
from stepdown.web.practice.models import Encounter, Event
from stepdown.web.practice.scenarios import Listed, listed
from stepdown.web.practice.tree import compared, tree_of
from stepdown.web.request import Request


def review_page(request: Request, pk: UUID) -> HttpResponse:
    """Show what happened, what it was worth, and what to try next time."""
    row = play.find(request.actor, pk, Action.READ)
    own = row.person_id == request.actor.person
    if not _sees_scores(request.actor, row):
        return redirect("assess", pk=pk)
    words = {"row": row, "own": own}
    if row.erased_at is not None:
        return _erased(request, row, words)
    if row.ended_at is None:
        return render(request, "practice/review/open.html", words | _words(row, own))
    return render(request, "practice/review.html", words | _reviewed(request.actor, row, own))


@require_POST
@counted("begin")
def retry(request: Request, pk: UUID) -> HttpResponse:
    """Try again from an event: all before it stays."""
    given = request.POST.get("at", "")
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        problem = Problem(
            "at", given[:20], gettext("the number of an event"), gettext("choose one in the review")
        )
        raise InputProblems(gettext("the event"), [problem])
    row = play.retry(request.actor, pk, int(given), datetime.now(UTC))
    return redirect("encounter", pk=row.id)


def compare(request: Request, one: UUID, other: UUID) -> HttpResponse:
    """Show two tries of one's own side by side, from where they part."""
    parted = compared(request.actor, one, other)
    first, second = parted.sides
    chart = compared_chart(
        first.found.timeline, second.found.timeline, parted.seconds,
        (gettext("Arousal"), gettext("Trust")),
        gettext("Arousal and trust of both tries over time; the figures are in the table below"),
    )  # fmt: skip
    pairs = zip(first.found.rubric, second.found.rubric, strict=True)
    language = ready(first.row.id, first.row.n_events).world.scenario.language
    words = {"parted": parted, "first": first, "second": second, "chart": chart,
             "pairs": list(pairs), "language": language}  # fmt: skip
    return render(request, "practice/compare.html", words)


def log(request: Request, pk: UUID) -> HttpResponse:
    """Hand out the log, as a terminal would have written it."""
    row = _to_take_away(request.actor, pk)
    if row is None:
        return redirect("review", pk=pk)
    lines = Event.objects.filter(encounter=row).order_by("n").values_list("line", flat=True)
    content = "".join(f"{line}\n" for line in lines)
    return _file(content, "application/x-ndjson", f"{_name(row)}.jsonl")


def review_file(request: Request, pk: UUID) -> HttpResponse:
    """Hand out the review as a page that stands alone, to keep or print."""
    row = _to_take_away(request.actor, pk)
    if row is None:
        return redirect("review", pk=pk)
    content = standalone(reviewing.reviewed(row))
    return _file(content, "text/html; charset=utf-8", f"{_name(row)}.html")


def _to_take_away(actor: Actor, pk: UUID) -> Encounter | None:
    """Return an encounter that this person may take away; None if its page says why not."""
    row = play.find(actor, pk, Action.READ)
    there = row.ended_at is not None and row.erased_at is None
    return row if there and _sees_scores(actor, row) else None


def _file(content: str, kind: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
    }  # fmt: skip
    return HttpResponse(content.encode(), content_type=kind, headers=headers)


def _name(row: Encounter) -> str:
    return f"{row.scenario}-{row.seed}"


def _sees_scores(actor: Actor, row: Encounter) -> bool:
    """Say whether this person may see the machine's scores; an instructor's come first."""
    if row.person_id == actor.id:
        return True
    scored = frozenset(row.hand_scores.exclude(by=None).values_list("by_id", flat=True))
    return may(actor, Action.SEE_SCORES, replace(row.thing(), scored_by=scored))


def _erased(request: Request, row: Encounter, words: dict[str, object]) -> HttpResponse:
    hands = list(row.hand_scores.select_related("by")) if row.assessed else []
    skill = reviewing.skill_of(row) if _sees_scores(request.actor, row) else None
    words |= {"skill": skill, "hands": hands if words["own"] else [],
              "scored": reviewing.scored(skill, hands if words["own"] else []),
              "days": kept_days(request.actor)}  # fmt: skip
    return render(request, "practice/review/erased.html", words)


def _reviewed(actor: Actor, row: Encounter, own: bool) -> dict[str, object]:
    found = reviewing.shown(row)
    reviewing.skill_of(row)
    comments = list(row.comments.select_related("by")) if row.assessed else []
    hands = list(row.hand_scores.select_related("by")) if row.assessed else []
    rubric = [
        (d, [{"by": hand.by, "score": hand.domains.get(d.id)} for hand in hands])
        for d in found.rubric
    ]
    tries = tree_of(row) if own else []
    return {
        "found": found, "chart": draw(found, gettext), "worth": WORTH, "rubric": rubric,
        "lines": reviewing.lines(found, comments), "hands": hands, "comments": comments,
        "tries": tries if len(tries) > 1 else [],
        "hurt": [who for who, was in found.injured.items() if was],
        "language": ready(row.id, row.n_events).world.scenario.language,
        "next": _next(actor, found.next) if own else None,
    } | _words(row, own)  # fmt: skip


def _words(row: Encounter, own: bool) -> dict[str, object]:
    """Return whether the words may be deleted now, or what keeps them."""
    deletable = own and not row.assessed
    return {"deletable": deletable, "held": deletable and held(row)}


def _next(actor: Actor, names: tuple[str, ...]) -> Listed | None:
    known = {item.scenario.id: item for item in reversed(listed(actor))}
    return next((known[name] for name in names if name in known), None)
