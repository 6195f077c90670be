"""Sixth-form consortium: several sixth forms share teaching, so that the viable size counts them as one."""

import pandas as pd

from placeplan.options.option import Effects

KINDS = ("sixth_form_consortium",)


def effects(row: pd.Series) -> Effects:
    """Return the schools that pool their sixth forms, the leading one first; every student stays on one roll."""
    return Effects(pools_sixth_form=tuple(dict.fromkeys((row["urn"], *row["members"]))))
