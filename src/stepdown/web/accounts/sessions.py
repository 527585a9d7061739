"""End every session of a person, at once."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from stepdown.web.accounts.models import Person


def end_sessions(person: Person) -> None:
    """Sign a person out everywhere."""
    sessions_of(person).delete()
    UserSession.objects.filter(user=person).delete()


def sessions_of(person: Person) -> QuerySet[Session]:
    """Return a person's sessions: those listed for them, and any that are not."""
    own = str(person.pk)
    keys = [
        session.session_key
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") == own
    ]
    listed = UserSession.objects.filter(user=person).values("session_key")
    return Session.objects.filter(session_key__in=keys) | Session.objects.filter(
        session_key__in=listed
    )
