"""The JSON API: the same acts as the pages, for programs. Its schema is at openapi.json."""

from __future__ import annotations

from stepdown.web.api import assessments, numbers, practice, reviews, teaching
from stepdown.web.api.errors import answer_faults
from stepdown.web.api.operations import Api

api = Api(
    title="Stepdown", version="1", docs_url=None, urls_namespace="api-1",
    description="Practise de-escalation, and teach it, by programs: the same acts as in the pages,"
    " under the same rules.",
)  # fmt: skip
for part in (practice.part, reviews.part, teaching.part, assessments.part, numbers.part):
    api.add_router("", part.router)
answer_faults(api)
