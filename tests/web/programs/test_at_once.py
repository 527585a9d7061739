def test_of_two_people_who_publish_at_once_one_is_told_to_look_again(own_site):
    own_site.call(_two_who_publish)
    own_site.at_once(_publish, [["1"], ["2"]])
    assert own_site.call(_versions) == "[1, 2] sound"


def test_a_rollout_that_is_sent_twice_at_once_is_drawn_once(own_site):
    own_site.call(_two_who_publish)
    key = "6f0c4f36-6c52-4c3f-9b7c-1f1f6a2f0001"
    own_site.at_once(_draw, [["1", key], ["1", key]])
    assert own_site.call(_draws) == "1 drawn, 1 noted"


def _two_who_publish():
    from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
    from tests.web.programs.texts import published

    agency = Agency.objects.create(name="Here")
    for n in "12":
        person = Person.objects.create_user(f"{n}@here.example", n)
        RoleGrant.objects.create(person=person, role="coordinator", agency=agency)
    for n in range(4):
        Unit.objects.create(agency=agency, name=f"Unit {n}")
    published(person.actor(), agency.pk)


def _publish(begin, by):
    from contextlib import suppress

    from stepdown.problems import InputProblems
    from stepdown.web.accounts.models import Agency, Person
    from stepdown.web.programs import publishing
    from tests.web.conftest import NOW
    from tests.web.programs.texts import SECOND, THIRD

    agency, actor = Agency.objects.get(), Person.objects.get(name=by).actor()
    text = {"1": SECOND, "2": THIRD}[by].encode()
    mark = publishing.look(actor, agency.pk, "ours.yaml", text, "Why.", NOW).mark
    begin()
    with suppress(InputProblems):
        publishing.publish(actor, agency.pk, "ours.yaml", text, "Why.", mark, NOW)


def _versions():
    from stepdown.web.audit.log import verify
    from stepdown.web.programs import curricula
    from stepdown.web.programs.models import ModuleVersion

    row = ModuleVersion.objects.filter(name="first_words").latest("number")
    assert row.number == 2
    found = curricula.every(row.agency_id)
    sound = "broken" if verify().broken else "sound"
    return f"{[p.programme.number for p in found]} {sound}"


def _draw(begin, by, key):
    from datetime import date
    from uuid import UUID

    from stepdown.retention.rollout_plan import even_waves
    from stepdown.web.accounts.models import Agency, Person, Unit
    from stepdown.web.programs import drawing
    from tests.web.conftest import NOW
    from tests.web.programs.drawn import wanted

    agency, actor = Agency.objects.get(), Person.objects.get(name=by).actor()
    asked = wanted(list(Unit.objects.all()), waves=even_waves(4, [date(2026, 4, 1), None]))
    mark = drawing.look(actor, agency.pk, asked, NOW).mark
    begin()
    drawing.draw(actor, agency.pk, UUID(key), asked, mark, NOW)


def _draws():
    from stepdown.web.audit.models import Entry
    from stepdown.web.programs.models import Rollout

    noted = Entry.objects.filter(kind="rollout", outcome="done").count()
    return f"{Rollout.objects.count()} drawn, {noted} noted"
