"""Gates: the stays that not every state of their school allows, and how far openings allow them."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole
from placeplan.journeys.network import Network
from placeplan.journeys.states import state_columns
from placeplan.options.option import GROUPS


@dataclass(frozen=True)
class Gates:
    """One row a stay that is not lawful in every state of its school.

    bundle: position among the bundles.  most: children whom it can hold at all.  today: 1 where it is lawful with nothing
    open, else 0.  shares: gate × opening column: what is added to `today` where the column is 1.
    """

    bundle: Whole
    most: Number
    today: Number
    shares: sparse.csr_matrix


def gates(network: Network) -> Gates:
    """Return the gates of a network."""
    bundles, options = network.bundles, network.options
    gated = np.flatnonzero(~bundles.always)
    holds, constant = state_columns(network.states, len(options.opening_year))
    lawful = sparse.csr_matrix(bundles.lawful)[gated]
    shares = sparse.csr_matrix(lawful @ holds @ options.opening())
    return Gates(gated, _most_at_joining(network)[gated], np.asarray(lawful @ constant, dtype=float), shares)


def _most_at_joining(network: Network) -> Number:
    """Return the most children that each bundle can hold: its demand, and the places there could be when it begins."""
    bundles, places = network.bundles, network.places.by_year_group
    there = places.constant + np.asarray(places.matrix.maximum(0).sum(axis=1)).ravel()
    at = (bundles.school * len(network.years) + np.maximum(bundles.joins, 0)) * GROUPS + bundles.first_nc
    return np.where(bundles.joins >= 0, np.minimum(bundles.most, there[at]), bundles.most)
