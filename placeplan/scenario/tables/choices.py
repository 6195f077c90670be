"""What could be done: options, their phase plans and who decides them."""

from typing import Annotated, ClassVar

from placeplan.scenario.routes import MATURITY, ROUTES
from placeplan.scenario.tables.row import (  # fmt: skip
    AcademicYear,
    Amount,
    Code,
    Count,
    MaybeAmount,
    MaybeCode,
    MaybeCount,
    NcRange,
    Row,
    YesNo,
    column,
    word_of,
)
from placeplan.scenario.tables.schools import Grade

KINDS = (
    "expansion", "bulge", "new_school", "all_through", "age_range", "sixth_form", "resourced_provision",
    "special_places", "link", "pan_reduction", "closure", "community_facility", "temporary_expansion", "amalgamation",
    "federation", "sixth_form_consortium", "satellite", "nursery",
)  # fmt: skip


class Option(Row):
    """One thing that could be done: an expansion, a new school, a change of age range, a closure and more."""

    file: ClassVar[str] = "options"
    key: ClassVar[tuple[str, ...]] = ("option",)

    option: Code = column("a short name of your own", example="EXP-07")
    kind: Annotated[str, word_of(*KINDS)] = column("what is done", example="expansion")
    urn: MaybeCode = column("the school that changes; blank for a new one", example="109444", default="")
    site: MaybeCode = column("a short name for the site of a new school; blank otherwise", example="SITE-2", default="")
    nc_years: NcRange = column("year groups that gain, lose or change", example="R-4")
    places_per_year: Count = column(
        "places added in each year group (below 0: taken away); for specialist places their number",
        unit="places", example=30, least=-300, most=400,
    )  # fmt: skip
    earliest_opening: AcademicYear = column("first September in which it could open", example="2020/21")
    latest_opening: AcademicYear = column("last September in which it could open", example="2023/24")
    capital_pounds: Amount = column("capital cost, whole", unit="£", example=1200000, least=0, most=1e9)
    provider: MaybeCode = column("who would provide; blank: the school's own", example="academy", default="")
    fund: MaybeCode = column("the fund that pays; blank: the capital programme", example="basic_need", default="")
    package: MaybeCode = column("options of one package open together", example="TWO-TIER-A", default="")
    follows: MaybeCode = column(
        "options that must be open the year before; separated by ;", example="LINK-02", default=""
    )
    needs: MaybeCode = column("options that must be open too; separated by ;", example="LINK-02", default="")
    excludes: MaybeCode = column("options that may not stand beside it; separated by ;", example="EXP-08", default="")
    name: MaybeCode = column("name for people; of a new school its name", example="Saxon Fields Primary", default="")
    easting: MaybeAmount = column("easting of a new site", unit="m", example=502345, default=None)
    northing: MaybeAmount = column("northing of a new site", unit="m", example=237810, default=None)
    community: MaybeCode = column(
        "community of a new school; blank: that of its zone", example="Biggleswade", default=""
    )
    ofsted: Grade = column("grade of the provider where it is not the school's own", example="good", default="none")
    partner_urn: MaybeCode = column("link: the stronger partner", example="109500", default="")
    need: MaybeCode = column("specialist places: the primary need; blank: any", example="ASD", default="")
    net_capacity_change: Count = column(
        "mainstream net capacity gained or lost beyond the places",
        unit="places",
        example=-30,
        least=-3000,
        most=3000,
        default=0,
    )
    community_use: MaybeCode = column("facilities that the community may use", example="hall;pitch", default="")
    sound_rooms: YesNo = column("does it replace rooms in poor condition", example="no", default=False)
    committed: YesNo = column("already decided: part of the do-minimum", example="no", default=False)
    sites_hectares: MaybeAmount = column(
        "site area that it needs: of a new school its site, else refused where its school has less",
        unit="ha",
        example=1.5,
        least=0,
        most=100,
        default=None,
    )
    faith: MaybeCode = column("faith of a new school", example="", default="")
    trust: MaybeCode = column("trust of a new school", example="", default="")
    members: MaybeCode = column(
        "other schools that take part: of a consortium its members, of an amalgamation the school that closes; separated by ;",
        example="109446;109447", default="",
    )  # fmt: skip
    cohorts: MaybeCount = column(
        "temporary expansion: entry years that it takes in; each cohort keeps its places; blank: 3",
        unit="years", example=3, least=1, most=14, default=None,
    )  # fmt: skip
    route: Annotated[str, word_of("", *ROUTES)] = column(
        "legal route; blank: the usual one of its kind, provider and date", example="presumption", default=""
    )
    lead_months: MaybeCount = column(
        "months from the base year's census to its opening; blank: not checked, or the route's own where one is given",
        unit="months", example=32, least=0, most=180, default=None,
    )  # fmt: skip
    land_pounds: Amount = column(
        "cost of the site beside the capital cost", unit="£", example=900000, least=0, most=1e9, default=0.0
    )
    revenue_pounds_a_year: MaybeAmount = column(
        "revenue cost a year once open, below 0: saved (by a cut of the admission number: once all its year groups are reached); "
        "blank: none, of an amalgamation one school's lump sum saved",
        unit="£", example=-110000, least=-1e8, most=1e8, default=None,
    )  # fmt: skip
    risk: Annotated[str, word_of("", "low", "medium", "high")] = column(
        "how likely it is to fail or be late; blank: usual for its kind", example="medium", default=""
    )
    maturity: Annotated[str, word_of("", *MATURITY)] = column(
        "how far it has come; blank: idea, or approved where it is committed", example="feasibility", default=""
    )


class Spending(Row):
    """When an option's capital is spent, and from which pot; an option without a row spends all when it opens."""

    file: ClassVar[str] = "spending"
    key: ClassVar[tuple[str, ...]] = ("option", "years_before_opening", "fund")

    option: Code = column("option", example="NEW-01")
    years_before_opening: Count = column(
        "academic years before that of its opening; 0: that of its opening", unit="years", example=1, least=0, most=10
    )
    fund: MaybeCode = column("the fund that pays; blank: the capital programme", example="S106-Saxon", default="")
    pounds: Amount = column("capital and land spent", unit="£", example=800000, least=0, most=1e9)


class PhasePlan(Row):
    """Which year groups a school teaches in each year under an option that opens at its earliest opening.

    A later opening moves the whole plan by as many years; the last row holds on.
    """

    file: ClassVar[str] = "phase_plan"
    key: ClassVar[tuple[str, ...]] = ("option", "urn", "academic_year")

    option: Code = column("option", example="AGE-01")
    urn: Code = column("school", example="109444")
    academic_year: AcademicYear = column("academic year", example="2020/21")
    first_nc_year: MaybeCode = column("youngest year group taught; blank: none is taught", example="R", default="")
    last_nc_year: MaybeCode = column("oldest year group taught; blank: none is taught", example="5", default="")


class Control(Row):
    """Who decides an option."""

    file: ClassVar[str] = "controls"
    key: ClassVar[tuple[str, ...]] = ("option",)

    option: Code = column("option", example="EXP-07")
    who_decides: Code = column("role that decides", example="trust")


class Link(Row):
    """A school's membership of a partnership: a pyramid, a federation, a trust."""

    file: ClassVar[str] = "links"
    key: ClassVar[tuple[str, ...]] = ("partnership", "urn")

    partnership: Code = column("name of the partnership", example="Biggleswade pyramid")
    kind: MaybeCode = column("pyramid, federation, trust, teaching_school", example="pyramid", default="pyramid")
    urn: Code = column("member school; a new school by its site", example="109444")
    strength: Amount = column("how strong the link is", unit="share", example=0.8, least=0, most=1, default=1.0)
