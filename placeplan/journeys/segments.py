"""Segments: simulated tastes, so that families of one zone want different schools and the plan's model stays linear.

Source: Haase and Müller, Management of school locations allowing for free school choice, Omega 41(5), 2013.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import Network
from placeplan.journeys.openings import ByOpening
from placeplan.journeys.taste import Tastes

_STEP, _MIX_1, _MIX_2 = (np.uint64(c) for c in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
MOST_LOST = 3.0  # miles: a first choice is never worth more than this; it is the walking limit


def gumbel(zones: Sequence[str], schools: Sequence[str], segments: int, seed: int, nc: int) -> Number:
    """Return zone × segment × school: each segment's own taste, a standard Gumbel law, the same whenever it is asked for.

    A draw follows from its names alone: another school or zone in the table changes no other's, so plans are compared
    by the same families (common random numbers). Source of the mixing: Steele, Lea and Flood, OOPSLA 2014.
    """
    zone, school = (
        np.array([_number(f"{seed}:{nc}:{name}") for name in names], np.uint64) for names in (zones, schools)
    )
    segment = np.arange(segments, dtype=np.uint64) * _STEP
    mixed = _mix(_mix(zone[:, None, None] + segment[None, :, None]) ^ school[None, None, :])
    uniform = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    taste: Number = -np.log(-np.log(uniform))
    return taste


def _number(name: str) -> int:
    """Return a name as 64 bits."""
    return int.from_bytes(sha256(name.encode("utf-8")).digest()[:8], "little")


def _mix(bits: np.ndarray) -> np.ndarray:
    """Return 64 bits well mixed."""
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX_1
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX_2
    mixed: np.ndarray = bits ^ (bits >> np.uint64(31))
    return mixed


def wishes(network: Network, taste: Tastes, segments: int, seed: int) -> Number:
    """Return zone × segment × school: utility with the segment's own taste, in miles that it would travel for it."""
    urns = network.estate.table["urn"].astype(str).tolist()
    drawn = gumbel(network.zones, urns, segments, seed, taste.nc)
    wish: Number = (taste.utility[:, None, :] + drawn) / taste.a_mile
    return wish


def first_choices(wish: Number, there: YesNo) -> tuple[Number, Number]:
    """Return zone × school: the share of segments whose first choice it is, and by how many miles it is their first, on average.

    there: zone × school, what they choose among; a zone without any has no first choice.  The second choice is so much
    less wanted, at most MOST_LOST; where there is only one school its loss is MOST_LOST too.
    """
    open_ = np.where(there[:, None, :], wish, -np.inf)
    best = open_.argmax(axis=2)
    zone, segment = np.indices(best.shape)
    first = open_[zone, segment, best]
    open_[zone, segment, best] = -np.inf
    second = open_.max(axis=2)
    any_there: YesNo = np.asarray(there.any(axis=1))
    some = np.broadcast_to(any_there[:, None], best.shape)
    lost = np.minimum(
        np.where(np.isfinite(second), first, 0.0) - np.where(np.isfinite(second), second, -MOST_LOST), MOST_LOST
    )
    share, loss = np.zeros(there.shape), np.zeros(there.shape)
    np.add.at(share, (zone[some], best[some]), 1 / wish.shape[1])
    np.add.at(loss, (zone[some], best[some]), lost[some] / wish.shape[1])
    return share, np.divide(loss, share, out=np.zeros_like(loss), where=share > 0)


@dataclass(frozen=True)
class Favourites:
    """Who wants which school most at Reception, as figures that depend on what opens.

    zone, school, year: one a row, equal lengths (only schools within reach of the zone).  children: of the zone who enter
    in the year with this school as their first choice.  lost: miles that each would travel rather than go to the second.
    """

    zone: Whole
    school: Whole
    year: Whole
    children: ByOpening
    lost: Number


def favourites(network: Network, taste: Tastes, segments: int, seed: int) -> Favourites:
    """Return the favourites of Reception among the schools within reach.

    An option that opens or closes a school's Reception moves the first choices to and from it; where two such options touch
    one zone, their moves are added up (exact for one).
    """
    wish = wishes(network, taste, segments, seed)
    near = within(network)
    today = near & network.estate.taught[:, 0]
    share, loss = first_choices(wish, today)
    changes = _changed(network, wish, near, today, share)
    loss = np.where(share > 0, loss, 0.0)
    touched = share > 0
    for _, _, after, lost in changes:
        loss = np.where(touched, loss, lost)
        touched |= after > 0
    zone, school = np.nonzero(touched)
    years = len(network.years)
    entering = network.demand.entry[zone]
    matrix = _moves(network, changes, share, zone, school)
    figures = ByOpening(np.repeat(share[zone, school], years), matrix).times(entering.ravel())
    year = np.tile(np.arange(years), len(zone))
    return Favourites(
        np.repeat(zone, years), np.repeat(school, years), year, figures, np.repeat(loss[zone, school], years)
    )


def within(network: Network) -> YesNo:
    """Return zone × school: is there a stay from Reception on, today or when an option opens it."""
    stays, zones = network.stays, len(network.zones)
    first = np.flatnonzero((stays.node >= 0) & (stays.origin < zones))
    near = np.zeros((zones, len(network.estate.table)), dtype=bool)
    near[stays.origin[first], network.school_of_stay()[first]] = True
    return near


_Change = tuple[
    int, YesNo, Number, Number
]  # a state: its opening column, in which years it differs, shares and losses then


def _changed(network: Network, wish: Number, near: YesNo, today: YesNo, share: Number) -> list[_Change]:
    """Return what each state that teaches Reception where today doesn't, or the other way round, makes of first choices."""
    states, found = network.states, []
    differs = states.taught[:, :, 0] != network.estate.taught[states.school, None, 0]
    by_school: dict[int, tuple[Number, Number]] = {}
    for row in np.flatnonzero(differs.any(axis=1) & (states.column >= 0)):
        school = int(states.school[row])
        if school not in by_school:
            there = today.copy()
            there[:, school] = near[:, school] & ~network.estate.taught[school, 0]
            zones = np.flatnonzero(near[:, school])
            after, lost = share.copy(), np.zeros_like(share)
            after[zones], lost[zones] = first_choices(wish[zones], there[zones])
            by_school[school] = after, lost
        found.append((int(states.column[row]), differs[row], *by_school[school]))
    return found


def _moves(network: Network, changes: list[_Change], share: Number, zone: Whole, school: Whole) -> sparse.csr_matrix:
    """Return (zone and school, year) × opening: by how much the share of first choices changes where it is open."""
    years, options = len(network.years), network.options
    shape = (len(zone) * years, len(options.opening_year))
    matrix = sparse.csr_matrix(shape)
    for column, differs, after, _ in changes:
        move = (after - share)[zone, school]
        pair = np.flatnonzero(move)
        when = np.flatnonzero(differs)
        row = (pair[:, None] * years + when[None, :]).ravel()
        values = np.repeat(move[pair], len(when))
        matrix = matrix + sparse.csr_matrix((values, (row, np.full(len(row), column))), shape=shape)
    opening: sparse.csr_matrix = (matrix @ options.opening()).tocsr()
    return opening
