"""Other futures, recounted: which plan is first in each, and what is said of them, from the outcomes told.

The outcomes themselves are the solver's word: a linear program each, whose duals would be as large as the run.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.appraise.tried import EACH, Tried, tried
from placeplan.domain.errors import CertificateRefused
from placeplan.publish.figures import EACH_FUTURE
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.verify_figures import Figures, apart
from placeplan.publish.verify_plan import table_of
from placeplan.publish.verify_pool import ROBUSTNESS

FUTURES = "appraisal/futures.csv"


def check_futures(folder: RunFolder) -> Iterator[Check]:
    """Yield whether each_future.csv is whole and says who is first, and whether all that is said of it follows."""
    run = Figures(RUN_FILE, folder.run)
    told, said = table_of(folder, EACH_FUTURE), run.within("futures")
    again = _counted_again(told, run.within("solver").number("sufficiency_tolerance"))
    same = all(np.array_equal(told[name], again.each[name]) for name in ("future", "children", "first"))
    yield Check(EACH_FUTURE, "first is who leaves fewest short at the least objective", 0.0 if same else 1.0, 0.0)
    short, all_ = (told[name].to_numpy(dtype=float) for name in ("shortfall", "children"))
    yield Check(EACH_FUTURE, "no child short but of those there are", float(((short < 0) | (short > all_)).sum()), 0.0)
    plans, known = again.table["plan"].tolist(), table_of(folder, ROBUSTNESS)["plan"].tolist()
    strange = float(len(set(plans) - set(known)) + (plans[:1] != known[: len(plans[:1])]))
    yield Check(FUTURES, "the plan first, then others that robustness.csv tells of", strange, 0.0)
    table = table_of(folder, FUTURES)
    if list(table.columns) != list(again.table.columns) or table["plan"].tolist() != plans:
        raise CertificateRefused(f"{FUTURES}: the rule “one row a plan of {EACH_FUTURE}” does not hold")
    for name in again.table.columns[1:]:
        far = apart(table[name].to_numpy(dtype=float), again.table[name].to_numpy(dtype=float))
        yield Check(FUTURES, f"{name} as recounted", far, TOLERANCE)
    for name, figure in again.told().items():
        yield said.close(name, figure) if isinstance(figure, float | int) else said.same(name, figure)


def _counted_again(told: pd.DataFrame, tolerance: float) -> Tried:
    """Return what follows from the outcomes told. Raises CertificateRefused where not every plan has one in every future."""
    plans = list(dict.fromkeys(told["plan"])) if "plan" in told else []
    shape = (len(told) // max(len(plans), 1), len(plans))
    if list(told.columns) != EACH or told["plan"].tolist() != plans * shape[0]:
        raise CertificateRefused(f"{EACH_FUTURE}: the rule “one row a plan and future” does not hold")
    of = [told[name].to_numpy(dtype=float).reshape(shape) for name in ("children", "shortfall", "objective")]
    return tried(plans, of[0][:, 0] if plans else np.zeros(0), of[1], of[2], tolerance)
