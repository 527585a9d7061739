import csv
import json

import numpy as np
import pytest

from stepdown.problems import InputProblems
from stepdown.technique.benchmark import annomi, polcom
from stepdown.technique.benchmark.measures import (
    auc,
    left_out_auc,
    macro_f1,
    unpunctuated,
    without_length,
)
from stepdown.technique.codebook import CODES


def annomi_rows():
    def row(transcript, number, who, text, annotator, question, reflection, main):
        return {
            "mi_quality": "high" if transcript % 2 else "low", "transcript_id": transcript,
            "video_url": f"v{transcript}", "utterance_id": number, "interlocutor": who,
            "utterance_text": text, "annotator_id": annotator, "question_exists": question,
            "reflection_exists": reflection, "main_therapist_behaviour": main,
        }  # fmt: skip

    return [
        row(1, 0, "client", "I drink on weekends.", 1, "", "", ""),
        row(1, 1, "therapist", "So weekends only.", 1, "False", "True", "reflection"),
        row(1, 1, "therapist", "So weekends only.", 2, "False", "True", "reflection"),
        row(1, 1, "therapist", "So weekends only.", 3, "True", "False", "question"),
        row(1, 2, "therapist", "How much?", 1, "True", "False", "question"),
    ]


def write_annomi(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_several_annotators_are_settled_by_majority(tmp_path):
    utterances, talk = annomi.read_annomi(write_annomi(tmp_path / "a.csv", annomi_rows()))
    assert [(u.main, u.question, u.reflection) for u in utterances] == [
        ("reflection", False, True), ("question", True, False),
    ]  # fmt: skip
    assert [u.previous for u in utterances] == ["I drink on weekends.", "I drink on weekends."]
    assert talk["1"] == annomi.Talk(5, 4, 2)


def test_an_even_split_of_annotators_is_no_majority(tmp_path):
    rows = [r for r in annomi_rows() if r["annotator_id"] != 2]
    utterances, _ = annomi.read_annomi(write_annomi(tmp_path / "a.csv", rows))
    assert (utterances[0].question, utterances[0].reflection) == (False, False)


def test_a_file_that_is_not_annomi_is_refused_with_the_missing_columns(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("speaker,text\na,b\n")
    with pytest.raises(InputProblems, match="mi_quality"):
        annomi.read_annomi(path)
    with pytest.raises(InputProblems, match="absent"):
        annomi.read_annomi(tmp_path / "absent.csv")


def test_the_main_behaviour_is_the_likeliest_group_or_other():
    low = dict.fromkeys(CODES, 0.0)
    assert annomi.main_behaviour(low) == "other"
    assert annomi.main_behaviour({**low, "summary": 0.7, "reason": 0.6}) == "reflection"
    assert annomi.main_behaviour({**low, "unsolicited_advice": 0.9}) == "input"


def test_perfect_codes_measure_one_and_inverted_quality_is_not_one():
    rng = np.random.default_rng(1)
    utterances = []
    for t in range(20):
        for _ in range(12):
            asks = bool(rng.random() < (0.3 if t % 2 else 0.7))
            main = "question" if asks else "other"
            utterances.append(
                annomi.Utterance(str(t), str(t), t % 2 == 1, "x", None, asks, not asks, main)
            )

    def gold(texts, previous):
        low = dict.fromkeys(CODES, 0.0)
        return [
            {**low, "open_question": float(u.question), "reflection": 0.3 * u.reflection}
            for u in utterances
        ]

    found = annomi.measure(utterances, gold)
    assert found["question_macro_f1"] == found["four_way_macro_f1"] == 1.0
    assert found["reflection_macro_f1"] < 0.5
    assert found["quality_auc"] > 0.8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("You say: 'Good evening, I'm here.' Then wait.", "Good evening, I'm here."),
        ("'Don't move,' you say. 'It's the police.'", "Don't move, It's the police."),
        ("Look at the officers' hands and the guard's face.", ""),
        ("Say “Are you hurt?” softly.", "Are you hurt?"),
        ('Ask "What happened?" and then "Who called?"', "What happened? Who called?"),
        ("Walk over and 'look around", ""),
    ],
)
def test_only_the_quoted_speech_of_an_option_is_heard(text, said):
    assert polcom.speech(text) == said


def scenario(tmp_path, options):
    stage = {"npcDialogue": [{"character": "a", "text": "Leave me alone!"}], "options": options}
    (tmp_path / "s.json").write_text(json.dumps({"stages": [stage, {"title": "end"}]}))
    return tmp_path


def test_polcom_measures_order_within_stages(tmp_path):
    kinds = [("positive", 10), ("partially_positive", 5), ("neutral", 2), ("negative", -8)]
    folder = scenario(
        tmp_path, [{"text": f"Say '{k} words.'", "type": k, "points": p} for k, p in kinds]
    )
    options = polcom.read_polcom(folder)
    assert [o.previous for o in options] == ["Leave me alone!"] * 4
    assert polcom.measure(options, [4, 3, 2, 1]) == {
        "pos_neg_auc": 1.0, "stage_pair_accuracy": 1.0, "best_of_four": 1.0,
    }  # fmt: skip
    assert polcom.measure(options, [1, 2, 3, 4])["stage_pair_accuracy"] == 0.0
    assert polcom.measure(options, [0, 0, 0, 0])["stage_pair_accuracy"] == 0.5


def test_a_broken_scenario_is_named(tmp_path):
    (tmp_path / "x.json").write_text("{")
    (tmp_path / "y.json").write_text("[]")
    with pytest.raises(InputProblems) as caught:
        polcom.read_polcom(tmp_path)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputProblems, match="no scenario"):
        polcom.read_polcom(tmp_path / "none")


def test_a_score_that_is_length_alone_is_worth_nothing_without_length():
    rng = np.random.default_rng(2)
    words = rng.integers(3, 80, 400)
    truth = list(rng.random(400) < 0.5)
    left = without_length(list(np.log1p(words) * 3 + 1), list(words))
    assert np.abs(left).max() < 1e-9
    assert auc(truth, [0.0] * 400) == 0.5


def test_measures_without_two_classes_are_none():
    assert auc([True, True], [0.1, 0.2]) is None
    assert macro_f1(["a", "a"], ["a", "b"]) is None
    assert left_out_auc(np.zeros((3, 1)), [True, True, True], ["a", "b", "c"]) is None


def test_leaving_a_group_out_gives_chance_where_nothing_is_there():
    rng = np.random.default_rng(3)
    values = [
        left_out_auc(
            rng.normal(size=(60, 3)), list(rng.random(60) < 0.5), [str(i // 2) for i in range(60)]
        )
        for _ in range(20)
    ]
    assert abs(np.mean(values) - 0.5) < 0.08


def test_unpunctuated_text_is_words_in_lower_case():
    assert unpunctuated("Don't - stop, Mr. O'Neil!") == "don't stop mr o'neil"
