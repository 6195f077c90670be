"""Words: figures and lists as an explanation says them."""

from collections.abc import Sequence

from placeplan.domain.years import name_of_nc_year
from placeplan.principles.nine import BESIDE, NINE
from placeplan.scenario.settings import Budget

TITLES = {principle.key: principle.title for principle in (*NINE, *BESIDE)} | {
    "cost": "Cost", "places": "Children without a place"
}  # fmt: skip
UNITS = {  # of each loss
    "local": "child-years, each counted by its distance (1 at the walking limit)",
    "viable": "pupil-years and place-years outside the sizes, below the floor twice",
    "popular": "child-years, each counted by how far its school is from outstanding",
    "partnership": "transfers outside a strong partnership", "single_phase": "moves between schools",
    "participation": "student-years without a place within reach",
    "community": "(half for children in poor rooms, half for residents without a facility; each from 0 to 1)",
    "choice": "child-years, each counted by the kinds of provision missing",
    "vulnerable": "child-years and place-years of need not met near home",
    "families": "miles that first choices missed are worth to families",
}  # fmt: skip
FEW = 10.0  # a loss that is unacceptable below it is told to four digits
NO_SHARE, LEAST_SHARE, TENTHS = 1e-9, 1e-3, 0.1  # rounding; the least told as a figure; up to here with a decimal


def pounds(amount: float) -> str:
    """Return money as people say it.

    >>> pounds(2_070_000), pounds(850_000.4), pounds(-20_000)
    ('£2.07 million', '£850,000', '−£20,000')
    """
    sign, size = "−" if amount < 0 else "", abs(amount)
    return f"{sign}£{size / 1e6:,.2f} million" if size >= 1e6 else f"{sign}£{size:,.0f}"


def prices_in(budget: Budget) -> str:
    """Return what the pounds of a run are, and how cost is discounted.

    >>> prices_in(Budget(price_base="2025 prices"))
    'Pounds are in 2025 prices, as spent; cost within the objective is discounted at 3.5 % a year.'
    """
    base = budget.price_base or "the scenario's own price base, which it doesn't name"
    return f"Pounds are in {base}, as spent; cost within the objective is discounted at {100 * budget.discount_rate:g} % a year."


def loss_of(loss: float, unacceptable: float) -> str:
    """Return a loss with as many digits as its scale asks for.

    >>> loss_of(1_234.56, 9_000.0), loss_of(0.36752, 1.0), loss_of(0.0, 9_000.0)
    ('1,234.6', '0.3675', '0.0')
    """
    return f"{loss:,.1f}" if unacceptable >= FEW else f"{loss:,.4f}"


def points(change: float, digits: int = 4) -> str:
    """Return points of the objective: +0.1223, −0.0010, 0.0000."""
    return f"{change:+.{digits}f}".replace("-", "−") if round(change, digits) else f"{0:.{digits}f}"


def share(part: float) -> str:
    """Return a share as a percentage.

    >>> share(0.0334), share(0.5), share(1.25), share(0.0)
    ('3.3 %', '50 %', '125 %', '0 %')
    >>> share(0.000084), share(5.7e-17), share(0.9996)
    ('less than 0.1 %', '0 %', '100 %')
    """
    size = abs(part)
    if size < NO_SHARE:
        return "0 %"
    if size < LEAST_SHARE:
        return "less than 0.1 %"
    return f"{100 * part:.1f} %" if size < TENTHS else f"{100 * part:,.0f} %"


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
