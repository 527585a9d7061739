import pytest


@pytest.mark.parametrize("other", ["erase", "erase_here", "hold"])
def test_hours_from_a_file_and_what_is_done_to_their_person_never_wait_for_each_other(
    own_site, other
):
    own_site.call(_somebody)
    own_site.at_once(_act, [["file"], [other]])
    assert own_site.call(_what_there_is) == "1 credits, sound"


def _somebody():
    from stepdown.web.policy import Role
    from tests.web.conftest import place
    from tests.web.records.lessons import rules, trainee

    here = place("Here")
    rules(here.agency)
    trainee(here.agency, here.unit, "Ann", number="1")
    return here.people[Role.COORDINATOR].pk


def _act(begin, what):
    import time
    from unittest import mock

    from stepdown.web.accounts.models import Agency, Person
    from stepdown.web.privacy.erase import erase, erase_here
    from stepdown.web.privacy.hold import hold
    from stepdown.web.records import crediting
    from stepdown.web.records.models import Credit
    from tests.web.records.lessons import NOW

    agency, ann = Agency.objects.get().pk, Person.objects.get(name="Ann").pk
    admin = Person.objects.get(name="Here agency_admin").actor()
    coordinator = Person.objects.get(name="Here coordinator").actor()
    write = Credit.objects.bulk_create

    def written_slowly(*given, **named):
        time.sleep(1)
        return write(*given, **named)

    begin()
    if what == "file":
        rows = b"id,day,topic,minutes,what\n1,2026-05-01,talk,240,Academy\n"
        with mock.patch.object(Credit.objects, "bulk_create", written_slowly):
            crediting.take_file(coordinator, agency, rows, NOW)
        return
    time.sleep(0.5)
    if what == "erase":
        erase(None, ann, NOW)
    elif what == "erase_here":
        erase_here(admin, ann, agency, NOW)
    else:
        hold(admin, ann, agency, "A complaint", NOW)


def _what_there_is():
    from stepdown.web.audit.log import verify
    from stepdown.web.records.models import Credit

    return f"{Credit.objects.count()} credits, " + ("broken" if verify().broken else "sound")
