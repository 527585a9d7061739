from collections import Counter, defaultdict

import numpy as np
import pytest

from stepdown.problems import InputProblems
from stepdown.technique import written
from stepdown.technique.codebook import CODES, codebook
from stepdown.technique.written import read_corpus, split_of

LINES = read_corpus()


def words(text):
    return "".join(c if c.isalnum() or c == "'" else " " for c in text.lower()).split()


def threes(text):
    w = words(text)
    return {tuple(w[i : i + 3]) for i in range(max(1, len(w) - 2))}


def test_the_corpus_is_as_large_and_as_broad_as_the_card_says():
    assert len(LINES) >= 4000
    assert len({line.sector for line in LINES}) == 8
    assert len({line.id for line in LINES}) == len(LINES)
    for field in ("sector", "arousal", "responder", "effect"):
        assert min(Counter(getattr(line, field) for line in LINES).values()) >= 150, field


def test_every_code_has_enough_lines_and_some_lines_have_none():
    counts = Counter(label for line in LINES for label in line.labels)
    assert min(counts[code] for code in CODES) >= 50, counts
    assert 0.1 < sum(not line.labels for line in LINES) / len(LINES) < 0.3


def test_no_two_lines_are_nearly_the_same():
    seen, index = [], defaultdict(set)
    for line in LINES:
        if len(words(line.text)) <= 3:
            continue
        grams = threes(line.text)
        near = Counter(j for g in grams for j in index[g])
        twins = [j for j, n in near.items() if n / len(grams | threes(seen[j])) > 0.6]
        assert not twins, (line.text, seen[twins[0]])
        for g in grams:
            index[g].add(len(seen))
        seen.append(line.text)


def test_length_says_little_about_effect():
    length = np.log1p([len(line.text.split()) for line in LINES])
    effect = np.array([line.effect for line in LINES])
    assert abs(np.corrcoef(length, effect)[0, 1]) < 0.1


def test_codes_that_belong_together_stand_together():
    for line in LINES:
        if "why_question" in line.labels:
            assert "open_question" in line.labels, line.id


def test_no_line_is_an_example_of_the_codebook():
    examples = {e for code in codebook().codes for e in code.examples if len(e.split()) > 4}
    assert not examples & {line.text for line in LINES}


def test_a_scene_is_in_one_part_only_and_parts_have_their_shares():
    shares = Counter(line.split for line in LINES)
    assert all(split_of(line.scene) == line.split for line in LINES)
    assert 0.06 < shares["test"] / len(LINES) < 0.2
    assert 0.06 < shares["tune"] / len(LINES) < 0.2


def test_a_broken_corpus_names_every_bad_record(tmp_path, monkeypatch):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.jsonl").write_text('{"id": "x"}\nnot json\n', encoding="utf-8")
    monkeypatch.setattr(written, "files", lambda package: tmp_path)
    with pytest.raises(InputProblems) as caught:
        read_corpus()
    where = {p.where for p in caught.value.problems}
    assert any(w.startswith("a.jsonl: line 1") for w in where)
    assert any(w.startswith("a.jsonl: line 2") for w in where)


def test_the_second_coding_is_of_lines_of_the_corpus_and_codes_of_the_codebook():
    second = written.second_coding()
    assert set(second) <= {line.id for line in LINES}
    assert {code for labels in second.values() for code in labels} <= set(CODES)
