from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

from stepdown.web.accounts.models import Hold, Person
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.privacy.rules import ERASED


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.mark.parametrize("name", ["export", "erase"])
def test_both_pages_ask_for_proof_that_it_is_them(trainee, browser_of, name):
    from tests.web.accounts.ways import with_password

    browser = browser_of(with_password(trainee))
    for answer in (browser.get(reverse(name)), browser.post(reverse(name))):
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]
    assert not Entry.objects.filter(action__in=["exported", "erased"]).exists()


def test_the_page_says_what_is_kept_and_for_how_long_before_anything_is_sent(
    here, trainee, confirmed_of
):
    here.agency.assessment_retention_days = 365
    here.agency.save()
    page = confirmed_of(trainee).get(reverse("export"))
    text = page.content.decode()
    assert "the words of practice for 90 days" in text
    assert "those of assessments for 365 days" in text
    assert not Entry.objects.filter(action="exported").exists()


def test_one_s_own_data_come_as_a_zip(trainee, confirmed_of):
    answer = confirmed_of(trainee).post(reverse("export"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert trainee.email in archive.read("me.json").decode()


def test_one_s_own_data_are_erased_when_the_address_is_typed(trainee, confirmed_of):
    browser = confirmed_of(trainee)
    assert "This cannot be undone" in browser.get(reverse("erase")).content.decode()
    for wrong in ("", "somebody@else.example"):
        page = browser.post(reverse("erase"), {"email": wrong})
        assert "Nothing was erased" in page.content.decode()
    assert Person.objects.get(pk=trainee.pk).name == "Here trainee"
    answer = browser.post(reverse("erase"), {"email": f" {trainee.email.upper()} "})
    assert answer.status_code == 302
    assert Person.objects.get(pk=trainee.pk).name == ERASED
    assert browser.get(reverse("library")).status_code == 302


@pytest.mark.parametrize("name", ["export", "erase"])
def test_no_hold_is_secret(here, trainee, confirmed_of, name):
    Hold.objects.create(person=trainee, agency=here.agency, reason="A court <asked> for it")
    text = confirmed_of(trainee).get(reverse(name)).content.decode()
    assert "A legal hold of Here stands" in text
    assert "A court &lt;asked&gt; for it" in text


def test_under_a_hold_the_page_erases_nothing(here, trainee, confirmed_of):
    Hold.objects.create(person=trainee, agency=here.agency, reason="court")
    answer = confirmed_of(trainee).post(reverse("erase"), {"email": trainee.email})
    assert answer.status_code == 400
    assert "legal hold" in answer.content.decode()
    assert Person.objects.get(pk=trainee.pk).erased_at is None


def test_the_account_page_says_that_a_hold_stands(here, trainee, browser_of):
    browser = browser_of(trainee)
    assert "legal hold" not in browser.get(reverse("account")).content.decode()
    Hold.objects.create(person=trainee, agency=here.agency, reason="court")
    assert "legal hold" in browser.get(reverse("account")).content.decode()
