"""What is kept about people, field by field, and what becomes of it. Export and erasure follow it.

Every field of every table is here: it says nothing about a person, and why; or it does, with what
the person is given of it and what an erasure does. A test walks all tables and fails for a field
that is missing. `docs/how-to/privacy.md` explains it; `stepdown privacy rules` prints it.
"""

from __future__ import annotations

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from stepdown.web.accounts.models import Person
from stepdown.web.accounts.sessions import sessions_of
from stepdown.web.audit.reading import by_others
from stepdown.web.privacy.rule import Blank, Delete, Keep, Side, Table
from stepdown.web.privacy.training_rules import PROGRAMS, RECORDS
from stepdown.web.privacy.words import COUNTED, FORM, NUMBER, OTHERS, SECRET, THEM, TRACE, table

ERASED = "Erased person"


def _sessions(person: Person) -> Q:
    return Q(pk__in=list(sessions_of(person).values_list("pk", flat=True)))


def _read_by_others(person: Person) -> Q:
    return by_others(person.pk)


def _with_agency(person: Person) -> Q:
    return Q(person=person, agency__isnull=False)


def _alone(person: Person) -> Q:
    return Q(person=person, agency=None)


_SIGN_IN = (
    table("sessions.Session", {}, Side(
        "sessions", _sessions, "", ("expire_date",), Delete(),
        {"session_key": SECRET, "session_data": SECRET})),
    table("account.EmailAddress", {"id": NUMBER}, Side(
        "addresses", "user", "", ("email", "verified", "primary"), Delete(),
        {"user": THEM})),
    table("account.EmailConfirmation", {"id": NUMBER}, Side(
        "address_confirmations", "email_address__user", "", ("created", "sent"), Delete(),
        {"email_address": "listed with the addresses", "key": SECRET})),
    table("mfa.Authenticator", {"id": NUMBER}, Side(
        "second_factors", "user", "", ("type", "created_at", "last_used_at"), Delete(),
        {"user": THEM, "data": SECRET})),
    table("socialaccount.SocialApp", dict.fromkeys(
        ("id", "provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
        "the settings of a single sign-on")),
    table("socialaccount.SocialAccount", {"id": NUMBER}, Side(
        "single_sign_on", "user", "",
        ("provider", "uid", "last_login", "date_joined", "extra_data"), Delete(),
        {"user": THEM})),
    table("socialaccount.SocialToken", {"id": NUMBER, "app": "the settings of a sign-on"}, Side(
        "single_sign_on_tokens", "account__user", "", ("expires_at",), Delete(),
        {"account": "listed with single sign-on", "token": SECRET, "token_secret": SECRET})),
    table("usersessions.UserSession", {"id": NUMBER}, Side(
        "places_signed_in", "user", "",
        ("created_at", "last_seen_at", "ip", "user_agent", "data"), Delete(),
        {"user": THEM, "session_key": SECRET})),
)  # fmt: skip

_PEOPLE = (
    table("accounts.Agency", dict.fromkeys(
        ("id", "name", "retention_days", "assessment_retention_days", "zone", "created_at"), FORM)),
    table("accounts.Unit", dict.fromkeys(("id", "agency", "name"), FORM)),
    table("accounts.Person", {"erased_at": "when the data were erased; set by the erasure"}, Side(
        "me", "pk", "",
        ("id", "email", "name", "language", "wants_reminders", "is_active", "created_at",
         "last_login"),
        Blank(
            {
                "email": lambda person, _: f"erased-{person.pk}@invalid",
                "name": lambda *_: ERASED, "language": lambda *_: "",
                "wants_reminders": lambda *_: False,
                "password": lambda *_: "!", "last_login": lambda *_: None,
                "is_active": lambda *_: False, "erased_at": lambda _, now: now,
            },
            {"id": TRACE, "created_at": COUNTED},
        ),
        {"password": SECRET})),
    table("accounts.RoleGrant", {"id": NUMBER}, Side(
        "roles", "person", "agency", ("role", "agency", "unit", "since", "suspended_at"), Delete(),
        {"person": THEM})),
    table("accounts.OneTimeLink", {"id": NUMBER}, Side(
        "links_to_sign_in", "person", "", ("made_at", "expires_at", "used_at"), Delete(),
        {"person": THEM, "digest": SECRET})),
    table("accounts.Token", {"id": NUMBER}, Side(
        "api_tokens", "person", "", ("name", "scopes", "made_at", "expires_at", "used_at"),
        Delete(), {"person": THEM, "digest": SECRET})),
    table("accounts.Hold", {"id": NUMBER},
        Side("legal_holds", "person", "agency",
            ("agency", "reason", "since", "lifted_at"),
            Blank({"reason": lambda *_: ""}, {
                "person": TRACE, "agency": TRACE, "since": TRACE, "lifted_at": TRACE}),
            {"person": THEM}, holder="person"),
        Side("legal_holds_i_set", "by", "agency", ("by", "since", "lifted_at"),
            Keep("a hold on somebody else's data is that person's record"), holder="by")),
)  # fmt: skip

_AUDIT = (
    table("audit.Entry", {
        "number": NUMBER, "before": "a seal", "seal": "a seal",
        "request": "a random name of one request", "agency": "which agency it concerns"},
        Side("what_i_did", lambda person: Q(actor=person.pk), "",
            ("at", "actor", "action", "kind", "record", "outcome", "address", "detail"),
            Keep(TRACE)),
        Side("what_others_did_with_my_record", _read_by_others, "",
            ("at", "action", "kind", "record", "outcome"), Keep(TRACE),
            {"actor": OTHERS, "address": OTHERS, "detail": OTHERS})),
)  # fmt: skip

_ENCOUNTER = ("id", "agency", "unit", "assignment", "assessed", "scenario", "title", "sector",
              "scenario_hash", "seed", "pace", "parent", "parent_n", "started_at", "ended_at",
              "how", "n_events", "clock_s", "seen_at", "erased_at")  # fmt: skip
_BLANKED = {"n_events", "seen_at", "seed", "erased_at", "ended_at"}
_PRACTICE = (
    table("practice.Event", {"id": NUMBER}, Side(
        "words", "encounter__person", "encounter__agency", ("encounter", "n", "line"), Delete())),
    table("practice.Act", {"id": NUMBER}, Side(
        "acts", "encounter__person", "encounter__agency", ("encounter", "first", "until"),
        Delete(), {"key": "a random name of one sending",
                   "digest": "a hash of what was sent, which is given with the words"})),
    table("practice.Comment", {"id": NUMBER},
        Side("comments_on_my_assessments", "encounter__person", "encounter__agency",
            ("encounter", "n", "at", "by", "text"), Delete()),
        Side("comments_i_made", "by", "encounter__agency", ("at", "by", "text"),
            Keep("part of somebody else's assessment; it shows an erased person as its author"),
            {"encounter": OTHERS, "n": OTHERS}, holder="by")),
    table("practice.HandScore", {"id": NUMBER},
        Side("scores_of_my_assessments", "encounter__person", "encounter__agency",
            ("encounter", "at", "by", "domains", "note"), Delete()),
        Side("scores_i_gave", "by", "encounter__agency", ("at", "by", "domains", "note"),
            Keep("part of somebody else's assessment; it shows an erased person as its author"),
            {"encounter": OTHERS}, holder="by")),
    table("practice.Skill", {"id": NUMBER}, Side(
        "skills", "encounter__person", "encounter__agency",
        ("encounter", "domains", "outcome", "seconds", "turns"), Keep(COUNTED))),
    table("practice.Assignee", {"id": NUMBER}, Side(
        "assigned_to_me", "person", "assignment__unit__agency", ("assignment", "begun", "allowed"),
        Delete(),
        {"person": THEM})),
    table("practice.Assignment",
        {"unit": FORM, "assessed": FORM, "withdrawn_at": FORM,
         "people": "each of them has a row of their own in Assignee"},
        Side("assignments_i_was_given", "assignees__person", "unit__agency",
            ("id", "scenario", "due", "note", "at"),
            Keep("an assignment belongs to the unit; that this person had it is deleted"),
            {"by": OTHERS}),
        Side("assignments_i_made", "by", "unit__agency",
            ("id", "by", "scenario", "due", "note", "at"),
            Keep("an assignment belongs to those who were given it; its author shows as an erased"
                 " person"), holder="by")),
    table("practice.ScenarioFile",
        {"id": NUMBER, "agency": FORM, "digest": "names the text", "withdrawn_at": FORM},
        Side("scenarios_i_added", "by", "agency", ("by", "name", "at", "text"),
            Keep("the agency's own scenario; its author shows as an erased person"), holder="by")),
    table("practice.Encounter", {},
        Side("encounters", _with_agency, "agency", _ENCOUNTER,
            Blank(
                {
                    "n_events": lambda *_: 0, "seen_at": lambda *_: None,
                    "seed": lambda *_: 0, "erased_at": lambda _, now: now,
                    "ended_at": lambda _, now: Coalesce("ended_at", Value(now)),
                },
                {
                    "person": "an id that no longer has a name or an address",
                    **dict.fromkeys(
                        set(_ENCOUNTER) - _BLANKED, COUNTED),
                },
            ),
            {"person": THEM}, holder="person"),
        Side("encounters_of_no_agency", _alone, "", _ENCOUNTER, Delete(),
            {"person": THEM})),
)  # fmt: skip

_NOBODY = (
    table("auth.Permission", dict.fromkeys(("id", "name", "content_type", "codename"), FORM)),
    table("auth.Group", dict.fromkeys(("id", "name", "permissions"), FORM)),
    table("auth.Group_permissions", dict.fromkeys(("id", "group", "permission"), FORM)),
    table("contenttypes.ContentType", dict.fromkeys(("id", "app_label", "model"), FORM)),
)

TABLES: tuple[Table, ...] = (
    *_NOBODY, *_SIGN_IN, *RECORDS, *PROGRAMS, *_PRACTICE, *_PEOPLE, *_AUDIT,
)  # fmt: skip
"""Every table, in the order in which an erasure goes through them: rows before what they name."""
