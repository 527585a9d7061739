import re
import smtplib

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import gettext

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person
from stepdown.web.environment import read_environment
from stepdown.web.mail import mail_of
from stepdown.web.policy import Role
from tests.web.accounts.ways import (
    CLOSED,
    OTHER,
    assert_clean,
    is_in,
    noted,
    sign_in,
    signed_in,
    with_password,
)
from tests.web.conftest import Browser

WRONG = "The e-mail address or the password is not right."
TOO_MANY = "Too many tries. Wait five minutes, then try again."


@pytest.fixture
def trainee(here):
    return with_password(here.people[Role.TRAINEE])


def said(page):
    return re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', page.content.decode(), re.DOTALL)


def test_a_trainee_signs_in_with_a_password_whatever_the_capitals_of_the_address(trainee):
    browser = Browser()
    answer = sign_in(browser, trainee, login=f" {trainee.email.upper()} ")
    assert answer["Location"] == reverse("home")
    assert is_in(browser)
    assert browser.session["signed_in_by"] == "password"
    assert noted("signed in")[0].actor == trainee.pk


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(trainee):
    wrong = sign_in(Browser(), trainee, OTHER)
    unknown = sign_in(Browser(), trainee, login="nobody@here.example")
    assert said(wrong) == said(unknown)
    assert WRONG in said(wrong)[0]
    assert [(e.record, e.outcome) for e in noted("sign-in failed")] == [
        (str(trainee.pk), "refused"), ("", "refused"),
    ]  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
def test_five_wrong_tries_lock_an_account_known_or_not(trainee, known):
    login = trainee.email if known else "nobody@here.example"
    for n in range(5):
        page = sign_in(Browser(REMOTE_ADDR=f"10.0.0.{n}"), trainee, OTHER, login=login)
        assert WRONG in said(page)[0]
    for n in range(2):  # from anywhere, the right password too
        browser = Browser(REMOTE_ADDR=f"10.0.1.{n}")
        assert TOO_MANY in said(sign_in(browser, trainee, login=login))[0]
        assert not is_in(browser)
    assert len(noted("locked out")) == 1


def test_tries_under_another_name_of_the_site_or_another_port_count_as_well(trainee):
    for n in range(5):
        sign_in(Browser(HTTP_HOST=f"testserver:{8000 + n}"), trainee, OTHER)
    assert TOO_MANY in said(sign_in(Browser(HTTP_HOST="localhost"), trainee))[0]


def test_a_right_password_does_not_count_and_frees_nobody(trainee):
    for _ in range(4):
        sign_in(Browser(), trainee, OTHER)
    assert is_in(signed_in(trainee))
    sign_in(Browser(), trainee, OTHER)
    assert TOO_MANY in said(sign_in(Browser(), trainee))[0]


def test_one_address_of_the_network_is_slowed_down_whatever_accounts_it_tries(db):
    browser = Browser()
    for n in range(20):
        browser.post(reverse("account_login"), {"login": f"p{n}@x.example", "password": OTHER})
    given = {"login": "p99@x.example", "password": OTHER}
    assert TOO_MANY in said(browser.post(reverse("account_login"), given))[0]
    elsewhere = Browser(REMOTE_ADDR="10.9.9.9")
    assert WRONG in said(elsewhere.post(reverse("account_login"), given))[0]


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
           "http://testserver/", "https://localhost/", "https:evil.example", "\x00/x"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(trainee, to):
    answer = sign_in(Browser(), trainee, next=to)
    assert answer["Location"] == reverse("home")
    out = signed_in(trainee).post(reverse("account_logout"), {"next": to})
    assert out["Location"] == reverse("account_login")


def test_whoever_asked_for_a_page_comes_to_it_after_signing_in(trainee):
    browser = Browser()
    to = browser.get(reverse("account") + "?a=1")["Location"]
    assert to == reverse("account_login") + "?next=%2Faccount%2F%3Fa%3D1"
    page = browser.get(to).content.decode()
    kept = re.search(r'name="next" value="([^"]*)"', page)[1]
    assert sign_in(browser, trainee, next=kept)["Location"] == "/account/?a=1"


def test_signing_out_needs_a_post(trainee):
    browser = signed_in(trainee)
    assert "Sign out?" in browser.get(reverse("account_logout")).content.decode()
    assert is_in(browser)
    browser.post(reverse("account_logout"))
    assert not is_in(browser)
    assert noted("signed out")[0].actor == trainee.pk


def test_the_session_changes_its_name_when_somebody_signs_in(trainee):
    browser = Browser()
    browser.get(reverse("account_login"))
    session = browser.session
    session["before"] = True
    session.save()
    browser.cookies["__Host-session"] = session.session_key
    sign_in(browser, trainee)
    assert is_in(browser)
    assert browser.session.session_key != session.session_key


def test_the_cookies_are_for_this_site_over_https_and_not_for_scripts(trainee):
    browser = Browser()
    browser.get(reverse("account_login"))
    sign_in(browser, trainee)
    session, csrf = browser.cookies["__Host-session"], browser.cookies["__Host-csrf"]
    for cookie in (session, csrf):
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert session["expires"] == session["max-age"] == ""


def test_somebody_who_was_deactivated_is_told_only_with_the_right_password(trainee):
    Person.objects.filter(pk=trainee.pk).update(is_active=False)
    assert WRONG in said(sign_in(Browser(), trainee, OTHER))[0]
    browser = Browser()
    assert sign_in(browser, trainee)["Location"] == reverse("account_inactive")
    assert "closed" in browser.get(reverse("account_inactive")).content.decode()
    assert not is_in(browser)


def test_ones_own_language_is_spoken_after_signing_in(trainee):
    Person.objects.filter(pk=trainee.pk).update(language="es")
    browser = Browser()
    sign_in(browser, trainee)
    assert 'lang="es"' in browser.get(reverse("account")).content.decode()


@pytest.mark.parametrize("name", CLOSED)
def test_what_is_not_used_of_the_library_is_closed(trainee, name):
    for browser in (Browser(), signed_in(trainee)):
        assert browser.get(reverse(name)).status_code == 404
        assert browser.post(reverse(name)).status_code == 404


OPEN = ("account_login", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key_done", "account_inactive",
        "socialaccount_login_cancelled", "socialaccount_login_error")  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_open_pages_carry_no_inline_code_and_lead_nowhere_that_is_closed(db, name):
    page = Browser().get(reverse(name)).content.decode()
    assert_clean(page)
    assert "skip" in page


def test_a_new_password_comes_by_mail(trainee):
    old, browser = signed_in(trainee), Browser()
    sent = browser.post(reverse("account_reset_password"), {"email": trainee.email.upper()})
    assert sent["Location"] == reverse("account_reset_password_done")
    letter = mail.outbox[0]
    assert letter.subject == "Stepdown: a new password"
    assert letter.to == [trainee.email]
    to = re.search(r"https://testserver(\S+)", letter.body)[1]
    form = browser.get(to)["Location"]
    assert to not in form, "the secret leaves the address"
    assert "12 characters or more" in browser.get(form).content.decode()
    done = browser.post(form, {"password1": OTHER, "password2": OTHER})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert not is_in(browser)
    assert old.get(reverse("account")).status_code == 302, "other sessions are ended"
    assert is_in_with(trainee, OTHER)
    assert "does not open anything" in Browser().get(to).content.decode()
    assert len(noted("password set by mail")) == 1


def is_in_with(person, password):
    browser = Browser()
    sign_in(browser, person, password)
    return is_in(browser)


def test_the_page_does_not_say_who_has_an_account(trainee):
    answers = [
        Browser().post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (trainee.email, "nobody@here.example")
    ]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    pages = [re.sub(r'(nonce|value)="[^"]*"', "", a.content.decode()) for a in answers]
    assert pages[0] == pages[1]
    assert "There is no account with this address" in mail.outbox[1].body
    assert len(mail.outbox) == 2, "both take the same time"


def test_a_mail_server_that_fails_tells_nobody_either(trainee, monkeypatch):
    def fail(*given):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    sent = Browser().post(reverse("account_reset_password"), {"email": trainee.email})
    assert sent["Location"] == reverse("account_reset_password_done")


def test_without_mail_the_page_says_whom_to_ask_and_sends_nothing(trainee, settings):
    settings.EMAIL_CONFIGURED = False
    page = Browser().get(reverse("account_reset_password")).content.decode()
    assert "Ask whoever administers your agency" in page
    assert 'name="email"' not in page
    done = Browser().post(reverse("account_reset_password"), {"email": trainee.email}, follow=True)
    assert "This site sends no mail" in done.content.decode()
    assert mail.outbox == []


def test_asking_for_mail_again_and_again_is_slowed_down(trainee):
    asked = [
        Browser(REMOTE_ADDR=f"10.0.0.{n}").post(
            reverse("account_reset_password"), {"email": trainee.email}
        )
        for n in range(4)
    ]
    assert [a.status_code for a in asked] == [302, 302, 302, 429]
    assert gettext("Too many tries") in asked[3].content.decode()


def test_asking_for_a_new_password_keeps_nobody_from_a_second_factor(trainee):
    Browser().post(reverse("account_reset_password"), {"email": trainee.email})
    page = signed_in(trainee).get(reverse("mfa_activate_totp"))
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("url", "host", "port", "starttls", "tls"),
    [
        ("smtp://u:p@mail.example:2525", "mail.example", 2525, True, False),
        ("smtp://mail.example", "mail.example", 587, True, False),
        ("smtps://u%40x:p%2Fq@mail.example", "mail.example", 465, False, True),
        ("smtp+plain://relay", "relay", 25, False, False),
        ("smtp://localhost:25", "localhost", 25, False, False),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_reach_it(url, host, port, starttls, tls):
    read = mail_of(url)
    assert (read.host, read.port, read.starttls, read.tls) == (host, port, starttls, tls)


def test_signs_in_names_and_passwords_of_mail_are_written_as_in_any_address():
    read = mail_of("smtps://u%40x:p%2Fq@mail.example")
    assert (read.user, read.password) == ("u@x", "p/q")
    assert mail_of("") is None


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://x:99999", "smtp://x:y",
            "smtp+plain://u:secretword@mail.example"],
)  # fmt: skip
def test_a_mail_address_that_cannot_be_used_is_said_without_its_password(url, tmp_path):
    given = {"STEPDOWN_SECRET_KEY": "x" * 40, "STEPDOWN_HOME": str(tmp_path),
             "STEPDOWN_EMAIL_URL": url}  # fmt: skip
    with pytest.raises(InputProblems) as told:
        read_environment(given)
    assert [p.where for p in told.value.problems] == ["STEPDOWN_EMAIL_URL"]
    assert "secretword" not in str(told.value)
