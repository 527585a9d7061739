"""Addresses of hours, readiness and certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.records.models import Certificate, Credit, Member
from tests.web.access import Address, at
from tests.web.conftest import NOW, Place
from tests.web.records.lessons import completing, rules, taught

WHO = {"agency": "agency", "pk": "owner"}
HOURS = {"key": "8a5f9d4e-6c1b-4b7e-9a53-0c8f0e0f7f11", "day": "2026-02-02", "topic": "",
         "hours": "1", "source": "Academy"}  # fmt: skip
READY = "coordinator analyst agency_admin"
ISSUED = {"agency": "agency", "pk": "hours_programme"}
ROWS: tuple[Address, ...] = (
    at("hours_mine", "signed in"),
    at("hours_person", "owner instructor coordinator", **WHO),
    at("hours_enter", "coordinator", HOURS, **WHO),
    at("hours_enter", "coordinator", {"day": "x"}, **WHO),
    at("hours_back", "coordinator", pk="hours_credit"),
    at("hours_back", "coordinator", {"why": "wrong"}, pk="hours_credit"),
    at("hours_unit", "instructor coordinator", pk="unit"),
    at("hours_unit_table", "instructor coordinator", pk="unit"),
    at("hours_table", "coordinator", agency="agency"),
    at("hours_file", "coordinator", agency="agency"),
    at("hours_file", "coordinator", {}, agency="agency"),
    at("hours_rules", "coordinator", agency="agency"),
    at("hours_choose", "coordinator", {"rules": "example_yearly"}, agency="agency"),
    at("hours_topics", "coordinator", {}, agency="agency"),
    at("hours_rules_file", "coordinator", agency="agency", row="hours_setting"),
    at("readiness", READY, agency="agency"), at("readiness_pdf", READY, agency="agency"),
    at("readiness_html", READY, agency="agency"),
    at("readiness_names", "coordinator", agency="agency"),
    at("certificate", "owner instructor coordinator", pk="hours_certificate"),
    at("certificate_withdraw", "coordinator", pk="hours_certificate"),
    at("certificate_withdraw", "coordinator", {"why": "wrong"}, pk="hours_certificate"),
    at("certificates", "coordinator", agency="agency"),
    at("certificates_programme", "coordinator", **ISSUED),
    at("certificates_issue", "coordinator", {"person": "owner"}, **ISSUED),
)  # fmt: skip


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    owner, agency = people["owner"], here.agency
    Member.objects.get_or_create(
        agency=agency, person=owner, defaults={"hired": date(2020, 1, 1)}
    )  # fmt: skip
    found = taught(agency, "hours-")
    completing(found, here.unit, owner, people["instructor"])
    credit = Credit.objects.create(
        agency=agency, person=owner, day=date(2026, 1, 2), minutes=60, source="Academy"
    )
    paper = Certificate.objects.create(
        agency=agency, person=owner, programme=found.programme, serial="A" * 16, at=NOW,
        values={
            "person": "owner", "agency": "Here", "programme": "Basics", "version": "1",
            "minutes": 180, "first_day": "2026-03-02", "last_day": "2026-03-03",
            "issued": "2026-03-04", "instructors": [], "record": "x",
        },
    )  # fmt: skip
    return {
        "hours_setting": rules(agency).id, "hours_credit": credit.id,
        "hours_programme": found.programme.id, "hours_certificate": paper.id,
    }  # fmt: skip
