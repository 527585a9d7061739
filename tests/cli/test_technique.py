import csv
import json
import xml.etree.ElementTree as ElementTree

import pytest
from typer.testing import CliRunner

from stepdown.cli import app

RUN = CliRunner()
TALK = """\
[00:02] Officer Lee: Evening, I'm Officer Lee. What happened here tonight?
[00:09] Marcus: I'm fine! Nobody called you!
[00:12] Officer Lee: You need to calm down, sir.
[00:16] Marcus: They let me go. Eleven years. My number is 212-555-0187.
[00:20] Officer Lee: Eleven years. No wonder you're angry, Marcus.
"""


@pytest.fixture
def talk(tmp_path):
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return path


def run(*arguments):
    return RUN.invoke(app, [str(a) for a in arguments])


def test_a_transcript_is_shown_as_timeline_and_moments(talk):
    done = run("code", talk)
    assert done.exit_code == 0, done.output
    assert "Timeline" in done.output
    assert "Telling to calm down" in done.output
    assert "fewer than 10 coded turns" in done.output.replace("\n", " ")


def test_json_alone_goes_to_standard_output(talk):
    done = run("code", talk, "--speaker", "officer lee", "--json")
    given = json.loads(done.stdout)
    assert [t["speaker"] for t in given["turns"]] == ["Officer Lee", "Marcus"] * 2 + ["Officer Lee"]
    assert "calm_down" in given["turns"][2]["labels"]
    assert given["turns"][1]["labels"] == []
    assert given["speakers"]["Officer Lee"]["turns"] == 3


def test_redaction_leaves_no_name_and_no_number_anywhere(talk):
    done = run("code", talk, "--redact", "--json")
    assert done.exit_code == 0, done.output
    for secret in ("Lee", "Marcus", "555-0187"):
        assert secret not in done.stdout
    given = json.loads(done.stdout)
    assert any("may be incomplete" in note for note in given["notes"])
    assert "calm_down" in given["turns"][2]["labels"]


def test_a_chart_and_a_convokit_corpus_are_written(talk, tmp_path):
    done = run("code", talk, "--chart", tmp_path / "t.svg", "--convokit", tmp_path / "corpus")
    assert done.exit_code == 0, done.output
    assert ElementTree.parse(tmp_path / "t.svg").getroot().tag.endswith("svg")
    rows = (tmp_path / "corpus" / "utterances.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 5
    again = run("code", talk, "--convokit", tmp_path / "corpus")
    assert again.exit_code == 2


def test_bad_input_is_one_clear_error_and_exit_code_two(talk, tmp_path):
    (tmp_path / "empty.vtt").write_text("")
    for arguments in (
        ("code", tmp_path / "absent.vtt"),
        ("code", tmp_path / "empty.vtt"),
        ("code", talk, "--speaker", "Nobody"),
        ("coder", "evaluate", "--corpus", "annomi", tmp_path / "absent.csv"),
        ("coder", "evaluate", "--corpus", "other", talk),
        ("coder", "evaluate", "--corpus", "polcom", tmp_path),
    ):
        done = run(*arguments)
        assert done.exit_code == 2, arguments
        assert "fix:" in done.output
        assert "Traceback" not in done.output


def test_the_coder_is_measured_on_a_corpus_one_holds(tmp_path):
    columns = (
        "mi_quality", "transcript_id", "video_url", "utterance_id", "interlocutor",
        "utterance_text", "question_exists", "reflection_exists", "main_therapist_behaviour",
    )  # fmt: skip
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for talk in range(4):
            high = "high" if talk % 2 else "low"
            for n in range(6):
                writer.writerow(
                    [high, talk, f"v{talk}", 3 * n, "client", "I drink a lot.", "", "", ""]
                )
                said, q, r, main = (
                    ("How much do you drink?", "True", "False", "question"),
                    ("So you drink a lot.", "False", "True", "reflection"),
                    ("You should stop.", "False", "False", "therapist_input"),
                )[(n + talk) % 3]  # fmt: skip
                writer.writerow([high, talk, f"v{talk}", 3 * n + 1, "therapist", said, q, r, main])
    done = run("coder", "evaluate", "--corpus", "annomi", tmp_path / "a.csv", "--json")
    given = json.loads(done.stdout)
    wanted = {"question_macro_f1", "reflection_macro_f1", "four_way_macro_f1", "quality_auc", "n"}
    assert set(given) == {*wanted, "without_punctuation", "baselines"}
    assert given["n"] == 24
    assert given["question_macro_f1"] > 0.9
    shown = run("coder", "evaluate", "--corpus", "annomi", tmp_path / "a.csv")
    assert "keyword list" in shown.output
