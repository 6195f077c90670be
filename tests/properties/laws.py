"""What must be true of every plan: each law takes one planned authority and fails where it is broken."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

from allocate.test_rules import Reading
from allocate.test_search import of_second_solver
from authorities import KEYS, moves_walked
from enumeration import of_fewer_children
from placeplan.allocate.duals import bound_from_duals
from placeplan.allocate.problem import with_openings
from placeplan.allocate.sufficiency import with_limit
from placeplan.scenario.settings import Anchor
from properties.case import quiet
from properties.compared import NEAR, settled
from properties.disguises import some
from properties.officer import cost_of, outside_its_terms, overdrawn, rolls_walked, steps_of
from properties.told_again import differences
from towns import STAGE_1_STOPS_AT

ROUNDED = 1e-3  # child-years by which a plan may miss its own limit
NONE_AT_ALL = 1e-4  # child-years: below it the least shortfall counts as none
MOST_WAYS = 400  # to open that are tried one by one


def every_child_is_on_one_stay_or_without_a_place(case):
    for plan in (case.plan, case.told.do_minimum):
        assert walked(plan) == pytest.approx(case.net.demand.children, abs=NEAR)


def walked(plan):
    """Children at each area, planned year and NC year, told stay by stay."""
    net = plan.network
    told = np.zeros((len(net.areas), len(net.years), 14))
    for stay, t, nc, left in steps_of(plan):
        told[net.stays.area[stay], t, nc] += left
    area = net.area_of_origin()[net.nodes.origin]
    np.add.at(told, (area, net.nodes.year, net.nodes.nc), plan.unplaced)
    return told


def no_school_is_overfull_or_used_before_it_opens_or_after_it_closes(case):
    """As the tables say: the places of each year group and of the whole building, whatever the program makes of them."""
    for plan in (case.plan, case.told.do_minimum):
        read, rolls = case.read(plan), rolls_walked(plan)
        assert plan.rolls() == pytest.approx(rolls, abs=NEAR)
        urns = list(case.net.estate.table["urn"])
        for s, t, n in np.argwhere(rolls > NEAR):
            assert read.teaches(urns[s], t, n), f"{urns[s]} has pupils in Year {n} of year {t} and does not teach it"
            most = read.places(urns[s], t, n)
            assert rolls[s, t, n] <= most + NEAR, f"{urns[s]}, Year {n} of year {t}: {rolls[s, t, n]} in {most} places"
        for s, t in np.argwhere(rolls.sum(axis=2) > NEAR):
            assert rolls[s, t].sum() <= read.whole(urns[s], t) + NEAR, f"the whole of {urns[s]} in year {t}"


def nobody_leaves_a_school_that_still_teaches_them(case):
    """But after Year 11, and with the plan's last year: a stay ends where the year groups of its school end."""
    for plan in (case.plan, case.told.do_minimum):
        read, bundles = case.read(plan), case.net.bundles
        urns = list(case.net.estate.table["urn"])
        for k in np.unique(case.net.stays.bundle[plan.stays > NEAR]):
            urn, end, last = urns[bundles.school[k]], int(bundles.ends[k]), int(bundles.last_nc[k])
            assert read.ends_here(urn, end, last), f"pupils leave {urn} after Year {last} in year {end}"


def what_opens_keeps_every_rule_as_an_officer_reads_the_tables(case):
    for plan in (case.plan, case.told.do_minimum):
        opens = case.opens(plan)
        assert Reading(case.town).allows(opens)
        assert outside_its_terms(case.town, opens) == []
        assert overdrawn(case.town, opens) == []


def each_loss_told_is_what_its_prices_make_of_the_plan(case):
    """The loss recounted from the plan's tables against the prices that the solver saw."""
    for plan in (case.plan, case.told.do_minimum):
        paid = [price.loss(plan) for price in case.planned.prices]
        assert paid == pytest.approx(case.losses(plan), rel=1e-7, abs=1e-6)


def the_objective_is_the_weighted_deviations_and_the_costs_of_the_tables(case):
    """Recounted: losses from the plan's tables, weights and anchors from the settings, money from the options."""
    ends = ((case.plan, case.told.objective), (case.told.do_minimum, case.told.do_minimum_objective))
    for plan, told in ends:
        parts = cost_of(case.town, case.opens(plan))
        for key, price, loss in zip(KEYS, case.planned.prices, case.losses(plan), strict=True):
            anchor = case.town.settings.anchors.get(key, Anchor(ideal=0.0))
            worst = price.unacceptable if anchor.unacceptable is None else anchor.unacceptable
            if worst - anchor.ideal > 1e-6:
                u = (loss - anchor.ideal) / (worst - anchor.ideal)
                weight = getattr(case.town.settings.weights, key)
                parts += weight * max(0.0, u - case.town.settings.targets.get(key, 0.0))
        assert told == pytest.approx(parts, rel=1e-6, abs=1e-7)


def moves_told_are_moves_walked(case):
    """A walk along each journey, less the moves of those who go together into the school that theirs closes into."""
    a_year_group = case.net.demand.child_years(0, 11) / 12
    for plan in (case.plan, case.told.do_minimum):
        told = case.planned.measure("single_phase", plan)
        together = told.parts["children who move together into the school that theirs closes into"][0] / a_year_group
        assert told.value == pytest.approx(moves_walked(case.planned, plan) - together, rel=1e-9, abs=1e-9)


def the_plan_is_the_best_of_all_ways_to_open_and_its_bound_says_so(case):
    told, constant = case.told, case.model.constant
    assert told.status == "Optimal"
    relaxed = case.solver.lp(case.matrix, seconds=60, corner=True, method="simplex").objective
    assert relaxed - case.room() <= told.bound - constant <= case.value + case.room()
    if told.row_duals is not None:
        assert bound_from_duals(told.proof, told.row_duals) <= case.value + case.room()
    if len_of_ways(case) <= MOST_WAYS:
        truth = case.truth(case.matrix)
        assert case.value == pytest.approx(truth, abs=case.room())
        assert told.bound - constant == pytest.approx(truth, abs=case.room())


def len_of_ways(case):
    return np.prod([d.last - d.first + 2 for d in case.decisions if not d.refused])


def nobody_is_left_out_who_need_not_be(case):
    told = case.told
    least = case.least_shortfall(case.first_stage())
    assert told.least_shortfall_bound <= least + NEAR
    assert least - NEAR <= told.least_shortfall <= least + STAGE_1_STOPS_AT + NEAR
    allowed = told.least_shortfall + case.town.settings.solve.sufficiency_tolerance
    assert told.plan.shortfall(0, 11) <= min(told.limit_on_shortfall, allowed + ROUNDED) + NEAR
    if least < NONE_AT_ALL:
        assert told.plan.shortfall(0, 11) <= NONE_AT_ALL + NEAR


def with_nothing_more_opened_children_are_served_as_well_as_can_be(case):
    """The do-minimum: as few without a place as its openings allow, and no other journeys that serve the principles better."""
    every_row = case.first_stage()
    shut = with_openings(every_row, case.told.do_minimum.openings, every_row.integer)
    least = case.least_shortfall(shut)
    assert case.told.do_minimum.shortfall(0, 11) == pytest.approx(least, abs=ROUNDED + NEAR)
    best, _ = case.solved(with_limit(case.model, shut, 0.0 if least < NONE_AT_ALL else least + ROUNDED))
    assert case.told.do_minimum_objective - case.model.constant == pytest.approx(best, abs=10 * case.room(best))


def settings_of_the_solver_leave_the_optimum(case):
    for seed, threads, presolve in ((7, 1, "off"), (3, 2, "on")):
        solver = quiet(seed, threads, presolve=presolve)
        value, point = case.solved(case.matrix, solver=solver)
        assert value == pytest.approx(case.value, abs=case.room())
        assert case.matrix.cost @ point == pytest.approx(case.value, abs=case.room())
    case.solver = quiet()  # threads are global to the process


def a_second_solver_finds_the_same_optimum(case):
    assert of_second_solver(case.matrix) == pytest.approx(case.value, abs=case.room())


def what_was_solved_before_changes_nothing(case):
    first = case.solved(case.matrix)
    impossible = replace(
        case.matrix,
        row_lower=np.where(case.rows_named("flow"), 1e9, case.matrix.row_lower),
        row_upper=np.where(case.rows_named("flow"), 1e9, case.matrix.row_upper),
    )
    assert case.solved(impossible)[0] == np.inf
    again = case.solved(case.matrix)
    assert first[0] == again[0]
    assert (first[1] == again[1]).all()


def a_known_plan_to_start_from_leaves_the_optimum(case):
    key = str(case.chance.choice(KEYS))
    _, other = case.solved(case.weighted(key, 10.0))
    assert case.solved(case.matrix, start=other)[0] == pytest.approx(case.value, abs=case.room())


def forcing_an_option_in_or_out_never_betters_the_plan(case):
    opens = case.opens()
    for k, decision in enumerate(case.decisions):
        if decision.refused:
            continue
        chosen = opens[decision.name] is not None
        assert case.solved(case.forced(k, open_=not chosen))[0] >= case.value - case.room()


TIES = (
    ("excludes",),
    ("needs", "follows"),
    ("budget", "fund", "projects", "barred"),
    ("gate_", "one_", "partner_load"),
)


def dropping_what_ties_options_together_never_worsens_the_plan(case):
    for tie in TIES:
        if case.rows_named(*tie).any():
            assert case.solved(case.without_rows(*tie))[0] <= case.value + case.room()


def a_must_that_the_plan_meets_already_keeps_it(case):
    key = str(case.chance.choice(KEYS))
    scale = case.model.scales[KEYS.index(key)]
    if scale.movable:
        reached = scale.u(case.planned.prices[KEYS.index(key)].loss(case.plan))
        bound = case.rebuilt(settled(case.town, must={key: reached + 1e-3}))
        held = with_limit(bound, bound.problem.matrix(), case.told.limit_on_shortfall)
        best = case.solved(held)[0]
        assert best + bound.constant == pytest.approx(case.told.objective, rel=2e-6, abs=2e-6)


def more_never_leaves_it_worse(case):
    """A ladder of four: more places, fewer children, more money, or more years in which to open."""
    {0: _more_places, 1: _fewer_children, 2: _more_money, 3: _more_years}[int(case.chance.integers(4))](case)


def _falls(values, room):
    assert all(later <= earlier + room for earlier, later in pairwise(values)), values


def _more_places(case):
    first, named = case.first_stage(), case.rows_named("places", "net capacity")
    named = named[: len(first.row_upper)]
    ladder = [replace(first, row_upper=first.row_upper + extra * named) for extra in (0, 5, 10, 20)]
    _falls([case.least_shortfall(matrix) for matrix in ladder], NEAR)


def _fewer_children(case):
    first = case.first_stage()
    ladder = [of_fewer_children(case.model, first, share) for share in (1.0, 0.9, 0.8, 0.6)]
    _falls([case.least_shortfall(matrix) for matrix in ladder], NEAR)


def _more_money(case):
    rows = [name == "budget" for name in case.matrix.row_names]
    budget = np.array(rows)[case.matrix.row_kind]
    shares = (0.25, 0.5, 1.0, 2.0)
    ladder = [
        replace(case.matrix, row_upper=np.where(budget, s * case.matrix.row_upper, case.matrix.row_upper))
        for s in shares
    ]
    _falls([case.solved(matrix)[0] for matrix in ladder], case.room())


def _more_years(case):
    year, last = case.net.options.opening_year, len(case.net.years)
    ladder = []
    for first in (last, last - 1, 1, 0):
        upper = case.matrix.upper.copy()
        upper[case.whole[year < first]] = 0.0
        ladder.append(replace(case.matrix, upper=upper))
    _falls([case.solved(matrix)[0] for matrix in ladder], case.room())


def a_larger_weight_never_worsens_the_principle_s_own_deviation(case):
    key = str(case.chance.choice(KEYS))
    steps = (0.0, 1.0, 2.0)
    found = [case.solved(case.weighted(key, more)) for more in steps]
    fixed = case.model.scales[KEYS.index(key)]
    constant = (
        case.planned.prices[KEYS.index(key)].constant / (fixed.unacceptable - fixed.ideal) if fixed.movable else 0.0
    )
    values = [value + more * constant for (value, _), more in zip(found, steps, strict=True)]
    own = [case.deviation(key, point) for _, point in found]
    room = 2 * case.room(values[-1])
    assert own[1] <= own[0] + room
    assert own[2] <= own[1] + room
    assert values[0] <= values[1] + room
    assert values[1] <= values[2] + room
    assert values[1] >= (values[0] + values[2]) / 2 - room  # concave along a line of weights


def a_weight_of_nothing_leaves_no_trace(case):
    key = str(case.chance.choice(KEYS))
    muted = settled(case.town, weights=case.town.settings.weights.model_copy(update={key: 0.0}))
    k = KEYS.index(key)
    price = case.planned.prices[k]
    other = replace(price, stays=7 * price.stays + 3, unplaced=price.unplaced + 5, constant=price.constant + 11)
    prices = (*case.planned.prices[:k], other, *case.planned.prices[k + 1 :])
    with_it, without = case.rebuilt(muted), case.rebuilt(muted, prices)
    assert (with_it.problem.cost == without.problem.cost).all()
    assert with_it.constant == without.constant
    met = case.rebuilt(settled(case.town, anchors={key: Anchor(ideal=5.0, unacceptable=5.0)}))
    assert not met.scales[k].movable
    assert met.scales[k].u(1e9) == 0.0
    assert met.problem.cost == pytest.approx(with_it.problem.cost, rel=1e-12, abs=1e-15)


def a_principle_scores_0_at_its_ideal_and_1_at_the_unacceptable(case):
    for scale, price in zip(case.model.scales, case.planned.prices, strict=True):
        if scale.movable:
            assert (scale.u(scale.ideal), scale.u(price.unacceptable)) == (0.0, 1.0)
        assert np.isfinite(scale.u(price.loss(case.plan)))


def the_relaxation_is_convex_in_the_children(case):
    first = replace(case.first_stage(), cost=case.matrix.cost[: len(case.model.problem.lower)])
    values = []
    for share in (0.6, 0.8, 1.0):
        answer = case.solver.lp(of_fewer_children(case.model, first, share), seconds=60, corner=True, method="simplex")
        values.append(answer.objective)
    assert values[1] <= (values[0] + values[2]) / 2 + case.room(values[2])


def openings_made_whole_stand_by_themselves(case):
    told = case.told
    assert set(np.unique(case.plan.openings)) <= {0.0, 1.0}
    value = told.matrix.rows @ told.point
    assert (value <= told.matrix.row_upper + NEAR).all()
    assert (value >= told.matrix.row_lower - NEAR).all()
    assert (told.point >= told.matrix.lower - NEAR).all()
    assert (told.point <= told.matrix.upper + NEAR).all()
    fixed = told.point[case.whole]
    lower, upper = told.matrix.lower.copy(), told.matrix.upper.copy()
    lower[case.whole] = upper[case.whole] = fixed
    again = case.solver.lp(replace(told.matrix, lower=lower, upper=upper), seconds=60, corner=True, method="simplex")
    assert again.objective == pytest.approx(case.value, abs=case.room())


FIXED = 1e-6  # children to which a journey is held: a tenth of that is less than HiGHS's own tolerance, and it may say “Infeasible”


def with_all_that_came_true_so_far_fixed_the_search_ends_at_the_same_plan(case):
    """Who joined which school up to a year, who waited and what opened is fixed; the ends of stays are not.

    The years, the tables and the problem stay the same: a plan made anew from the tables of a year later is another matter,
    which no test builds yet.
    """
    come = int(case.chance.integers(len(case.net.years) - 1))
    begun = np.flatnonzero((case.net.stays.node >= 0) & (case.net.nodes.year[case.net.stays.node] <= come))
    schools = len(case.net.estate.table)
    key = case.net.stays.node[begun] * schools + case.net.school_of_stay()[begun]
    pairs, row = np.unique(key, return_inverse=True)
    first = case.model.problem.blocks["stays"].columns.start
    table = sparse.csc_matrix((np.ones(len(begun)), (row, first + begun)), shape=(len(pairs), len(case.matrix.cost)))
    joined = table @ case.told.point
    lower, upper = case.matrix.lower.copy(), case.matrix.upper.copy()
    now = case.whole[case.net.options.opening_year <= come]
    lower[now] = upper[now] = case.told.point[now]
    matrix = case.matrix
    come_true = replace(
        matrix, lower=lower, upper=upper, rows=sparse.csc_matrix(sparse.vstack([matrix.rows, table])),
        row_lower=np.append(matrix.row_lower, joined - FIXED), row_upper=np.append(matrix.row_upper, joined + FIXED),
        row_kind=np.append(matrix.row_kind, np.zeros(len(pairs), dtype=int)),
    )  # fmt: skip
    narrow = quiet(presolve="off")  # HiGHS's presolve ended rows as narrow as these with a “Solve error”
    value, _ = case.solved(come_true, solver=narrow, start=case.told.point)
    assert value == pytest.approx(case.value, abs=10 * case.room())


def the_same_authority_told_in_another_way_has_the_same_plan(case):
    """All disguises at once; where that differs, each by itself."""
    worn = some(case.chance)
    if told := differences(case, worn):
        alone = {disguise.__name__: words for disguise in worn if (words := differences(case, [disguise]))}
        message = f"told in another way: {alone or 'only all of them together'}: {told}"
        raise AssertionError(message)


HELD_AGAINST_THE_TABLES = (
    no_school_is_overfull_or_used_before_it_opens_or_after_it_closes,
    nobody_leaves_a_school_that_still_teaches_them,
    what_opens_keeps_every_rule_as_an_officer_reads_the_tables,
)
LAWS = (
    every_child_is_on_one_stay_or_without_a_place,
    no_school_is_overfull_or_used_before_it_opens_or_after_it_closes,
    nobody_leaves_a_school_that_still_teaches_them,
    what_opens_keeps_every_rule_as_an_officer_reads_the_tables,
    each_loss_told_is_what_its_prices_make_of_the_plan,
    the_objective_is_the_weighted_deviations_and_the_costs_of_the_tables,
    moves_told_are_moves_walked,
    openings_made_whole_stand_by_themselves,
    the_plan_is_the_best_of_all_ways_to_open_and_its_bound_says_so,
    nobody_is_left_out_who_need_not_be,
    with_nothing_more_opened_children_are_served_as_well_as_can_be,
    settings_of_the_solver_leave_the_optimum,
    a_second_solver_finds_the_same_optimum,
    what_was_solved_before_changes_nothing,
    a_known_plan_to_start_from_leaves_the_optimum,
    forcing_an_option_in_or_out_never_betters_the_plan,
    dropping_what_ties_options_together_never_worsens_the_plan,
    a_must_that_the_plan_meets_already_keeps_it,
    more_never_leaves_it_worse,
    a_larger_weight_never_worsens_the_principle_s_own_deviation,
    a_weight_of_nothing_leaves_no_trace,
    a_principle_scores_0_at_its_ideal_and_1_at_the_unacceptable,
    the_relaxation_is_convex_in_the_children,
    with_all_that_came_true_so_far_fixed_the_search_ends_at_the_same_plan,
    the_same_authority_told_in_another_way_has_the_same_plan,
)
