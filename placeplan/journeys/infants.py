"""Infant classes: how many children of Reception to Year 2 they hold, by what opens. Classes of mixed age are lawful."""

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.domain.arrays import Number
from placeplan.journeys.estate import Estate
from placeplan.journeys.openings import ByOpening, by_state, most_by_openings
from placeplan.journeys.states import States
from placeplan.options.option import GROUPS, Option, Options

INFANTS = 3  # year groups: Reception, Year 1 and Year 2


def held_by_classes(
    estate: Estate, states: States, options: Options, cohort: Number, new: Number, size: float
) -> ByOpening:
    """Return the infants that the classes of each school and planned year hold; infinite where nobody tells the classes.

    cohort: school × planned year × NC year, pupils on roll in the base year who are still there: they keep their seats.
    new: state × planned year × NC year, places in year groups that a school comes to teach: classes come with them.
    """
    classes = pd.to_numeric(estate.table["infant_classes"]).to_numpy(dtype=float, na_value=np.nan)
    there = (cohort[states.school] * states.taught)[:, :, :INFANTS].sum(axis=2)
    held = np.maximum(np.nan_to_num(size * classes)[states.school, None], there)
    limit = by_state(states, options, held + seats(new, size))
    told = np.repeat(~np.isnan(classes), cohort.shape[1])
    return ByOpening(np.where(told, limit.constant, np.inf), sparse.diags_array(told.astype(float)) @ limit.matrix)


def seats(places: Number, size: float) -> Number:
    """Return … × planned year: the seats of the classes that come with places (… × planned year × NC year)."""
    classes: Number = np.ceil(np.round(places[..., :INFANTS].sum(axis=-1) / size, 9))
    return size * classes


def opened_by(option: Option, opening: int, years: int) -> Number:
    """Return planned year × NC year: the places that an option brings; a cut takes no class."""
    brought = np.zeros((years, GROUPS))
    for change in option.effects.places:
        brought += max(change.places, 0.0) * change.by_year(opening, years)
    return brought


def where_it_binds(limit: ByOpening, by_year_group: ByOpening, options: Options) -> ByOpening:
    """Return the limit of infants, infinite where the places of Reception to Year 2 never hold more, whatever opens."""
    row = np.flatnonzero(np.arange(len(by_year_group.constant)) % GROUPS < INFANTS)
    places = by_year_group.rows(row).summed(row // GROUPS, len(limit.constant))
    told = np.flatnonzero(np.isfinite(limit.constant))
    room = places.rows(told).plus(limit.rows(told).times(-1))
    binds = np.zeros(len(limit.constant), dtype=bool)
    binds[told] = room.constant + most_by_openings(room.matrix, options) > 0
    return ByOpening(np.where(binds, limit.constant, np.inf), sparse.diags_array(binds.astype(float)) @ limit.matrix)
