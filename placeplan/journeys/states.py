"""States: the configurations a school can be in, what it teaches in each, and where a stay would then end."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.estate import Estate
from placeplan.options.option import GROUPS, Options, YearGroups

NOT_TAUGHT = -2
LAST_COMPULSORY = 11


@dataclass(frozen=True)
class States:
    """One row a school and state; a school's first state is "as today".

    school, decision (−1: as today), opening (planned year, −1: as today), column (of the opening, −1), new_places: equal
    lengths.  taught: state × planned year × NC year.  final: state × NC year, taught once all steps are done, within the plan
    or beyond it.  ends: state × joining year (0: on roll in the base year, then the
    planned years) × NC year: the planned year in which a stay that begins there ends by itself (−1: in the base year),
    NOT_TAUGHT where it can't begin; the last planned year also stands for everything beyond.
    successor: the school into which this one has closed, −1 where it has not.
    """

    school: Whole
    decision: Whole
    opening: Whole
    column: Whole
    new_places: Number
    taught: YesNo
    final: YesNo
    ends: Whole
    successor: Whole

    @property
    def closes_into_another(self) -> bool:
        """Say whether any option closes a school into another."""
        return bool((self.successor >= 0).any())


def states(estate: Estate, options: Options, years: int) -> States:
    """Return every school's states: as today, and one a structural option and opening year."""
    rows: list[tuple[int, int, int, int, float, YesNo, YesNo, int]] = []
    changes = _changes(estate, options)
    for s, today in enumerate(estate.taught):
        rows.append((s, -1, -1, -1, 0.0, np.repeat(today[None, :], years, axis=0), today, -1))
        for decision, change, into in changes.get(s, ()):
            of_decision = np.flatnonzero(options.opening_decision == decision)
            for column in of_decision:
                opening = int(options.opening_year[column])
                taught_then = change.by_year(opening, years, today)
                final = change.in_the_end()
                rows.append((s, decision, opening, int(column), change.places, taught_then, final, into))
    taught, final = np.stack([r[5] for r in rows]), np.stack([r[6] for r in rows])
    school, decision_, opening_, column_ = (np.array([r[k] for r in rows], dtype=np.int64) for k in range(4))
    places = np.array([r[4] for r in rows])
    successor = np.array([r[7] for r in rows], dtype=np.int64)
    return States(
        school, decision_, opening_, column_, places, taught, final, _ends(taught, estate.taught[school]), successor
    )


def _changes(estate: Estate, options: Options) -> dict[int, list[tuple[int, YearGroups, int]]]:
    """Return for each school the decisions that change its year groups, and the school into which it closes (or −1)."""
    index = estate.index()
    shut = YearGroups(((0, None),), 0.0)
    changes: dict[int, list[tuple[int, YearGroups, int]]] = {}
    for option in options.options:
        if option.effects.year_groups is not None and option.school in index:
            changes.setdefault(index[option.school], []).append((option.decision, option.effects.year_groups, -1))
        for urn in option.effects.closes:
            if urn in index and option.school in index:
                changes.setdefault(index[urn], []).append((option.decision, shut, index[option.school]))
    return changes


def _ends(taught: YesNo, today: YesNo) -> Whole:
    """Return state × joining year (base year first) × NC year: the planned year in which a stay ends by itself."""
    count, years, _ = taught.shape
    ends = np.full((count, years + 1, GROUPS), NOT_TAUGHT, dtype=np.int64)
    ends[:, years, :] = np.where(taught[:, years - 1, :], years - 1, NOT_TAUGHT)
    for t in range(years - 2, -1, -1):
        goes_on = np.zeros((count, GROUPS), dtype=bool)
        goes_on[:, :-1] = taught[:, t + 1, 1:]
        later = np.full((count, GROUPS), NOT_TAUGHT, dtype=np.int64)
        later[:, :-1] = ends[:, t + 2, 1:]
        ends[:, t + 1, :] = np.where(taught[:, t, :], np.where(goes_on, later, t), NOT_TAUGHT)
    goes_on = np.zeros((count, GROUPS), dtype=bool)
    goes_on[:, :-1] = taught[:, 0, 1:]
    later = np.full((count, GROUPS), NOT_TAUGHT, dtype=np.int64)
    later[:, :-1] = ends[:, 1, 1:]
    ends[:, 0, :] = np.where(today, np.where(goes_on, later, -1), NOT_TAUGHT)
    return ends


def possible_ends(states: States) -> tuple[Whole, Whole]:
    """Return every lawful stay as rows (school, joining year, NC year, ending year) and the state that allows each.

    Joining year −1 is the base year (on roll).  A stay may also end with Year 11 where the school goes on to a sixth form.
    """
    state, joining, nc = np.nonzero(states.ends > NOT_TAUGHT)
    end = states.ends[state, joining, nc]
    join_year = joining - 1
    at_11 = join_year + (LAST_COMPULSORY - nc)
    early = (nc <= LAST_COMPULSORY) & (at_11 < end)
    columns = [np.concatenate([a, a[early]]) for a in (states.school[state], join_year, nc)]
    ending = np.concatenate([end, at_11[early]])
    stays = np.stack([*columns, ending], axis=1)
    return stays, np.concatenate([state, state[early]])


def state_columns(states: States, openings: int) -> tuple[sparse.csr_matrix, Whole]:
    """Return w = constant + matrix × y: how much each state holds, in terms of what opens in which year."""
    opened = np.flatnonzero(states.column >= 0)
    as_today = np.flatnonzero(states.column < 0)
    first_of_school = np.full(int(states.school.max()) + 1, -1)
    first_of_school[states.school[as_today]] = as_today
    rows = np.concatenate([opened, first_of_school[states.school[opened]]])
    cols = np.concatenate([states.column[opened], states.column[opened]])
    values = np.concatenate([np.ones(len(opened)), -np.ones(len(opened))])
    matrix = sparse.csr_matrix((values, (rows, cols)), shape=(len(states.school), openings))
    return matrix, (states.column < 0).astype(np.int64)
