"""The plan as published, recounted: journeys, rolls, places, retention, shortfall, transfers, specialist places."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.allocate.certificate_files import coded
from placeplan.allocate.certificate_needs import uses_by_need
from placeplan.allocate.certificate_partnerships import kept_transfers
from placeplan.allocate.certificate_recount import AT_SCHOOL, NODE, Journeys, position, summed
from placeplan.allocate.certificate_value import Labels, Proof, Solution
from placeplan.domain.arrays import Number, Whole
from placeplan.domain.errors import CertificateRefused
from placeplan.domain.years import academic_year, name_of_nc_year, name_of_year
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.suppress import WITHHELD

JOURNEYS, SCHOOLS, SHORTFALL = "plan/journeys.csv", "plan/schools.csv", "plan/shortfall.csv"
OPTIONS, RETENTION, TRANSFERS = "plan/options.csv", "plan/retention.csv", "plan/transfers.csv"
SPECIALIST, PARTICULARS = "plan/specialist.csv", "plan/particulars.csv"
STAY = ["origin_kind", "origin", "cohort", "urn", "from_nc_year", "to_nc_year"]
NOT_CHOSEN = "not chosen"
DECIMALS = 1e-9  # of a published figure that is copied, not recounted
DUST = 1e-6  # a row smaller than this may be left away
HALF_A_CHILD = 0.5 + 1e-6  # specialist counts are published whole


def solution_of(folder: RunFolder, proof: Proof) -> Solution:
    """Return the plan that the tables tell; specialist places as the certificate keeps them, unsuppressed.

    Raises CertificateRefused for a row that tells of no possible stay, waiting child or opening, or tells it twice.
    """
    labels = proof.labels
    stays = _on(table_of(folder, JOURNEYS), labels.stays, STAY, JOURNEYS)
    unplaced = _on(table_of(folder, SHORTFALL), labels.nodes, NODE, SHORTFALL)
    openings = _openings(table_of(folder, OPTIONS), labels)
    return Solution(stays, unplaced, openings, labels.uses["children"].to_numpy(dtype=float))


def table_of(folder: RunFolder, path: str) -> pd.DataFrame:
    """Return a table with years and year groups as numbers. Raises CertificateRefused when it isn't there or can't be read."""
    if path not in folder.tables:
        raise CertificateRefused(f"{path}: is not there")
    try:
        return coded(folder.tables[path])
    except (ValueError, AttributeError) as fault:
        raise CertificateRefused(f"{path}: {fault}") from fault


def check_plan(folder: RunFolder, proof: Proof, journeys: Journeys, solution: Solution) -> Iterator[Check]:
    """Yield every check of the tables under plan/."""
    yield from _check_journeys(proof, journeys, solution)
    yield from _check_schools(table_of(folder, SCHOOLS), proof.labels, journeys, solution)
    yield from _check_options(table_of(folder, OPTIONS), table_of(folder, PARTICULARS), proof.labels)
    told, held = table_of(folder, RETENTION), proof.labels.retention
    yield from same_table(RETENTION, told, held, ["cohort", "nc_year"], ["retention"], DECIMALS, every=True)
    yield from _check_transfers(table_of(folder, TRANSFERS), proof.labels, journeys, solution)
    yield from _check_specialist(table_of(folder, SPECIALIST), proof.labels, solution)


def _on(table: pd.DataFrame, labels: pd.DataFrame, keys: list[str], file: str) -> Number:
    """Return the children of a table on the columns of the model."""
    at = _found(table, labels, keys, file)
    return summed(at, table["children"].to_numpy(dtype=float), len(labels))


def _found(table: pd.DataFrame, labels: pd.DataFrame, keys: list[str], file: str) -> Whole:
    """Return where each row stands among the labels. Raises CertificateRefused for a row that isn't there, or is twice."""
    missing = [name for name in keys if name not in table]
    if missing:
        raise CertificateRefused(f"{file}: has no column {missing[0]}")
    for wrong, rule in ((position(labels, table, keys) < 0, "is possible"), (table.duplicated(keys), "stands once")):
        rows = np.flatnonzero(wrong)
        if len(rows):
            says = ", ".join(_word(name, table[name].iloc[rows[0]]) for name in keys)
            raise CertificateRefused(f"{file}, row {rows[0] + 2}: the rule “every row {rule}” does not hold ({says})")
    return position(labels, table, keys)


def _openings(options: pd.DataFrame, labels: Labels) -> Number:
    """Return 1 for each decision that is open by a year, from what options.csv says; options of a package open together."""
    row = _found(options, labels.options, ["option"], OPTIONS)
    decision = labels.options["decision"].to_numpy(dtype=object)[row]
    chosen = options["opens"] != NOT_CHOSEN
    openings = np.zeros(len(labels.openings))
    held = labels.openings["decision"].to_numpy(dtype=object)
    year = labels.openings["academic_year"].to_numpy(dtype=int)
    for name in np.unique(decision[chosen]):
        when = options.loc[decision == name, "opens"].unique().tolist()
        first = _year(when[0]) if len(when) == 1 else None
        if first not in year[held == name]:
            raise CertificateRefused(f"{OPTIONS}: {name} can't open so: {', '.join(map(str, when))}")
        openings[(held == name) & (year >= first)] = 1.0
    return openings


def _year(text: object) -> int | None:
    """Return an academic year; None of what is none."""
    try:
        return academic_year(str(text))
    except ValueError:
        return None


def _check_journeys(proof: Proof, journeys: Journeys, solution: Solution) -> Iterator[Check]:
    """Yield balance at every node and for every group on roll in the base year."""
    off, size = journeys.balance(solution.stays, solution.unplaced)
    relative = np.abs(off) / np.maximum(size, 1)
    worst = int(np.argmax(relative)) if len(relative) else 0
    where = ", ".join(_word(name, proof.labels.nodes[name].iloc[worst]) for name in NODE[1:]) if len(relative) else ""
    files = f"{JOURNEYS}, {SHORTFALL} and {RETENTION}"
    yield Check(
        files,
        "children in are children out at every origin, cohort and year group",
        largest(relative),
        TOLERANCE,
        where,
    )
    rolling = journeys.base_year(solution.stays) / np.maximum(proof.labels.on_roll["children"].to_numpy(dtype=float), 1)
    yield Check(JOURNEYS, "pupils on roll in the base year are all accounted for", largest(rolling), TOLERANCE)


def _check_schools(told: pd.DataFrame, labels: Labels, journeys: Journeys, solution: Solution) -> Iterator[Check]:
    """Yield rolls against places, both recounted."""
    changes = labels.place_changes
    row, change = changes["row"].to_numpy(dtype=int), solution.openings[changes["opening"].to_numpy(dtype=int)]
    added = summed(row, change * changes["places"].to_numpy(dtype=float), len(labels.places))
    open_ = labels.places.assign(places=labels.places["places"].to_numpy(dtype=float) + added)
    open_ = open_.merge(journeys.rolls(solution.stays), on=AT_SCHOOL, how="outer").fillna(0.0)
    nobody = open_["allowance"].where(open_["taught"] == 0, 0.0).abs() + open_["taught"].where(open_["places"] <= 0, 0)
    whole = (open_["taught"] * (open_["taught"] - 1)).abs() + nobody
    yield Check("certificate/places.csv", "a year group is taught or isn't", largest(whole.to_numpy(dtype=float)), 0.0)
    there = (open_["taught"] > 0.5) & (open_["places"] > 0)
    open_["over_capacity"] = open_[["allowance", "places"]].min(axis=1).clip(lower=0)
    over = open_["pupils"] - open_["places"].clip(lower=0)
    open_["places"] = open_[["places", "pupils"]].max(axis=1)
    open_ = open_[there | (open_["pupils"] > DUST)]
    yield from same_table(SCHOOLS, told, open_, AT_SCHOOL, ["pupils", "places", "over_capacity"], TOLERANCE)
    yield Check(SCHOOLS, "no roll is above its places", float((over / over.abs().clip(lower=1)).max()), TOLERANCE)
    said = told["pupils"] - told["places"]
    yield Check(SCHOOLS, "pupils are at most places as printed", float(said.max()) if len(said) else 0.0, TOLERANCE)


def _check_options(told: pd.DataFrame, beside: pd.DataFrame, labels: Labels) -> Iterator[Check]:
    """Yield whether kinds, places, capital and revenue are those that the model held, and every option is told."""
    yield from same_table(
        OPTIONS, told, labels.options, ["option", "kind"], ["places", "capital_pounds"], DECIMALS, every=True
    )
    yield from same_table(
        PARTICULARS, beside, labels.options, ["option", "kind"], ["revenue_pounds_a_year"], DECIMALS, every=True
    )


def _check_transfers(told: pd.DataFrame, labels: Labels, journeys: Journeys, solution: Solution) -> Iterator[Check]:
    """Yield transfers, kept transfers and displaced children, by community and cohort."""
    nodes, stays = labels.nodes, labels.stays
    later = nodes["nc_year"].to_numpy(dtype=int) > 0
    enters = nodes["enters"].to_numpy(dtype=float)
    joins = summed(journeys.begins, solution.stays, len(nodes)) - enters
    kept = kept_transfers(journeys, solution.stays)
    linked = summed(journeys.node_of_area(labels.kept), kept, len(nodes)) if len(kept) else np.zeros(len(nodes))
    at_node = nodes[["area", "cohort"]].assign(transfers=joins, linked_transfers=linked)[later]
    share = labels.bundles["displaced"].to_numpy(dtype=float)
    bundle = position(labels.bundles, stays, ["urn", "cohort", "from_nc_year", "to_nc_year"])
    displaced = stays[["area", "cohort"]].assign(displaced=solution.stays * share[bundle])
    both = pd.concat([at_node, displaced[displaced["displaced"] > 0]]).fillna(0.0)
    counted = both.groupby(["area", "cohort"], as_index=False).sum().rename(columns={"area": "community"})
    figures = ["transfers", "linked_transfers", "displaced"]
    yield from same_table(TRANSFERS, told, counted, ["community", "cohort"], figures, TOLERANCE)


def _check_specialist(told: pd.DataFrame, labels: Labels, solution: Solution) -> Iterator[Check]:
    """Yield the counts that are shown, to half a child, and the places."""
    pools, changes = labels.pools, labels.pool_changes
    change = solution.openings[changes["opening"].to_numpy(dtype=int)] * changes["places"].to_numpy(dtype=float)
    places = pools["places"].to_numpy(dtype=float) + summed(changes["row"].to_numpy(dtype=int), change, len(pools))
    by_pool = uses_by_need(labels, solution.used)
    by_pool = by_pool.groupby(["site", "need", "academic_year", "pool"], as_index=False).agg({"children": "sum"})
    at = position(pools, by_pool, ["site", "pool", "academic_year"])
    strange = float((at < 0).sum() + len(np.setdiff1d(np.arange(len(pools)), at)))
    yield Check("certificate/pools.csv", "every pool is used somewhere, and every use has its pool", strange, 0.0)
    by_pool["places"] = places[at]
    counted = by_pool.groupby(["site", "need", "academic_year"], as_index=False).agg(
        {"children": "sum", "places": "sum"}
    )
    keys = ["site", "need", "academic_year"]
    yield from same_table(SPECIALIST, told, counted, keys, ["places"], TOLERANCE)
    shown = told.loc[told["children"].astype(str) != WITHHELD]
    shown = shown.assign(children=pd.to_numeric(shown["children"], errors="coerce"))
    broken = shown["children"] != shown["children"].round()
    yield Check(SPECIALIST, "children are told as whole numbers", float(broken.sum()), 0.0)
    hidden = position(counted, shown, keys)
    off = shown["children"].to_numpy(dtype=float) - counted["children"].to_numpy(dtype=float)[hidden]
    yield Check(SPECIALIST, "children are those of the certificate, rounded", largest(off), HALF_A_CHILD)


def same_table(
    file: str,
    told: pd.DataFrame,
    counted: pd.DataFrame,
    keys: list[str],
    figures: Sequence[str],
    tolerance: float,
    *,
    every: bool = False,
) -> Iterator[Check]:
    """Yield one check a figure: a published table says what was recounted, row by row; a row of dust may be missing.

    every: no row may be missing, dust or not.
    """
    missing = [name for name in (*keys, *figures) if name not in told]
    if missing:
        raise CertificateRefused(f"{file}: has no column {missing[0]}")
    if told.duplicated(keys).any():
        row = int(np.flatnonzero(told.duplicated(keys))[0])
        raise CertificateRefused(f"{file}, row {row + 2}: the rule “every row stands once” does not hold")
    both = told.reset_index(names="row").merge(
        counted, on=keys, how="outer", suffixes=("", " counted"), indicator="side"
    )
    lost = both["side"].astype(str) == "right_only"
    yield Check(file, "every row that was counted is there", float((lost & every).sum()), 0.0)
    for name in figures:
        said, true = (both[column].fillna(0.0).to_numpy(dtype=float) for column in (name, f"{name} counted"))
        unknown = both[name].isna().to_numpy() & (both["side"].astype(str) != "right_only").to_numpy()
        off = np.where(unknown, np.inf, np.abs(said - true) / np.maximum(np.abs(true), 1))
        worst = int(np.argmax(off)) if len(off) else 0
        where = ", ".join(_word(key, both[key].iloc[worst]) for key in keys) if len(off) else ""
        yield Check(file, f"{name} as recounted", largest(off), tolerance, where)


def largest(values: Number) -> float:
    """Return the largest absolute value, 0 where there is none; an unknown one stays unknown."""
    return float(np.abs(values).max()) if len(values) else 0.0


def _word(name: str, value: object) -> str:
    """Return a label in an officer's words."""
    if name in {"cohort", "academic_year"}:
        return name_of_year(int(str(value)))
    if name in {"nc_year", "from_nc_year", "to_nc_year"}:
        return f"Year {name_of_nc_year(int(str(value)))}"
    return str(value)
