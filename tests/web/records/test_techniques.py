import math
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from stepdown.encounter.review.rubric import domains
from stepdown.retention.prior import shipped
from stepdown.retention.recall import KINDS
from stepdown.web import jobs
from stepdown.web.accounts.models import Agency
from stepdown.web.policy import Role
from stepdown.web.programs.models import ProgrammeVersion
from stepdown.web.records import examining, planning
from stepdown.web.records.examining import Result
from stepdown.web.records.holding import fit_of, holdings
from stepdown.web.records.models import Exam, Plan, PlanSetting
from stepdown.web.records.offered import offered, refreshers_of
from stepdown.web.records.rehearsed import rehearsals
from stepdown.web.records.techniques import prior, techniques
from tests.web.conftest import NOW
from tests.web.records.refreshed import RUBRIC, examined, module, taught, trainees, wanted

TODAY = NOW.date()
OWN = {"disengagement": "Disengaging and handing over", "aftermath": "Looking after oneself"}


def programme(agency: Agency, own: dict[str, str], number: int = 1, name: str = "basic"):
    content = {
        "id": name, "title": "Basic", "for_whom": "Everybody.",
        "techniques": [{"id": key, "name": title} for key, title in own.items()],
        "modules": [{"id": "talk_fails", "version": 1}],
    }  # fmt: skip
    return ProgrammeVersion.objects.create(
        agency=agency, name=name, number=number, day=date(2024, 1, 1), reason="first",
        digest=f"{name}{number}", content=content,
    )  # fmt: skip


def test_an_agency_without_a_programme_keeps_the_techniques_of_the_rubric(here):
    assert techniques(here.agency.id) == domains()


def test_what_the_latest_version_of_each_programme_declares_is_kept_too(
    here, django_assert_num_queries
):
    programme(here.agency, {"gone": "Not taught any more", "aftermath": "Called so before"})
    programme(here.agency, OWN, number=2)
    programme(here.agency, {"radio": "On the radio", "aftermath": "Second"}, name="dispatch")
    programme(here.agency, {"listening": "Called otherwise"}, name="from_before")
    programme(here.agency, {}, name="none_of_its_own")
    with django_assert_num_queries(1):
        found = techniques(here.agency.id)
    assert found == {**domains(), **OWN, "radio": "On the radio"}
    assert list(found)[: len(RUBRIC)] == list(RUBRIC)
    assert techniques(Agency.objects.create(name="Elsewhere").id) == domains()


def test_what_has_no_prior_of_its_own_gets_that_of_any_technique_which_is_wider():
    found = prior(["listening", "disengagement"])
    assert found.techniques == ("listening", "disengagement")
    listening, other = found.covariance[0, 0], found.covariance[1, 1]
    assert other == pytest.approx(
        shipped().other.stability.sd ** 2 + shipped().shared["stability"] ** 2
    )
    assert other > listening
    assert shipped().other.source["stability"] == "assumed"


def kept(here, **named):
    """Teach people what a programme declares itself, and want it refreshed."""
    programme(here.agency, OWN)
    people = trainees(here.unit, 3)
    fails = module(here.agency, "talk_fails", ["disengagement", "options"])
    taught(people, fails, TODAY - timedelta(days=500))
    block = {"id": "block:talk_fails", "title": "When talk fails", "hours": 1.0,
             "techniques": ["disengagement", "options"]}  # fmt: skip
    wanted(here.agency, refreshers=[block], **named)
    return people


def made(here):
    plan = planning.ask(here.people[Role.COORDINATOR].actor(), here.agency.id, NOW, seed=1)
    jobs.run_ready()
    plan.refresh_from_db()
    return plan


def test_it_is_examined_planned_and_held_as_those_of_the_rubric_are(here):
    people = kept(here)
    teacher = here.people[Role.INSTRUCTOR].actor()
    scores = {"disengagement": 1, "listening": 3}
    examining.note_exams(teacher, here.unit.id, TODAY, [Result(people[0].id, scores)], NOW)
    tested = [one for one in rehearsals(here.agency) if one.kind == "tested"]
    assert {(one.technique, one.score) for one in tested} == {
        ("disengagement", 0.25), ("listening", 0.75),
    }  # fmt: skip
    plan = made(here)
    assert not plan.failed
    assert {frozenset(visit.techniques) for visit in plan.visits.all()} == {
        frozenset({"disengagement", "options"})
    }
    found = holdings(people[1], here.agency, plan, TODAY)
    assert {one.technique for one in found} == {OWN["disengagement"], domains()["options"]}


def test_a_plan_keeps_what_it_learned_of_a_technique_that_was_not_there_yet(here):
    kept(here)
    other = made(here).result["fit"]["other"]
    assert other.keys() == {f"{kind} of any other" for kind in KINDS}
    assert other["stability of any other"] == pytest.approx(
        [math.log(shipped().other.stability.median), 0.8**2 + 0.5**2]
    )


def test_pages_name_it(here, browser_of):
    people = kept(here)
    made(here)
    page = browser_of(people[1]).get(reverse("my_refreshers")).content.decode()
    assert OWN["disengagement"] in page
    coordinator = browser_of(here.people[Role.COORDINATOR])
    for name in ("plan_settings", "refreshers_learned"):
        page = coordinator.get(reverse(name, args=[here.agency.id])).content.decode()
        assert OWN["disengagement"] in page, name


def test_a_plan_is_made_although_a_technique_is_taught_no_more(here):
    kept(here, weights={"disengagement": 2.0, "options": 3.0})
    programme(here.agency, {}, number=2)
    plan = made(here)
    assert not plan.failed
    assert {frozenset(visit.techniques) for visit in plan.visits.all()} == {frozenset({"options"})}


def test_a_block_refreshes_what_the_latest_version_of_its_module_teaches(here):
    kept(here)
    setting = PlanSetting.objects.get(agency=here.agency)
    latest = module(here.agency, "talk_fails", ["disengagement", "aftermath"], number=2)
    (block,) = refreshers_of(setting, techniques(here.agency.id))
    assert block.techniques == ("disengagement", "aftermath")
    shown = {o.id: o for o in offered(here.people[Role.COORDINATOR].actor(), here.agency)}
    assert shown[block.id].techniques == tuple(latest.content["techniques"])


def test_a_block_whose_module_teaches_nothing_that_is_kept_any_more_is_left_out(here):
    kept(here)
    setting = PlanSetting.objects.get(agency=here.agency)
    module(here.agency, "talk_fails", [], number=2)
    assert refreshers_of(setting, techniques(here.agency.id)) == ()


def test_an_exam_of_what_is_taught_no_more_is_still_seen(here, browser_of):
    people = kept(here)
    examined(people[0], here.unit, TODAY, disengagement=3)
    programme(here.agency, {}, number=2)
    listed = reverse("exams", args=[here.unit.id])
    for name, person, address in (("exams", here.people[Role.INSTRUCTOR], listed),
                                  ("own", people[0], reverse("my_refreshers"))):  # fmt: skip
        text = browser_of(person).get(address).content.decode()
        assert ">disengagement</th>" in text, name
        assert ">3</td>" in text.replace("\n", ""), name


def test_a_full_page_of_exams_is_taken_with_all_its_empty_fields(here, browser_of):
    programme(here.agency, {f"own_{n}": f"Own {n}" for n in range(60)})
    trainees(here.unit, 60)
    teacher, address = (
        browser_of(here.people[Role.INSTRUCTOR]),
        reverse("note_exams", args=[here.unit.id]),
    )
    page = teacher.get(address).content.decode()
    fields = re.findall(r'name="(score-[^"]+)"', page)
    assert 1900 < len(fields) < 2000
    sent = dict.fromkeys(fields, "") | {"day": TODAY.isoformat(), fields[0]: "3"}
    assert teacher.post(address, sent).status_code == 302
    assert Exam.objects.count() == 1


def test_a_refresher_of_nothing_that_is_kept_is_left_out(here):
    kept(here)
    setting = PlanSetting.objects.get(agency=here.agency)
    assert refreshers_of(setting, ["listening"]) == ()


def test_what_a_plan_learned_stays_when_techniques_are_added_or_dropped(here):
    learned = prior(["options", "listening"])
    told = {"techniques": list(learned.techniques), "mean": (learned.mean + 1).tolist(),
            "variance": [0.5] * len(learned.mean)}  # fmt: skip
    plan = Plan(agency=here.agency, result={"fit": told})
    fit = fit_of(plan, ["listening", "disengagement"])
    usual = prior(["listening", "disengagement"])
    by_name = dict(zip(fit.prior.names, fit.mean - usual.mean, strict=True))
    assert by_name["stability of listening"] == pytest.approx(1)
    assert by_name["noise"] == pytest.approx(1)
    assert by_name["stability of disengagement"] == 0
    told["other"] = {"stability of any other": [2.0, 0.3]}
    assert fit_of(plan, ["disengagement"]).mean[0] == 2.0
    variance = dict(zip(fit.prior.names, fit.covariance.diagonal(), strict=True))
    assert variance["level of listening"] == 0.5
    assert variance["level of disengagement"] == usual.covariance[7, 7]
