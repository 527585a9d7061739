"""Where an agency's data are and which columns mean what: the `data` part of a study file."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)


def _text(value: Any) -> Any:
    if isinstance(value, dt.date | int) and not isinstance(value, bool):
        return str(value)
    return value


PeriodLabel = Annotated[str, BeforeValidator(_text)]
"""A period as people write it; YAML's dates and numbers become text."""


class Strict(BaseModel):
    """A part of a file people write: unknown fields are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PanelData(Strict):
    """A ready panel: one row per unit and period, one column per outcome."""

    panel: str = Field(
        description="File with one row per unit and period: CSV, Parquet, Excel or R data; "
        "or the name of a registered dataset, such as `chicago-pj`. Relative to the study file."
    )
    sheet: str | None = Field(None, description="Excel only: which sheet. The first if absent.")
    unit: str = Field(description="Column that names the unit (officer, nurse, ward).")
    period: str = Field(
        description="Column that names the period: whole numbers, or dates (YYYY-MM or YYYY-MM-DD)."
    )
    assigned: str | None = Field(
        None,
        description="Column with the period in which the unit was assigned to be trained. "
        "Required when the assignment was randomized. `never` marks a unit held back.",
    )
    trained: str | None = Field(
        None,
        description="Column with the period in which training really happened. With randomized "
        "assignment it feeds the compliance table only.",
    )
    exposure: str | None = Field(
        None, description="Column with exposure, such as scheduled hours, in the period."
    )
    strata: str | None = Field(
        None, description="Column with the stratum within which waves were drawn."
    )
    cluster: str | None = Field(
        None, description="Column with the cluster (squad, district) that was randomized."
    )


class PeopleTable(Strict):
    """One row per person: when they were there and when they were to be trained."""

    file: str = Field(description="CSV, Parquet or Excel file, relative to the study file.")
    sheet: str | None = Field(None, description="Excel only: which sheet.")
    unit: str = Field(description="Column that names the person.")
    start: str = Field(description="Column with the first day of service (YYYY-MM-DD).")
    end: str | None = Field(
        None, description="Column with the last day of service; blank while still in service."
    )
    assigned: str | None = Field(
        None, description="Column with the day assigned for training; `never` if held back."
    )
    trained: str | None = Field(None, description="Column with the day training really happened.")
    strata: str | None = Field(None, description="Column with the stratum of the randomization.")
    cluster: str | None = Field(None, description="Column with the cluster that was randomized.")


class IncidentTable(Strict):
    """One row per counted thing: a force report, a complaint, an injury."""

    file: str = Field(description="CSV, Parquet or Excel file, relative to the study file.")
    sheet: str | None = Field(None, description="Excel only: which sheet.")
    unit: str = Field(description="Column that names the person.")
    date: str = Field(description="Column with the day it happened (YYYY-MM-DD).")
    outcome: str | None = Field(
        None, description="Column that says which outcome a row counts for, by the outcome's name."
    )
    counts_as: str | None = Field(
        None, description="Outcome that every row of this file counts for, instead of `outcome`."
    )

    @model_validator(mode="after")
    def _one_way_to_name_the_outcome(self) -> IncidentTable:
        if (self.outcome is None) == (self.counts_as is None):
            raise ValueError("give exactly one of `outcome` (a column) and `counts_as` (a name)")
        return self


class ExposureTable(Strict):
    """One row per person and day or period: hours scheduled, shifts on the roster."""

    file: str = Field(description="CSV, Parquet or Excel file, relative to the study file.")
    sheet: str | None = Field(None, description="Excel only: which sheet.")
    unit: str = Field(description="Column that names the person.")
    date: str = Field(description="Column with a day within the period (YYYY-MM-DD or YYYY-MM).")
    amount: str = Field(description="Column with the exposure; summed within a period.")


class RawData(Strict):
    """An agency's tables; the panel is built from them."""

    people: PeopleTable
    incidents: list[IncidentTable] = Field(min_length=1)
    exposure: ExposureTable | None = None
    frequency: Literal["week", "month", "quarter"] = Field(
        "month", description="Length of one period of the panel."
    )
    first: PeriodLabel = Field(description="First day or month of the panel (YYYY-MM-DD, YYYY-MM).")
    last: PeriodLabel = Field(description="Last day or month of the panel, included.")


def _which_data(value: Any) -> str:
    if isinstance(value, RawData) or (isinstance(value, dict) and "people" in value):
        return "raw"
    return "panel"


Data = Annotated[
    Annotated[PanelData, Tag("panel")] | Annotated[RawData, Tag("raw")],
    Discriminator(_which_data),
]
