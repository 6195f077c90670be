"""Parts of a loss: what a principle's loss is made of, by what is priced and where; the parts add up to the loss."""

import numpy as np
import pandas as pd

from placeplan.domain.arrays import Number
from placeplan.journeys.network import BANDS
from placeplan.journeys.plan import Plan
from placeplan.principles.principle import Deviations, Prices

EVERYWHERE, SEVERAL = "everywhere", "several schools or none"


def parts_of_loss(prices: Prices, plan: Plan) -> pd.DataFrame:
    """Return part, where, loss: the greatest first, in the unit of the principle's loss. Their sum is its loss.

    Journeys and waiting children are told by community, rolls and what is missing by school.
    """
    network = plan.network
    areas = np.array(network.areas, dtype=object)
    schools = network.estate.table["name"].astype(str).to_numpy(dtype=object)
    of_node = areas[network.area_of_origin()[network.nodes.origin]]
    special = network.specialist
    of_need = np.repeat(areas, special.need[0].size) if special.need.size else np.zeros(0, dtype=object)
    parts = [
        _part("journeys", areas[network.stays.area], prices.stays * plan.stays),
        _part("pupils of a school", schools[network.bundles.school], prices.bundles * plan.bundles()),
        _part("children without a place", of_node, prices.unplaced * plan.unplaced),
        _part("transfers kept in a partnership", of_node[network.kept_node], prices.kept * plan.kept()),
        _part("specialist places far away", areas[special.area], prices.used * plan.used),
        _part("specialist need not met", of_need, prices.unmet * plan.unmet),
        _part("what no plan changes", np.array([EVERYWHERE], dtype=object), np.array([prices.constant])),
    ]
    parts += [_of_rows(d, plan, schools) for d in prices.deviations]
    frame = pd.concat(parts).groupby(["part", "where"], as_index=False).agg(loss=("loss", "sum"))
    ordered: pd.DataFrame = (
        frame[frame["loss"] != 0].sort_values("loss", ascending=False, kind="stable").reset_index(drop=True)
    )
    return ordered


def _part(name: str, where: np.ndarray, loss: Number) -> pd.DataFrame:
    """Return one part of the loss by place."""
    return pd.DataFrame({"part": name, "where": where.astype(object), "loss": np.asarray(loss, dtype=float)})


def _of_rows(deviations: Deviations, plan: Plan, schools: np.ndarray) -> pd.DataFrame:
    """Return what misses a size, a band, a kind of provision or a first choice, by the school whose pupils the row reads."""
    loss = deviations.price * deviations.of(plan.bands(), plan.openings, plan.stays)
    rolls = deviations.rolls.tocoo()
    row, of_school = rolls.row, rolls.col // (len(plan.network.years) * len(BANDS))
    if deviations.stays is not None:
        begin = deviations.stays.tocoo()
        row, of_school = (
            np.append(row, begin.row),
            np.append(of_school, plan.network.school_of_stay()[begin.col]),
        )
    least = np.full(len(loss), len(schools))
    most = np.full(len(loss), -1)
    np.minimum.at(least, row, of_school)
    np.maximum.at(most, row, of_school)
    where = np.where(least == most, schools[np.clip(most, 0, len(schools) - 1)], SEVERAL)
    return _part("outside the limits" if deviations.stays is None else "first choices lost", where, loss)
