import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from stepdown.web.accounts.models import Person
from stepdown.web.audit.models import Entry
from stepdown.web.environment import Environment
from stepdown.web.policy import NEED_SECOND_FACTOR, Role
from tests.web.accounts.ways import (
    PASSWORD,
    assert_clean,
    code_of,
    is_in,
    noted,
    sign_in,
    signed_in,
    with_password,
)
from tests.web.conftest import Browser

SECRET = r'<code class="secret">([A-Z2-7]+)</code>'


@pytest.fixture
def admin(here):
    return here.people[Role.AGENCY_ADMIN]


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def set_up(browser, person, on_commit):
    """Set up an app as a person does, and return its secret and the recovery codes."""
    from allauth.mfa.totp.internal.auth import (
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(SECRET, page)[1]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    with on_commit():
        answer = browser.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    codes = re.findall(r"<li>(\d{8})</li>", answer.content.decode())
    return secret, codes


@pytest.mark.parametrize("role", sorted(NEED_SECOND_FACTOR))
def test_every_role_but_the_trainees_sets_up_a_second_factor_before_anything_else(here, role):
    browser = signed_in(here.people[role])
    for name in ("home", "account", "new_token", "account_change_password"):
        assert browser.get(reverse(name))["Location"] == reverse("second_factor"), name
    page = browser.get(reverse("second_factor")).content.decode()
    assert_clean(page)
    assert reverse("mfa_activate_totp") in page
    assert reverse("mfa_add_webauthn") in page


def test_a_trainee_may_have_one_but_need_not(here, on_commit):
    trainee = here.people[Role.TRAINEE]
    browser = signed_in(trainee)
    assert browser.get(reverse("home")).status_code == 200
    assert len(set_up(browser, trainee, on_commit)[1]) == 10
    assert sign_in(Browser(), trainee)["Location"] == reverse("mfa_authenticate")


@pytest.mark.parametrize("mode", ["demo", "alone"])
def test_a_demonstration_asks_for_none(admin, settings, mode):
    browser = signed_in(admin)
    site = settings.SITE
    given = {name: getattr(site, name) for name in Environment.__slots__} | {"mode": mode}
    settings.SITE = Environment(**given)
    assert browser.get(reverse("home")).status_code == 200


def test_an_app_is_set_up_and_asked_for_from_then_on(admin, on_commit):
    browser = signed_in(admin)
    secret, codes = set_up(browser, admin, on_commit)
    assert len(set(codes)) == 10
    assert browser.get(reverse("home")).status_code == 200
    again = Browser()
    assert sign_in(again, admin)["Location"] == reverse("mfa_authenticate")
    assert not is_in(again)
    assert again.get(reverse("home"))["Location"].startswith(reverse("account_login"))
    page = again.get(reverse("mfa_authenticate")).content.decode()
    assert_clean(page)
    assert "data-security-key" not in page, "no key was added"
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "That code is not right, or was used already." in wrong.content.decode()
    again.post(reverse("mfa_authenticate"), {"code": code_of(admin)})
    assert is_in(again)
    assert again.get(reverse("home")).status_code == 200
    added = [(e.action, e.detail) for e in noted("second factor added")]
    assert added == [
        ("second factor added", {"type": "totp"}),
        ("second factor added", {"type": "recovery_codes"}),
    ]
    assert [e.outcome for e in noted("second factor failed")] == ["refused"]
    assert secret not in str([vars(e) for e in Entry.objects.all()])


def test_a_code_lets_in_once(admin, browser_of):
    browser_of(with_password(admin))
    first, second = Browser(), Browser()
    for browser in (first, second):
        sign_in(browser, admin)
    code = code_of(admin)
    for browser in (first, second):
        browser.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_five_wrong_codes_lock_the_second_factor(admin, browser_of):
    browser_of(with_password(admin))
    for n in range(5):
        browser = Browser(REMOTE_ADDR=f"10.0.0.{n}")
        sign_in(browser, admin)
        browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = browser.post(reverse("mfa_authenticate"), {"code": code_of(admin)})
    assert "Too many tries" in page.content.decode()
    assert not is_in(browser)


def test_a_recovery_code_lets_in_once_and_that_is_noted(admin, on_commit):
    _, codes = set_up(signed_in(admin), admin, on_commit)
    for expected in (True, False):
        browser = Browser()
        sign_in(browser, admin)
        browser.post(reverse("mfa_authenticate"), {"code": codes[3]})
        assert is_in(browser) is expected
    assert len(noted("recovery code used")) == 1


def test_new_recovery_codes_end_the_old_ones(admin, on_commit):
    browser = signed_in(admin)
    _, codes = set_up(browser, admin, on_commit)
    with on_commit():
        page = browser.post(reverse("mfa_generate_recovery_codes"), follow=True)
    fresh = re.findall(r"<li>(\d{8})</li>", page.content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    text = browser.get(reverse("mfa_download_recovery_codes"))
    assert text.content.decode().split() == fresh
    assert len(noted("recovery codes made anew")) == 1


def test_whoever_removes_the_only_factor_sets_one_up_again(admin, on_commit):
    browser = signed_in(admin)
    set_up(browser, admin, on_commit)
    assert_clean(browser.get(reverse("mfa_deactivate_totp")).content.decode())
    browser.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert browser.get(reverse("home"))["Location"] == reverse("second_factor")
    assert [e.detail["type"] for e in noted("second factor removed")] == ["totp", "recovery_codes"]


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return str(cursor.fetchall())


def test_secrets_of_second_factors_are_sealed_in_the_database(admin, on_commit):
    browser = signed_in(admin)
    secret, codes = set_up(browser, admin, on_commit)
    kept = rows("mfa_authenticator")
    assert kept.count("gAAAA") == 2, "the app's secret and the seed of the recovery codes"
    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_the_secret_of_an_app_that_is_not_yet_set_up_is_sealed_as_well(admin):
    browser = signed_in(admin)
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(SECRET, page)[1]
    kept = Session.objects.get(session_key=browser.session.session_key).get_decoded()
    assert secret not in json.dumps(kept)
    assert kept["mfa.totp.secret"].startswith("gAAAA")
    wrong = browser.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    assert re.search(SECRET, wrong)[1] == secret, "the picture that was read still counts"


def test_with_another_secret_key_the_factor_is_refused_and_the_page_says_why(
    admin, on_commit, settings
):
    browser = signed_in(admin)
    set_up(browser, admin, on_commit)
    settings.SECRET_KEY = "another key, as long as the one before it was"
    with_password(admin)
    again = Browser()
    sign_in(again, admin)
    answer = again.post(reverse("mfa_authenticate"), {"code": "123456"})
    assert answer.status_code == 400
    assert "site&#x27;s secret key is not the one" in answer.content.decode()
    assert not is_in(again)


def test_the_picture_for_the_app_is_one_that_the_site_may_show(admin):
    page = signed_in(admin).get(reverse("mfa_activate_totp"))
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert_clean(page.content.decode())


GARBAGE = ["", "{}", "[]", "1", "null", '"x"', "{", '{"id": 1}', '{"id": "AA", "rawId": "AA"}',
           '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
           '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA",'
           '"attestationObject":"AA","authenticatorData":"AA","signature":"AA"}}',
           '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30",'
           '"attestationObject":"oA","authenticatorData":"AAAA","signature":"!!"}}',
           '{"id":[],"rawId":{},"type":5,"response":[1,2]}', "[" * 5000]  # fmt: skip


@pytest.mark.parametrize("given", GARBAGE)
def test_nonsense_in_place_of_a_security_key_is_refused_and_breaks_nothing(
    admin, browser_of, given
):
    browser = signed_in(admin)
    browser.get(reverse("mfa_add_webauthn"))
    page = browser.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": given})
    assert page.status_code == 200
    assert not Authenticator.objects.exists()
    browser_of(admin)
    entering = Browser()
    sign_in(entering, admin)
    entering.get(reverse("mfa_authenticate"))
    page = entering.post(reverse("mfa_authenticate"), {"credential": given})
    assert page.status_code == 200
    assert not is_in(entering)


def test_nobody_sees_or_removes_anothers_key(admin, elsewhere):
    attacker = elsewhere.people[Role.TRAINEE]
    key = Authenticator.objects.create(user=admin, type="webauthn", data={"name": "mine"})
    browser = signed_in(attacker)
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert browser.get(reverse(name, args=[key.pk])).status_code == 404
        assert browser.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
    assert Person.objects.get(pk=attacker.pk).check_password(PASSWORD)
