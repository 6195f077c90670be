"""Draws: what simulated futures with exact quantiles cost, against their random numbers and a sort alone.

    python benchmarks/draws.py [--json] [--draws 10000] [--areas 150] [--years 15] [--repeats 5]

Ends with 1 where the futures take more than twice the time, or more than 200 MB, else with 0.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from placeplan.forecast.chance import Spread
from placeplan.forecast.shocks import GROUPS, SHARED, normals
from placeplan.forecast.simulate import simulate

MOST_TIME = 2.0  # times the random numbers and the sort
MOST_MEMORY = 200.0  # MB, of the whole process
CHANCE = Spread(authority=0.01, area=0.01, nc_year=0.01, reception=0.02, births=0.02, lasting=0.6)
SEED, KNOWN_BIRTHS = 1, 4


def main() -> int:
    """Measure memory first (a child's peak counts what its parent held when it was started), then time."""
    asked = _asked()
    if asked.once:
        futures(asked)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return 0
    memory = peak(asked)
    ours, floor = side_by_side(asked, lambda: futures(asked), lambda: random_numbers_and_sort(asked))
    found = {
        "draws": asked.draws, "areas": asked.areas, "years": asked.years, "year_groups": GROUPS,
        "seconds": ours, "floor_seconds": floor, "ratio": ours / floor, "most_ratio": MOST_TIME,
        "peak_mb": memory, "most_mb": MOST_MEMORY,
    }  # fmt: skip
    found["kept"] = bool(found["ratio"] <= MOST_TIME and memory <= MOST_MEMORY)
    print(json.dumps(found) if asked.json else table(found))
    return 0 if found["kept"] else 1


def futures(asked: argparse.Namespace) -> float:
    """Simulate once and return the seconds of processor time that it took."""
    shape = (asked.areas, asked.years, GROUPS)
    organic = np.random.default_rng(SEED).uniform(20, 200, shape)
    names = tuple(f"Area {i}" for i in range(asked.areas))
    measured = np.linspace([0.01, 0.01], [0.04, 0.04], asked.years, axis=1)  # as of an English authority: to be met
    began = time.process_time()
    simulate(
        organic, names, np.arange(asked.areas), CHANCE, draws=asked.draws, seed=SEED,
        known_births=KNOWN_BIRTHS, measured=measured,
    )  # fmt: skip
    return time.process_time() - began


def random_numbers_and_sort(asked: argparse.Namespace) -> float:
    """Draw the same random numbers, sort as many cells of the same precision, and return the seconds of both alone."""
    began = time.process_time()
    for name in (*SHARED, *(f"area Area {i}" for i in range(asked.areas))):
        normals(name, SEED, asked.draws, asked.years)
    seconds = time.process_time() - began
    unsorted = np.random.default_rng(SEED).standard_normal((GROUPS, asked.draws), dtype=np.float32)
    cells = np.empty_like(unsorted)
    for _ in range(asked.areas * asked.years):
        cells[:] = unsorted
        began = time.process_time()
        cells.sort(axis=-1)
        seconds += time.process_time() - began
    return seconds


def side_by_side(
    asked: argparse.Namespace, ours: Callable[[], float], floor: Callable[[], float]
) -> tuple[float, float]:
    """Return the least seconds of each, measured in turn: what else the machine does only ever adds to them."""
    pairs = [(ours(), floor()) for _ in range(asked.repeats)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def peak(asked: argparse.Namespace) -> float:
    """Return the greatest memory, in MB, of a process of its own that simulates once."""
    size = [f"--{name}={getattr(asked, name)}" for name in ("draws", "areas", "years")]
    told = subprocess.run([sys.executable, __file__, "--once", *size], check=True, capture_output=True, text=True)
    return float(told.stdout)


def table(found: dict[str, float]) -> str:
    """Return what was found, for people."""
    size = "{draws:,} draws × {areas} areas × {years} years × {year_groups} year groups, exact quantiles"
    rows = "futures {seconds:.2f} s, random numbers and sort alone {floor_seconds:.2f} s"
    bounds = "ratio {ratio:.2f} (at most {most_ratio:g}), memory {peak_mb:.0f} MB (at most {most_mb:g})"
    verdict = "kept" if found["kept"] else "NOT KEPT"
    return "\n".join((size, f"  {rows}", f"  {bounds}: {verdict}")).format(**found)


def _asked() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    for name, usual in (("draws", 10_000), ("areas", 150), ("years", 15), ("repeats", 5)):
        parser.add_argument(f"--{name}", type=_above_0, default=usual, metavar="N", help=f"{usual:,} unless given")
    parser.add_argument("--once", action="store_true", help="simulate once and print the peak memory in MB")
    return parser.parse_args()


def _above_0(given: str) -> int:
    """Return a whole number above 0. Raises ArgumentTypeError, which the parser tells, for anything else."""
    if not given.isdecimal() or int(given) == 0:
        raise argparse.ArgumentTypeError(f"{given} is not a whole number above 0")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
