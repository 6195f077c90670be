"""Variants of the demo: scenarios that extend it and say only what differs."""

from pathlib import Path

import pandas as pd

from placeplan.scenario.write import write_scenario

MORE_HOMES, MORE_LIKELY = 1.5, 1.1
STRONG = 5.0  # weight of the principle that a variant puts first
COMMENT = "Synthetic, as the demo that it extends; only what differs stands here."


def write_variants(folder: Path, housing: pd.DataFrame) -> None:
    """Write high_growth, tight_budget, local_first and single_phase_first beside the demo.

    folder: that in which the demo's own folder stands.  housing: the demo's table.
    """
    more = housing.assign(
        dwellings=(housing["dwellings"] * MORE_HOMES).round(2),
        probability=(housing["probability"] * MORE_LIKELY).clip(upper=1.0).round(3),
    )
    tight = {"total_pounds": 60e6, "a_year_pounds": 20e6}
    _variant(folder, "high_growth", "half as many homes again", {}, {"housing": more})
    _variant(folder, "tight_budget", "£60 million for the whole plan", {"budget": tight}, {})
    _variant(folder, "local_first", "local schools count five times", {"weights": {"local": STRONG}}, {})
    _variant(
        folder, "single_phase_first", "a single phase counts five times", {"weights": {"single_phase": STRONG}}, {}
    )


def _variant(
    folder: Path, name: str, what: str, sections: dict[str, dict[str, float]], tables: dict[str, pd.DataFrame]
) -> None:
    """Write one variant."""
    head = {"extends": "../demo", "name": name, "title": f"Demoshire, {what} (synthetic)"}
    write_scenario(folder / name, settings={**head, **sections}, tables=tables, zones=None, comment=COMMENT)
