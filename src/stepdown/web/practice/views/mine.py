"""One's own page, bringing a log in, and deleting words."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from stepdown.encounter.review.rubric import domains
from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.limits import counted
from stepdown.web.practice import mine
from stepdown.web.practice.assigned import waiting
from stepdown.web.practice.bringing import MOST_BYTES, bring
from stepdown.web.practice.forgetting import delete_words
from stepdown.web.practice.reviewing import skills_of, telling
from stepdown.web.practice.scenarios import listed
from stepdown.web.request import Request

ON_A_PAGE, LOOKED_AT = 20, 60
BROUGHT = gettext_lazy("Your log is here. It is practice, and yours alone.")
KNOWN = gettext_lazy("This log was here already; nothing was stored twice.")
DELETED = gettext_lazy("The words are deleted. What you learned stays.")


def mine_page(request: Request) -> HttpResponse:
    """Show what this person practised, how their technique moved, and what to try next."""
    person = request.actor.person
    skills = skills_of(person, LOOKED_AT)
    told = telling(skills)[-mine.DRAWN :]
    page = Paginator(mine.practised(person), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(s, [s.domains.get(key) for key in domains()]) for s in reversed(told)]
    words = {
        "page": page, "due": waiting(request.actor, datetime.now(UTC)),
        "movements": mine.movements(skills), "told": rows, "domains": domains(),
        "little": len(told) <= mine.LITTLE, "count": len(told),
        "next": mine.suggestions(skills, listed(request.actor), mine.done_before(person)),
        "days": mine.kept_days(request.actor),
    }  # fmt: skip
    return render(request, "practice/mine.html", words)


@require_POST
@counted("bring")
def bring_in(request: Request) -> HttpResponse:
    """Bring in a log from the terminal, whole or not at all."""
    file = request.FILES.get("log")
    if file is None or file.size is None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MOST_BYTES:
            raise RequestDataTooBig
        problem = Problem(
            gettext("the log"), gettext("no file"), gettext("a file ending .jsonl"),
            gettext("choose a log that `stepdown practice` wrote"),
        )  # fmt: skip
        raise InputProblems(gettext("the log"), [problem])
    row, new = bring(request.actor, file.read(), file.name or "", datetime.now(UTC))
    messages.info(request, BROUGHT if new else KNOWN)
    return redirect("review", pk=row.id)


@confirmed
def delete(request: Request, pk: UUID) -> HttpResponse:
    """Delete the words of a practice encounter of one's own."""
    if request.method == "POST":
        delete_words(request.actor, pk, datetime.now(UTC))
        messages.info(request, DELETED)
    return redirect("review", pk=pk)
