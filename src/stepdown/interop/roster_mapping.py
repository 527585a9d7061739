"""Which column of an agency's file is which of ours, and how its dates and numbers are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from stepdown.yaml_text import Kind, read_into

FIELDS = MappingProxyType(
    {
        "id": "the agency's own number of the person; it never changes and is never used again",
        "name": "the person's name as they are called; or given_name and family_name",
        "given_name": "first part of the name, if the file has it apart",
        "family_name": "last part of the name, if the file has it apart",
        "unit": "the one unit in which they are trained",
        "email": "their address at work; blank if they have none",
        "title": "rank or job, as text; it gives nobody a role here",
        "start": "first day of service",
        "end": "last day of service; blank while they serve",
        "status": "active or inactive; blank is active",
        "certified": "day of certification, where rules on hours count from it",
    }
)
"""Our columns and what stands in them. Required: id, a name, unit."""
OPTIONAL_NAMES = frozenset(FIELDS) - {"id", "name", "unit"}

# OneRoster 1.1 and 1.2 (1EdTech): the columns of users.csv that say what ours do.
_ONEROSTER = {
    "sourcedid": "id",
    "givenname": "given_name",
    "familyname": "family_name",
    "primaryorgsourcedid": "unit",
    "orgsourcedids": "unit",
    "enableduser": "status",
    "role": "title",
}

# What personnel systems call theirs, without capitals, blanks and signs.
_USUAL = {
    "badge": "id", "badgeno": "id", "badgenumber": "id", "employeeid": "id", "employeeno": "id",
    "employeenumber": "id", "personnelno": "id", "personnelnumber": "id", "staffid": "id",
    "idnumber": "id", "fullname": "name", "employeename": "name", "officername": "name",
    "first": "given_name", "firstname": "given_name", "forename": "given_name",
    "last": "family_name", "lastname": "family_name", "surname": "family_name",
    "assignment": "unit", "district": "unit", "precinct": "unit", "division": "unit",
    "station": "unit", "ward": "unit", "department": "unit", "emailaddress": "email",
    "workemail": "email", "rank": "title", "jobtitle": "title", "position": "title",
    "hiredate": "start", "datehired": "start", "dateofhire": "start", "hired": "start",
    "startdate": "start", "enddate": "end", "terminationdate": "end", "separationdate": "end",
    "employmentstatus": "status", "certificationdate": "certified", "certifieddate": "certified",
    "datecertified": "certified", "dateofcertification": "certified",
}  # fmt: skip


class RosterMapping(BaseModel):
    """How to read an agency's roster. Everything may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: Mapping[str, str] = Field(
        default_factory=dict, description="Our column, then the file's name for it."
    )
    dates: Literal["mdy", "dmy"] | None = Field(
        None, description="Order of dates such as 04/05/2026. Without it only 2026-04-05 is read."
    )
    id_digits: int | None = Field(
        None, ge=1, le=20, description="Digits of every number; lost leading zeros are put back."
    )
    encoding: Literal["utf-8", "utf-16", "windows-1252"] | None = Field(
        None, description="Encoding of the file, where it does not say."
    )
    separator: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="What stands between cells; else the header decides."
    )

    @field_validator("columns")
    @classmethod
    def _known_and_once(cls, columns: Mapping[str, str]) -> Mapping[str, str]:
        if unknown := sorted(set(columns) - set(FIELDS)):
            raise ValueError(f"no column of ours: {', '.join(unknown)}; ours: {', '.join(FIELDS)}")
        theirs = [name.strip().casefold() for name in columns.values()]
        if twice := sorted({name for name in theirs if theirs.count(name) > 1}):
            raise ValueError(f"the column '{twice[0]}' serves twice")
        if "name" in columns and {"given_name", "family_name"} & set(columns):
            raise ValueError("give `name`, or `given_name` and `family_name`, not both")
        return MappingProxyType(dict(columns))

    @field_serializer("columns")
    def _as_dict(self, columns: Mapping[str, str]) -> dict[str, str]:
        return dict(columns)


def guess_mapping(header: Iterable[str]) -> RosterMapping:
    """Map the columns whose names are ours, OneRoster's or usual; the rest is left for a person."""
    found: dict[str, str] = {}
    own = {name.replace("_", ""): name for name in FIELDS}
    for table in (own, _ONEROSTER, _USUAL):
        for cell in header:
            ours = table.get("".join(c for c in cell.casefold() if c.isalnum()))
            if ours is not None and ours not in found and cell not in found.values():
                found[ours] = cell
    if "name" in found:
        found = {k: v for k, v in found.items() if k not in ("given_name", "family_name")}
    return RosterMapping(columns=found)


KIND = Kind(
    "a mapping",
    "fields such as columns",
    "correct it; the reference of rosters explains every field",
)


def read_mapping(text: str, name: str = "mapping") -> RosterMapping:
    """Read a mapping from YAML. Raises InputProblems with everything that is wrong."""
    return read_into(text, name, KIND, RosterMapping.model_validate, model=RosterMapping)
