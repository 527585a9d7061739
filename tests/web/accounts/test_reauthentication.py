import uuid

import pytest
from allauth.account.internal.flows import login as records
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import URLResolver, get_resolver, reverse

from stepdown.web.accounts.models import Token
from stepdown.web.policy import Role
from stepdown.web.routes import routes
from tests.web.accounts.ways import (
    OTHER,
    PASSWORD,
    assert_clean,
    code_of,
    noted,
    sign_in,
    signed_in,
)
from tests.web.conftest import Browser

GUARDED = ("new_token", "end_sessions", "mfa_activate_totp", "mfa_add_webauthn",
           "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
           "mfa_download_recovery_codes", "mfa_deactivate_totp")  # fmt: skip

PROVEN = frozenset({
    "end_sessions", "end_session", "new_token", "export", "erase",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "invite", "keep_for", "give_role", "take_role", "deactivate",
    "reactivate", "new_link", "lift_hold", "erase_person", "add_agency", "appoint", "give_site",
    "take_site", "site_link", "delete-words", "audit_download", "numbers_csv",
    "roster_apply", "rollout_study",
})  # fmt: skip
"""Every address that asks for a proof, written down by hand."""
NO_QUESTION = {"account_logout", "account_reset_password_from_key", "mfa_reauthenticate",
               "mfa_reauthenticate_webauthn"}  # fmt: skip
"""It ends the session, has no such address, or is itself where the proof is asked for."""
FILLED = {"UUIDConverter": str(uuid.UUID(int=1)), "IntConverter": 1, "StringConverter": "x",
          "SlugConverter": "x"}  # fmt: skip


def addresses(patterns):
    """Return an address for each route, by its name."""
    found = {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if not pattern.namespace:
                found = addresses(pattern.url_patterns) | found
        elif pattern.name in routes():
            kinds = pattern.pattern.converters
            filled = {k: FILLED[type(v).__name__] for k, v in kinds.items()}
            found.setdefault(pattern.name, filled)
    return found


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def later(browser, minutes=6):
    """Let time pass for a browser since its person proved who they are."""
    session = browser.session
    for record in session[records.AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= 60 * minutes
    session.save()
    return browser


def asked(answer):
    return answer.status_code == 302 and answer["Location"].startswith(
        (reverse("account_reauthenticate"), reverse("mfa_reauthenticate"))
    )


@pytest.mark.parametrize("name", GUARDED)
def test_signing_in_counts_for_five_minutes(trainee, name):
    browser = signed_in(trainee)
    assert not asked(browser.get(reverse(name)))
    assert not asked(later(browser, 4).get(reverse(name)))
    assert asked(later(browser, 2).get(reverse(name)))


@pytest.mark.parametrize("name", GUARDED)
def test_a_clock_that_was_set_back_opens_nothing(trainee, name):
    assert asked(later(signed_in(trainee), -6).get(reverse(name)))


def test_what_one_wanted_is_done_after_the_password(trainee):
    browser = later(signed_in(trainee))
    given = {"name": "lab book", "scopes": ["practice"], "days": 7}
    answer = browser.post(reverse("new_token"), given)
    assert asked(answer)
    assert not Token.objects.exists()
    page = browser.get(answer["Location"]).content.decode()
    assert_clean(page)
    assert "Is it you?" in page
    done = browser.post(answer["Location"], {"password": PASSWORD, "next": reverse("new_token")})
    assert "shown this once" in done.content.decode()
    assert "stepdown/copy.js" in done.content.decode()
    assert Token.objects.count() == 1
    assert not asked(browser.get(reverse("new_token")))


def test_a_wrong_password_does_nothing(trainee):
    browser = later(signed_in(trainee))
    answer = browser.post(reverse("end_sessions"))
    page = browser.post(answer["Location"], {"password": OTHER})
    assert "That password is not right." in page.content.decode()
    assert not noted("sessions ended")
    assert len(noted("sign-in failed")) == 1


def test_another_session_is_ended_after_the_password(trainee):
    browser, other = signed_in(trainee), Browser()
    sign_in(other, trainee)
    row = UserSession.objects.exclude(session_key=browser.session.session_key).get()
    to = reverse("end_session", args=[row.pk])
    answer = later(browser).post(to)
    assert UserSession.objects.filter(pk=row.pk).exists()
    browser.post(answer["Location"], {"password": PASSWORD, "next": to})
    assert not UserSession.objects.filter(pk=row.pk).exists()
    assert not Session.objects.filter(session_key=row.session_key).exists()


def test_a_code_counts_as_well(here, browser_of):
    admin = here.people[Role.AGENCY_ADMIN]
    browser_of(admin)
    admin.set_password(PASSWORD)
    admin.save()
    browser = Browser()
    sign_in(browser, admin)
    browser.post(reverse("mfa_authenticate"), {"code": code_of(admin)})
    answer = later(browser).get(reverse("new_token"))
    page = browser.get(answer["Location"]).content.decode()
    assert f'href="{reverse("mfa_reauthenticate")}?next=' in page
    assert_clean(browser.get(reverse("mfa_reauthenticate")).content.decode())
    from django.core.cache import cache

    cache.clear()  # the code was used just now
    done = browser.post(
        reverse("mfa_reauthenticate"), {"code": code_of(admin), "next": reverse("new_token")}
    )
    assert done["Location"] == reverse("new_token")
    assert browser.get(reverse("new_token")).status_code == 200


def test_whoever_has_only_a_single_sign_on_proves_it_there(trainee):
    browser = signed_in(trainee)
    trainee.set_unusable_password()
    trainee.save()
    SocialAccount.objects.create(user=trainee, provider="openid_connect", uid="1")
    session = browser.session
    session["_auth_user_hash"] = trainee.get_session_auth_hash()
    session.save()
    assert browser.get(reverse("new_token")).status_code == 200
    for name in GUARDED:
        assert asked_to_sign_on(later(browser).get(reverse(name)))
    answer = browser.get(reverse("new_token"))
    assert answer["Location"] == (
        reverse("openid_connect_login", args=["sso"]) + "?next=%2Faccount%2Fkeys%2Fnew%2F"
    )
    assert asked_to_sign_on(browser.post(reverse("end_sessions")))


def asked_to_sign_on(answer):
    return answer["Location"].startswith(reverse("openid_connect_login", args=["sso"]))


def test_nobody_is_led_elsewhere_by_proving_who_they_are(trainee):
    browser = later(signed_in(trainee))
    done = browser.post(
        reverse("account_reauthenticate"), {"password": PASSWORD, "next": "//evil.example/"}
    )
    assert done["Location"] == reverse("home")


def test_proving_it_again_and_again_is_slowed_down(trainee):
    browser = later(signed_in(trainee))
    tried = [
        browser.post(reverse("account_reauthenticate"), {"password": OTHER}).status_code
        for _ in range(11)
    ]
    assert tried[-1] == 429


def test_the_proof_of_one_person_is_not_that_of_the_next(here, trainee):
    browser = signed_in(trainee)
    session = browser.session
    session[records._AUTHENTICATION_METHODS_USER_SESSION_KEY] = "somebody else"
    session.save()
    assert asked(browser.get(reverse("new_token")))


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.AGENCY_ADMIN, Role.SITE_ADMIN])
def test_just_these_addresses_ask_for_a_proof_whichever_way_they_are_asked(here, role, browser_of):
    person = here.people[role]
    person.set_password(PASSWORD)
    person.save()
    browser, asking = browser_of(person), {"get": set(), "post": set()}
    browser.raise_request_exception = False
    for name, filled in addresses(get_resolver().url_patterns).items():
        if name in NO_QUESTION:
            continue
        to = reverse(name, kwargs=filled)
        for method, found in asking.items():
            if asked(getattr(browser, method)(to)):
                found.add(name)
    assert asking["get"] ^ PROVEN == set()
    assert asking["post"] ^ PROVEN == set()
