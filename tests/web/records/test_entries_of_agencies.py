"""The migration that tells of each calendar entry which agency's record it is of."""


def test_entries_of_before_keep_to_the_agency_of_what_they_are_about_or_go(own_site):
    assert own_site.call(_told_apart) == ("a:hours a:refresher a:session a:refresher b:session")


def _told_apart():
    import json
    from datetime import UTC, date, datetime

    from django.core.management import call_command
    from django.db import connection

    from stepdown.web.accounts.models import Agency, Person, Unit
    from stepdown.web.records.models import Feed, FeedEntry
    from tests.web.records.lessons import session, taught
    from tests.web.records.test_subscribed import planned

    a, b = (Agency.objects.create(name=name) for name in "ab")
    unit, other = (Unit.objects.create(agency=agency, name="u") for agency in (a, b))
    person = Person.objects.create_user("anna@here.example", "Anna")
    own, whole = Feed.objects.create(person=person), Feed.objects.create(unit=unit, agency=a)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    one, two = (session(taught(of.agency).modules["listen"], of, start) for of in (unit, other))
    planned(a, [(person, unit, date(2026, 3, 1)), (person, unit, date(2026, 4, 1))])
    planned(b, [(person, other, date(2026, 4, 1))])
    call_command("migrate", "records", "0004", verbosity=0)
    rows = [
        (own, "hours", f"{person.pk}/{a.pk}/2026-12-31"),
        (own, "refresher", f"{person.pk}/bridge/2026-03"),
        (own, "session", str(one.pk)),
        (whole, "refresher", f"{unit.pk}/2026-03"),
        (own, "session", str(two.pk)),
        (own, "refresher", f"{person.pk}/bridge/2026-04"),
        (own, "session", str(person.pk)),
    ]
    with connection.cursor() as cursor:
        for feed, kind, record in rows:
            cursor.execute(
                'INSERT INTO records_feedentry (feed_id, kind, record, "values")'
                " VALUES (%s, %s, %s, %s)",
                [feed.pk, kind, record, json.dumps({})],
            )
    call_command("migrate", verbosity=0)
    told = [f"{e.agency.name}:{e.kind}" for e in FeedEntry.objects.order_by("id")]
    return " ".join(told)
