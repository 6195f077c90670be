"""Early years: children of three and four who take a funded nursery place."""

from placeplan.domain.arrays import Number

TURNED_THREE = 4 / 12  # of the younger year: those born from September to December are funded from January


def early_years(reception: Number, take_up: float) -> Number:
    """Return zone × year, children in a funded nursery place in January.

    reception: zone × year, Reception from the year after the first planned year to two years after the last: the
    same children, one or two years older.  take_up: share who take a funded place.
    In January there are the whole year group that will enter Reception next, and of the one below it those who have
    turned three by December (births spread evenly over the year).
    """
    older, younger = reception[:, :-1], reception[:, 1:]
    children: Number = take_up * (older + TURNED_THREE * younger)
    return children
