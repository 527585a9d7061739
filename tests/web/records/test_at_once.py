def test_a_roster_that_two_people_apply_at_once_is_applied_once(own_site):
    own_site.call(_roster_that_waits)
    own_site.at_once(_apply, [["1"], ["2"]])
    assert own_site.call(_what_there_is) == "1 imports, 3 members, 0 waiting, sound"


def _roster_that_waits():
    from datetime import UTC, datetime

    from stepdown.interop.roster_mapping import RosterMapping
    from stepdown.web.accounts.models import Agency, Person, RoleGrant
    from stepdown.web.records import rosters

    agency = Agency.objects.create(name="Here")
    for n in "12":
        person = Person.objects.create_user(f"{n}@here.example", n)
        RoleGrant.objects.create(person=person, role="coordinator", agency=agency)
    text = b"id,name,unit\n1,Ana,North\n2,Bo,North\n3,Cy,South\n"
    how = RosterMapping()
    rosters.stage(person.actor(), agency.pk, "people.csv", text, how, datetime.now(UTC))


def _apply(begin, by):
    from contextlib import suppress
    from datetime import UTC, datetime

    from stepdown.web.accounts.models import Person
    from stepdown.web.records import applying, rosters
    from stepdown.web.records.models import StagedRoster

    actor, staged = Person.objects.get(name=by).actor(), StagedRoster.objects.get()
    digest = rosters.looked_at(staged, datetime.now(UTC))[1].digest
    begin()
    with suppress(rosters.NotWaiting):
        applying.apply(actor, staged.agency_id, staged.pk, digest, False, datetime.now(UTC))


def _what_there_is():
    from stepdown.web.audit.log import verify
    from stepdown.web.records.models import Member, RosterImport, StagedRoster

    sound = "broken" if verify().broken else "sound"
    counts = (RosterImport.objects.count(), Member.objects.count(), StagedRoster.objects.count())
    return "{} imports, {} members, {} waiting, ".format(*counts) + sound
