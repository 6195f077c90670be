"""The model, written a second time: every row and every bound from labels and prices, to be held against those that were kept.

Nothing here knows how the model was built. Each function is one kind of row.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_checks import Check
from placeplan.allocate.certificate_needs import group_of_use, need_of_groups, needs_astray, year_groups_astray
from placeplan.allocate.certificate_one_sex import one_sex
from placeplan.allocate.certificate_partnerships import kept_rows
from placeplan.allocate.certificate_recount import AT_SCHOOL, Journeys, compulsory, position
from placeplan.allocate.certificate_rows import (
    Rows,
    apart,
    at_most,
    entries,
    equal,
    group_labels,
    identity,
    moves_together,
    ones,
    principle_rows,
    rows_apart,
    rule_rows,
    stays_open,
    table_matrix,
    wide,
)
from placeplan.allocate.certificate_value import Proof
from placeplan.domain.arrays import Number
from placeplan.domain.errors import CertificateRefused
from placeplan.options.option import GROUPS

MODEL_FILE = "certificate/model.npz"
AS_KEPT = 1e-9  # of a coefficient or a side, relative to its size above 1: both are copies, or products of two figures
BUNDLE = ["urn", "cohort", "from_nc_year", "to_nc_year"]
LAST_INFANT = 2  # NC year: Reception to Year 2 are infants
LARGEST_MISS = 1e6  # upper bound of a principle's deviation from its target


def model_checks(proof: Proof, journeys: Journeys) -> Iterator[Check]:
    """Yield whether each kind of row and each block of columns is what labels and prices make it."""
    model, again = proof.model, _Again(proof, journeys)
    known = set[str]()
    for name, rows in again.rows():
        known.add(name)
        which = model.of_kind(name)
        expected = wide(model, rows.parts, len(rows.low))
        yield Check(
            MODEL_FILE,
            f"rows “{name}” follow from labels and prices",
            rows_apart(model, which, expected, rows),
            AS_KEPT,
        )
    strangers = [name for k, name in enumerate(model.row_names) if name not in known and (model.row_kind == k).any()]
    unknown = ((model.row_kind < 0) | (model.row_kind >= len(model.row_names))).any()
    yield Check(MODEL_FILE, "no row is of another kind", float(len(strangers) + unknown), 0.0, ", ".join(strangers))
    yield from again.columns()


class _Again:
    """The rows and bounds, from labels, prices and scales alone."""

    def __init__(self, proof: Proof, journeys: Journeys) -> None:
        self.proof, self.labels, self.model, self.journeys = proof, proof.labels, proof.model, journeys
        labels = proof.labels
        self.bundle = position(labels.bundles, labels.stays, BUNDLE)
        if (self.bundle < 0).any():
            raise CertificateRefused("certificate/stays.csv: a stay belongs to no row of certificate/bundles.csv")
        first = np.unique(self.bundle, return_index=True)[1]
        self.on_roll = journeys.on_roll[first]  # bundle × planned year
        if len(first) != len(labels.bundles):
            raise CertificateRefused("certificate/bundles.csv: a row has no stay in certificate/stays.csv")

    def rows(self) -> Iterator[tuple[str, Rows]]:
        """Yield every kind of row by its name."""
        labels = self.labels
        bundles, nodes = len(labels.bundles), len(labels.nodes)
        members = {"stays": ones(self.bundle, bundles), "bundles": -identity(bundles)}
        yield "bundle", equal(members, np.zeros(bundles))
        band = self._bands()
        yield "roll", equal({"bundles": band, "rolls": -identity(len(labels.rolls))}, np.zeros(len(labels.rolls)))
        yield "on roll", equal({"stays": self._groups()}, labels.on_roll["children"].to_numpy(dtype=float))
        enters = labels.nodes["enters"].to_numpy(dtype=float)
        waits = identity(nodes) - entries(self.journeys.waits_at, np.arange(nodes), self.journeys.waits, nodes, nodes)
        flow = self._begins() - self._goes_on()
        yield "flow", equal({"stays": flow, "unplaced": waits}, enters)
        yield "places", self._places()
        yield "net capacity", self._nets()
        yield "infant classes", self._infants()
        yield "gate", self._gates()
        yield "one sex", one_sex(self.journeys, labels.bundles["sex"].to_numpy(dtype=object)[self.bundle])
        yield from kept_rows(self.journeys)
        yield from self._specialist()
        yield "stays open", stays_open(labels)
        yield "moves together", moves_together(labels.together, len(labels.stays))
        yield from rule_rows(labels)
        for scale, price in zip(self.proof.scales, self.proof.prices, strict=True):
            yield from principle_rows(scale, price)
        limit = self.proof.told.limit_on_shortfall
        counted = sparse.csr_matrix(compulsory(self.labels).astype(float)[None, :])
        yield "sufficiency", at_most({"unplaced": counted[: int(limit > 0)]}, np.full(int(limit > 0), limit))

    def columns(self) -> Iterator[Check]:
        """Yield whether the bounds of every block of columns follow from the labels."""
        model = self.model
        for name, upper in self._most().items():
            at = model.columns(name)
            low = (
                self.labels.openings["committed"].to_numpy(dtype=float) if name == "openings" else np.zeros(len(upper))
            )
            off = max(apart(model.lower[at], low), apart(model.upper[at], upper))
            yield Check(MODEL_FILE, f"bounds of “{name}” follow from labels and prices", off, AS_KEPT)
        inside = np.zeros(len(model.cost), dtype=bool)
        inside[model.columns("openings")] = True
        yield Check(MODEL_FILE, "openings alone are whole", float((inside != model.integer).sum()), 0.0)
        ends = np.cumsum([count for _, count in model.blocks.values()]).tolist()
        tiled = [first for first, _ in model.blocks.values()] == [0, *ends[:-1]] and ends[-1] == len(model.cost)
        known = set(model.blocks) <= set(self._most())
        yield Check("certificate.json", "blocks of columns lie one behind the other", float(not (tiled and known)), 0.0)
        yield Check("certificate/rolls.csv", "bands of year groups are the same everywhere", self._broken_bands(), 0.0)
        astray = needs_astray(self.labels, self.proof.years), year_groups_astray(self.labels)
        yield Check("certificate/needs.csv", "every area, need, age and planned year is told once", astray[0], 0.0)
        yield Check("certificate/options.csv", "year groups are told of cuts that save", astray[1], 0.0)
        yield Check("certificate/gates.csv", "what is lawful today is, or isn't", self._unlike_gates(), 0.0)
        share = self.journeys.last_share()[np.unique(self.bundle, return_index=True)[1]]
        displaced = self.labels.bundles["displaced"].to_numpy(dtype=float)
        off = np.minimum(np.abs(displaced), np.abs(displaced - share)).max(initial=0.0)
        yield Check(
            "certificate/bundles.csv", "displaced are none, or all who are there at the end", float(off), AS_KEPT
        )

    def _broken_bands(self) -> float:
        """Return how many bands don't begin where the one before it ends, or are not those of every school and year."""
        bands = self.labels.rolls.groupby(["from_nc_year", "to_nc_year"], as_index=False).size()
        first, last = (bands[name].to_numpy(dtype=int) for name in ("from_nc_year", "to_nc_year"))
        apart = (first[1:] != last[:-1] + 1).sum() + (last < first).sum() + (bands["size"] != bands["size"].max()).sum()
        return float(apart)

    def _unlike_gates(self) -> float:
        """Return how many gates say of a state something else than lawful or not, or anything where nobody could come."""
        gates, shares = self.labels.gates, self.labels.gate_changes
        today, share = gates["today"].to_numpy(dtype=float), shares["share"].to_numpy(dtype=float)
        nobody = (gates["most"].to_numpy(dtype=float) == 0) & (today != 0)
        near = [np.abs(v - np.round(v)) > AS_KEPT for v in (today, share)]
        return float(nobody.sum() + near[0].sum() + near[1].sum())

    def _most(self) -> dict[str, Number]:
        """Return the upper bound of every column by block."""
        labels, journeys = self.labels, self.journeys
        most = labels.nodes["most"].to_numpy(dtype=float)
        group = position(labels.on_roll, group_labels(labels), ["area", "cohort", "nc_year", "urn"])
        rolling = labels.on_roll["children"].to_numpy(dtype=float)
        stays = np.where(journeys.begins >= 0, most[journeys.begins], np.append(rolling, 0.0)[group])
        bundles: Number = np.bincount(self.bundle, weights=stays, minlength=len(labels.bundles)).astype(float)
        held = self.proof.told.limit_on_shortfall == 0
        groups = need_of_groups(labels)
        need = groups["children"].to_numpy(dtype=float)
        kept = most[journeys.node_of_area(labels.kept)] if len(labels.kept) else np.zeros(0)
        found: dict[str, Number] = {
            "stays": stays, "bundles": bundles, "rolls": np.asarray(self._bands() @ bundles),
            "unplaced": np.where(held & compulsory(self.labels), 0.0, most), "openings": np.ones(len(labels.openings)),
            "kept": kept, "used": need[group_of_use(groups, labels)], "unmet": need,
        }  # fmt: skip
        for scale, price in zip(self.proof.scales, self.proof.prices, strict=True):
            for k, d in enumerate(price.deviations):
                if len(d.constant):
                    bound = d.constant + d.rolls.maximum(0) @ found["rolls"] + d.openings.maximum(0) @ found["openings"]
                    bound = bound if d.stays is None else bound + d.stays.maximum(0) @ found["stays"]
                    found[f"{scale.key} {k}"] = np.maximum(bound + d.earlier.maximum(0) @ np.maximum(bound, 0), 0) + 1.0
            for what in ("deviation", "over the must"):
                if f"{scale.key} {what}" in self.model.blocks:
                    found[f"{scale.key} {what}"] = np.array([LARGEST_MISS])
        return found

    def _bands(self) -> sparse.csr_matrix:
        """Return (school, year, band) × bundle: the share on roll."""
        labels, rolls = self.labels, self.labels.rolls
        cells = self._cells()
        first_of = np.zeros(GROUPS, dtype=int)
        for first, last in rolls[["from_nc_year", "to_nc_year"]].drop_duplicates().to_numpy(dtype=int):
            first_of[first : last + 1] = first
        asked = cells.assign(from_nc_year=first_of[cells["nc_year"].to_numpy(dtype=int)])
        row = position(rolls, asked, ["urn", "academic_year", "from_nc_year"])
        at, share = cells["bundle"].to_numpy(dtype=int), cells["share"].to_numpy(dtype=float)
        return entries(row, at, share, len(rolls), len(labels.bundles))

    def _cells(self) -> pd.DataFrame:
        """Return urn, academic_year, nc_year, bundle, share: where the children of each bundle are on roll."""
        bundle, year = np.nonzero(self.on_roll > 0)
        bundles, first = self.labels.bundles, self.journeys.years[0]
        nc = first + year - bundles["cohort"].to_numpy(dtype=int)[bundle]
        return pd.DataFrame({
            "urn": bundles["urn"].to_numpy(dtype=object)[bundle], "academic_year": first + year, "nc_year": nc,
            "bundle": bundle, "share": self.on_roll[bundle, year],
        })  # fmt: skip

    def _groups(self) -> sparse.csr_matrix:
        """Return group on roll in the base year × stay."""
        group = position(self.labels.on_roll, group_labels(self.labels), ["area", "cohort", "nc_year", "urn"])
        return ones(np.where(self.journeys.begins < 0, group, -1), len(self.labels.on_roll))

    def _begins(self) -> sparse.csr_matrix:
        """Return node × stay: who joins."""
        return ones(self.journeys.begins, len(self.labels.nodes))

    def _goes_on(self) -> sparse.csr_matrix:
        """Return node × stay: who comes there after the stay."""
        stays = np.arange(len(self.labels.stays))
        return entries(self.journeys.goes_to, stays, self.journeys.goes_on, len(self.labels.nodes), len(stays))

    def _places(self) -> Rows:
        """No roll is above its places, wherever it could be."""
        cells, held = self._cells(), self.labels.places
        row = position(held, cells, AT_SCHOOL)
        if (row < 0).any():
            raise CertificateRefused("certificate/places.csv: a year group that children can come to has no row")
        roll = entries(
            row,
            cells["bundle"].to_numpy(dtype=int),
            cells["share"].to_numpy(dtype=float),
            len(held),
            len(self.labels.bundles),
        )
        change = table_matrix(self.labels.place_changes, "opening", "places", len(held), len(self.labels.openings))
        could = np.asarray(roll @ self.model.upper[self.model.columns("bundles")])
        constant = held["places"].to_numpy(dtype=float)
        binding = np.flatnonzero((could > constant) | ((np.diff(change.indptr) > 0) & (could > 0)))
        return at_most({"bundles": roll[binding], "openings": -change[binding]}, constant[binding])

    def _nets(self) -> Rows:
        """No whole roll is above net capacity."""
        nets, rolls = self.labels.nets, self.labels.rolls
        school = position(nets, rolls, ["urn", "academic_year"])
        change = table_matrix(self.labels.net_changes, "opening", "places", len(nets), len(self.labels.openings))
        return at_most({"rolls": ones(school, len(nets)), "openings": -change}, nets["places"].to_numpy(dtype=float))

    def _infants(self) -> Rows:
        """No more children in Reception to Year 2 than the classes hold."""
        infants, cells = self.labels.infants, self._cells()
        cells = cells[cells["nc_year"] <= LAST_INFANT]
        row = position(infants, cells, ["urn", "academic_year"])
        at, share = cells["bundle"].to_numpy(dtype=int), cells["share"].to_numpy(dtype=float)
        held = entries(row, at, share, len(infants), len(self.labels.bundles))
        change = table_matrix(self.labels.infant_changes, "opening", "places", len(infants), len(self.labels.openings))
        return at_most({"bundles": held, "openings": -change}, infants["places"].to_numpy(dtype=float))

    def _gates(self) -> Rows:
        """A stay is open as far as the states that allow it."""
        gates = self.labels.gates
        most = gates["most"].to_numpy(dtype=float)
        whose = position(self.labels.bundles, gates, BUNDLE)
        held = entries(np.arange(len(gates)), whose, np.ones(len(gates)), len(gates), len(self.labels.bundles))
        share = table_matrix(self.labels.gate_changes, "opening", "share", len(gates), len(self.labels.openings))
        parts = {"bundles": held, "openings": -(sparse.diags_array(most) @ share).tocsr()}
        return at_most(parts, most * gates["today"].to_numpy(dtype=float))

    def _specialist(self) -> Iterator[tuple[str, Rows]]:
        """Need is met or told as unmet; no more than the places of a pool."""
        labels = self.labels
        groups, pools = need_of_groups(labels), labels.pools
        need = groups["children"].to_numpy(dtype=float)
        yield "need", equal({"used": ones(group_of_use(groups, labels), len(need)), "unmet": identity(len(need))}, need)
        pool = position(pools, labels.uses, ["pool", "academic_year"])
        change = table_matrix(labels.pool_changes, "opening", "places", len(pools), len(labels.openings))
        parts = {"used": ones(pool, len(pools)), "openings": -change}
        yield "specialist places", at_most(parts, pools["places"].to_numpy(dtype=float))
