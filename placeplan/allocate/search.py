"""The search: the linear relaxation, plans among the journeys that look best, and beside it branching on the whole.

Measured at the size of a county authority (127,000 columns): the relaxation takes twenty seconds; a plan among its own
journeys and those of the best plan known takes three, where branching on all journeys had not found it in minutes.
Branching finds a bound that the relaxation can't give: each core has its part. See docs/decisions/0012 and 0015.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from placeplan.allocate.beside import Beside
from placeplan.allocate.by_cover import ByCover
from placeplan.allocate.doubts import NOT_PROVEN, second_opinion
from placeplan.allocate.duals import Cut
from placeplan.allocate.highs import NO_ANSWER, Answer
from placeplan.allocate.opening_rules import nearest_openings
from placeplan.allocate.parts import alone, part_of_cover
from placeplan.allocate.problem import Matrix, with_openings
from placeplan.allocate.relaxation import Relaxed, settled, thinned, to_branch_on
from placeplan.allocate.size import is_huge, is_large
from placeplan.allocate.so_far import CLOSE, DUST, Found, SoFar
from placeplan.allocate.talk import Talk
from placeplan.domain.arrays import Number, Whole
from placeplan.domain.errors import NoPlanInTime, SolverFailed

KEPT = (0.0, 0.05, 0.15, 0.4)  # of the columns that nobody uses yet: how many are thought of, the cheapest first
CLOSELY, CLOSER = 1e-3, 1e-4  # relative gaps to which a plan is sought among these
DONE, TIME_IS_UP = {"Optimal", "Interrupted by user"}, "Time limit reached"
NOT_BRANCHED = Answer("Interrupted by user", None, np.inf, -np.inf, None, 0.0)
LAST_PROGRAM = 20.0  # seconds that a plan of the branching may take to be made lawful


class Search(SoFar):
    """One search on one matrix until a deadline (monotonic seconds)."""

    def start_from(self, point: Number | None) -> None:
        """Take a known plan as the one to better."""
        if point is not None:
            self.take(point)

    def directly(self, decision: Whole) -> Found:
        """Hand the whole problem to HiGHS, right for small ones, and doubt its word.

        decision: of each opening, in order.
        """
        matrix = self.matrix
        answer = self.solver.mip(matrix, seconds=self.left(), gap=self.gap, start=self.best, large=is_large(matrix))
        if answer.status in {"Unbounded", "Primal infeasible or unbounded"}:
            message = f"the solver calls the plan “{answer.status}”, which this model never is"
            raise SolverFailed(message)
        if answer.point is not None:
            self.take(answer.point)
        if answer.status != "Infeasible":  # with a plan in hand: nothing better is left
            self.raise_to(answer.bound)
        self.note("branching")
        found = self._done(answer)
        if not matrix.integer.any():
            return found
        doubted = second_opinion(self.solver, matrix, decision, found, self.gap, self.left)
        self.best, self.objective, self.bound = doubted.point, doubted.objective, doubted.bound
        if doubted.wrong:
            self.note("second opinion")
        return Found(
            doubted.point, doubted.objective, doubted.bound, NOT_PROVEN if doubted.wrong else found.status, None
        )

    def by_relaxation(
        self,
        relaxed: Relaxed,
        limit: float,
        cuts: Sequence[Cut] = (),
        plan: Callable[[], Number | None] = lambda: None,
        improve: Callable[[Number], Number] = lambda best: best,
        by_cover: ByCover | None = None,
        finish: Callable[[Number], Number] = lambda best: best,
    ) -> Found:
        """Use the relaxation that was solved beside: its bound, the openings that it settles, then branching.

        limit: the shortfall that the plan may have (V of Relaxed).  cuts: on the shortfall at any openings.
        plan: works out a plan to begin with, while branching has begun.  improve: the best journeys at a plan's openings.
        by_cover: what must open, and a bound by leaves over it.  finish: what is left to do for the best plan, while branching goes on to the end of the time.
        """
        root = relaxed.work.result()
        if root.row_duals is not None:
            self.row_duals = root.row_duals
            self.raise_to(relaxed.bound(root.row_duals, limit))
        if self.enough() or self.left() <= 1:
            self._suffices(plan)
            return self._done(None)
        paid = relaxed.price * limit
        whole = self._unsettled(to_branch_on(self.matrix, relaxed, limit, cuts), relaxed, limit)
        huge, began = is_huge(self.matrix), time.monotonic()
        if huge and self._suffices(plan):  # branching can't be stopped at its root, which takes minutes
            return self._done(None)

        first = None if huge else by_cover
        branching = Beside(self.solver, partial(self._to_the_end, whole, relaxed, paid, first))
        telling = self.solver.meanwhile
        self.solver.meanwhile = lambda: self.tell(self.objective)
        if not huge:
            self.start_from(plan())
        self.note("linear relaxation")
        one_program = time.monotonic() - began
        if root.point is not None and not self.enough():
            until = time.monotonic() + max(self.left() - 2 * one_program, self.left() / 3)  # two last programs follow
            plans = partial(self._plans, relaxed, root.point, limit, until, improve)
            plans("plan", KEPT[:2], CLOSELY)
            if by_cover is not None and self.best is not None and not huge and not self.enough():
                self._by_parts(by_cover, relaxed, limit, until, improve)
            plans("wider plan", KEPT[2:], CLOSELY)
            plans("closer plan", KEPT[1:], CLOSER)
        if self.best is not None and not branching.done.is_set():
            self.take(finish(self.best))
        answer = branching.result()
        self._learn(answer, whole, paid)
        if (
            not self.enough() and answer.proven and self.left() > 1
        ):  # price and cuts stand a little below the limit itself
            whole = self._unsettled(self.matrix, relaxed, limit)
            answer = self._branch(whole, 0.0)
            self._learn(answer, whole, 0.0)
        self.solver.meanwhile = telling
        return self._done(answer)

    def _to_the_end(self, whole: Matrix, relaxed: Relaxed, paid: float, by_cover: ByCover | None) -> Answer:
        """Branch, with what must open as a row of its own, where that can be told and doesn't say enough already."""
        if by_cover is None:
            return self._branch(whole, paid)
        ahead = by_cover.before(whole, relaxed, self.ends)
        return NOT_BRANCHED if self.enough() else self._branch(ahead, paid)

    def _suffices(self, plan: Callable[[], Number | None]) -> bool:
        """Take a plan to begin with; return whether the relaxation says that it is good enough."""
        self.start_from(plan())
        if self.enough() or self.left() <= 1:
            self.note("linear relaxation")
        return self.enough()

    def _unsettled(self, matrix: Matrix, relaxed: Relaxed, limit: float) -> Matrix:
        """Return a problem without the openings that can't better the best plan."""
        if self.row_duals is None or self.best is None:
            return matrix
        return settled(matrix, relaxed, self.row_duals, self.objective + relaxed.price * limit)

    def _branch(self, whole: Matrix, paid: float) -> Answer:
        """Branch on the whole until the gap is closed or the time is up; bounds are known to the other core at once."""

        def watch(_: float, bound: float) -> bool:
            self.raise_to(bound - paid)
            return self.enough()

        given = [self.objective]

        def offer() -> Number | None:
            """Return the other core's plan, where it is better than what was given."""
            if self.objective >= given[0]:
                return None
            given[0] = self.objective
            return self.best

        def found(point: Number) -> None:
            """Take a better plan at once, where it holds the limit on the shortfall that branching may have a price for."""
            if self._is_lawful(point):
                self.take(point)

        return self.solver.mip(
            whole,
            seconds=self.left(),
            gap=self.gap,
            start=self.best,
            large=is_large(whole),
            talk=Talk(watch, offer, found),
        )

    def _by_parts(
        self, by_cover: ByCover, relaxed: Relaxed, limit: float, until: float, improve: Callable[[Number], Number]
    ) -> None:
        """Prove the plan part by part, look for better ones in those in which one may stand, and branch on them."""
        by_cover.settle(self, relaxed, until)
        if by_cover.parts is None:
            return
        for which, of in by_cover.parts.likeliest(limit, self.objective):
            if self.objective <= of.bound(limit) or until - time.monotonic() < LAST_PROGRAM / 2:
                break
            own = part_of_cover(self.matrix, by_cover.parts.cover, which)
            start = self._one_of(alone(own, by_cover.parts.cover, which))
            if start is None:
                continue
            self.take(start)
            self.note("plan of a part")
            if self.enough():
                continue
            whole = settled(own, of.relaxed, of.row_duals, self.objective + relaxed.price * limit)
            near = thinned(whole, of.relaxed, of.row_duals, of.point, start, 0.0)
            self._decided(near, until - time.monotonic(), CLOSELY, start=start)
            if self.best is not None and time.monotonic() < until:
                self.take(improve(self.best))
        if not self.enough():
            by_cover.prove(self, relaxed, until)

    def _one_of(self, part: Matrix) -> Number | None:
        """Return a plan of a part to begin with: at the openings nearest to those of the best plan; None where none is lawful."""
        assert self.best is not None  # noqa: S101  (asked before)
        openings = nearest_openings(part, np.round(self.best[self.matrix.integer]), self.solver, LAST_PROGRAM)
        if openings is None:
            return None
        point = self.best.copy()
        point[self.matrix.integer] = openings
        return self._made_lawful(point)

    def _plans(
        self, relaxed: Relaxed, point: Number, limit: float, until: float, improve: Callable[[Number], Number],
        name: str, shares: Sequence[float], closely: float,
    ) -> None:  # fmt: skip
        """Look for plans among the journeys that the relaxation or the best plan makes, and some of the others.

        shares: of the others, one after another.  closely: the relative gap of each.  improve: the best journeys of all at
        the openings of a plan, of which the next share makes use.
        """
        for share in shares:
            if self.row_duals is None or self.enough() or until - time.monotonic() < LAST_PROGRAM / 2:
                return
            whole, best = self._unsettled(self.matrix, relaxed, limit), point if self.best is None else self.best
            near = thinned(whole, relaxed, self.row_duals, point, best, share)
            free, all_ = int((near.lower < near.upper).sum()), len(near.cost)
            self.solver.told(f"Looking for plans among the likeliest {free:,} of {all_:,} columns", None)
            self._decided(near, until - time.monotonic(), closely, start=self.best)
            self.note(name)
            if self.best is not None and not is_huge(near) and time.monotonic() < until:
                self.take(improve(self.best))

    def _decided(self, near: Matrix, seconds: float, closely: float, start: Number | None) -> None:
        """Look for the best plan of a problem without many journeys; better ones are taken as they are found."""

        def watch(value: float, _: float) -> bool:
            least = min(value, self.objective)
            self.tell(least)
            return self.relative_gap(least) <= self.gap

        answer = self.solver.mip(
            near, seconds=seconds, gap=min(self.gap / 3, closely), start=start, large=is_large(near),
            talk=Talk(watch, found=self.take),
        )  # fmt: skip
        if answer.point is not None:
            self.take(answer.point)

    def _learn(self, answer: Answer, whole: Matrix, paid: float) -> None:
        """Take what branching on the whole has found: its bound, and its plan where that is better and lawful."""
        if answer.status not in NO_ANSWER:
            self.raise_to(answer.bound - paid)
        if answer.point is not None and float(whole.cost @ answer.point) - paid < self.objective - CLOSE:
            self.take(answer.point if self._is_lawful(answer.point) else self._made_lawful(answer.point))
        self.note("branching")

    def _is_lawful(self, point: Number) -> bool:
        """Return whether a point holds what branching may have left out: the limit on the shortfall."""
        return bool((self.matrix.rows @ point <= self.matrix.row_upper + CLOSE).all())

    def _made_lawful(self, point: Number) -> Number | None:
        """Return the best plan at the openings of a point that holds no limit on the shortfall; None where there is none."""
        fixed = with_openings(self.matrix, np.round(point[self.matrix.integer]), self.matrix.integer)
        return self.solver.lp(fixed, seconds=max(self.left(), LAST_PROGRAM)).point

    def _done(self, last: Answer | None) -> Found:
        if self.best is None:
            if last is not None and last.status == "Infeasible":
                message = "the solver calls the plan “Infeasible”, which this model never is"
                raise SolverFailed(message)
            message = "The time limit came before any plan. Give [solve] time_limit_seconds more."
            raise NoPlanInTime(message)
        unproven = TIME_IS_UP if last is None or last.status in DONE else last.status
        unproven = NOT_PROVEN if self.disproved else unproven
        status = "Optimal" if self.relative_gap() <= self.gap + DUST else unproven
        return Found(self.best, self.objective, self.bound, status, self.row_duals)
