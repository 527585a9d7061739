"""The data card of the written corpus and the model card of the coder, from their files."""

from __future__ import annotations

import json
from collections import Counter

import krippendorff

from stepdown.technique.codebook import CODES
from stepdown.technique.network import FOLDER as MODEL
from stepdown.technique.written import read_corpus, second_coding


def corpus_page() -> str:
    """Render the data card of the written corpus."""
    lines, second = read_corpus(), second_coding()
    by_id = {line.id: line for line in lines}
    pairs = [(set(by_id[i].labels), set(labels)) for i, labels in second.items() if i in by_id]
    text = [*CORPUS_INTRO, f"{len(lines):,} lines in {len({x.scene for x in lines})} scenes.", ""]
    for field in ("sector", "arousal", "responder", "effect", "split"):
        counts = Counter(str(getattr(line, field)) for line in lines)
        text.append(f"- {field}: " + ", ".join(f"{k} {n}" for k, n in counts.most_common()))
    text += ["", "## Codes", "", "| code | lines |", "|---|---|"]
    counted = Counter(code for line in lines for code in line.labels)
    text += [f"| `{code}` | {counted[code]} |" for code in CODES]
    text += ["", "## Two coders", "", *agreement(pairs)]
    return "\n".join(text) + "\n"


def agreement(pairs: list[tuple[set[str], set[str]]]) -> list[str]:
    """Render Krippendorff's alpha per code, or say that there is no second coding yet."""
    if not pairs:
        return [NO_SECOND]
    text = [AGREEMENT.format(n=len(pairs)), "", "| code | first | second | alpha |"]
    text.append("|---|---|---|---|")
    for code in CODES:
        ratings = [[int(code in given[n]) for given in pairs] for n in (0, 1)]
        alpha = krippendorff.alpha(ratings, level_of_measurement="nominal")
        text.append(f"| `{code}` | {sum(ratings[0])} | {sum(ratings[1])} | {alpha:.2f} |")
    return text


NO_SECOND = (
    "**There is no second coding yet.** Each line was coded once, by its writer. How far two coders "
    "agree on each code is therefore unknown, and so is the ceiling of the figures on the model card."
)
CORPUS_INTRO = (
    "# The written corpus: data card",
    "",
    "**What it is.** Turns of a responder, each with what the other person said just before, written",
    "for this purpose, coded with the [codebook](codebook.md), and rated by how such a line tends to",
    "land on this person at this moment (-2 to 2). **It is not field speech.** Nobody in it is a real",
    "person. No line comes from a dataset, a film or a manual.",
    "",
    "**What it is for.** Training and calibrating the [technique coder](coder.md). Not for claims about",
    "how people talk: how often a code occurs here says nothing about the field. Writers differ from",
    "speakers: less is left unsaid, and recogniser errors are few. English only, mostly of the United",
    "States, Britain and Ireland.",
    "",
    "**How it is split.** By scene, by a hash of the scene's name: train, tune (calibration) and test.",
    "",
    "**Licence.** Apache-2.0, as the rest of the repository.",
    "",
    "This page is generated from the files: `make docs`.",
    "",
)
AGREEMENT = (
    "A second coder, who saw the codebook and the lines and nothing else, coded {n} lines, chosen so "
    "that rare codes occur. Krippendorff's alpha per code, over all of them. A code under 0.6 is not "
    "to be trusted line by line: its definition needs work."
)


def coder_page() -> str:
    """Render the model card."""
    card = json.loads((MODEL / "coder.json").read_text(encoding="utf-8"))
    test = json.loads((MODEL / "measured.json").read_text(encoding="utf-8"))
    recipe = ", ".join(f"{k} {v}" for k, v in card["recipe"].items())
    text = [
        "# The technique coder: model card", "",
        f"**What it is.** {card['base']}, fine-tuned on {card['trained_on']}, exported to int8 ONNX,",
        "with rules beside it. Input: a turn and the turn before it, in English. Output: a probability",
        "for each of 28 codes. Recipe: " + recipe + ". Train it again: `make coder`.", "",
        "**What it is for.** Showing a person what they did; rates over ten turns and more.",
        "**What it is not for.** Discipline, ranking, or any decision about a person from single turns.",
        "It hears words alone: no tone, no distance, no hands. It was trained on written talk, not on",
        "field speech ([data card](corpus.md)), so expect it to be less right in the field than here.", "",
        "**How it is used.** Codes from 0.65 on are labels, from 0.35 to 0.65 unsure. On the test scenes",
        f"{test['labels_right']:.0%} of labels were right, and {test['unsure_right']:.0%} of the unsure.",
        f"Expected calibration error {test['calibration_error']:.3f}.", "",
        "Held against experts on corpora it has never seen, against simpler coders, and against lines",
        "written to fool it: [benchmarks](../../benchmarks/technique.md).", "",
        f"## On {test['lines']} lines of scenes kept for the test", "",
        f"Macro F1 {test['macro_f1']:.3f}, a code being given from 0.5 on.", "",
        "| code | lines | precision | recall | F1 | average precision |", "|---|---|---|---|---|---|",
        *(f"| `{code}` | {m['lines']} | {m['precision']:.2f} | {m['recall']:.2f} | {m['f1']:.2f} | "
          f"{m['average_precision']:.2f} |" for code, m in test["codes"].items()),
        "", "This page is generated from the files: `make docs`.",
    ]  # fmt: skip
    return "\n".join(text) + "\n"
