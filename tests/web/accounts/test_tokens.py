import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from stepdown.problems import InputProblems
from stepdown.web.accounts import entering, people, tokens
from stepdown.web.accounts.models import Person, RoleGrant, Token
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Actor, Role
from tests.web.accounts.ways import (
    OTHER,
    PASSWORD,
    assert_clean,
    noted,
    signed_in,
    with_password,
)
from tests.web.conftest import NOW, Browser


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def make(person, scopes=("practice", "review"), days=30):
    return tokens.make(person.actor(), "lab book", scopes, days, NOW)


def test_a_key_speaks_in_its_persons_name_within_its_scopes(trainee):
    _, secret = make(trainee)
    actor, scopes = tokens.actor_for(secret, NOW)
    assert actor == trainee.actor()
    assert scopes == {"practice", "review"}


def test_the_secret_of_a_key_is_kept_nowhere(trainee):
    token, secret = make(trainee)
    kept = str([vars(row) for row in (*Token.objects.all(), *Entry.objects.all())])
    assert secret not in kept
    assert "lab book" not in str([vars(row) for row in Entry.objects.all()])
    assert secret.startswith("sd_")
    assert len(secret) >= 46
    assert noted("key made")[0].record == str(token.id)


@pytest.mark.parametrize("secret", ["", "sd_", "sd_nonsense", "\x00", "x" * 5000, "ü"])
def test_nonsense_opens_nothing(trainee, secret):
    make(trainee)
    assert tokens.actor_for(secret, NOW) is None


def test_an_old_key_opens_nothing(trainee):
    _, secret = make(trainee, days=1)
    assert tokens.actor_for(secret, NOW + timedelta(hours=23))
    assert tokens.actor_for(secret, NOW + timedelta(days=1)) is None


def test_the_key_of_somebody_who_was_deactivated_opens_nothing(trainee):
    _, secret = make(trainee)
    Person.objects.filter(pk=trainee.pk).update(is_active=False)
    assert tokens.actor_for(secret, NOW) is None


def test_a_role_that_needs_a_second_factor_is_not_reached_by_a_key_without_one(
    here, trainee, browser_of
):
    _, secret = make(trainee)
    RoleGrant.objects.create(person=trainee, role=Role.ANALYST, agency=here.agency)
    assert tokens.actor_for(secret, NOW) is None
    browser_of(Person.objects.get(pk=trainee.pk))
    assert tokens.actor_for(secret, NOW)


def test_when_a_key_was_used_is_kept_to_the_minute(trainee):
    token, secret = make(trainee)
    seen = []
    for seconds in (0, 30, 59, 61, 62):
        tokens.actor_for(secret, NOW + timedelta(seconds=seconds))
        token.refresh_from_db()
        seen.append((token.used_at - NOW).seconds)
    assert seen == [0, 0, 0, 61, 61]


def test_a_key_is_looked_up_in_one_query_and_never_compared_letter_by_letter(
    trainee, django_assert_max_num_queries
):
    _, secret = make(trainee)
    with django_assert_max_num_queries(4):
        tokens.actor_for(secret, NOW)
    with django_assert_max_num_queries(1):
        tokens.actor_for(secret + "x", NOW)


def test_a_revoked_key_opens_nothing_and_nobody_revokes_anothers(here, elsewhere, trainee):
    token, secret = make(trainee)
    for other in (here.people[Role.AGENCY_ADMIN], elsewhere.people[Role.TRAINEE]):
        with pytest.raises(Missing):
            tokens.revoke(other.actor(), token.id, NOW)
    with pytest.raises(Refused):
        tokens.revoke(Actor(), token.id, NOW)
    assert tokens.actor_for(secret, NOW)
    tokens.revoke(trainee.actor(), token.id, NOW)
    assert tokens.actor_for(secret, NOW) is None
    assert noted("key revoked")[0].record == str(token.id)


@pytest.mark.parametrize(
    ("name", "scopes", "days", "where"),
    [
        ("", (), 0, {"name", "scopes", "days"}),
        ("x" * 81, ("practice",), 366, {"name", "days"}),
        ("x", ("practice", "everything"), 1, {"scopes"}),
    ],
)
def test_everything_wrong_with_a_key_is_said_at_once(trainee, name, scopes, days, where):
    with pytest.raises(InputProblems) as told:
        tokens.make(trainee.actor(), name, scopes, days, NOW)
    assert {p.where for p in told.value.problems} == where


def test_nobody_gathers_keys_without_end(trainee):
    for _ in range(tokens.MOST):
        make(trainee)
    with pytest.raises(InputProblems, match="revoke one"):
        make(trainee)


def test_every_scope_is_said_in_a_sentence():
    assert set(tokens.SCOPES) == {"practice", "review", "teach", "numbers"}
    assert all(len(str(words).split()) > 4 for words in tokens.SCOPES.values())


def test_a_key_is_made_on_its_page_shown_once_and_revoked(trainee):
    browser = signed_in(trainee)
    page = browser.get(reverse("new_token"))
    assert_clean(page.content.decode())
    given = {"name": "lab book", "scopes": ["practice"], "days": 7}
    made = browser.post(reverse("new_token"), given)
    assert "no-store" in made["Cache-Control"]
    secret = re.search(r'value="(sd_[^"]+)"', made.content.decode())[1]
    assert_clean(made.content.decode())
    assert tokens.actor_for(secret, timezone.now())[1] == {"practice"}
    account = browser.get(reverse("account")).content.decode()
    assert "lab book" in account
    assert secret not in account
    token = Token.objects.get()
    elsewhere = Browser()
    assert elsewhere.post(reverse("revoke_token", args=[token.pk])).status_code == 302
    assert browser.get(reverse("revoke_token", args=[token.pk])).status_code == 405
    assert Token.objects.exists()
    browser.post(reverse("revoke_token", args=[token.pk]))
    assert not Token.objects.exists()


def test_a_form_that_is_wrong_makes_no_key(trainee):
    browser = signed_in(trainee)
    page = browser.post(reverse("new_token"), {"name": "x", "scopes": ["all"], "days": 9999})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert not Token.objects.exists()


def opens(secret):
    """Return how the API answers to a key."""
    return (
        Browser()
        .get("/api/v1/encounters", headers={"Authorization": f"Bearer {secret}"})
        .status_code
    )


def key_of(person):
    secret = tokens.make(person.actor(), "lab book", ("practice", "review"), 30, timezone.now())[1]
    assert opens(secret) == 200
    return secret


def test_a_key_opens_nothing_after_its_person_came_in_by_a_link(trainee):
    secret, now = key_of(trainee), timezone.now()
    link = entering.make_link(None, trainee, now)
    assert opens(secret) == 200
    entering.use_link(link, "Kim", OTHER, now)
    assert opens(secret) == 401


def test_a_key_opens_nothing_after_an_administrator_made_a_link(here, trainee):
    secret = key_of(trainee)
    admin = here.people[Role.AGENCY_ADMIN].actor()
    people.new_link(admin, trainee.pk, here.agency.pk, timezone.now())
    assert opens(secret) == 401


def test_a_key_opens_nothing_after_a_new_password(trainee):
    browser, secret = signed_in(trainee), key_of(trainee)
    given = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    browser.post(reverse("account_change_password"), {**given, "oldpassword": OTHER})
    assert opens(secret) == 200
    browser.post(reverse("account_change_password"), given)
    assert opens(secret) == 401


def test_a_key_opens_nothing_after_a_password_set_by_mail(trainee):
    with_password(trainee)
    secret = key_of(trainee)
    Browser().post(reverse("account_reset_password"), {"email": trainee.email})
    to = re.search(r"https://\S+/account/\S+", mail.outbox[-1].body)[0]
    browser = Browser()
    form = browser.get(to)["Location"]
    assert opens(secret) == 200
    browser.post(form, {"password1": OTHER, "password2": OTHER})
    assert opens(secret) == 401
