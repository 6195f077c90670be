"""The search: the linear relaxation, what it settles, a first plan from the rest, and beside it branching on the whole.

Measured at the size of a county authority (127,000 columns): the relaxation takes half a minute and settles most of the
openings; the rest, solved with an interior-point root, gives a plan within half a per cent of it half a minute later.
Branching on the whole finds no such plan in that time, but a bound that the relaxation can't give: each core has its part.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from placeplan.allocate.beside import Beside
from placeplan.allocate.doubts import NOT_PROVEN, second_opinion
from placeplan.allocate.duals import Cut, bound_from_duals
from placeplan.allocate.highs import NO_ANSWER, Answer
from placeplan.allocate.problem import Matrix, with_openings
from placeplan.allocate.relaxation import Relaxed, agreed, likely, settled, to_branch_on
from placeplan.allocate.size import is_huge, is_large
from placeplan.allocate.solve import Solver
from placeplan.allocate.talk import Talk
from placeplan.domain.arrays import Number, Whole
from placeplan.domain.errors import NoPlanInTime, SolverFailed

WIDER = (0.1, 0.25, 0.5)  # of the gap: what an opening may cost against the relaxation and still be thought of
DONE, TIME_IS_UP = {"Optimal", "Interrupted by user"}, "Time limit reached"
DUST, CLOSE = 1e-9, 1e-6
TELL_EVERY, TELL_AGAIN = 2.0, 15.0  # seconds: what is new, and what isn't
LAST_PROGRAM = 20.0  # seconds that a plan of the branching may take to be made lawful

Step = tuple[str, float, float, float]  # step, seconds since the start, best objective, bound


@dataclass(frozen=True)
class Found:
    """The best plan found and what is proven. point: all columns. bound: no plan is below it.

    cuts: what linear programs on the way have proven of all openings.
    """

    point: Number
    objective: float
    bound: float
    status: str
    row_duals: Number | None
    cuts: tuple[Cut, ...] = ()


class Search:
    """One search on one matrix until a deadline (monotonic seconds); `steps` tells how it went."""

    def __init__(
        self, solver: Solver, matrix: Matrix, *, gap: float, offset: float, ends: float, steps: list[Step]
    ) -> None:
        """Remember what to solve. offset: the constant of the objective, which the relative gap counts."""
        self.solver, self.matrix, self.gap, self.offset = solver, matrix, gap, offset
        self.ends, self.steps, self.began = ends, steps, time.monotonic()
        self.told, self.words = self.began, ""
        self.best: Number | None = None
        self.met: list[Number] = []
        self.objective = self.shown = np.inf
        self.bound = bound_from_duals(matrix, np.zeros(len(matrix.row_lower)))  # what no duals at all prove
        self.row_duals: Number | None = None

    def start_from(self, point: Number | None) -> None:
        """Take a known plan as the one to better."""
        if point is not None:
            self._take(point)

    def directly(self, decision: Whole) -> Found:
        """Hand the whole problem to HiGHS, right for small ones, and doubt its word.

        decision: of each opening, in order.
        """
        matrix = self.matrix
        answer = self.solver.mip(matrix, seconds=self._left(), gap=self.gap, start=self.best, large=is_large(matrix))
        if answer.status in {"Unbounded", "Primal infeasible or unbounded"}:
            message = f"the solver calls the plan “{answer.status}”, which this model never is"
            raise SolverFailed(message)
        if answer.point is not None:
            self._take(answer.point)
        if answer.status != "Infeasible":  # with a plan in hand: nothing better is left
            self._raise(answer.bound)
        self._note("branching")
        found = self._done(answer)
        if not matrix.integer.any():
            return found
        doubted = second_opinion(self.solver, matrix, decision, found, self.gap, self._left)
        self.best, self.objective, self.bound = doubted.point, doubted.objective, doubted.bound
        if doubted.wrong:
            self._note("second opinion")
        return Found(
            doubted.point, doubted.objective, doubted.bound, NOT_PROVEN if doubted.wrong else found.status, None
        )

    def by_relaxation(
        self,
        relaxed: Relaxed,
        limit: float,
        cuts: Sequence[Cut] = (),
        plan: Callable[[], Number | None] = lambda: None,
        finish: Callable[[Number], Number] = lambda best: best,
    ) -> Found:
        """Use the relaxation that was solved beside: its bound, the openings that it settles, then branching.

        limit: the shortfall that the plan may have (V of Relaxed).  cuts: on the shortfall at any openings.
        plan: works out a plan to begin with, while branching has begun.  finish: what is left to do for the best plan,
        while branching goes on to the end of the time.
        """
        root = relaxed.work.result()
        if root.row_duals is not None:
            self.row_duals = root.row_duals
            self._raise(relaxed.bound(root.row_duals, limit))
        if self._enough() or self._left() <= 1:
            self.start_from(plan())
            self._note("linear relaxation")
            return self._done(None)
        paid = relaxed.price * limit
        whole = self._unsettled(to_branch_on(self.matrix, relaxed, limit, cuts), relaxed, limit)
        huge, began = is_huge(self.matrix), time.monotonic()
        if huge:  # branching can't be stopped at its root, which takes minutes: is it wanted at all?
            self.start_from(plan())
            if self._enough():
                self._note("linear relaxation")
                return self._done(None)
        branching, telling = Beside(self.solver, lambda: self._branch(whole, paid)), self.solver.meanwhile
        self.solver.meanwhile = lambda: self._tell(self.objective)
        if not huge:
            self.start_from(plan())
        self._note("linear relaxation")
        one_program = time.monotonic() - began
        if root.point is not None and not self._enough():
            seconds = self._left() - 2 * one_program  # the plan's last program, and the do-minimum's
            self._plans(relaxed, root.point, limit, max(seconds, self._left() / 3))
        if self.best is not None and not branching.done.is_set():
            self._take(finish(self.best))
        answer = branching.result()
        self._learn(answer, whole, paid)
        if (
            not self._enough() and answer.proven and self._left() > 1
        ):  # price and cuts stand a little below the limit itself
            whole = self._unsettled(self.matrix, relaxed, limit)
            answer = self._branch(whole, 0.0)
            self._learn(answer, whole, 0.0)
        self.solver.meanwhile = telling
        return self._done(answer)

    def _unsettled(self, matrix: Matrix, relaxed: Relaxed, limit: float) -> Matrix:
        """Return a problem without the openings that can't better the best plan."""
        if self.row_duals is None or self.best is None:
            return matrix
        return settled(matrix, relaxed, self.row_duals, self.objective + relaxed.price * limit)

    def _branch(self, whole: Matrix, paid: float) -> Answer:
        """Branch on the whole until the gap is closed or the time is up; bounds are known to the other core at once."""

        def watch(_: float, bound: float) -> bool:
            self._raise(bound - paid)
            return self._enough()

        given = [self.objective]

        def offer() -> Number | None:
            """Return the other core's plan, where it is better than what was given."""
            if self.objective >= given[0]:
                return None
            given[0] = self.objective
            return self.best

        return self.solver.mip(
            whole, seconds=self._left(), gap=self.gap, start=self.best, large=is_large(whole), talk=Talk(watch, offer)
        )

    def _plans(self, relaxed: Relaxed, point: Number, limit: float, seconds: float) -> None:
        """Fix the openings on which the relaxation and the best plan agree, and decide the rest; then fix fewer."""
        until = time.monotonic() + seconds
        near = agreed(self.matrix, point, point if self.best is None else self.best)
        for share in WIDER:
            free, all_ = int((near.lower < near.upper)[near.integer].sum()), int(near.integer.sum())
            self.solver.told(f"{all_ - free} of {all_} openings are settled by the relaxation", None)
            answer = self._decided(near, until - time.monotonic())
            self._note("first plan" if share == WIDER[0] else "wider plan")
            left = until - time.monotonic()
            if (
                not answer.proven
                or self._enough()
                or self.best is None
                or self.row_duals is None
                or left < LAST_PROGRAM
            ):
                return
            room = share * (self.objective - relaxed.bound(self.row_duals, limit))
            near = likely(self.matrix, relaxed, self.row_duals, self.best, room)

    def _decided(self, near: Matrix, seconds: float) -> Answer:
        """Return the best plan of a problem in which many openings are fixed; better ones are taken as they are found."""

        def watch(value: float, _: float) -> bool:
            least = min(value, self.objective)
            self._tell(least)
            return self._gap(least) <= self.gap

        answer = self.solver.mip(
            near, seconds=seconds, gap=self.gap / 3, start=self.best, large=is_large(near),
            talk=Talk(watch, found=self._take),
        )  # fmt: skip
        if answer.point is not None:
            self._take(answer.point)
        return answer

    def _learn(self, answer: Answer, whole: Matrix, paid: float) -> None:
        """Take what branching on the whole has found: its bound, and its plan where that is better and lawful."""
        if answer.status not in NO_ANSWER:
            self._raise(answer.bound - paid)
        if answer.point is not None and float(whole.cost @ answer.point) - paid < self.objective - CLOSE:
            inside = self.matrix.rows @ answer.point <= self.matrix.row_upper + CLOSE
            self._take(answer.point if inside.all() else self._made_lawful(answer.point))
        self._note("branching")

    def _made_lawful(self, point: Number) -> Number | None:
        """Return the best plan at the openings of a point that holds no limit on the shortfall; None where there is none."""
        fixed = with_openings(self.matrix, np.round(point[self.matrix.integer]), self.matrix.integer)
        return self.solver.lp(fixed, seconds=max(self._left(), LAST_PROGRAM)).point

    def _take(self, point: Number | None) -> None:
        """Keep a plan if it is the best."""
        if point is None:
            return
        self.met.append(point)
        value = float(self.matrix.cost @ point)
        if value < self.objective:
            self.best, self.objective = point, value

    def _raise(self, bound: float) -> None:
        """Take a bound, but never one above a plan in hand: there the solver is wrong, and says nothing."""
        if bound <= self.objective + CLOSE * max(abs(self.objective), 1.0):
            self.bound = max(self.bound, min(bound, self.objective))

    def _enough(self) -> bool:
        return self._gap() <= self.gap

    def _gap(self, objective: float | None = None) -> float:
        """Return the relative gap, the objective's constant counted."""
        value = self.objective if objective is None else objective
        if abs(value + self.offset) <= DUST:
            return 0.0
        if not np.isfinite(value) or not np.isfinite(self.bound):
            return np.inf
        return max(0.0, value - self.bound) / max(abs(value + self.offset), DUST)

    def _left(self) -> float:
        return self.ends - time.monotonic()

    def _tell(self, objective: float) -> None:
        """Tell how far it is, every other second; of two cores the better word."""
        self.shown = objective = min(self.shown, objective)
        now = time.monotonic()
        if now - self.told < TELL_EVERY or self._gap(objective) == np.inf:
            return
        best, bound = objective + self.offset, self.bound + self.offset
        words = f"branching: best {best:,.4f}, bound {bound:,.4f}, gap {self._gap(objective):.2%}"
        if words != self.words or now - self.told > TELL_AGAIN:
            self.told, self.words = now, words
            left = f", at most {self._left():,.0f} s more" if self._left() < np.inf else ""
            self.solver.told(words + left, None)

    def _note(self, step: str) -> None:
        """Keep and tell how far it is."""
        best, bound = self.objective + self.offset, self.bound + self.offset
        self.steps.append((step, time.monotonic() - self.began, best, bound))
        words = f"{step}: best {best:,.4f}, bound {bound:,.4f}, gap {self._gap():.2%}" if self._gap() < np.inf else step
        self.solver.told(words, None)

    def _done(self, last: Answer | None) -> Found:
        if self.best is None:
            if last is not None and last.status == "Infeasible":
                message = "the solver calls the plan “Infeasible”, which this model never is"
                raise SolverFailed(message)
            message = "The time limit came before any plan. Give [solve] time_limit_seconds more."
            raise NoPlanInTime(message)
        unproven = TIME_IS_UP if last is None or last.status in DONE else last.status
        status = "Optimal" if self._gap() <= self.gap + DUST else unproven
        return Found(self.best, self.objective, self.bound, status, self.row_duals)
