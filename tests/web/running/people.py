"""Put people with sessions and encounters into a site; prints them as JSON. A script."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any


def main(people: int, encounters: int) -> list[dict[str, Any]]:
    """Make trainees of one unit, signed in, with encounters begun, and who runs the site."""
    from stepdown.encounter.library import find_scenario
    from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
    from stepdown.web.practice import play

    now = datetime.now(UTC)
    agency = Agency.objects.create(name="Example City")
    unit = Unit.objects.create(agency=agency, name="Example Unit")
    scenario = find_scenario("bridge")
    runs = Person.objects.create_user("runs@site.example", "Runs the site", "a long enough word")
    RoleGrant.objects.create(person=runs, role="site_admin")
    found = []
    for number in range(people):
        person = Person.objects.create_user(f"p{number}@city.example", f"Person {number}")
        RoleGrant.objects.create(person=person, role="trainee", agency=agency, unit=unit)
        begun = [
            play.start(person.actor(), scenario, "bridge", "turn", now, seed=100 * number + n)
            for n in range(encounters)
        ]
        found.append({
            "person": str(person.id), "session": session_of(person),
            "encounters": [str(row.id) for row in begun],
        })  # fmt: skip
    return found


def session_of(person: Any) -> str:
    """Return the key of a new session of somebody, as signing in makes one."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
