"""Registering a plan before its data, so that everybody can see whether it was changed later.

A registration is a small JSON file with the plan's text, its SHA-256 and the time. It proves
nothing by itself: give a copy to somebody else (a registry, a council clerk) before anybody looks
at the data.
"""

from __future__ import annotations

import difflib
import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stepdown import __version__
from stepdown.evaluation.results import Registered
from stepdown.evaluation.study_file import read_study
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole

SUFFIX = ".registration.json"


class Registration(BaseModel):
    """A plan as it was registered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    study_file: str
    sha256: str
    registered: datetime = Field(description="When, with its time zone.")
    stepdown_version: str
    study: str = Field(description="The plan, word for word.")


def place_of(study: Path) -> Path:
    """Return where the registration of a study file is kept: beside it."""
    return study.with_name(study.name + SUFFIX)


def register(study: Path, now: datetime) -> Path:
    """Register the study file as it is and return where that was written.

    The data need not exist yet. Raises InputProblems with every mistake of the plan, or when it is
    registered already: a registration is never overwritten.
    """
    read = read_study(study)
    place = place_of(study)
    problems = list(read.problems)
    if place.exists():
        problems.append(
            Problem(
                str(place), "a registration that exists", "a plan that is not registered yet",
                "keep it; to register a new plan, give the study file a new name",
            )
        )  # fmt: skip
    if problems:
        raise InputProblems(study.name, problems)
    text = study.read_text(encoding="utf-8")
    made = Registration(
        study_file=study.name, sha256=read.sha256, registered=now, stepdown_version=__version__,
        study=text,
    )  # fmt: skip
    return write_whole(place, (made.model_dump_json(indent=2) + "\n").encode())


def registered(study: Path) -> Registered | None:
    """Return the registration beside a study file, held against the file; None if there is none.

    Raises InputProblems when it is there and cannot be read, or disagrees with itself.
    """
    place = place_of(study)
    if not place.exists():
        return None
    try:
        found = Registration.model_validate_json(place.read_bytes())
    except (OSError, ValidationError) as error:
        raise _broken(place, str(error).splitlines()[0]) from None
    if hashlib.sha256(found.study.encode()).hexdigest() != found.sha256:
        raise _broken(place, "its text does not have the SHA-256 that it names")
    now = study.read_text(encoding="utf-8")
    return Registered(
        when=found.registered.isoformat(timespec="seconds"),
        sha256=found.sha256,
        changes=_changes(found.study, now),
    )


def _changes(before: str, now: str) -> list[str]:
    """Return the lines taken out (-) and put in (+) since."""
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def _broken(place: Path, why: str) -> InputProblems:
    problem = Problem(
        str(place), why, "a registration as `stepdown register` wrote it",
        "get the copy that was given away, or take this file away",
    )  # fmt: skip
    return InputProblems(place.name, [problem])
