from __future__ import annotations

from dataclasses import replace

import pytest

from stepdown.web import alone
from stepdown.web.accounts.models import Person
from stepdown.web.privacy.erase import erase
from tests.web.conftest import NOW, Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings, tmp_path):
    settings.SITE = replace(settings.SITE, mode="alone", home=tmp_path)
    return settings.SITE


def test_who_erased_themselves_can_begin_anew_with_the_same_link(site):
    link = alone.link(site, NOW)
    first = Person.objects.get(email=alone.EMAIL)
    erase(None, first.pk, NOW)
    browser = Browser()
    answer = browser.get(link)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.session["_auth_user_id"] == str(Person.objects.get(email=alone.EMAIL).pk)
    assert Person.objects.count() == 2


def test_the_link_makes_one_person_alone(site):
    Browser().get(alone.link(site, NOW))
    Browser().get(alone.link(site, NOW))
    assert Person.objects.count() == 1
