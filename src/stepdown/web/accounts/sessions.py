"""End every session of somebody, at once."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from stepdown.web.accounts.models import Person


def end_sessions(*people: Person) -> None:
    """Sign people out everywhere."""
    sessions_of(*people).delete()
    UserSession.objects.filter(user__in=people).delete()


def sessions_of(*people: Person) -> QuerySet[Session]:
    """Return people's sessions: those listed for them, and any that are not."""
    own = {str(person.pk) for person in people}
    keys = [
        session.session_key
        for session in Session.objects.iterator(chunk_size=500)
        if session.get_decoded().get("_auth_user_id") in own
    ]
    listed = UserSession.objects.filter(user__in=people).values("session_key")
    return Session.objects.filter(session_key__in=keys) | Session.objects.filter(
        session_key__in=listed
    )
