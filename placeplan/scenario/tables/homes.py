"""Homes: what is built, when, and how many pupils a home brings."""

from typing import Annotated, ClassVar

from placeplan.scenario.tables.row import (  # fmt: skip
    AcademicYear,
    Amount,
    Code,
    Count,
    MaybeAmount,
    MaybeCode,
    NcYear,
    Row,
    column,
    word_of,
)

STATUSES = ("completed", "under_construction", "full_permission", "outline_permission", "allocated", "speculative")


class Housing(Row):
    """Dwellings completed on a development in an academic year: those to come, and those of the years that the ratios know.

    Rows up to the base year tell how much was built while the survival ratios came about: give all of them or none.
    """

    file: ClassVar[str] = "housing"
    key: ClassVar[tuple[str, ...]] = ("development", "academic_year", "dwelling_type", "tenure")

    development: Code = column("name of the development", example="Saxon Fields")
    zone: Code = column("zone in which it lies", example="Z001")
    academic_year: AcademicYear = column("academic year of completion", example="2020/21")
    dwellings: Amount = column("dwellings completed in that year", unit="dwellings", example=80, least=0, most=5000)
    dwelling_type: MaybeCode = column("type and size of home", example="house", default="house")
    tenure: MaybeCode = column("tenure", example="market", default="market")
    status: Annotated[str, word_of(*STATUSES)] = column("planning status", example="full_permission")
    probability: MaybeAmount = column(
        "chance that it is built as told; blank: that of its status, housing.chance",
        unit="share",
        example=0.9,
        least=0,
        most=1,
        default=None,
    )
    site_total: MaybeAmount = column(
        "dwellings of the whole site, where known", unit="dwellings", example=240, least=0, most=50000, default=None
    )
    slip: MaybeAmount = column(
        "years by which it will be later than told; blank: that of its status, housing.slip",
        unit="years",
        example=1.5,
        least=0,
        most=20,
        default=None,
    )
    moved_within: MaybeAmount = column(
        "share of its pupils who only move within the authority; blank: housing.moved_within",
        unit="share",
        example=0.4,
        least=0,
        most=1,
        default=None,
    )


class Yield(Row):
    """Pupils of one year group in a dwelling, by years since it was completed."""

    file: ClassVar[str] = "yields"
    key: ClassVar[tuple[str, ...]] = ("dwelling_type", "tenure", "nc_year", "years_since_completion")

    dwelling_type: Code = column("type and size of home", example="house")
    tenure: MaybeCode = column("tenure", example="market", default="market")
    nc_year: NcYear = column("year group", unit="NC year", example="R", least=-2, most=14)
    years_since_completion: Count = column(
        "years since completion; the last row holds on", unit="years", example=3, least=0, most=40
    )
    pupils_per_dwelling: Amount = column(
        "pupils of this year group in a dwelling", unit="pupils a dwelling", example=0.03, least=0, most=1
    )


class Estate(Row):
    """Pupils who live in homes of one development and year of completion, counted on one January census.

    A year group that stands nowhere in the table wasn't counted; one that stands somewhere has no pupil where it has no row.
    """

    file: ClassVar[str] = "estates"
    key: ClassVar[tuple[str, ...]] = (
        "development", "dwelling_type", "tenure", "completed", "academic_year", "nc_year",
    )  # fmt: skip

    development: Code = column("name of the development", example="Meadow View")
    dwelling_type: MaybeCode = column("type and size of home", example="house", default="house")
    tenure: MaybeCode = column("tenure", example="market", default="market")
    completed: AcademicYear = column("academic year in which these homes were completed", example="2013/14")
    dwellings: Amount = column(
        "homes completed in that year, all of them", unit="dwellings", example=64, least=0, most=5000
    )
    academic_year: AcademicYear = column("academic year of the January census", example="2018/19")
    nc_year: NcYear = column("year group", unit="NC year", example="R", least=-2, most=14)
    pupils: Amount = column("pupils who live in these homes", unit="pupils", example=3, least=0, most=5000)
