"""Plans compared: least shortfall first, then the objective; a scenario with other settings or a budget of its own."""

from dataclasses import replace

from towns import plan_for

SAME = {"rel": 1e-6, "abs": 1e-6}
NEAR = 1e-5


def best(given):
    """Least shortfall, then the objective: what is bettered, in that order."""
    told = plan_for(given).allocation
    return told.least_shortfall, told.objective


def no_worse(later, earlier):
    """Sufficiency goes first: where it is the same, the objective decides."""
    if later[0] < earlier[0] - NEAR:
        return True
    return later[0] <= earlier[0] + NEAR and later[1] <= earlier[1] + 1e-6 * max(1, abs(earlier[1]))


def settled(given, **sections):
    return replace(given, settings=given.settings.model_copy(update=sections))


def budgeted(given, pounds=5e6):
    """With a budget of its own: the scale of cost is then that, whatever options there are."""
    return settled(given, budget=given.settings.budget.model_copy(update={"total_pounds": pounds}))
