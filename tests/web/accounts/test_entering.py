import re
from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from stepdown.web.accounts import entering
from stepdown.web.accounts.models import OneTimeLink, Person, RoleGrant
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from tests.web.accounts.ways import OTHER, PASSWORD, is_in, noted, sign_in, signed_in, with_password
from tests.web.conftest import NOW, Browser

FILLED = {"name": "Ada Trainee", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def link(person, **named):
    return entering.make_link(None, person, timezone.now(), **named)


def page_of(secret):
    return reverse("enter", args=[secret])


def test_a_link_greets_and_sets_name_and_password_and_signs_in(trainee):
    secret, browser = link(trainee), Browser()
    page = browser.get(page_of(secret))
    assert page.status_code == 200
    assert f"Welcome, {trainee.name}" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    done = browser.post(page_of(secret), FILLED)
    assert (done.status_code, done["Location"]) == (302, reverse("home"))
    assert is_in(browser)
    trainee.refresh_from_db()
    assert trainee.name == "Ada Trainee"
    assert trainee.check_password(PASSWORD)
    assert [len(noted(action)) for action in ("link made", "link used", "signed in")] == [1, 1, 1]


def test_somebody_whose_role_needs_it_goes_on_to_the_second_factor(here):
    admin, browser = here.people[Role.AGENCY_ADMIN], Browser()
    answer = browser.post(page_of(link(admin)), FILLED, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("second_factor")
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_first_administrator_without_an_address_gives_their_own(trainee):
    first = Person.objects.create_user(entering.UNNAMED, "Administrator")
    secret, browser = link(first), Browser()
    page = browser.get(page_of(secret)).content.decode()
    assert 'name="email"' in page
    assert entering.UNNAMED not in page
    taken = browser.post(page_of(secret), FILLED | {"email": trainee.email.upper()})
    assert "Somebody has this address already." in taken.content.decode()
    assert browser.post(page_of(secret), FILLED).status_code == 200
    done = browser.post(page_of(secret), FILLED | {"email": "Kim@Agency.example"})
    assert done.status_code == 302
    first.refresh_from_db()
    assert first.email == "kim@agency.example"


def test_nobody_else_changes_their_address_by_a_link(trainee):
    before, secret, browser = trainee.email, link(trainee), Browser()
    assert 'name="email"' not in browser.get(page_of(secret)).content.decode()
    browser.post(page_of(secret), FILLED | {"email": "kim@agency.example"})
    trainee.refresh_from_db()
    assert trainee.email == before


def test_the_secret_of_a_link_is_kept_nowhere(trainee):
    secret = link(trainee)
    row = OneTimeLink.objects.get()
    assert secret not in str(vars(row))
    assert row.digest == entering.digest(secret)
    assert len(secret) >= 40


def test_used_expired_replaced_and_unknown_links_are_answered_alike(trainee):
    used, late = link(trainee), timezone.now() - timedelta(days=8)
    Browser().post(page_of(used), FILLED)
    expired = entering.make_link(None, trainee, late)
    replaced = entering.make_link(None, trainee, timezone.now())
    fresh = link(trainee)
    pages = [Browser().get(page_of(s)) for s in (used, expired, replaced, "nonsense")]
    assert {page.status_code for page in pages} == {404}
    said = {re.sub(r'(value|nonce)="[^"]*"', "", page.content.decode()) for page in pages}
    assert len(said) == 1
    assert "Ask whoever sent it for a new one" in said.pop()
    assert Browser().get(page_of(fresh)).status_code == 200


def test_a_link_works_once_even_if_it_is_sent_twice(trainee):
    secret = link(trainee)
    now = timezone.now()
    entering.use_link(secret, "Ada", PASSWORD, now)
    with pytest.raises(entering.LinkGone):
        entering.use_link(secret, "Eve", OTHER, now)
    trainee.refresh_from_db()
    assert trainee.name == "Ada"
    assert trainee.check_password(PASSWORD)


def test_a_link_ends_on_its_day(trainee):
    secret = entering.make_link(None, trainee, NOW, days=2)
    assert entering.person_of(secret, NOW + timedelta(days=2, seconds=-1)) == trainee
    with pytest.raises(entering.LinkGone):
        entering.person_of(secret, NOW + timedelta(days=2))


def test_the_link_of_somebody_who_was_deactivated_opens_nothing(trainee):
    secret = link(trainee)
    Person.objects.filter(pk=trainee.pk).update(is_active=False)
    assert Browser().post(page_of(secret), FILLED).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password1": "short one", "password2": "short one"}, "at least 12 characters"),
        ({"password2": OTHER}, "The two are not the same"),
        ({"password1": "qwerty123456", "password2": "qwerty123456"}, "too common"),
        ({"name": " \u200b "}, "Write a name of 1 to 120 letters"),
        ({"name": "Ada\u202eLovelace"}, "Write a name of 1 to 120 letters"),
        ({"name": "Ada\ue000Lovelace"}, "Write a name of 1 to 120 letters"),
        ({"name": ""}, "required"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_beside_the_field_and_uses_nothing(trainee, given, said):
    secret, browser = link(trainee), Browser()
    page = browser.post(page_of(secret), {**FILLED, **given})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not is_in(browser)
    assert browser.get(page_of(secret)).status_code == 200


@pytest.mark.parametrize("name", ["نی\u200cما", "ക്\u200dഷ"])
def test_a_name_in_a_script_that_needs_joiners_can_be_written(trainee, name):
    assert entering.use_link(link(trainee), name, PASSWORD, timezone.now()).name == name


def test_a_password_like_ones_own_name_or_address_is_refused(trainee):
    now = timezone.now()
    with pytest.raises(ValidationError):
        entering.use_link(link(trainee), "Wilhelmina Longname", "wilhelmina longname", now)
    with pytest.raises(ValidationError):
        entering.use_link(link(trainee), "Ada", trainee.email, now)


def test_whoever_is_signed_in_in_that_browser_is_signed_out(here, trainee):
    browser = signed_in(here.people[Role.ANALYST])
    assert "They will be signed out" in browser.get(page_of(link(trainee))).content.decode()
    browser.post(page_of(link(trainee)), FILLED)
    assert browser.session["_auth_user_id"] == str(trainee.pk)


def test_a_new_password_ends_older_sessions_and_the_tie_to_a_single_sign_on(trainee):
    old = signed_in(trainee)
    SocialAccount.objects.create(user=trainee, provider="openid_connect", uid="1")
    assert old.get(reverse("account")).status_code == 200
    entering.use_link(link(trainee), "Ada", OTHER, timezone.now())
    assert old.get(reverse("account")).status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_second_factor_is_still_asked_for(here, browser_of):
    admin = here.people[Role.AGENCY_ADMIN]
    browser_of(admin)  # sets one up
    browser = Browser()
    answer = browser.post(page_of(link(admin)), FILLED)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(browser)


def test_an_agency_makes_links_for_its_own_people_alone(here, elsewhere):
    admin, trainee = here.people[Role.AGENCY_ADMIN].actor(), here.people[Role.TRAINEE]
    assert entering.make_link(admin, trainee, NOW)
    for actor in (
        here.people[Role.INSTRUCTOR], here.people[Role.COORDINATOR], trainee,
        elsewhere.people[Role.AGENCY_ADMIN],
    ):  # fmt: skip
        with pytest.raises(Refused):
            entering.make_link(actor.actor(), trainee, NOW)
    assert OneTimeLink.objects.count() == 1


def test_no_agency_alone_makes_a_link_for_somebody_of_two_agencies(here, elsewhere):
    both = here.people[Role.TRAINEE]
    RoleGrant.objects.create(person=both, role=Role.TRAINEE, agency=elsewhere.agency)
    for place in (here, elsewhere):
        with pytest.raises(Refused):
            entering.make_link(place.people[Role.AGENCY_ADMIN].actor(), both, NOW)
    assert entering.make_link(here.people[Role.SITE_ADMIN].actor(), both, NOW)


def test_no_agency_makes_a_link_for_whoever_runs_the_site(here):
    above = here.people[Role.SITE_ADMIN]
    RoleGrant.objects.create(person=above, role=Role.TRAINEE, agency=here.agency)
    with pytest.raises(Refused):
        entering.make_link(here.people[Role.AGENCY_ADMIN].actor(), above, NOW)


def test_guessing_links_is_slowed_down(db):
    browser = Browser()
    answers = [browser.get(page_of(f"guess-{n}")).status_code for n in range(32)]
    assert answers == [404] * 30 + [429] * 2


def test_a_form_from_elsewhere_is_refused(trainee):
    browser, secret = Browser(enforce_csrf_checks=True), link(trainee)
    told = browser.post(page_of(secret), FILLED)
    assert told.status_code == 400
    assert "keeps no cookies" in told.content.decode()
    assert not is_in(browser)
    assert browser.get(page_of(secret)).status_code == 200, "the link was not used"
    with_password(trainee)
    told = sign_in(browser, trainee)
    assert told.status_code == 400
    assert "keeps no cookies" in told.content.decode()
    assert not is_in(browser)


def test_a_form_of_a_page_inside_leads_whoever_was_signed_out_to_sign_in(trainee):
    answer = Browser(enforce_csrf_checks=True).post(reverse("account"), {"name": "Kim"})
    assert answer["Location"].startswith(reverse("account_login"))
