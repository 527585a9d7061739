import random
import re
from importlib.resources import files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import stepdown.scenarios
from stepdown.encounter.library import find_scenario, library, parsed, read_scenario
from stepdown.encounter.moves import moves_of
from stepdown.encounter.scenario import Scenario, filled
from stepdown.encounter.vocabulary import BANDS
from stepdown.problems import InputProblems
from stepdown.technique.reading import reading_grade
from stepdown.yaml_text import loaded

FOLDER = Path(stepdown.scenarios.__file__).parent
NEW = files("stepdown.encounter").joinpath("new.yaml").read_text(encoding="utf-8")
TEXT = (FOLDER / "police" / "bridge.yaml").read_text()
METHODS = re.compile(r"\b(noose|overdose|pills|razor|hang(ing)? (my|him)self)\b", re.I)


def test_four_scenarios_ship_each_with_120_lines():
    assert {"bridge", "emergency_room", "brother", "car_park"} <= set(library())
    for scenario in library().values():
        assert len(scenario.lines) >= 120, scenario.id


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
def test_no_line_is_there_twice(scenario):
    said = [line.say for line in scenario.lines]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
def test_every_fact_can_be_told_and_every_topic_is_spoken_of(scenario):
    revealed = {line.reveals for line in scenario.lines}
    assert {fact.id for fact in scenario.facts} <= revealed


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
def test_pressure_silence_repetition_and_interruption_have_answers(scenario):
    for occasion in ("silence", "repeat", "interrupt", "nothing", "command", "insult", "threat"):
        assert any(occasion in line.on for line in scenario.lines), occasion
    for band in BANDS:
        assert sum(band in line.at for line in scenario.lines) >= 15, band


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
def test_texts_for_the_trainee_are_plain_and_without_method_detail(scenario):
    for text in (scenario.summary, scenario.opening, *scenario.learning, *scenario.debrief):
        if scenario.language == "en":
            assert (reading_grade(filled(text, scenario.person.cast[0])) or 0) <= 10, text
    everything = scenario.model_dump_json()
    assert not METHODS.search(everything)


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
def test_names_vary_and_fill_every_text(scenario):
    assert len({c["name"] for c in scenario.person.cast}) >= 3
    for cast in scenario.person.cast:
        for line in scenario.lines:
            assert "{" not in filled(line.say, cast)


def test_the_trainee_is_not_told_what_can_be_resolved():
    for scenario in library().values():
        shown = scenario.summary + scenario.opening + " ".join(scenario.notes)
        assert "by_talk" not in shown
        assert "cannot be talked" not in shown


def test_everything_wrong_is_named_with_its_line():
    broken = TEXT.replace("age: 46", "age: 400").replace("role: police", "role: wizard")
    broken = broken.replace("{on: [silence], at: [peak, high]", "{on: [sillence], at: [peek]")
    with pytest.raises(InputProblems) as raised:
        parsed(broken, "bridge.yaml")
    said = str(raised.value)
    assert "person, age" in said
    assert "role" in said
    assert "sillence" in said
    assert re.search(r"bridge\.yaml: line \d+, person, age", said)
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "age: 400" in text)
    assert f"line {line}, person, age" in said


def test_words_that_other_yaml_readers_take_for_yes_are_words():
    assert find_scenario("bridge").lines[0].on[0] == "start"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "just words", "a: [", "\t- x", "a: &x [1]\nb: *x", "id: x\n" * 3,
     "!!python/object:os.system x", "{" * 2000, "\x00"],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_scenario_is_an_error_and_no_crash(text):
    with pytest.raises(InputProblems):
        parsed(text, "x.yaml")


def test_a_thousand_mutated_files_give_errors_and_never_a_crash():
    rng = random.Random(11)
    found = [refusal(mutated(NEW if n % 10 else TEXT, rng)) for n in range(1000)]
    refused = [error for error in found if error is not None]
    assert len(refused) > 300
    assert all(p.where and p.given and p.fix for error in refused for p in error.problems)


def refusal(text):
    """Return why a text is no scenario, or None if it is one; anything else would be raised."""
    try:
        parsed(text, "x.yaml")
    except InputProblems as error:
        return error
    return None


def mutated(text, rng):
    """Return the text with a few of its lines or characters changed at random."""
    lines = text.splitlines()[: rng.choice((150, 200, 400))]
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(lines))
        kind = rng.randrange(6)
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, lines[rng.randrange(len(lines))])
        elif kind == 2:
            lines[place] = lines[place].replace(":", rng.choice((" ", "::", ": !!x ")), 1)
        elif kind == 3:
            cut = rng.randrange(len(lines[place]) + 1)
            lines[place] = (
                lines[place][:cut]
                + rng.choice("{}[]\"'*&%\u2028\x07é\U0001f600")
                + lines[place][cut:]
            )
        elif kind == 4:
            lines[place] = re.sub(
                r"\d+(\.\d+)?", rng.choice(("-1", "1e99", ".nan", "x")), lines[place]
            )
        else:
            lines[place] = rng.choice((" ", "  ")) + lines[place]
    return "\n".join(lines)


def test_unreadable_files_are_errors(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("título".encode("latin-1"))
    (tmp_path / "big.yaml").write_bytes(b"#" * (3 * 1024 * 1024))
    for name in ("latin.yaml", "big.yaml", "missing.yaml", "."):
        with pytest.raises(InputProblems):
            read_scenario(tmp_path / name)


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(InputProblems, match="bridge"):
        find_scenario("brigde")


def test_a_scenario_can_have_a_move_of_its_own_and_lines_that_answer_it():
    own = NEW.replace(
        "\nmoves:\n", "\nmoves:\n  gift_wrap: {group: environment, label: Wrap it}\n", 1
    )
    own = own.replace("\nlines:\n", "\nlines:\n  - {on: [gift_wrap], say: Thank you.}\n", 1)
    scenario = parsed(own, "own.yaml")
    assert moves_of(scenario.role, scenario.moves)["gift_wrap"].label == "Wrap it"
    assert Scenario.read(scenario.model_dump(mode="json", exclude_defaults=True)) == scenario


def test_a_move_of_its_own_needs_a_group_and_a_label():
    wrong = NEW.replace("\nmoves:\n", "\nmoves:\n  gift_wrap: {label: Wrap it}\n", 1)
    assert "gift_wrap" in str(refusal(wrong))


def test_a_scenario_survives_being_written_to_a_log():
    for scenario in library().values():
        again = Scenario.read(scenario.model_dump(mode="json", exclude_defaults=True))
        assert again == scenario
        assert again.digest == scenario.digest


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("get_help: {when: {done: [levitate]}", "levitate is not among this scenario's moves"),
        ("get_help: {when: {arrived: ufo}", "ufo is not among this scenario's moves"),
        ("get_help: {meets: [world_peace]", "unknown need world_peace"),
        ("get_help: {add: {noise: .nan}", "finite"),
    ],
)
def test_a_name_that_nothing_answers_to_is_an_error(wrong, said):
    assert said in str(refusal(NEW.replace("get_help: {label: Fetch the manager", wrong)))


def test_the_quick_parser_and_the_whole_one_read_shipped_files_alike():
    for file in FOLDER.rglob("*.yaml"):
        text = file.read_text()
        assert loaded(text) == YAML(typ="safe", pure=True).load(text), file.name


@pytest.mark.parametrize("part", ["[", "{a: ", "- ", "? ", "[a, "])
def test_what_is_nested_without_end_is_refused_at_once(part):
    assert "nested too deeply" in str(refusal(part * 30_000))


def test_of_very_many_problems_the_first_are_said_and_the_others_counted():
    text = "".join(f"k{n}: 1\n" for n in range(300))
    found = refusal(text)
    assert len(found.problems) == 201
    assert "more problems" in found.problems[-1].given
