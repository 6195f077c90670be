"""Money in time: each pound is worth what it is in the year in which it is spent, and a cut saves as it works its way up."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorities import weighted
from placeplan.allocate.certificate_labels import proof_of
from placeplan.allocate.scales import opening_costs
from placeplan.options.read import options
from placeplan.publish.verify_money import check_cost_of_openings
from towns import CHILDREN_TO_11, NO_SIXTH_FORM, authority, option, plan_for, school

RATE, BUDGET, YEARS = 0.1, 10e6, 10
TWO_TIER = [school("P", "primary", pan=30), school("S", "secondary", pan=30)]


def town(*rows, spending=(), years=YEARS):
    """rows: options.  Cost has the weight 1, so that an opening costs its discounted pounds ÷ the budget."""
    given = authority(
        TWO_TIER, CHILDREN_TO_11, options=rows, years=years, assumptions=NO_SIXTH_FORM, spending=spending,
        budget={"total_pounds": BUDGET, "discount_rate": RATE},
    )  # fmt: skip
    return weighted(given, cost=1.0)


def costs(given):
    """What opening in each year costs, in pounds of the first planned year."""
    made = options(given)
    net = SimpleNamespace(options=made, decisions=made.decisions, years=given.planned_years)
    by_column = opening_costs(net, given) * BUDGET
    return np.linalg.solve(made.opening().T.toarray(), by_column)


def grows(first, last, **more):
    return option("X", "expansion", "P", first, last, places_per_year=5, nc_years=(0, 6), **more)


def cuts(to, saves, last=1, **more):
    return option("C", "pan_reduction", "P", 1, last, places_per_year=-5, nc_years=(0, to), capital_pounds=0.0,
                  revenue_pounds_a_year=saves, **more)  # fmt: skip


def spends(*steps, who="X"):
    return [{"option": who, "years_before_opening": before, "fund": "", "pounds": pounds} for before, pounds in steps]


def test_capital_is_discounted_by_the_year_in_which_it_is_spent():
    at_once = costs(town(grows(3, 3)))
    assert at_once == pytest.approx([1e6 / 1.1**3])
    paid = costs(town(grows(3, 3), spending=spends((2, 400_000.0), (1, 500_000.0), (0, 100_000.0))))
    assert paid == pytest.approx([400_000 / 1.1 + 500_000 / 1.1**2 + 100_000 / 1.1**3])
    assert paid > at_once


def test_what_is_spent_before_the_plan_counts_in_its_first_year():
    paid = costs(town(grows(1, 2), spending=spends((3, 600_000.0), (0, 400_000.0))))
    assert paid == pytest.approx([600_000 + 400_000 / 1.1, 600_000 + 400_000 / 1.1**2])


@pytest.mark.parametrize(("to", "groups"), [(4, 5), (6, 7)])
def test_a_cut_saves_a_share_for_each_year_group_that_it_has_reached(to, groups):
    """Of R–6 a seventh in the first year and the whole in the seventh, of R–4 a fifth and the whole in the fifth."""
    reached = [min(k, groups) / groups for k in range(1, YEARS)]
    saved = sum(70_000 * share / 1.1**year for year, share in enumerate(reached, start=1))
    assert costs(town(cuts(to, -70_000.0))) == pytest.approx([-saved])
    in_full = sum(70_000 / 1.1**year for year in range(1, YEARS))
    assert saved < 0.75 * in_full


def test_a_cut_that_opens_in_the_last_year_saves_one_seventh_of_a_year():
    assert costs(town(cuts(6, -70_000.0), years=2)) == pytest.approx([-10_000 / 1.1])


def test_what_a_cut_costs_and_what_another_kind_saves_count_in_full_from_the_first_year():
    still = sum(1 / 1.1**year for year in range(1, YEARS))
    assert costs(town(cuts(6, 70_000.0))) == pytest.approx([70_000 * still])
    closes = option("CL", "closure", "P", 1, 1, capital_pounds=0.0, revenue_pounds_a_year=-70_000.0, nc_years=(0, 6))
    assert costs(town(closes)) == pytest.approx([-70_000 * still])


def test_a_package_adds_up_the_money_of_its_options_each_in_its_own_time():
    both = [grows(2, 2, package="PK"), cuts(6, -70_000.0, last=2, package="PK")]
    saved = sum(70_000 * min(k, 7) / 7 / 1.1 ** (k + 1) for k in range(1, YEARS - 1))
    paid = costs(town(*both, spending=spends((1, 1e6))))
    assert paid == pytest.approx([1e6 / 1.1 - saved])


def checked(given, change=lambda labels: labels):
    """The checks of what openings cost, on a plan whose certificate a function may have changed."""
    planned = plan_for(given)
    proof = proof_of(planned.allocation)
    run = {"budget_pounds": BUDGET, "discount_rate": RATE, "weights": {"cost": 1.0}}
    return list(check_cost_of_openings(SimpleNamespace(run=run), replace(proof, labels=change(proof.labels))))


def rich_town():
    return town(
        grows(1, 3), cuts(6, -70_000.0, last=2), years=5,
        spending=spends((2, 400_000.0), (1, 500_000.0), (0, 100_000.0)),
    )  # fmt: skip


def test_verify_counts_the_same_costs_from_the_labels_of_the_certificate():
    assert all(check.passed for check in checked(rich_town()))


@pytest.mark.parametrize(
    ("table", "column", "row", "value"),
    [("spending", "years_before", 0, 0), ("spending", "pounds", 1, 400_000.0), ("options", "year_groups", 1, 1)],
)
def test_verify_refuses_money_moved_to_another_year(table, column, row, value):
    def moved(labels):
        cells = getattr(labels, table).copy()
        cells.loc[cells.index[row], column] = value
        return replace(labels, **{table: cells})

    assert not all(check.passed for check in checked(rich_town(), moved))


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([1e5, 3e5, 1e6])), min_size=1, max_size=3, unique_by=lambda s: s[0]
    ),
    st.sampled_from([-70_000.0, 0.0, 30_000.0]),
    st.integers(0, 6),
)
def test_verify_and_the_model_agree_on_any_spending_and_any_cut(steps, saves, to):
    given = town(grows(0, 3, capital_pounds=sum(p for _, p in steps)), cuts(to, saves, last=3), spending=spends(*steps))
    made = options(given)
    net = SimpleNamespace(options=made, years=given.planned_years)
    labels = SimpleNamespace(
        openings=pd.DataFrame({
            "decision": [made.decisions[d].name for d in made.opening_decision],
            "academic_year": given.planned_years[0] + made.opening_year,
        }),
        options=pd.DataFrame(
            [(o.name, o.kind, o.name, float(o.row["capital_pounds"]), o.particulars.revenue_pounds_a_year,
              o.row["nc_years"][1] + 1) for o in made.options],
            columns=["option", "kind", "decision", "capital_pounds", "revenue_pounds_a_year", "year_groups"],
        ),
        spending=pd.DataFrame(
            [("X", before, pounds) for before, pounds in steps], columns=["option", "years_before", "pounds"]
        ),
    )  # fmt: skip
    proof = SimpleNamespace(labels=labels, years=given.planned_years, opening_cost=opening_costs(net, given))
    run = {"budget_pounds": BUDGET, "discount_rate": RATE, "weights": {"cost": 1.0}}
    assert all(check.passed for check in check_cost_of_openings(SimpleNamespace(run=run), proof))
