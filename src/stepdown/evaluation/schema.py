"""The published JSON Schemas of the files that an evaluation reads and writes."""

from __future__ import annotations

from typing import Any

from stepdown.evaluation.results import Results
from stepdown.evaluation.same_scene.results import SameSceneResults
from stepdown.evaluation.study import Study
from stepdown.problems import InputProblems, Problem

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(what: str) -> dict[str, Any]:
    """Return the JSON Schema of `study`, `results` or `same-scene`.

    Raises InputProblems for another name.
    """
    if what == "study":
        return {"$schema": DIALECT, **Study.model_json_schema()}
    if what == "results":
        return {"$schema": DIALECT, **Results.model_json_schema(mode="serialization")}
    if what == "same-scene":
        return {"$schema": DIALECT, **SameSceneResults.model_json_schema(mode="serialization")}
    problem = Problem("schema", what, "study, results or same-scene", "name one of the three")
    raise InputProblems("schema", [problem])
