"""Put people of every role into a site, signed in, with something to see; prints them. A script."""

from __future__ import annotations

import json
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any


def main() -> dict[str, Any]:
    """Make an agency of two units with a person of each role, assignments and encounters."""
    from stepdown.encounter.library import find_scenario
    from stepdown.web.accounts import entering
    from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
    from stepdown.web.policy import Role
    from stepdown.web.practice import assessing, assigning, play, uploading
    from stepdown.web.practice.deeds import read_deed

    now = datetime.now(UTC)
    agency = Agency.objects.create(name="Example City")
    unit = Unit.objects.create(agency=agency, name="Example Unit North")
    south = Unit.objects.create(agency=agency, name="Example Unit South")
    people = {}
    for role in Role:
        person = Person.objects.create_user(f"{role}@city.example", f"Example {role}", PASSWORD)
        site, whole = role is Role.SITE_ADMIN, role in ("analyst", "agency_admin", "coordinator")
        RoleGrant.objects.create(
            person=person, role=role, agency=None if site else agency,
            unit=None if site or whole else unit,
        )  # fmt: skip
        people[role] = person
    trainee, teacher = people[Role.TRAINEE], people[Role.INSTRUCTOR]

    def played(row: Any, *lines: str) -> Any:
        said = [("say", {"text": line}) for line in lines]
        for kind, sent in (*said, ("move", {"text": "step_back"}), ("assess", {"arousal": "7"}),
                           ("stop", {})):  # fmt: skip
            play.do(row.person.actor(), row.id, uuid.uuid4(), read_deed(kind, sent), now)
        return row

    bridge, due = find_scenario("bridge"), (now + timedelta(7)).date()
    done = played(
        play.start(trainee.actor(), bridge, "bridge", "turn", now, seed=1),
        "What happened tonight?", "Calm down, it is not so bad.", "That sounds hard.",
    )  # fmt: skip
    branch = played(play.retry(trainee.actor(), done.id, 2, now), "You have not slept for days.")
    real = play.start(trainee.actor(), bridge, "bridge", "real", now, seed=4)
    guest = Person.objects.create_user("guest@city.example", "Example guest")
    RoleGrant.objects.create(person=guest, role=Role.TRAINEE, agency=agency, unit=south)
    second = Person.objects.create_user("second@city.example", "Example second trainee", PASSWORD)
    RoleGrant.objects.create(person=second, role=Role.TRAINEE, agency=agency, unit=south)
    text = files("stepdown.encounter").joinpath("new.yaml").read_bytes()
    file = uploading.add(teacher.actor(), agency.id, "example.yaml", text, now)
    given = [
        assigning.assign(teacher.actor(), unit.id, "bridge", [trainee.id], due, assessed, "", now)
        for assessed in (True, True, True, False)
    ]
    running, over, scored = (
        play.start(trainee.actor(), bridge, "bridge", "turn", now, assignment=a, seed=3)
        for a in given[:3]
    )
    for row in (over, scored):
        played(row, "What happened tonight?", "Calm down.")
    assessing.comment(teacher.actor(), scored.id, 1, "A good opening.", now)
    assessing.score(teacher.actor(), scored.id, dict.fromkeys(DOMAINS, 2), "", now)
    from tests.web.e2e import trained

    return {
        "pages": trained.made(agency, [unit, south], people, now),
        "sessions": {key: _signed_in(p) for key, p in (*people.items(), ("second", second))},
        "trainee": str(trainee.id), "agency": str(agency.id), "unit": str(unit.id),
        "done": str(done.id), "branch": str(branch.id), "running": str(running.id),
        "over": str(over.id), "scored": str(scored.id), "assignment": str(given[3].id),
        "real": str(real.id), "file": str(file.id), "link": entering.make_link(None, guest, now),
    }  # fmt: skip


PASSWORD = "an example of a password"
DOMAINS = ("position", "environment", "bearing", "listening", "respect", "clarity", "options")


def _signed_in(person: Any) -> str:
    """Return a session of somebody who proved who they are an hour ago, second factor included."""
    from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.sessions.backends.db import SessionStore

    from tests.web.running.people import session_of

    if person.needs_second_factor:
        TOTP.activate(person, generate_totp_secret())
        RecoveryCodes.activate(person)
    store = SessionStore(session_of(person))
    proved = {"method": "password", "at": time.time() - 3600, "reauthenticated": True}
    store["account_authentication_methods"] = [proved]
    store[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.id)
    store.save()
    return str(store.session_key)


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    sys.stdout.write(json.dumps(main()))
