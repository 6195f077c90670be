"""Children and pupils: who was where on each January census, who was born, and what special needs there are."""

import datetime as dt
import re
from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from placeplan.scenario.tables.row import AcademicYear, Amount, Code, MaybeAmount, NcYear, Row, column, word_of

SUPPRESSED = re.compile(r"^(c|x|z|low|<\s*\d+|\[c\]|\[x\]|\[z\]|\[low\])$", re.IGNORECASE)


class Pupils(Row):
    """Pupils on roll at a school in a year group on the January census."""

    file: ClassVar[str] = "pupils"
    key: ClassVar[tuple[str, ...]] = ("urn", "academic_year", "nc_year")

    urn: Code = column("school", example="109444")
    academic_year: AcademicYear = column("academic year of the January census", example="2018/19")
    nc_year: NcYear = column("year group", unit="NC year", example="R", least=-2, most=14)
    pupils: Amount = column("pupils on roll", unit="pupils", example=28, least=0, most=2000)
    bulge: Amount = column(
        "of them in a bulge class, an extra class for one cohort; blank: none",
        unit="pupils", example=0, least=0, most=2000, default=0.0,
    )  # fmt: skip


class Children(Row):
    """Children who live in a zone, by year group."""

    file: ClassVar[str] = "children"
    key: ClassVar[tuple[str, ...]] = ("zone", "academic_year", "nc_year")

    zone: Code = column("zone of residence", example="Z001")
    academic_year: AcademicYear = column("academic year", example="2018/19")
    nc_year: NcYear = column("year group by age", unit="NC year", example="R", least=-2, most=14)
    pupils: Amount = column("children", unit="children", example=14, least=0, most=5000)


class AuthorityPupils(Row):
    """Pupils of the whole authority in a year group: history where schools and zones have none."""

    file: ClassVar[str] = "authority_pupils"
    key: ClassVar[tuple[str, ...]] = ("academic_year", "nc_year")

    academic_year: AcademicYear = column("academic year of the January census", example="2011/12")
    nc_year: NcYear = column("year group", unit="NC year", example="R", least=-2, most=14)
    pupils: Amount = column("pupils", unit="pupils", example=3120, least=0, most=200000)
    residents: MaybeAmount = column(
        "children living in the authority who go to a state-funded school, in it or elsewhere; blank: not known",
        unit="children", example=3075, least=0, most=200000, default=None,
    )  # fmt: skip


def read_date(cell: object) -> object:
    """Read a date as 2018-08-31, 31/08/2018 or 31.08.2018, day before month; return it as 2018-08-31."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    match = re.match(r"^(\d{4})-(\d{2})-(\d{2})$", text, re.ASCII)
    if match:
        year, month, day = (int(part) for part in match.groups())
    else:
        match = re.match(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$", text, re.ASCII)
        if not match:
            message = f'"{cell}" is not a date. Write 2018-08-31 or 31/08/2018'
            raise ValueError(message)
        day, month, year = (int(part) for part in match.groups())

    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        message = f'"{cell}" is not a day of the calendar. Write day before month, for example 31/08/2018'
        raise ValueError(message) from None


Date = Annotated[str, BeforeValidator(read_date)]


class Births(Row):
    """Live births in the twelve months to a date."""

    file: ClassVar[str] = "births"
    key: ClassVar[tuple[str, ...]] = ("area", "twelve_months_to")

    area: Code = column("zone, planning area, or the authority", example="Z001")
    twelve_months_to: Date = column("last day of the twelve months", example="2018-08-31")
    births: Amount = column("live births", unit="births", example=15, least=0, most=100000)
    status: Annotated[str, word_of("actual", "interpolated", "predicted", "")] = column(
        "actual, interpolated or predicted", example="actual", default="actual"
    )


SETTINGS_OF_NEED = ("mainstream", "resourced", "special", "alternative", "independent")


class Need(Row):
    """Children with an EHCP, by zone of residence: those who need a specialist place, and where told those in mainstream."""

    file: ClassVar[str] = "needs"
    key: ClassVar[tuple[str, ...]] = ("zone", "need", "academic_year", "nc_year", "setting")

    zone: Code = column("zone of residence", example="Z001")
    need: Code = column("primary need", example="ASD")
    academic_year: AcademicYear = column("academic year", example="2018/19")
    nc_year: NcYear = column(
        "year group by age; N1 and N2 for all under five, 14 for all beyond Year 13, to 25",
        unit="NC year", example="R", least=-2, most=14,
    )  # fmt: skip
    setting: Annotated[str, word_of(*SETTINGS_OF_NEED, "")] = column(
        "where: mainstream classes with support, resourced provision or SEN unit, special school, alternative provision,"
        " independent or out of area; blank: a specialist place, not told which",
        example="special", default="",
    )  # fmt: skip
    pupils: Amount = column(
        "children with an EHCP who need a specialist place", unit="children", example=2, least=0, most=2000
    )
