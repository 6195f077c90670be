"""The community round the schools: facilities, preferences, offers and travel."""

from typing import ClassVar

from placeplan.scenario.tables.row import AcademicYear, Amount, Code, Count, NcYear, Row, column


class Facility(Row):
    """A community facility that is there already."""

    file: ClassVar[str] = "facilities"
    key: ClassVar[tuple[str, ...]] = ("facility",)

    facility: Code = column("name or number", example="Flitwick village hall")
    kind: Code = column("hall, pitch, library, nursery, health", example="hall")
    easting: Amount = column("British National Grid easting", unit="m", example=502345)
    northing: Amount = column("British National Grid northing", unit="m", example=237810)


class Preference(Row):
    """First preferences for a school's entry year."""

    file: ClassVar[str] = "preferences"
    key: ClassVar[tuple[str, ...]] = ("urn", "academic_year")

    urn: Code = column("school", example="109444")
    academic_year: AcademicYear = column("year of entry", example="2018/19")
    first_preferences: Count = column("first preferences", unit="children", example=34, least=0, most=2000)


class Offer(Row):
    """Offers of the authority for an entry year."""

    file: ClassVar[str] = "offers"
    key: ClassVar[tuple[str, ...]] = ("entry_year", "entry_nc_year")

    entry_year: AcademicYear = column("year of entry", example="2018/19")
    entry_nc_year: NcYear = column("entry year group", example="R", least=-2, most=14)
    admission_numbers: Count = column("places on offer", unit="places", example=3400, least=0, most=100000)
    applications: Count = column("applications", unit="children", example=3200, least=0, most=100000)
    offers_first: Count = column("offers of a first preference", unit="children", example=2950, least=0, most=100000)


class Travel(Row):
    """Route miles from a zone to a school, where the authority has them."""

    file: ClassVar[str] = "travel"
    key: ClassVar[tuple[str, ...]] = ("zone", "urn")

    zone: Code = column("zone", example="Z001")
    urn: Code = column("school; a new school by its site", example="109444")
    miles: Amount = column("shortest walking route", unit="miles", example=0.8, least=0, most=100)
