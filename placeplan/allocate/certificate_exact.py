"""Exact: what row duals prove, in whole numbers. A float64 is a whole number over a power of two, so nothing is rounded.

Python's integers have no largest one: 400,000 entries of a county are multiplied and added in about a second.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placeplan.allocate.certificate_value import KeptRows
from placeplan.domain.arrays import Number, Whole, YesNo

BITS = 53  # of a float64's mantissa
GRID = 64  # published duals are whole numbers over 2 to this power: smaller parts prove nothing that is printed

Integers = np.ndarray  # of Python's integers


@dataclass(frozen=True)
class Exact:
    """Numbers without a rounding: whole · 2^power."""

    whole: Integers
    power: int

    @classmethod
    def of(cls, values: Number | Whole) -> "Exact":
        """Return the very numbers that float64 values are. Raises ValueError for one that is unknown or infinite."""
        numbers = np.asarray(values, dtype=float)
        if not np.isfinite(numbers).all():
            message = "an unknown or infinite number can't be taken exactly"
            raise ValueError(message)
        mantissa, exponent = np.frexp(numbers)
        whole = np.ldexp(mantissa, BITS).astype(np.int64)
        some = whole != 0
        power = int(exponent[some].min(initial=0)) - BITS
        shift = np.where(some, exponent - BITS - power, 0)
        return cls(whole.astype(object) << shift.astype(object), power)

    def __mul__(self, other: "Exact") -> "Exact":
        """Return the products, one by one."""
        return Exact(self.whole * other.whole, self.power + other.power)

    def __sub__(self, other: "Exact") -> "Exact":
        """Return the differences, one by one."""
        power = min(self.power, other.power)
        return Exact(self._at(power) - other._at(power), power)

    def __getitem__(self, which: Whole | YesNo) -> "Exact":
        """Return some of the numbers."""
        return Exact(self.whole[which], self.power)

    def sign(self) -> Whole:
        """Return −1, 0 or 1 for each number."""
        found: Whole = (self.whole > 0).astype(np.int64) - (self.whole < 0).astype(np.int64)
        return found

    def total(self) -> Fraction:
        """Return the sum."""
        return Fraction(int(self.whole.sum()) if len(self.whole) else 0) * Fraction(2) ** self.power

    def by_group(self, start: Whole) -> "Exact":
        """Return the sums of groups that lie one behind the other: from start[k] to start[k + 1]."""
        sums = np.zeros(len(start) - 1, dtype=object)
        some = np.flatnonzero(np.diff(start) > 0)
        if len(some):
            sums[some] = np.add.reduceat(self.whole, np.asarray(start)[some])
        return Exact(sums, self.power)

    def _at(self, power: int) -> Integers:
        return self.whole << (self.power - power)


@dataclass(frozen=True)
class Proven:
    """What duals prove of any openings: no plan costs less than constant + Σ slope · opening. All without a rounding."""

    constant: Fraction
    slope: Exact

    def least(self, low: Whole, high: Whole) -> Fraction:
        """Return the least that it says of openings between low and high, each 0 or 1."""
        sign = self.slope.sign()
        return self.constant + self.slope[(np.where(sign > 0, low, high) > 0) & (sign != 0)].total()


def proven_by(model: KeptRows, row_duals: Number, *, ray: bool = False) -> Proven:
    """Return what row duals prove, by weak duality over the boxes of the columns that are no openings.

    A dual that leans on an infinite side is taken as 0, so no vector of numbers can prove too much.
    ray: nothing is priced, and what is proven above 0 can't stand at all. Source: LP duality; Farkas' lemma.
    """
    duals = Exact.of(admissible(model, row_duals))
    sides = np.where(duals.sign() > 0, model.row_lower, model.row_upper)
    some = duals.sign() != 0
    rows = (duals[some] * Exact.of(sides[some])).total()
    index, start = (np.asarray(part, dtype=np.int64) for part in (model.rows.indices, model.rows.indptr))
    held = (Exact.of(model.rows.data) * duals[index]).by_group(start)
    reduced = Exact.of(np.zeros_like(model.cost) if ray else model.cost) - held
    sign = reduced.sign()
    least = np.where(sign > 0, model.lower, model.upper)
    priced = (sign != 0) & ~model.integer
    return Proven(rows + (reduced[priced] * Exact.of(least[priced])).total(), reduced[np.flatnonzero(model.integer)])


def exact_bound(model: KeptRows, row_duals: Number) -> Fraction:
    """Return the bound on cost · z that row duals prove over all whole openings."""
    proven = proven_by(model, row_duals)
    low, high = boxes(model)
    return proven.least(low, high)


def boxes(model: KeptRows) -> tuple[Whole, Whole]:
    """Return the least and the greatest value of each opening: 0 or 1, as they are whole."""
    low, high = model.lower[model.integer], model.upper[model.integer]
    return np.ceil(low).astype(np.int64), np.floor(high).astype(np.int64)


def admissible(model: KeptRows, row_duals: Number) -> Number:
    """Return duals with 0 in place of those that lean on an infinite side."""
    duals = np.where(np.isinf(model.row_lower), np.minimum(row_duals, 0.0), row_duals)
    return np.where(np.isinf(model.row_upper), np.maximum(duals, 0.0), duals)


def to_publish(model: KeptRows, row_duals: Number) -> Number:
    """Return duals as they are published: admissible, and whole numbers over 2^64."""
    return np.ldexp(np.rint(np.ldexp(admissible(model, row_duals), GRID)), -GRID)


def not_above(value: Fraction) -> float:
    """Return the largest float64 that is not above a value: what is printed is proven too."""
    found = float(value)
    return found if Fraction(found) <= value else float(np.nextafter(found, -np.inf))
