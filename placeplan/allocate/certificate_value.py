"""What a certificate holds: the model as it was solved, with a label on every column, and what was told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.scales import Scale
from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.principles.principle import Prices

PRICED = ("stays", "bundles", "unplaced", "kept", "used", "unmet")  # blocks of columns on which principles have prices


@dataclass(frozen=True)
class KeptRows:
    """The problem as arrays: minimise cost·z with row_lower ≤ rows·z ≤ row_upper, lower ≤ z ≤ upper.

    blocks: name → first column and number of columns.  row_kind: position of each row's name in row_names.
    """

    cost: Number
    lower: Number
    upper: Number
    integer: YesNo
    rows: sparse.csc_matrix
    row_lower: Number
    row_upper: Number
    row_kind: Whole
    row_names: tuple[str, ...]
    blocks: Mapping[str, tuple[int, int]]

    def columns(self, name: str) -> slice:
        """Return where a block's columns lie; nothing where there is no such block."""
        first, count = self.blocks.get(name, (0, 0))
        return slice(first, first + count)

    def of_kind(self, name: str) -> Whole:
        """Return the rows that bear a name."""
        return np.flatnonzero(np.array([n == name for n in self.row_names])[self.row_kind])


@dataclass(frozen=True)
class Labels:
    """A label on each column, in the words of the published tables; one row a column unless said otherwise.

    stays: origin, origin_kind, area, cohort, urn, from_nc_year, to_nc_year.  bundles: urn, cohort, from_nc_year,
    to_nc_year, displaced (share of its children whose stay an option ends), sex (girls, boys, or nothing: whom the school takes).  rolls: urn, academic_year, from_nc_year,
    to_nc_year (a band of year groups).
    nodes (unplaced): origin, origin_kind, area, cohort, nc_year, enters, most (children).  openings: decision,
    academic_year, committed (1 where it must be open by then).
    kept: area, cohort, nc_year, partnership.  uses: area, need_group, academic_year, site, pool, children (used by the
    plan).  needs: area, need, from_nc_year, to_nc_year, academic_year, need_group (needs and ages that no pool tells
    apart: one column of those unmet for each area, group and year), children.
    Beside the columns:  on_roll: area, cohort, nc_year, urn, children.  options: option, kind, decision, places,
    capital_pounds, revenue_pounds_a_year, year_groups (over which what a cut saves builds up, else 1).  spending: option,
    years_before (its opening), pounds.  members: partnership, urn (strongest partnership first).  retention: cohort, nc_year, retention.
    places: urn, academic_year, nc_year, places with nothing open, taught (1 where the plan has it taught), allowance (part
    of them for cohorts on roll); place_changes: row of places, opening, places: what an opening column changes.  Likewise
    pools: site, pool, academic_year, places, and nets: urn, academic_year, places (net capacity, where it can bind), and
    infants: urn, academic_year, places (children of Reception to Year 2 whom the classes hold, where that can bind).
    gates: urn, cohort, from_nc_year, to_nc_year, most (children whom the stay can hold), today (1 where it is lawful with
    nothing open); gate_changes: row, opening, share.  rules: rule, at_least, at_most (rules between openings alone), and
    rule_parts: row, opening, amount.  together: row, stay, amount: of schools that close into another.
    """

    stays: pd.DataFrame
    bundles: pd.DataFrame
    rolls: pd.DataFrame
    nodes: pd.DataFrame
    openings: pd.DataFrame
    kept: pd.DataFrame
    uses: pd.DataFrame
    needs: pd.DataFrame
    on_roll: pd.DataFrame
    options: pd.DataFrame
    spending: pd.DataFrame
    members: pd.DataFrame
    retention: pd.DataFrame
    places: pd.DataFrame
    place_changes: pd.DataFrame
    pools: pd.DataFrame
    pool_changes: pd.DataFrame
    nets: pd.DataFrame
    net_changes: pd.DataFrame
    infants: pd.DataFrame
    infant_changes: pd.DataFrame
    gates: pd.DataFrame
    gate_changes: pd.DataFrame
    rules: pd.DataFrame
    rule_parts: pd.DataFrame
    together: pd.DataFrame


@dataclass(frozen=True)
class Solution:
    """A plan without its network: children on each stay and without a place, openings, specialist places used."""

    stays: Number
    unplaced: Number
    openings: Number
    used: Number


@dataclass(frozen=True)
class Leaves:
    """A branching over the openings that leaves no plan out, and what proves each of its leaves.

    openings: leaf × opening: 1 open, 0 shut, −1 either.  vector: of each leaf, the row of duals that proves it.
    duals: vector × row of the model.  rays: of each vector, whether it proves that nothing can stand there at all.
    """

    openings: Whole
    vector: Whole
    duals: Number
    rays: YesNo


@dataclass(frozen=True)
class CutProof:
    """What proves, of all openings together, that no plan is below a value: of the shortfall R–11, or of the objective.

    duals: cut × row of the model: what a linear program at some openings proves of any openings.  leaves: of a branching
    over the small problem that openings, their rules and the cuts make; where there are no cuts, over the problem
    itself, with duals of the model's rows.
    """

    duals: Number
    leaves: Leaves


@dataclass(frozen=True)
class Told:
    """What the run said: objective, bound (−inf: none), do-minimum, shortfalls in child-years, status."""

    objective: float
    bound: float
    do_minimum_objective: float
    least_shortfall: float
    least_shortfall_bound: float
    limit_on_shortfall: float
    status: str


@dataclass(frozen=True)
class Proof:
    """All that the certificate keeps. years: planned September years.  opening_cost: objective of each opening.

    row_duals: of the linear relaxation of this very model, None where there are none.  leaves: of a branching, where there was one.
    least: of the least shortfall, where children must be short and it could be proven.  cuts: of the objective, by cuts.
    """

    years: tuple[int, ...]
    labels: Labels
    model: KeptRows
    prices: tuple[Prices, ...]
    scales: tuple[Scale, ...]
    opening_cost: Number
    do_minimum: Solution
    row_duals: Number | None
    told: Told
    leaves: Leaves | None = None
    least: CutProof | None = None
    cuts: CutProof | None = None
