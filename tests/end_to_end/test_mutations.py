"""Verify refuses a run with one number changed, wherever it stands, though every hash was mended: it recounts."""

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from cases import DEEP
from mutations import another, harmless, in_memory, mend, places, spoiled
from placeplan import pipeline
from placeplan.domain.errors import CertificateRefused
from placeplan.publish.verify import verify_run
from placeplan.scenario.scenario import Scenario
from placeplan.scenario.write import write_scenario
from towns import conversion, option, three_tier_town, too_few

pytestmark = pytest.mark.end_to_end
MUTANTS = 334 if DEEP else 25  # refused, of each of two runs, of three in a night
DRAWN = 4 * MUTANTS  # at most: some change nothing, and of some nothing that the run says depends
ON_DISK = (
    60 if DEEP else 4
)  # of these, how many as whole folders: the others are recounted from memory, their hashes taken as mended


def generated(folder: Path) -> Path:
    """A three-tier authority with a reorganisation, an expansion and a closure to choose from, as a scenario folder."""
    options = [
        *conversion("TWO-TIER", "L", "M", "U", pan=(30, 30), first=1, last=2),
        option("MORE", "expansion", "U", 1, 3, nc_years=(9, 11), places_per_year=15, capital_pounds=2e6),
    ]
    return written(folder, three_tier_town(options=options, size=33, years=5, weights={"single_phase": 3.0}))


def written(folder: Path, read: Scenario) -> Path:
    """A scenario as a folder."""
    write_scenario(folder, settings=read.settings.model_dump(), tables=read.tables, zones=read.zones)
    return folder


@pytest.fixture(scope="module", params=["town", "short", *(["generated"] if DEEP else [])])
def finished(request, bundled_run, tmp_path_factory):
    if request.param == "town":
        return bundled_run("town")
    out = tmp_path_factory.mktemp("mutations")
    scenario = generated(out / "scenario") if request.param == "generated" else written(out / "scenario", too_few())
    return pipeline.run(scenario, out / "run").folder


def sample(folder: Path, count: int, seed: int = 21):
    """Numbers of a run, drawn file by file and figure by figure, so that small tables are hit as often as large ones."""
    draw = np.random.default_rng(seed)
    figures = {}
    for place in places(folder):
        figures.setdefault(place.figure, []).append(place)
    names = sorted(figures)
    order = draw.permutation(len(names))
    for k in range(count):
        of_figure = figures[names[order[k % len(order)]]]
        place = of_figure[int(draw.integers(len(of_figure)))]
        yield place, another(place.value, draw)


def test_one_number_changed_anywhere_is_refused_though_all_hashes_were_mended(finished, tmp_path):
    verify_run(finished)
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    recount, slipped, tried, refused = in_memory(finished), [], 0, 0
    for place, value in sample(finished, DRAWN):
        if refused == MUTANTS:
            break
        content = spoiled(finished, place, value)
        if content == (finished / place.path).read_bytes():
            continue
        tried += 1
        try:
            with warnings.catch_warnings():
                if tried <= ON_DISK:
                    (copy / place.path).write_bytes(content)
                    mend(copy, place.path)
                    verify_run(copy)
                else:
                    recount(place.path, content)
            if not harmless(finished, place, value, content):
                slipped.append(f"{place} → {value}")
        except CertificateRefused:
            refused += 1
        for path in (place.path, "run.json", "certificate.json"):
            if tried <= ON_DISK:
                shutil.copyfile(finished / path, copy / path)
    assert slipped == []
    assert refused == MUTANTS
