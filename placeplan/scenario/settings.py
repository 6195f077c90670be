"""Settings: what stands in scenario.toml. A sentence beside each is its reference."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from placeplan.domain import years

PRINCIPLES = (
    "local", "viable", "popular", "partnership", "single_phase", "participation", "community", "choice", "vulnerable",
)  # fmt: skip
BESIDE = ("families",)  # weighed beside the nine, each where its own section gives it a weight
Weight = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class _Section(BaseModel):
    """Part of scenario.toml; an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Weights(_Section):
    """How much a step from ideal to unacceptable counts, by principle; and of spending the whole budget."""

    local: Weight = Field(1.0, description="local schools for local children")
    viable: Weight = Field(1.0, description="schools of a viable size")
    popular: Weight = Field(1.0, description="popular and successful schools")
    partnership: Weight = Field(1.0, description="partnerships and learning communities")
    single_phase: Weight = Field(1.0, description="a single phase of education 0-19")
    participation: Weight = Field(1.0, description="raising of the participation age")
    community: Weight = Field(1.0, description="learning environments and community use")
    choice: Weight = Field(1.0, description="diversity for parental choice")
    vulnerable: Weight = Field(1.0, description="vulnerable learners")
    cost: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = Field(
        0.1, description="spending the whole budget"
    )


class Anchor(_Section):
    """The two fixed points of a principle's scale, in the unit of its loss summed over the horizon."""

    ideal: float = Field(0.0, allow_inf_nan=False, description="scores 100")
    unacceptable: float | None = Field(None, allow_inf_nan=False, description="scores 0; left out: the default rule")


class ForecastSettings(_Section):
    """How the forecast is made."""

    draws: int = Field(200, ge=0, le=20_000, description="simulated futures for the intervals")
    method: Literal["auto", "pooled", "plain"] = Field(
        "auto",
        description="pooled: what all of England's authorities teach; plain: own cohort survival alone; auto: pooled where la_code names an English authority and the scenario is not synthetic",
    )
    survival_weights: tuple[float, ...] = Field(
        (1.0, 2.0, 3.0), description="weights of the latest years, oldest first"
    )
    housing_in_trend: float = Field(
        0.0, ge=0, le=1e5, allow_inf_nan=False, description="dwellings a year that past survival ratios already hold"
    )

    @field_validator("survival_weights", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Budget(_Section):
    """The money there is."""

    total_pounds: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="capital of the whole plan; left out: no limit"
    )
    a_year_pounds: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="capital that may be committed in one year"
    )
    discount_rate: float = Field(0.035, ge=0, le=0.2, allow_inf_nan=False, description="Green Book rate a year")
    price_base: str = Field("", max_length=60, description="of every pound in the scenario, for example 2024/25 prices")
    projects_a_year: int | None = Field(None, ge=0, le=1000, description="projects that may open in one September")


class Solve(_Section):
    """How long and how closely the plan is sought."""

    gap: float = Field(0.01, ge=0, lt=1, allow_inf_nan=False, description="fraction of the objective at which to stop")
    time_limit_seconds: float = Field(120.0, gt=0, le=86_400, allow_inf_nan=False, description="both stages together")
    seed: int = Field(1, ge=0, le=2**31 - 1, description="random seed of solver and draws")
    threads: int = Field(1, ge=1, le=64, description="threads of the solver")
    sufficiency_tolerance: float = Field(
        1.0, ge=0, allow_inf_nan=False, description="child-years by which the plan may exceed the least shortfall"
    )
    proof_share: float = Field(
        1.0,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="time for the proof by leaves, as a share of the seconds that the plan took; 0: duals alone",
    )
    futures: int = Field(
        20, ge=0, le=200, description="simulated futures in which the plan and its nearest rivals are tried; 0: none"
    )
    horizons_beyond: tuple[Annotated[int, Field(ge=1, le=24)], ...] = Field(
        (5, 10, 20),
        max_length=6,
        description="years after the planned ones over which the plan and its rivals are counted again, 25 in all at most; 0 or []: none",
    )

    @field_validator("horizons_beyond", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        """A number alone is one horizon, 0 is none; a workbook's list holds whole numbers with a point."""
        some = value if isinstance(value, list | tuple) else () if value == 0 else (value,)
        return tuple(int(v) if isinstance(v, float) and v.is_integer() else v for v in some)


class Families(_Section):
    """What families want, beside what the policy wants."""

    weight: Weight = Field(
        0.0,
        description="how much first choices lost at Reception count in the plan; 0: they are told and change nothing",
    )
    segments: int = Field(
        20, ge=1, le=1000, description="simulated families a zone and entry year group, each with tastes of its own"
    )


class Publish(_Section):
    """What is told of few children, and of the data."""

    small_counts_below: int = Field(
        5, ge=3, le=50, description="counts of children with special needs from 1 to one below it are withheld"
    )
    source: str = Field(
        "", max_length=1000, description="where the data come from, as the map layers' metadata tell it"
    )
    licence: str = Field(
        "", max_length=1000, description="the licence of the data, as the map layers' metadata tell it"
    )


class Settings(_Section):
    """The whole of scenario.toml, paths to tables aside."""

    format: Literal[1] = 1
    name: str
    title: str
    base_year: int
    horizon_years: int = Field(10, ge=1, le=25)
    synthetic: bool = Field(False, description="made-up data: every output says so")
    la_code: str = Field("", description="three digits of the authority")
    la_name: str = Field("", description="name of the authority")
    profile: Literal["cbc_2015", "cbc_2013"] = Field("cbc_2015", description="wording of the nine principles")
    late_openings: bool = Field(False, description="may an option open in the last five years of the plan")
    weights: Weights = Weights()
    anchors: dict[str, Anchor] = Field(default_factory=dict)
    targets: dict[str, float] = Field(default_factory=dict)
    must: dict[str, float] = Field(default_factory=dict)
    forecast: ForecastSettings = ForecastSettings()
    budget: Budget = Budget()
    solve: Solve = Solve()
    publish: Publish = Publish()
    families: Families = Families()

    def weight_of(self, key: str) -> float:
        """Return the weight of a principle, or of what families want."""
        return self.families.weight if key == "families" else float(getattr(self.weights, key))

    def weights_told(self) -> dict[str, float]:
        """Return every weight by its name; that of what families want only where it is above 0."""
        families = {"families": self.families.weight} if self.families.weight > 0 else {}
        return self.weights.model_dump() | families

    @field_validator("base_year", mode="before")
    @classmethod
    def _read_year(cls, value: object) -> object:
        return years.academic_year(value) if isinstance(value, str) else value
