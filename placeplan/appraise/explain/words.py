"""Words: figures and lists as an explanation says them."""

from collections.abc import Sequence

from placeplan.domain.years import name_of_nc_year
from placeplan.principles.nine import BESIDE, NINE

TITLES = {principle.key: principle.title for principle in (*NINE, *BESIDE)} | {
    "cost": "Cost", "must": "A must that is not met"
}  # fmt: skip


def pounds(amount: float) -> str:
    """Return money as people say it.

    >>> pounds(2_070_000), pounds(850_000.4), pounds(-20_000)
    ('£2.07 million', '£850,000', '−£20,000')
    """
    sign, size = "−" if amount < 0 else "", abs(amount)
    return f"{sign}£{size / 1e6:,.2f} million" if size >= 1e6 else f"{sign}£{size:,.0f}"


def points(change: float, digits: int = 4) -> str:
    """Return points of the objective: +0.1223, −0.0010, 0.0000."""
    return f"{change:+.{digits}f}".replace("-", "−") if round(change, digits) else f"{0:.{digits}f}"


def share(part: float) -> str:
    """Return a share as a percentage.

    >>> share(0.0334), share(0.5), share(1.25)
    ('3.3 %', '50 %', '125 %')
    """
    return f"{100 * part:.2g} %" if abs(part) < 1 else f"{100 * part:,.0f} %"


def both(words: Sequence[str]) -> str:
    """Return words in a sentence: a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def year_groups(first: int, last: int) -> str:
    """Return year groups as people write them: Reception to Year 4."""
    names = ["Reception" if n == 0 else f"Year {name_of_nc_year(n)}" for n in (first, last)]
    return names[0] if first == last else f"{names[0]} to {names[1]}"


def in_text(title: str) -> str:
    """Return a title as it stands within a sentence."""
    return title[0].lower() + title[1:]
