"""What the repository promises to a newcomer."""

import itertools
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_constraints_work_anywhere():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line), line


def test_every_dependency_is_constrained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    names = {re.split(r"[<>=\[]", w)[0].lower().replace("_", "-") for w in wanted}
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    assert names <= pinned


def test_no_file_names_an_index_or_a_machine():
    index = re.compile(r"--(extra-)?index-url|--find-links|\+cpu\b|file:///|/(home|root)/[a-z]")
    for path in tracked():
        if path.suffix in {".onnx", ".png", ".pdf", ".mo"} or path == Path(__file__):
            continue
        found = index.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found.group() if found else ''}"


def test_no_dataset_is_committed():
    assert not [p for p in tracked() if p.suffix in {".rda", ".RData", ".parquet", ".xlsx", ".xls"}]


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    used = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text(), re.M))
    assert {"demo", "test"} <= used <= targets


def test_links_between_pages_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    subprocess.run([sys.executable, ROOT / "docs" / "generate.py", folder], check=True, cwd=ROOT)
    return folder


@pytest.mark.parametrize(
    "page",
    [
        "study-file.md", "results.md", "same-scene.md", "command-line.md",
        "codebook.md", "corpus.md", "coder.md", "api.md",
        "access.md", "settings.md", "evidence-table.md",
        "../evidence/evidence.md", "../evidence/evidence.html",
        "../evidence/evidence.bib", "../evidence/figures/ladder.svg",
    ],
)  # fmt: skip
def test_the_reference_is_what_the_code_says(page, generated):
    committed = (ROOT / "docs" / "reference" / page).read_text()
    made = generated / page.removeprefix("../")
    assert committed == made.read_text(), "run: make docs"
