"""Delete the words of an encounter: what was said and done goes, what was learned stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Person
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.live import forget
from stepdown.web.practice.models import Act, Encounter, Event
from stepdown.web.practice.play import find
from stepdown.web.practice.reviewing import forget_review, skill_of


def delete_words(actor: Actor, encounter: UUID, now: datetime) -> Encounter:
    """Delete the words of a practice encounter of one's own. Raises InputProblems under a hold."""
    row = find(actor, encounter, Action.DELETE_WORDS)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=row.person_id)
        if held(row):
            problem = Problem(
                row.title, gettext("a legal hold on your data"), gettext("no hold"),
                gettext("your own pages say who set it and why; while it stands nothing goes"),
            )  # fmt: skip
            raise InputProblems(gettext("the words"), [problem])
        if forget_words(row, now):
            note(actor, Action.DELETE_WORDS.value, "encounter", row.id, row.thing(), now=now)
    return row


def held(row: Encounter) -> bool:
    """Say whether a legal hold, of whichever agency, keeps its person from deleting the words."""
    return row.person.held


def forget_words(row: Encounter, now: datetime) -> bool:
    """Delete the words of one encounter, its skill derived first; False if they were gone already.

    An encounter that still runs ends with it. Tries that began from it keep what they share.
    """
    if row.erased_at is not None:
        return False
    if row.ended_at is None:
        row.ended_at, row.how = now, "stopped"
    with transaction.atomic():
        skill_of(row)
        row.erased_at, row.n_events, row.seen_at = now, 0, None
        row.save(update_fields=["ended_at", "how", "erased_at", "n_events", "seen_at"])
        Event.objects.filter(encounter=row).delete()
        Act.objects.filter(encounter=row).delete()
    forget(row.id)
    forget_review(row.id)
    return True
