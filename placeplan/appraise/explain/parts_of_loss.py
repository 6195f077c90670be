"""Parts of a loss: what a principle's loss is made of, by what is priced and where; the parts add up to the loss."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number, Whole, YesNo
from placeplan.journeys.network import BANDS
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Deviations, Prices

EVERYWHERE, TOGETHER = "everywhere", "all areas together"
OF_SCHOOLS, OF_AN_AREA = "outside the limits of size", "spare places too many or too few"
OF_NO_SCHOOL = {  # what rows miss that read no school's roll, by principle
    "choice": "kinds of provision missing", "community": "residents without a facility in reach",
    "vulnerable": "places of resourced provision missing", "participation": "sixth forms too small",
}  # fmt: skip


def parts_of_loss(prices: Prices, plan: Plan, key: str) -> pd.DataFrame:
    """Return part, where, loss: the greatest first, in the unit of the principle's loss. Their sum is its loss.

    key: of the principle.  Journeys and waiting children are told by community, rolls by school, spare places by
    planning area, children with special needs for all areas together: they are few.
    """
    network = plan.network
    areas = np.array(network.areas, dtype=object)
    schools = network.estate.table["name"].astype(str).to_numpy(dtype=object)
    of_node = areas[network.area_of_origin()[network.nodes.origin]]
    special = network.specialist
    parts = [
        _part("journeys", areas[network.stays.area], prices.stays * plan.stays),
        _part("pupils of a school", schools[network.bundles.school], prices.bundles * plan.bundles()),
        _part("children without a place", of_node, prices.unplaced * plan.unplaced),
        _part("transfers kept in a partnership", of_node[network.kept_node], prices.kept * plan.kept()),
        _part("specialist places far away", _together(special.area), prices.used * plan.used),
        _part("specialist need not met", _together(plan.unmet), prices.unmet * plan.unmet),
        _part("what no plan changes", np.array([EVERYWHERE], dtype=object), np.array([prices.constant])),
    ]
    parts += [_of_rows(d, plan, schools, key) for d in prices.deviations]
    frame = pd.concat(parts).groupby(["part", "where"], as_index=False).agg(loss=("loss", "sum"))
    ordered: pd.DataFrame = (
        frame[frame["loss"] != 0].sort_values("loss", ascending=False, kind="stable").reset_index(drop=True)
    )
    return ordered


def _together(rows: Whole | Number) -> np.ndarray:
    """Return the place of children with special needs: their numbers are small, so no area is told apart."""
    return np.full(len(rows), TOGETHER, dtype=object)


def _part(name: str, where: np.ndarray, loss: Number) -> pd.DataFrame:
    """Return one part of the loss by place."""
    return pd.DataFrame({"part": name, "where": where.astype(object), "loss": np.asarray(loss, dtype=float)})


def _of_rows(deviations: Deviations, plan: Plan, schools: np.ndarray, key: str) -> pd.DataFrame:
    """Return what misses a size, a band, a kind of provision or a first choice, by the school or area whose pupils a row reads."""
    network = plan.network
    loss = deviations.price * deviations.of(plan.bands(), plan.openings, plan.stays)
    rolls = deviations.rolls.tocoo()
    row, of_school = rolls.row.astype(np.int64), rolls.col.astype(np.int64) // (len(network.years) * len(BANDS))
    if deviations.stays is not None:
        begin = deviations.stays.tocoo()
        row, of_school = (np.append(row, begin.row), np.append(of_school, network.school_of_stay()[begin.col]))
    areas = network.estate.table["planning_area"].astype(str).to_numpy(dtype=object)
    _, of_area = np.unique(areas, return_inverse=True)
    school, one_school = _single(row, of_school, len(loss))
    area, one_area = _single(row, of_area[of_school], len(loss))
    area_names = np.unique(areas)
    none = ~np.isin(np.arange(len(loss)), row)
    where = np.where(one_school, schools[school], np.where(one_area, area_names[area], TOGETHER))
    if key == "families":
        part = np.full(len(loss), "first choices lost", dtype=object)
    else:
        own = OF_NO_SCHOOL.get(key, "what is missing")
        size = "in poor rooms" if key == "community" else OF_SCHOOLS if key == "viable" else own
        part = np.where(none, own, np.where(one_school, size, OF_AN_AREA if key == "viable" else own))
    return pd.DataFrame({"part": part, "where": np.where(none, TOGETHER, where).astype(object), "loss": loss})


def _single(row: Whole, of: Whole, rows: int) -> tuple[Whole, YesNo]:
    """Return for each row the one that it reads, and whether it reads one alone."""
    least, most = np.full(rows, np.iinfo(np.int64).max), np.full(rows, -1)
    np.minimum.at(least, row, of)
    np.maximum.at(most, row, of)
    return np.maximum(most, 0), least == most
