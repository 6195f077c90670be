"""The limit: how many children a plan may leave without a place, given the least that is found and proven."""

NO_SHORTFALL = 1e-4  # below it every unplaced column gets the bound 0 instead of a row (a tight row made HiGHS lie)
ROUNDING = 1e-3  # child-years by which a plan may miss its own shortfall when it is solved again


def limit_on_shortfall(least: float, bound: float, tolerance: float) -> float:
    """Return the shortfall that a plan may have, child-years R–11: 0 if it can be; else the least proven plus the tolerance.

    least: the fewest that are found.  bound: no plan leaves fewer.  A plan always stands: the one found first.
    """
    if least < NO_SHORTFALL:
        return 0.0
    return max(least + min(max(tolerance, NO_SHORTFALL), ROUNDING), bound + tolerance)
