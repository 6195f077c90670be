"""Academic years and NC years, in all the ways that people write them.

An academic year is held as the calendar year of its September: 2018 is 2018/19.
An NC year is held as a whole number: Reception 0, Year 1 is 1, nursery N2 −1 and N1 −2.
"""

import re

NURSERY_YOUNGER, NURSERY_OLDER, RECEPTION, LAST_NC_YEAR = -2, -1, 0, 14
MAINSTREAM = range(14)  # Reception to Year 13

_YEAR_SPAN = re.compile(r"^(\d{4})\s*[/\-–−_ ]\s*(\d{2}|\d{4})$")
_YEAR_DIGITS = re.compile(r"^(\d{4})(\d{2})$")
_MONTH_YEAR = re.compile(r"^(sep|sept|september)[-/ ](\d{2}|\d{4})$", re.IGNORECASE)
_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})")
_NC_YEAR = re.compile(r"^(?:nc\s*)?(?:year|yr|y)?\s*(\d{1,2})$", re.IGNORECASE)


def academic_year(text: str) -> int:
    """Return the September year of an academic year: "2018/19", "2018-19", "2018-2019", "201819" or "2018" → 2018.

    Raises ValueError with an officer's sentence: a span that isn't two calendar years, a date, a month.
    """
    text = text.strip()
    if re.fullmatch(r"\d{4}", text):
        return int(text)
    span = _YEAR_SPAN.match(text) or _YEAR_DIGITS.match(text)
    if span:
        first, second = int(span[1]), int(span[2]) % 100
        if second != (first + 1) % 100:
            message = f'"{text}" does not span two calendar years. An academic year spans two, for example 2018/19'
            raise ValueError(message)
        return first
    likely = _likely(text)
    hint = f'. Perhaps {name_of_year(likely)} is meant: write it as text, "{name_of_year(likely)}"' if likely else ""
    message = f'"{text}" is not an academic year{hint}'
    raise ValueError(message)


def _likely(text: str) -> int | None:
    """Return the academic year that a mangled date most likely means: "Sep-18" and "2018-09-01" → 2018."""
    month = _MONTH_YEAR.match(text)
    if month:
        return int(month[2]) % 100 + 2000
    date = _DATE.match(text)
    if date:
        return int(date[1]) - (int(date[2]) < 9)  # September begins the year
    return None


def name_of_year(year: int) -> str:
    """Return how an academic year is written: 2018 → "2018/19"."""
    return f"{year}/{(year + 1) % 100:02d}"


def nc_year(text: str) -> int:
    """Return an NC year as a number: "Rec", "Reception", "Year 0", "0" → 0; "Y5" → 5; "N2" → −1.

    Raises ValueError for anything beyond Year 14 and for what can't be read.
    """
    word = text.strip().lower()
    if word in {"r", "rec", "reception", "yr", "year r", "yearr"}:
        return RECEPTION
    if word in {"n1", "n2"}:
        return -2 if word == "n1" else -1
    match = _NC_YEAR.match(word)
    if not match or int(match[1]) > LAST_NC_YEAR:
        message = f'"{text}" is not an NC year'
        raise ValueError(message)
    return int(match[1])


def name_of_nc_year(nc: int) -> str:
    """Return how an NC year is written: 0 → "R", 5 → "5", −1 → "N2"."""
    return {0: "R", -1: "N2", -2: "N1"}.get(nc, str(nc))


def nc_range(text: str) -> tuple[int, int]:
    """Return the first and last NC year of "R-4", "7–11" or "12".

    Raises ValueError when either end can't be read or the last comes before the first.
    """
    parts = re.split(r"\s*(?:-|–|−|to)\s*", text.strip(), maxsplit=1)
    first, last = nc_year(parts[0]), nc_year(parts[-1])
    if last < first:
        message = f'"{text}" ends before it begins'
        raise ValueError(message)
    return first, last
