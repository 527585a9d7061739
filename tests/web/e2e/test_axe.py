"""Every page, for everybody who sees it: axe finds nothing, and a phone never scrolls sideways."""

from __future__ import annotations

import pytest

from stepdown.web.policy import Role
from tests.web.e2e.seeing import examined

PAGES = [
    (None, "/account/login/"), (None, "/account/password/reset/"), (None, "/nothing-here/"),
    ("trainee", "/"), ("trainee", "/library/"), ("trainee", "/library/bridge/"),
    ("trainee", "/library/bridge_es/"), ("trainee", "/encounters/{done}/review/"),
    ("trainee", "/encounters/{scored}/review/"), ("trainee", "/encounters/{running}/"),
    ("trainee", "/encounters/{done}/"), ("trainee", "/encounters/{done}/compare/{branch}/"),
    ("trainee", "/mine/"), ("trainee", "/account/"), ("trainee", "/account/data/"),
    ("trainee", "/account/data/erase/"), ("trainee", "/account/data/readers/"),
    ("trainee", "/account/keys/new/"), ("trainee", "/account/password/change/"),
    ("trainee", "/account/2fa/"), ("trainee", "/account/2fa/totp/activate/"),
    ("trainee", "/account/second-factor/"), ("trainee", "/units/"), ("trainee", "/numbers/"),
    ("instructor", "/"), ("instructor", "/units/"), ("instructor", "/units/{unit}/"),
    ("instructor", "/units/{unit}/assign/"), ("instructor", "/assignments/{assignment}/"),
    ("instructor", "/assess/{running}/"), ("instructor", "/assess/{over}/"),
    ("instructor", "/assess/{scored}/"), ("instructor", "/scenarios/"),
    ("coordinator", "/units/{unit}/"), ("analyst", "/numbers/"), ("analyst", "/"),
    ("agency_admin", "/agency/"), ("agency_admin", "/agency/audit/"),
    ("agency_admin", "/people/{trainee}/"),
    ("agency_admin", "/people/{trainee}/in/{agency}/erase/"), ("site_admin", "/site/"),
    ("site_admin", "/agency/audit/"), ("instructor", "/account/2fa/recovery-codes/"),
    (None, "/enter/{link}/"), (None, "/enter/no-such-link/"),
    ("trainee", "/account/reauthenticate/"), ("trainee", "/assigned/{assignment}/"),
    ("trainee", "/encounters/{real}/"), ("instructor", "/scenarios/{file}/"),
]  # fmt: skip
FILES = (
    "certificate", "curriculum_download", "feed", "hours_rules_file", "hours_table",
    "hours_unit_table", "progress_table", "readiness_html", "readiness_pdf",
    "refreshers_workload", "rollout_file", "roster_csv", "roster_problems",
)  # fmt: skip
PARTS = ("plan_progress", "session_code")
AGAIN = ("curriculum_look", "curriculum_look_next", "hours_topics", "rollout_look", "roster",
         "sessions")  # fmt: skip
"""What shows a page that is looked at under another address, or on a journey."""
TRAINING = {
    "trainee": ("training", "programme", "training_own", "session", "session_here", "my_refreshers",
                "practice_counts", "hours_mine", "calendar", "curriculum", "curriculum_programme"),
    "instructor": ("programme", "sessions_of", "session", "session_list", "session_entries",
                   "session_wall", "session_teachers", "hours_unit", "unit_refreshers", "exams",
                   "note_exams", "unit_calendar", "training_people", "training_person",
                   "hours_person", "progress_unit", "change_session"),
    "coordinator": ("programme", "curriculum", "curriculum_audience",
                    "curriculum_version", "curriculum_difference", "curriculum_module",
                    "curriculum_module_difference", "schedule_session", "exempted", "progress_all",
                    "progress", "progress_kept", "rollouts", "rollout_draw", "refreshers",
                    "refreshers_of", "plan_settings", "refreshers_learned", "refresher_visits",
                    "hours_rules", "hours_file", "readiness", "readiness_names", "certificates",
                    "certificates_programme", "roster_of", "training_person", "hours_person",
                    "rollout", "rollout_study", "curriculum_module_version",
                    "certificate_withdraw", "hours_back"),
    "agency_admin": ("programme", "roster_member", "roster_waiting", "roster_wrong",
                     "roster_columns"),
    "analyst": ("programme", "readiness", "rollouts"),
}  # fmt: skip
NO_PAGES = {
    "agree_practice",
    "ask_plan",
    "cancel_session",
    "certificates_issue",
    "curriculum_publish",
    "curriculum_starter",
    "end_exemption",
    "exempt",
    "hours_choose",
    "hours_enter",
    "make_feed",
    "make_unit_feed",
    "no_longer_practice",
    "reminders",
    "renew_feed",
    "renew_unit_feed",
    "rollout_actual",
    "roster_apply",
    "roster_discard",
    "roster_upload",
    "session_checklist",
    "session_note",
    "take_back_exam",
    "withdraw_exemption",
    *FILES,
    *PARTS,
    *AGAIN,
}
"""Addresses of training that show nothing of their own: acts, files, parts of pages."""
PROVED = (
    "/account/data/", "/account/data/erase/", "/account/keys/new/", "/account/2fa/totp/activate/",
    "/people/{trainee}/in/{agency}/erase/", "/account/2fa/recovery-codes/", "rollout_study",
)  # fmt: skip
"""What is shown to those alone who have just proved who they are."""
MISSING = ("/nothing-here/", "/enter/no-such-link/")
DARK = {"bypass_csp": True, "color_scheme": "dark"}


def shown(page, address, *, missing=False):
    response = page.goto(address)
    assert response.status == 404 if missing else response.ok
    assert page.url == address
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(page_of, site, role, path):
    page = page_of(Role(role) if role else None, proved=path in PROVED, **DARK)
    seen(page, site.address(path), missing=path in MISSING)


@pytest.mark.parametrize(
    ("role", "name"), [(role, name) for role, names in TRAINING.items() for name in names]
)
def test_axe_finds_nothing_on_the_pages_of_training(page_of, site, role, name):
    seen(page_of(Role(role), proved=name in PROVED, **DARK), site.page(name))


def test_every_page_of_training_is_looked_at():
    from stepdown.web.programs import curriculum_urls, rollout_urls, session_urls
    from stepdown.web.records import (
        calendar_urls,
        hours_urls,
        hub_urls,
        refresher_urls,
        roster_urls,
    )

    parts = (curriculum_urls, rollout_urls, session_urls, calendar_urls, hours_urls, hub_urls,
             refresher_urls, roster_urls)  # fmt: skip
    there = {pattern.name for part in parts for pattern in part.urlpatterns}
    looked = {name for names in TRAINING.values() for name in names}
    aliases = {"roster_waiting", "roster_wrong", "roster_columns"} - there
    assert looked - aliases == there - NO_PAGES


def seen(page, address, *, missing=False):
    """Look at a page."""
    shown(page, address, missing=missing)
    examined(page)
