"""Figures as people write them: children, pounds, shares, changes, and the words of a principle."""

import numpy as np

from placeplan.principles.nine import BESIDE
from placeplan.scenario.settings import Weights

UNKNOWN = "not told"
OF_BESIDE = {principle.key: principle.title for principle in BESIDE}


def whole(value: float | None) -> str:
    """Return a number of children or places as people say it: 12,345; "under 1" for less than a half.

    >>> whole(12345.4), whole(0.2), whole(-3.6), whole(None)
    ('12,345', 'under 1', '−4', 'not told')
    """
    if value is None or np.isnan(value):
        return UNKNOWN
    if 0 < value < 0.5:
        return "under 1"
    return f"{round(value):,}".replace("-", "−")


def signed(value: float) -> str:
    """Return a change with its sign: +12, −3, 0."""
    return whole(value) if round(value) <= 0 else f"+{whole(value)}"


def pounds(value: float | None) -> str:
    """Return money as people say it.

    >>> pounds(10_700_000), pounds(850_000), pounds(0)
    ('£10.7 million', '£850,000', '£0')
    """
    if value is None or np.isnan(value):
        return UNKNOWN
    return f"£{value / 1e6:,.1f} million" if value >= 1e6 else f"£{value:,.0f}"


def prices_of(base: object, rate: object) -> str:
    """Return in which prices pounds are told and how costs are discounted.

    >>> prices_of("2025 prices", 0.035), prices_of("", None)
    ('Prices: 2025 prices; costs discounted at 3.5 % a year.', 'Prices: not told; costs discounted at a rate not told.')
    """
    at = f"{100 * rate:g} % a year" if isinstance(rate, int | float) else f"a rate {UNKNOWN}"
    return f"Prices: {base or UNKNOWN}; costs discounted at {at}."


NOTHING = 1e-6  # a share this small is the solver's rounding


def per_cent(value: object) -> str:
    """Return a share as a percentage with two meaningful digits; says so when there is none.

    >>> per_cent(0.0042), per_cent(0.021), per_cent(None)
    ('0.42 %', '2.1 %', 'not told')
    >>> per_cent(1e-16)
    '0 %'
    """
    if not isinstance(value, int | float) or not np.isfinite(value):
        return UNKNOWN
    if abs(value) < NOTHING:
        return "0 %"
    return f"{100 * value:.2g} %" if value < 1 else f"{100 * value:,.0f} %"


def plain(word: str) -> str:
    """Return a code word as English: "new_school" → "new school"."""
    return word.replace("_", " ")


def principle_name(principle: str) -> str:
    """Return the words of a principle: "local" → "Local schools for local children"."""
    field = Weights.model_fields.get(principle)
    words = field.description if field and field.description else OF_BESIDE.get(principle, plain(principle))
    return words[0].upper() + words[1:]


FILTERS = {"whole": whole, "signed": signed, "pounds": pounds, "per_cent": per_cent, "plain": plain}
