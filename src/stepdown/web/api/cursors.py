"""Where a page of a list ends, as a short text to send back for the next page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from stepdown.problems import InputProblems, Problem


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its time and id."""

    at: datetime
    id: UUID

    def text(self) -> str:
        """Return it for an address."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()} {self.id}".encode()).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the cursor that `text` wrote. Raises InputProblems."""
        try:
            at, _, row = base64.urlsafe_b64decode(text.encode()).decode().partition(" ")
            found = cls(datetime.fromisoformat(at), UUID(row))
            if found.at.tzinfo is None:
                raise ValueError("no time zone")
        except ValueError:
            expected = "`next` of the page before, as it was"
            problem = Problem("query.cursor", text[:40], expected, "leave it out to begin anew")
            raise InputProblems("the cursor", [problem]) from None
        return found
