"""Self-test: before the first solve of a process, one problem on which solvers of this kind have told false optima."""

from functools import cache
from importlib.resources import as_file, files

import highspy

from placeplan.allocate.highs import new_highs
from placeplan.allocate.solve import ALWAYS
from placeplan.domain.errors import SolverFailed

OPTIMUM, CLOSE = 56.5344, 1e-4
PROBLEM = "false_optimum.mps.gz"  # made by us: a small town whose second stage holds the first one's optimum


@cache
def check_solver() -> None:
    """Solve the problem with the options that are always set; once a process, some hundredths of a second.

    Raises SolverFailed where the answer is another than two solvers and exact fractions agree on.
    """
    highs = new_highs()
    for name, value in (ALWAYS | {"mip_rel_gap": 0.0, "mip_abs_gap": 0.0}).items():
        highs.setOptionValue(name, value)
    with as_file(files("placeplan.allocate") / PROBLEM) as file:
        read = highs.readModel(str(file))
    if read != highspy.HighsStatus.kOk:
        message = "the solver can't read its test problem. Install placeplan anew."
        raise SolverFailed(message)
    highs.run()
    told = float(highs.getInfo().objective_function_value)
    if abs(told - OPTIMUM) > CLOSE:
        message = (
            f"HiGHS {highs.version()} calls {told:.4f} the optimum of a test problem whose optimum is {OPTIMUM:.4f}: it can't be "
            "trusted with a plan. Install highspy 1.15.1."
        )
        raise SolverFailed(message)
