import html
import re
from dataclasses import fields
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from stepdown.problems import InputProblems
from stepdown.web.accounts import entering
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.environment import Environment, Oidc, read_environment
from stepdown.web.policy import Role
from tests.web.accounts.provider import CLIENT, SECRET, Provider
from tests.web.accounts.ways import PASSWORD, assert_clean, is_in, noted, signed_in
from tests.web.conftest import NOW, Browser

LOGIN = "/account/sso/sso/login/"


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    running.says, running.userinfo, running.asked = {}, {}, []
    running.refuses = running.broken = False
    running.audience = CLIENT
    app = {"provider_id": "sso", "name": "Agency sign-on", "client_id": CLIENT, "secret": SECRET,
           "settings": {"server_url": running.url}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    }
    given = {f.name: getattr(settings.SITE, f.name) for f in fields(Environment)}
    oidc = Oidc("Agency sign-on", running.url, CLIENT, SECRET)
    settings.SITE = Environment(**{**given, "oidc": oidc})
    return running


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def leave(browser, to=LOGIN):
    """Press the button, and return the address to which the browser is sent."""
    page = browser.post(to)
    assert page.status_code == 200
    assert_clean(page.content.decode())
    return html.unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"',
                                   page.content.decode())[1])  # fmt: skip


def come(browser, provider, to=LOGIN, **says):
    """Go to the provider, which says so and so, and come back."""
    provider.says = {"sub": "u1", "email_verified": True, **says}
    at = leave(browser, to)
    with requests.get(at, allow_redirects=False, timeout=5) as there:
        back = there.headers["Location"]
    return browser.get(back.removeprefix("https://testserver"))


def test_somebody_who_has_an_account_comes_in_and_goes_where_they_wanted(provider, trainee):
    browser = Browser()
    page = browser.get(reverse("account_login") + "?next=/library/").content.decode()
    assert_clean(page)
    to = html.unescape(re.search(r'action="([^"]+/sso/[^"]+)"', page)[1])
    answer = come(browser, provider, to, email=trainee.email.upper())
    assert answer["Location"] == "/library/"
    assert is_in(browser)
    assert browser.session["signed_in_by"] == "sso"
    asked = provider.asked[0]
    assert asked["redirect_uri"] == "https://testserver" + LOGIN + "callback/"
    assert asked["code_challenge_method"] == "S256"
    assert "prompt" not in asked
    assert Person.objects.count() == len(Role)


def test_the_account_keeps_its_password_and_nothing_that_the_provider_told(provider, trainee):
    trainee.set_password(PASSWORD)
    trainee.save()
    come(Browser(), provider, email=trainee.email, name="Real Name", picture="https://x/y.png")
    trainee.refresh_from_db()
    assert trainee.check_password(PASSWORD)
    assert trainee.name == "Here trainee"
    tie = SocialAccount.objects.get()
    assert (tie.user, tie.uid, tie.extra_data) == (trainee, "u1", {})
    come(Browser(), provider, email=trainee.email, name="Real Name")
    assert SocialAccount.objects.get().extra_data == {}


def refused(browser, answer, why):
    assert answer.status_code == 403
    assert str(why) in answer.content.decode()
    assert_clean(answer.content.decode())
    assert not is_in(browser)
    entry = noted("sign-in failed")[-1]
    assert (entry.outcome, entry.detail["by"]) == ("refused", "sso")
    return True


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"email": "nobody@here.example"}, "Nobody here has the e-mail address"),
        ({"email_verified": False}, "no e-mail address that it has verified"),
        ({"email_verified": "false"}, "no e-mail address that it has verified"),
        ({"email_verified": None}, "no e-mail address that it has verified"),
        ({"email_verified": 1}, "no e-mail address that it has verified"),
        ({"email": ""}, "no e-mail address that it has verified"),
        ({"email": "tra\u0131nee@here.example"}, "Nobody here has"),
        ({"email": "TRA\u0130NEE@here.example"}, "Nobody here has"),
        ({"email": "trainee@here.example.evil"}, "Nobody here has"),
        ({"email": "trainee@here.example\n"}, "no e-mail address that it has verified"),
    ],
)
def test_nobody_else_comes_in_and_the_page_says_why(provider, trainee, says, why):
    browser = Browser()
    answer = come(browser, provider, **{"email": trainee.email, **says})
    assert refused(browser, answer, why)
    assert not SocialAccount.objects.exists()
    assert Person.objects.count() == len(Role)


def test_providers_that_write_the_truth_as_text_are_understood(provider, trainee):
    browser = Browser()
    come(browser, provider, email=trainee.email, email_verified="true")
    assert is_in(browser)


def test_somebody_who_was_deactivated_does_not_come_in(provider, trainee):
    Person.objects.filter(pk=trainee.pk).update(is_active=False)
    browser = Browser()
    assert refused(browser, come(browser, provider, email=trainee.email), "Nobody here has")


def test_an_address_that_was_given_to_somebody_else_at_the_provider_opens_nothing(
    provider, trainee
):
    come(Browser(), provider, email=trainee.email, sub="u1")
    browser = Browser()
    answer = come(browser, provider, email=trainee.email, sub="u2")
    assert refused(browser, answer, "not the one that was used here before")
    entering.use_link(entering.make_link(None, trainee, NOW), "Ada", PASSWORD, NOW)
    come(browser, provider, email=trainee.email, sub="u2")
    assert is_in(browser), "a new link from the administrator ties it anew"


def test_an_account_of_the_provider_opens_only_the_one_it_is_tied_to(provider, here, trainee):
    come(Browser(), provider, email=trainee.email)
    browser = Browser()
    other = here.people[Role.INSTRUCTOR]
    assert refused(browser, come(browser, provider, email=other.email), "not the one that was used")
    answer = come(browser, provider, email="new@here.example")
    assert refused(browser, answer, "Nobody here has")


def test_two_answers_that_speak_of_different_people_are_refused(provider, trainee):
    provider.userinfo = {"sub": "somebody else"}
    browser = Browser()
    assert refused(browser, come(browser, provider, email=trainee.email), "verified")


def test_the_second_factor_of_the_provider_counts(provider, here):
    admin, browser = here.people[Role.AGENCY_ADMIN], Browser()
    come(browser, provider, email=admin.email)
    assert browser.get(reverse("account")).status_code == 200
    by_password = signed_in(admin)
    assert by_password.get(reverse("account"))["Location"] == reverse("second_factor")


def test_coming_by_password_in_the_same_browser_does_not_count_as_the_providers(provider, here):
    admin, browser = here.people[Role.AGENCY_ADMIN], Browser()
    come(browser, provider, email=admin.email)
    browser.post(reverse("account_logout"))
    admin.set_password(PASSWORD)
    admin.save()
    browser.post(reverse("account_login"), {"login": admin.email, "password": PASSWORD})
    assert is_in(browser)
    assert browser.get(reverse("account"))["Location"] == reverse("second_factor")


def test_whoever_has_a_second_factor_here_is_asked_for_it_as_well(provider, here, browser_of):
    admin, browser = here.people[Role.AGENCY_ADMIN], Browser()
    browser_of(admin)
    answer = come(browser, provider, email=admin.email)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(browser)


def test_the_sign_on_is_never_tied_to_whoever_is_signed_in(provider, here, trainee):
    browser = signed_in(trainee)
    other = here.people[Role.ANALYST]
    come(browser, provider, LOGIN + "?process=connect", email="private@mail.example")
    assert not SocialAccount.objects.exists()
    come(browser, provider, LOGIN + "?process=connect&scope=x&auth_params=a=b", email=other.email)
    assert not SocialAccount.objects.filter(user=trainee).exists()
    assert provider.asked[-1]["prompt"] == "login", "they must prove themselves there"
    assert set(provider.asked[-1]["scope"].split()) == {"openid", "profile", "email"}
    assert "a" not in provider.asked[-1]


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_led_elsewhere_by_the_sign_on(provider, trainee, to):
    answer = come(Browser(), provider, f"{LOGIN}?next={to}", email=trainee.email)
    assert answer["Location"] == reverse("home")


def test_leaving_needs_a_press_of_the_button(provider, db):
    page = Browser().get(LOGIN)
    assert page.status_code == 200
    assert "http-equiv" not in page.content.decode()
    assert_clean(page.content.decode())
    unasked = Browser(enforce_csrf_checks=True).post(LOGIN)
    assert "http-equiv" not in unasked.content.decode()


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(provider, trainee):
    provider.says = {"sub": "u1", "email": trainee.email, "email_verified": True}
    begun, victim = Browser(), Browser()
    with requests.get(leave(begun), allow_redirects=False, timeout=5) as there:
        back = there.headers["Location"].removeprefix("https://testserver")
    assert victim.get(back).status_code == 401
    assert not is_in(victim)
    for query in ("", "?code=x", "?state=x&code=y", "?error=x"):
        assert victim.get(LOGIN + "callback/" + query).status_code == 401
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert begun.get(back.replace(code, "another")).status_code == 401
    assert not is_in(begun)


def test_an_answer_counts_once(provider, trainee):
    provider.says = {"sub": "u1", "email": trainee.email, "email_verified": True}
    browser = Browser()
    with requests.get(leave(browser), allow_redirects=False, timeout=5) as there:
        back = there.headers["Location"].removeprefix("https://testserver")
    browser.get(back)
    assert is_in(browser)
    browser.post(reverse("account_logout"))
    browser.get(back)
    assert not is_in(browser)


def test_a_token_meant_for_another_site_is_refused(provider, trainee):
    provider.audience = "another site"
    browser = Browser()
    answer = come(browser, provider, email=trainee.email)
    assert answer.status_code == 401
    assert not is_in(browser)


def test_turning_back_at_the_provider_is_no_fault(provider, trainee):
    provider.refuses = True
    browser = Browser()
    answer = come(browser, provider, email=trainee.email)
    assert answer["Location"] == reverse("socialaccount_login_cancelled")
    assert "You were not signed in" in browser.get(answer["Location"]).content.decode()


def test_a_provider_that_does_not_answer_gives_a_page_that_says_so(provider, trainee):
    browser = Browser()
    at = leave(browser)
    provider.broken = True
    answer = browser.post(LOGIN)
    assert answer.status_code == 502
    assert "The sign-on did not work" in answer.content.decode()
    state = parse_qs(urlsplit(at).query)["state"][0]
    assert browser.get(f"{LOGIN}callback/?code=x&state={state}").status_code in (401, 502)


def test_without_a_single_sign_on_its_pages_do_not_exist(db):
    for to in (LOGIN, LOGIN + "callback/", "/account/sso/other/login/"):
        assert Browser().get(to).status_code == 404
        assert Browser().post(to).status_code == 404
    assert "/sso/" not in Browser().get(reverse("account_login")).content.decode()


def test_a_role_that_is_taken_counts_for_those_of_the_sign_on_too(provider, here):
    analyst, browser = here.people[Role.ANALYST], Browser()
    come(browser, provider, email=analyst.email)
    assert browser.get(reverse("account")).status_code == 200
    RoleGrant.objects.filter(person=analyst).delete()
    assert browser.get(reverse("account")).status_code == 200
    Person.objects.filter(pk=analyst.pk).update(is_active=False)
    assert browser.get(reverse("account")).status_code == 302


def test_the_address_of_a_provider_must_be_secret_on_the_way(tmp_path):
    given = {"STEPDOWN_SECRET_KEY": "x" * 40, "STEPDOWN_HOME": str(tmp_path),
             "STEPDOWN_OIDC_CLIENT_ID": "a", "STEPDOWN_OIDC_CLIENT_SECRET": "b"}  # fmt: skip
    with pytest.raises(InputProblems, match="https://"):
        read_environment({**given, "STEPDOWN_OIDC_SERVER": "http://id.example"})
    assert read_environment({**given, "STEPDOWN_OIDC_SERVER": "http://localhost:8080"}).oidc
    assert read_environment({**given, "STEPDOWN_OIDC_SERVER": "https://id.example"}).oidc
