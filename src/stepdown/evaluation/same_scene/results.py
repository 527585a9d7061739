"""What a same-scene analysis found: the published shape of `same_scene.json`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Officer(_Frozen):
    """One officer beside their peers. Values are null where there is no peer."""

    officer: int = Field(description="The number in the file; never a name.")
    n_scenes: int = Field(description="Scenes with variation that the officer was at.")
    piece: int = Field(description="Connected piece of the network, 1 being the largest.")
    n_peers: int = Field(description="Officers whom the scenes pin down well enough beside them.")
    n_peers_elsewhere: int = Field(
        description="Those of the peers who are in another piece: compared by the prior alone."
    )
    p_top5: float | None = Field(description="Probability of the highest 5 % of self and peers.")
    p_bottom5: float | None = Field(description="Probability of the lowest 5 %.")
    relative_mean: float | None = Field(
        description="Propensity less the mean of self and peers, on the scale of log odds."
    )
    relative_low: float | None = Field(description="Lower end of its central 95 % interval.")
    relative_high: float | None = Field(description="Upper end.")
    shown: bool = Field(description="Whether there are enough scenes for the table and picture.")


class Coefficient(_Frozen):
    """Another coefficient beside that of training."""

    name: str = Field(description="The column, or `time since training`.")
    mean: float = Field(description="Posterior mean.")
    low: float = Field(description="Lower end of the central 95 % interval.")
    high: float = Field(description="Upper end.")
    unit: str = Field(description="What one unit of it is.")


class Sensitivity(_Frozen):
    """Beta under another prior or beside other columns; null when it cannot be shown."""

    name: str = Field(description="What was done differently.")
    beta: float | None = Field(description="Posterior mean of the coefficient of training.")
    low: float | None = Field(description="Lower end of its central 95 % interval.")
    high: float | None = Field(description="Upper end.")
    beside: list[Coefficient] = Field(description="The other coefficients of that fit.")
    reasons: list[str] = Field(description="Why it cannot be shown; else empty.")


class PermutationTest(_Frozen):
    """A permutation test of training days."""

    statistic: float = Field(description="Rows, or residuals, of trained officers, summed.")
    expected: float = Field(description="Its mean when training days are drawn again.")
    sd: float = Field(description="Its standard deviation then.")
    p_value: float = Field(description="Two-sided: (1 + as far out) / (1 + draws).")
    draws: int


class Training(_Frozen):
    """Who used more of the force that was used: trained or untrained officers."""

    beta: float = Field(description="Posterior mean; above 0, trained used more. Log odds.")
    low: float = Field(description="Lower end of its central 95 % interval.")
    high: float = Field(description="Upper end.")
    prior_sd: float = Field(description="Standard deviation of the normal prior around 0.")
    mixed_scenes: int = Field(description="Scenes with trained and untrained officers.")
    trained_rows: int = Field(description="Rows of officers who had been trained.", ge=0)
    rows: int = Field(description="Rows in all.", ge=1)
    sensitivity: list[Sensitivity]
    attendance: PermutationTest | None = Field(
        description="Does training change who comes to scenes? Null unless the days were drawn and "
        "those who used no force are in the file."
    )
    levels: PermutationTest | None = Field(
        description="Score test of beta = 0. Null unless the days were drawn."
    )


class Placebo(_Frozen):
    """One fit of levels permuted within scenes, or of the real ones."""

    sd: float = Field(description="Standard deviation of the relative means of officers shown.")
    apart: int = Field(description="Officers whose 95 % interval leaves 0 out.")
    top: int = Field(description="Officers with p_top5 of at least 0.9.")
    bottom: int = Field(description="Officers with p_bottom5 of at least 0.9.")
    good: bool = Field(description="Whether the diagnostics were good.")


class PlaceboTest(_Frozen):
    """The real fit beside permuted ones."""

    real: Placebo
    permuted: list[Placebo]
    p_value: float = Field(
        description="(1 + permutations with an sd as large) / (1 + all), of those whose "
        "diagnostics were good."
    )


class Piece(_Frozen):
    """A connected component of the network."""

    officers: int
    scenes: int


class Place(_Frozen):
    """A dot of the network map; it does not say which officer it is."""

    x: float
    y: float
    scenes: int
    piece: int = Field(description="Connected piece, 1 being the largest.")


class Network(_Frozen):
    """How officers hang together by shared scenes."""

    pieces: list[Piece]
    median_scenes: float = Field(description="Scenes of an officer, median.")
    median_colleagues: float = Field(description="Colleagues met by an officer, median.")
    once: int = Field(description="Officers at a single scene.")
    steps: float = Field(description="Mean handshakes between two officers of the largest piece.")
    direct: float = Field(description="Share of those pairs that met at a scene.")
    places: list[Place] = Field(description="The map; at most 1,500 officers are drawn.")
    links: list[list[int]] = Field(
        description="Pairs that shared most scenes, as positions in `places`, from 0."
    )

    @model_validator(mode="after")
    def _links_lead_to_places(self) -> Network:
        if not self.pieces or not self.places:
            raise ValueError("a network has officers")
        ends = {end for link in self.links for end in link}
        if any(len(link) != 2 for link in self.links) or not ends <= set(range(len(self.places))):
            raise ValueError("links are pairs of positions in `places`")
        return self


class Step(_Frozen):
    """One step from the file to the analysed scenes."""

    why: str
    rows: int
    scenes: int
    officers: int


class Diagnostics(_Frozen):
    """Whether the draws can be trusted; the worst parameter decides."""

    chains: int
    draws: int = Field(description="Kept from each chain.")
    tune: int
    rhat_max: float | None
    ess_min: float | None = Field(description="Bulk effective sample size.")
    divergences: int
    seconds: float
    good: bool
    reasons: list[str] = Field(description="What is wrong; then no result is shown.")


class Names(_Frozen):
    """That officers were shown by name, by whose command and why."""

    when: str
    by: str
    why: str
    roster_sha256: str


class Source(_Frozen):
    """The file and how to get the same numbers again."""

    file: str
    sha256: str
    rows: int
    command: str = Field(description="The command that gives the same numbers again.")
    seed: int
    stepdown_version: str
    packages: dict[str, str]


class SameSceneResults(_Frozen):
    """Everything a same-scene analysis found. Without good diagnostics there are no results."""

    source: Source
    levels: list[str] = Field(description="What the file calls the levels, lowest first.")
    level_rows: list[int] = Field(description="Rows at each level in the analysed scenes.")
    force_users_only: bool = Field(description="Whether those without force were left out.")
    account: list[Step] = Field(min_length=1, description="From the file to the analysed scenes.")
    warnings: list[str] = Field(description="What to know before relying on it.")
    network: Network
    min_scenes: int = Field(description="Fewest scenes for an officer to be shown.")
    s: list[float] | None = Field(description="Score of each level, posterior mean.")
    s_low: list[float] | None = Field(description="Lower ends of central 95 % intervals.")
    s_high: list[float] | None = Field(description="Upper ends.")
    officers: list[Officer]
    training: Training | None
    placebo: PlaceboTest | None
    diagnostics: Diagnostics
    names: Names | None = None
