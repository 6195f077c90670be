"""Beyond the horizon, recounted: who is first over each horizon, every change and every sentence, from the outcomes told.

The outcomes over longer horizons are the solver's word, as those in other futures are. Those over the planned years are
held against robustness.csv, and plans that it doesn't tell of against the certified bound.
"""

from collections.abc import Iterator

import numpy as np

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.appraise.longer import COLUMNS, MOST_YEARS, Longer, longer
from placeplan.appraise.standing import DO_MINIMUM
from placeplan.domain.errors import CertificateRefused
from placeplan.publish.figures import BEYOND
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.verify_figures import Figures, apart
from placeplan.publish.verify_plan import table_of
from placeplan.publish.verify_pool import ROBUSTNESS

TEXTS = ("plan", "opens")


def check_beyond(folder: RunFolder) -> Iterator[Check]:
    """Yield whether beyond.csv is whole and says who is first, and whether all that is said of it follows."""
    run = Figures(RUN_FILE, folder.run)
    told, said, again = table_of(folder, BEYOND), run.within("beyond"), counted_beyond(folder)
    for name in COLUMNS:
        if name in TEXTS:
            yield _yes(f"{name} as recounted", told[name].tolist() == again.table[name].tolist())
        else:
            figures = (table[name].to_numpy(dtype=float) for table in (told, again.table))
            yield Check(BEYOND, f"{name} as recounted", apart(*figures), TOLERANCE)
    horizons = [again.planned, *again.horizons] if len(told) else []
    ascend = horizons == sorted(set(horizons)) and max(horizons, default=0) <= MOST_YEARS
    yield _yes("horizons ascend, the planned years first", ascend)
    years = folder.run.get("planned_years")
    planned = len(years) if isinstance(years, list) else 0
    yield _yes("the planned years are those of the run", not horizons or horizons[0] == planned)
    yield _yes("no shortfall is below 0", bool((told["shortfall"].to_numpy(dtype=float) >= 0).all()))
    yield from _planned(folder, again, run)
    counted = again.told()
    yield said.same_keys(list(counted))
    for name, figure in counted.items():
        yield said.same(name, figure)


def _planned(folder: RunFolder, again: Longer, run: Figures) -> Iterator[Check]:
    """Yield whether the planned years are told as robustness.csv tells them, and no other plan is better than can be."""
    pool = table_of(folder, ROBUSTNESS).set_index("plan")
    own = again.table[again.table["horizon_years"] == again.planned].set_index("plan")
    known = [name for name in own.index if name in pool.index]
    for name in ("objective", "shortfall"):
        figures = (table.loc[known, name].to_numpy(dtype=float) for table in (own, pool))
        yield Check(BEYOND, f"{name} over the planned years as in {ROBUSTNESS}", apart(*figures), TOLERANCE)
    same = own.loc[known, "opens"].tolist() == pool.loc[known, "opens"].fillna("").tolist()
    yield _yes(f"opens as in {ROBUSTNESS}", same)
    minimum = set(pool.index) & {DO_MINIMUM}
    yield _yes("the plan comes first", own.empty or list(own.index[:1]) == list(pool.index[:1]))
    yield _yes("the do-minimum is among the plans", own.empty or minimum <= set(own.index))
    bound = run.number("certified_bound")
    if np.isfinite(bound):
        lawful = own.loc[own["shortfall"] <= run.number("sufficiency_limit"), "objective"].to_numpy(dtype=float)
        below = (bound - lawful) / max(1.0, abs(bound))
        yield Check(BEYOND, "no plan is better than what is certified", float(below.max(initial=0.0)), TOLERANCE)


def counted_beyond(folder: RunFolder) -> Longer:
    """Return what follows from the outcomes told. Raises CertificateRefused where not every plan has one over every horizon."""
    told, solver = table_of(folder, BEYOND), Figures(RUN_FILE, folder.run).within("solver")
    tolerance = solver.number("sufficiency_tolerance")
    plans = list(dict.fromkeys(told["plan"])) if "plan" in told else []
    shape = (len(told) // max(len(plans), 1), len(plans))
    if list(told.columns) != COLUMNS or told["plan"].tolist() != plans * shape[0]:
        raise CertificateRefused(f"{BEYOND}: the rule “one row a plan and horizon” does not hold")
    years = told["horizon_years"].to_numpy(dtype=int).reshape(shape)
    if (years != years[:, :1]).any() or shape[0] == 1:
        raise CertificateRefused(f"{BEYOND}: the rule “every plan over every horizon, more than one” does not hold")
    outcomes = tuple(told[name].to_numpy(dtype=float).reshape(shape) for name in ("shortfall", "objective"))
    opens = told["opens"].fillna("").astype(str).tolist()[: len(plans)]
    return longer(plans, opens, years[:, 0].tolist() if plans else [], (outcomes[0], outcomes[1]), tolerance)


def _yes(rule: str, holds: bool) -> Check:
    """Return whether a rule of the table holds."""
    return Check(BEYOND, rule, 0.0 if holds else 1.0, 0.0)
