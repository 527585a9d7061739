"""Every address, for everybody: who gets in is written down here, by hand, and nowhere derived.

`anybody` and `signed in` speak for themselves (some pages are open to all who are signed in and
list only what is theirs); else the people of `VIEWERS` who get in are named. All others are
refused: by a sign-in form if nobody is signed in, else with 403 or 404.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse, reverse_lazy

from stepdown.encounter.library import library
from stepdown.web.accounts import entering, tokens
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.practice import assigning, play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.models import Assignment, Encounter, ScenarioFile
from stepdown.web.routes import routes
from tests.web.access import (
    Address,
    at,
    calendars,
    curricula,
    hours,
    refreshers,
    rollouts,
    rosters,
    sessions,
)
from tests.web.conftest import NOW, Browser, Place, place

OWN = ("owner", "fellow", "instructor", "coordinator", "analyst", "agency_admin", "site_admin")
SIDE = ("side_trainee", "side_instructor")
FOREIGN = tuple(f"foreign_{r}" for r in Role if r is not Role.SITE_ADMIN)
VIEWERS = (*OWN, *SIDE, *FOREIGN)
"""`owner` and `fellow` are trainees of the unit that the records belong to, `side_` people of the
other unit of the same agency, `foreign_` people of another agency."""

PROOFS = {
    reverse_lazy(name)
    for name in (
        "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
        "second_factor", "mfa_authenticate",
    )
}  # fmt: skip
"""Where whoever asks has to prove once more that it is them, or cannot yet."""

PASSWORD = make_password("a password of the tests")
NEW = files("stepdown.encounter").joinpath("new.yaml").read_text(encoding="utf-8")


ADMIN, EXAMINER, TEACHERS = "agency_admin", "instructor", "instructor coordinator"
ADMINS = "agency_admin foreign_agency_admin"
PERSON = {"pk": "owner", "agency": "agency"}
ROLES_OF = {**PERSON, "grant": "grant"}
PARTS = (curricula, sessions, rollouts, rosters, hours, refreshers, calendars)
TABLE = (
    at("health", "anybody"), at("language", "anybody", {"language": "es"}),
    at("enter", "anybody", token="secret"), at("account_login", "anybody"),
    at("account_logout", "signed in"), at("account_reset_password", "anybody"),
    at("account_reset_password_done", "anybody"), at("account_inactive", "anybody"),
    at("account_reset_password_from_key_done", "anybody"), at("mfa_authenticate", "signed in"),
    at("socialaccount_login_cancelled", "anybody"),
    at("second_factor", "signed in"), at("account_reauthenticate", "signed in"),
    at("mfa_index", "signed in"), at("mfa_activate_totp", "signed in"),
    at("account_change_password", "signed in"), at("account", "signed in"),
    at("end_sessions", "signed in", {}), at("new_token", "signed in"),
    at("revoke_token", "owner", {}, pk="token"), at("export", "signed in"),
    at("erase", "signed in"), at("readers", "signed in"),
    at("training", "signed in"), at("programme", "signed in"),
    at("home", "signed in"), at("library", "signed in"), at("mine", "signed in"),
    at("bring", "signed in", {}), at("scenario", "signed in", key="bridge"),
    at("start", "signed in", {"pace": "turn"}, key="bridge"),
    at("scenario", " ".join((*OWN[:-1], *SIDE)), key="file"),
    at("encounter", "owner", pk="open"), at("encounter", "owner", pk="done"),
    at("act", "owner", {"kind": "tick"}, pk="open"), at("act", "", {"kind": "tick"}, pk="done"),
    at("review", "owner", pk="done"), at("review", "owner instructor", pk="over"),
    at("review-page", "owner", pk="done"), at("log", "owner", pk="done"),
    at("retry", "owner", {"at": "1"}, pk="done"), at("retry", "owner", {"at": "1"}, pk="over"),
    at("delete-words", "owner", {}, pk="done"), at("compare", "owner", one="done", other="tried"),
    at("teach", "signed in"), at("unit", f"{TEACHERS} {ADMIN}", pk="unit"),
    at("running", f"{TEACHERS} {ADMIN}", pk="unit"), at("assign", TEACHERS, pk="unit"),
    at("assignment", TEACHERS, pk="assignment"),
    at("withdraw_assignment", TEACHERS, {}, pk="assignment"),
    at("allow_again", TEACHERS, {"person": "owner"}, pk="assignment"),
    at("assigned", "owner", pk="assignment"), at("begin_assigned", "owner", {}, pk="assignment"),
    at("assess", EXAMINER, pk="running"), at("assess", EXAMINER, pk="over"),
    at("assess", "", pk="done"), at("assess_news", EXAMINER, pk="running"),
    at("inject", EXAMINER, {"happening": "x"}, pk="running"),
    at("comment", EXAMINER, {"n": "1", "text": "yes"}, pk="over"),
    at("score", EXAMINER, {"position": "2"}, pk="over"),
    at("scenario_files", "signed in"),
    at("add_scenario", f"{TEACHERS} side_instructor", {"agency": "agency", "file": "NEW"}),
    at("scenario_file", f"{TEACHERS} side_instructor", pk="file"),
    at("download_scenario", f"{TEACHERS} side_instructor", pk="file"),
    at("withdraw_scenario", TEACHERS, {}, pk="file"),
    at("numbers", "signed in"),
    at("numbers_csv", "coordinator analyst agency_admin", pk="agency"),
    at("agency", ADMINS), at("agency_of", ADMIN, pk="agency"), at("audit", f"{ADMINS} site_admin"),
    at("audit_download", f"{ADMINS} site_admin"), at("invite", ADMIN, {}, pk="agency"),
    at("add_unit", ADMIN, {"name": "New"}, pk="agency"), at("keep_for", ADMIN, {}, pk="agency"),
    at("zone", ADMIN, {"zone": "UTC"}, pk="agency"),
    at("rename_unit", ADMIN, {"name": "New"}, pk="unit"), at("person", ADMIN, pk="owner"),
    at("give_role", ADMIN, {"role": "analyst"}, **PERSON), at("take_role", ADMIN, {}, **ROLES_OF),
    at("deactivate", ADMIN, {}, **PERSON), at("reactivate", ADMIN, {}, **PERSON),
    at("new_link", ADMIN, {}, **PERSON), at("hold", ADMIN, {"reason": "asked"}, **PERSON),
    at("lift_hold", ADMIN, {}, **PERSON), at("erase_person", f"{ADMIN} owner", **PERSON),
    at("agencies", "site_admin"),
    at("add_agency", "site_admin", {"name": "A", "admin_name": "B", "admin_email": "b@x.example"}),
    at("appoint", "site_admin", {"name": "B", "email": "b@x.example"}, pk="agency"),
    at("give_site", "site_admin", {"email": "fellow@people.example"}),
    at("take_site", "site_admin", {}, pk="site_admin"),
    at("site_link", "site_admin", {"back-email": "fellow@people.example"}),
    *(row for part in PARTS for row in part.ROWS),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """Two agencies, the records that the addresses speak of, and a browser for each viewer."""

    ids: dict[str, Any]
    browsers: dict[str, Client]


def _person(name: str, role: Role, agency: Any, unit: Any) -> Person:
    person = Person.objects.create_user(f"{name}@people.example", name)
    RoleGrant.objects.create(person=person, role=role, agency=agency, unit=unit)
    return person


def _ended(row: Encounter) -> Encounter:
    actor = row.person.actor()
    play.do(actor, row.id, uuid.uuid4(), read_deed("say", {"text": "What happened?"}), NOW)
    return _stopped(row)


def _stopped(row: Encounter) -> Encounter:
    play.do(row.person.actor(), row.id, uuid.uuid4(), read_deed("stop", {}), NOW)
    return Encounter.objects.get(pk=row.id)


@pytest.fixture
def scene(db: None) -> Scene:
    here, elsewhere = place("Here"), place("Elsewhere")
    people = _people(here, elsewhere)
    owner, teacher = people["owner"], people["instructor"]
    bridge = library()["bridge"]
    done = _ended(play.start(owner.actor(), bridge, "bridge", "turn", NOW, seed=1))
    tried = _stopped(play.retry(owner.actor(), done.id, 1, NOW))
    given = [
        assigning.assign(
            teacher.actor(), here.unit.id, "bridge", [owner.id], NOW.date(), assessed, "", NOW
        )
        for assessed in (True, True, False)
    ]
    running, over = (_assessed(owner, a) for a in given[:2])
    file = ScenarioFile.objects.create(
        agency=here.agency, name="own", digest="x", text=NEW, by=teacher, at=NOW
    )
    token, _ = tokens.make(owner.actor(), "a program", ["practice"], 5, NOW)
    ids = {
        "done": done.id, "open": play.start(owner.actor(), bridge, "bridge", "turn", NOW).id,
        "tried": tried.id, "running": running.id, "over": _ended(over).id,
        "assignment": given[2].id, "file": file.id, "token": token.id,
        "agency": here.agency.id, "unit": here.unit.id, "owner": owner.id,
        "analyst": people["analyst"].id, "site_admin": people["site_admin"].id,
        "grant": RoleGrant.objects.get(person=owner).id,
        "secret": entering.make_link(None, people["fellow"], NOW.replace(year=2036)),
    }  # fmt: skip
    for part in PARTS:
        ids |= part.made(here, people, ids)
    return Scene(ids, {name: _browser(person) for name, person in people.items()})


def _people(here: Place, elsewhere: Place) -> dict[str, Person]:
    people = {str(role): person for role, person in here.people.items()}
    people["owner"] = people.pop("trainee")
    people["fellow"] = _person("fellow", Role.TRAINEE, here.agency, here.unit)
    people["side_trainee"] = _person("side", Role.TRAINEE, here.agency, here.other_unit)
    people["side_instructor"] = _person("side2", Role.INSTRUCTOR, here.agency, here.other_unit)
    foreign = {
        f"foreign_{role}": p for role, p in elsewhere.people.items() if role != Role.SITE_ADMIN
    }
    return people | foreign


def _assessed(owner: Person, assignment: Assignment) -> Encounter:
    return play.start(
        owner.actor(), library()["bridge"], "bridge", "turn", NOW, assignment=assignment, seed=2
    )


def _browser(person: Person) -> Client:
    """Return a browser of somebody who has just signed in, with all that their roles need."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person.password = PASSWORD
    person.save()
    if person.needs_second_factor:
        TOTP.activate(person, generate_totp_secret())
    client = Browser()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.id)
    session.save()
    return client


def _answered(browser: Client, address: Address, ids: dict[str, Any]) -> Any:
    url = reverse(address.name, kwargs={k: ids.get(v, v) for k, v in address.to.items()})
    if address.sent is None:
        return browser.get(url)
    sent = {k: ids.get(v, v) for k, v in address.sent.items()}
    if sent.get("file") == "NEW":
        sent["file"] = SimpleUploadedFile("new.yaml", NEW.encode())
    return browser.post(url, sent)


def _got_in(browser: Client, address: Address, ids: dict[str, Any]) -> str:
    """Return yes, no, sign-in, or no-proof if it must be proved again who asks; nothing is done."""
    with transaction.atomic():
        answer = _answered(browser, address, ids)
        transaction.set_rollback(True)
    assert answer.status_code < 500, (address, answer.content[:300])
    if answer.status_code in (401, 403, 404):
        return "no"
    return "yes" if answer.status_code != 302 else _led(answer)


def _led(answer: Any) -> str:
    """Return what it means to be sent elsewhere; sent to the same page again, nobody got in."""
    to = urlsplit(answer.headers["Location"]).path
    if to == reverse("account_login"):
        return "sign-in"
    if to in PROOFS:
        return "no-proof"
    return "no" if to == answer.wsgi_request.path else "yes"


def test_only_those_named_get_in(scene):
    wrong = []
    for address in TABLE:
        allowed = set(VIEWERS)
        if address.who not in ("anybody", "signed in"):
            allowed = set(address.who.split())
        for name, browser in scene.browsers.items():
            answer = _got_in(browser, address, scene.ids)
            if answer != ("yes" if name in allowed else "no"):
                wrong.append((address.name, address.to, name, answer))
        anonymous = _got_in(Browser(), address, scene.ids)
        if anonymous != ("yes" if address.who == "anybody" else "sign-in"):
            wrong.append((address.name, address.to, "nobody", anonymous))
    assert wrong == []


def test_who_must_prove_once_more_that_it_is_them_has_not_got_in(here, browser_of):
    trainee = here.people[Role.TRAINEE]
    trainee.password = PASSWORD
    trainee.save()
    browser = browser_of(trainee)
    assert _got_in(browser, at("new_token", "signed in"), {}) == "no-proof"
    assert _got_in(browser, at("erase", "signed in"), {}) == "no-proof"


def _named(patterns: list[Any], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _named(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


NOT_TRIED = {
    "account_reset_password_from_key": "needs a key sent by mail: tests of signing in",
    "mfa_deactivate_totp": "of whoever is signed in alone: tests of the second factor",
    "mfa_view_recovery_codes": "of whoever is signed in alone: tests of the second factor",
    "mfa_generate_recovery_codes": "of whoever is signed in alone: tests of the second factor",
    "mfa_download_recovery_codes": "of whoever is signed in alone: tests of the second factor",
    "mfa_list_webauthn": "of whoever is signed in alone: tests of the second factor",
    "mfa_add_webauthn": "of whoever is signed in alone: tests of the second factor",
    "mfa_edit_webauthn": "finds keys of whoever is signed in alone",
    "mfa_remove_webauthn": "finds keys of whoever is signed in alone",
    "mfa_reauthenticate": "of whoever is signed in alone: tests of confirming",
    "mfa_reauthenticate_webauthn": "of whoever is signed in alone: tests of confirming",
    "openid_connect_login": "needs a single sign-on: tests of it",
    "openid_connect_callback": "needs a single sign-on: tests of it",
    "socialaccount_login_error": "says that a single sign-on failed",
    "end_session": "finds sessions of whoever is signed in alone: tests of sessions",
    "alone": "answers in the mode alone only: tests of it",
}


def test_every_address_is_classified_and_tried_here_or_named_with_a_reason():
    addresses = {n for n in _named(get_resolver().url_patterns) if not n.startswith("api-")}
    tried = {address.name for address in TABLE}
    assert tried | set(NOT_TRIED) == set(routes())
    assert not tried & set(NOT_TRIED)
    assert tried <= addresses


def test_an_address_that_the_table_does_not_name_is_closed_to_everybody(scene):
    closed = {n for n in _named(get_resolver().url_patterns) if not n.startswith("api-")} - set(
        routes()
    )
    assert "account_signup" in closed
    for name in closed:
        with contextlib.suppress(NoReverseMatch):
            url = reverse(name)
            for browser in scene.browsers.values():
                assert browser.get(url).status_code == 404, name
