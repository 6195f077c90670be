"""Money in time, recounted: what each opening costs, from what is spent in which year and what is saved as a cut works up."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from placeplan.allocate.certificate_checks import TOLERANCE, Check
from placeplan.allocate.certificate_needs import WORKS_UP
from placeplan.allocate.certificate_value import Proof
from placeplan.domain.arrays import Number
from placeplan.publish.manifest import RUN_FILE
from placeplan.publish.run_folder import RunFolder
from placeplan.publish.verify_figures import Figures

OPENING_COST = f"{RUN_FILE} and certificate/prices.npz"
SPENDING = "certificate/spending.csv"
NEARLY = 1.0  # £ by which spending, year by year, may miss the capital: check lets as much pass


def check_cost_of_openings(folder: RunFolder, proof: Proof) -> Iterator[Check]:
    """Yield whether what each opening costs follows from its money, the discount rate, the budget and the weight of cost.

    Source: the objective, in the mathematics of the docs.
    """
    run = Figures(RUN_FILE, folder.run)
    whole, rate = run.number("budget_pounds"), run.number("discount_rate")
    weight = run.within("weights").number("cost")
    options, spending = proof.labels.options, proof.labels.spending
    paid = spending.groupby("option")["pounds"].sum().reindex(options["option"], fill_value=0.0).to_numpy(dtype=float)
    missed = np.abs(paid - options["capital_pounds"].to_numpy(dtype=float)).max(initial=0.0)
    yield Check(SPENDING, "what is spent year by year is the capital of the option", float(missed), NEARLY)
    labels = proof.labels.openings
    decision, year = labels["decision"].to_numpy(dtype=object), labels["academic_year"].to_numpy(dtype=int)
    worth = _worth(options, spending, (1 + rate) ** -np.arange(len(proof.years), dtype=float))
    spent = worth.loc[decision].to_numpy(dtype=float)[np.arange(len(year)), year - proof.years[0]]
    later = np.append(np.where(decision[1:] == decision[:-1], spent[1:], 0.0), 0.0)[: len(spent)]
    cost = weight * (spent - later) / whole if whole > 0 else np.zeros(len(spent))
    off = np.abs(cost - proof.opening_cost) / np.maximum(np.abs(cost), 1e-3)
    yield Check(
        OPENING_COST,
        "openings cost what money, discount rate, budget and weight make",
        float(off.max(initial=0.0)),
        TOLERANCE,
    )


def _worth(options: pd.DataFrame, spending: pd.DataFrame, discount: Number) -> pd.DataFrame:
    """Return decision × planned year of opening: the discounted pounds of all its options. discount: of each planned year."""
    years = np.arange(len(discount))
    before = spending["years_before"].to_numpy(dtype=int)[:, None]
    capital = spending["pounds"].to_numpy(dtype=float)[:, None] * discount[np.maximum(years - before, 0)]
    a_year = options["revenue_pounds_a_year"].to_numpy(dtype=float)
    works_up = (options["kind"] == WORKS_UP).to_numpy(dtype=bool) & (a_year < 0)
    over = np.where(works_up, np.maximum(options["year_groups"].to_numpy(dtype=float), 1.0), 1.0)[:, None, None]
    opening, year = years[:, None], years[None, :]
    revenue = a_year[:, None] * (np.clip((year - opening + 1) / over, 0.0, 1.0) @ discount)
    of_option = dict(zip(options["option"], options["decision"], strict=True))
    both = pd.concat(
        [
            pd.DataFrame(capital, index=spending["option"].map(of_option)),
            pd.DataFrame(revenue, index=options["decision"]),
        ]
    )
    return both.groupby(level=0).sum()
