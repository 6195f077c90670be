"""The map of the report: zones, communities, schools and options as SVG, in tens of metres on the national grid."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from placeplan.domain.arrays import Number
from placeplan.domain.years import name_of_year
from placeplan.publish import findings, legend
from placeplan.publish.legend import Band, class_of
from placeplan.publish.page.content import run_id
from placeplan.publish.page.journeys import Joining, joining_of
from placeplan.publish.results import Results

UNIT = 10.0  # metres in one unit of the drawing
PIXELS = 640  # the width for which marks and letters are drawn before the script knows better
NOBODY = Joining(by_year=[], origins=[])


@dataclass(frozen=True)
class Drawing:
    """The picture as it is without the script, and the figures with which the script changes it."""

    picture: dict[str, object]
    data: dict[str, object]


def map_of(results: Results) -> Drawing:
    """Return the map for the last planned year, and the data for the others."""
    zones = results.scenario.zones
    frame = _Frame.around(shapely.total_bounds(zones.geometry.to_numpy()))
    shapes = _simplified(zones.geometry.to_numpy(), frame)
    demand, short = findings.demand(results), findings.shortfall(results)
    change = legend.change_classes(demand[:, -1] - demand[:, 0])
    without = legend.short_classes(short.max(axis=1))
    children = legend.child_classes(demand)
    areas = sorted(set(zones["community"]))
    schools, marks = _schools(results, frame)
    options = _options(results, frame)
    centres = frame.turn(shapely.get_coordinates(zones.geometry.representative_point().to_numpy()))
    colours = [change[k].colour for k in class_of(demand[:, -1] - demand[:, 0], change)]
    picture = {
        "width": frame.width,
        "height": frame.height,
        "unit": round(frame.width / PIXELS, 3),
        "zones": [
            {"path": path_of(shape), "name": name, "colour": colour}
            for shape, name, colour in zip(shapes, zones["name"], colours, strict=True)
        ],
        "areas": _outlines(zones["community"], shapes),
        "planning_areas": _outlines(zones["planning_area"], shapes),
        "labels": _labels(zones["community"], shapes, demand[:, -1], _points(marks), frame),
        "schools": marks,
        "options": options,
        "change": change,
        "spare": legend.SPARE,
        "scale": _scale(frame),
    }
    data = {
        "run": run_id(results),
        "base": name_of_year(results.scenario.settings.base_year),
        "years": results.year_names,
        "width": frame.width,
        "height": frame.height,
        "areas": areas,
        "areas_at": frame.turn(findings.origin_points(results).loc["area"].loc[areas].to_numpy(dtype=float)).tolist(),
        "zones": {
            "name": list(zones["name"]),
            "code": list(zones["zone"]),
            "area": [areas.index(name) for name in zones["community"]],
            "at": centres.tolist(),
            "children": _rounded(demand, 1),
            "without": _rounded(short, 1),
        },
        "schools": schools,
        "bands": {
            "children": _bands(children),
            "change": _bands(change),
            "without": _bands(without),
            "spare": _bands(legend.SPARE),
        },
    }
    return Drawing(picture=picture, data=data)


@dataclass(frozen=True)
class _Frame:
    """How the national grid lies on the drawing: its left and upper edge, its size."""

    west: float
    north: float
    width: int
    height: int

    @classmethod
    def around(cls, bounds: Number) -> "_Frame":
        """Return a frame a little wider than what it shows."""
        west, south, east, north = bounds
        margin = 0.03 * max(east - west, north - south, 1.0)
        width, height = (max(1, round((size + 2 * margin) / UNIT)) for size in (east - west, north - south))
        return cls(west=west - margin, north=north + margin, width=width, height=height)

    def turn(self, points: Number) -> np.ndarray:
        """Return points of the national grid (point × easting, northing) as whole points of the drawing."""
        return np.rint(np.column_stack([points[:, 0] - self.west, self.north - points[:, 1]]) / UNIT).astype(int)


def path_of(shape: shapely.Geometry) -> str:
    """Return a shape of whole coordinates as an SVG path, each point told from the one before.

    >>> path_of(shapely.box(0, 0, 2, 1))
    'M2 0l0 1 -2 0 0 -1z'
    """
    rings = shapely.get_rings(shapely.get_parts(shape))
    return "".join(_ring(shapely.get_coordinates(ring).astype(int)) for ring in rings if len(ring.coords) > 3)


def _ring(points: np.ndarray) -> str:
    """Return one closed ring as a path."""
    steps = np.diff(points[:-1], axis=0)
    return f"M{points[0][0]} {points[0][1]}l{' '.join(f'{x} {y}' for x, y in steps if x or y)}z"


def _simplified(shapes: np.ndarray, frame: _Frame) -> np.ndarray:
    """Return zones with fewer corners on the drawing's grid, shared borders still shared."""
    tolerance = max(frame.width, frame.height) * UNIT / 1500
    plain = shapely.coverage_simplify(shapes, tolerance)
    return np.asarray(shapely.transform(plain, lambda points: frame.turn(points).astype(float)))


def _outlines(names: pd.Series, shapes: np.ndarray) -> list[dict[str, str]]:
    """Return the outline of each community or planning area, by name."""
    sound, told = shapely.make_valid(shapes), names.astype(str)
    whole = {area: shapely.union_all(sound[(told == area).to_numpy()]) for area in sorted(set(told))}
    return [{"name": area, "path": path_of(shape)} for area, shape in whole.items()]


def _labels(
    names: pd.Series, shapes: np.ndarray, children: Number, schools: Number, frame: _Frame
) -> list[dict[str, object]]:
    """Return the names of communities where they have room, those with most children first, clear of schools where they can be.

    schools: school × (x, y) on the drawing.
    """
    weight = pd.Series(children).groupby(names.to_numpy()).sum().sort_values(ascending=False, kind="stable")
    letter = 13 * frame.width / PIXELS
    taken: list[tuple[Number, Number]] = []
    labels: list[dict[str, object]] = []
    for name in weight.index.astype(str):
        words = name if len(name) <= 24 else name[:23].rstrip() + "…"
        centre = shapely.get_coordinates(
            shapely.centroid(
                shapely.multipoints(shapely.get_coordinates(shapely.centroid(shapes[(names == name).to_numpy()])))
            )
        )
        half = np.array([0.3 * letter * len(words) + letter / 2, 0.9 * letter])
        tries = centre + np.array([(x, y) for y in (0, -1.5, 1.5, -3, 3) for x in (0, -2, 2)]) * letter
        free = [at for at in tries if not any((np.abs(at - other) < half + room).all() for other, room in taken)]
        if free:
            best = min(free, key=lambda at: int((np.abs(schools - at) < half + letter / 2).all(axis=1).sum()))
            taken.append((best, half))
            labels.append({"name": words, "x": round(best[0]), "y": round(best[1])})
    return labels


def _points(marks: Sequence[dict[str, object]]) -> Number:
    """Return where marks stand, mark × (x, y)."""
    return np.array([(mark["x"], mark["y"]) for mark in marks], dtype=float).reshape(-1, 2)


def _schools(results: Results, frame: _Frame) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return schools for the script and schools as drawn, in one order, from west to east."""
    schools = (
        findings.schools(results).sort_values(["easting", "northing", "urn"], kind="stable").reset_index(drop=True)
    )
    rolls, places = findings.rolls_and_places(results, schools["urn"])
    points = frame.turn(schools[["easting", "northing"]].to_numpy(float))
    joining = joining_of(results)
    told, drawn = [], []
    share = np.divide(places - rolls, places, out=np.full(places.shape, -1.0), where=places > 0)
    for row, school in enumerate(schools.to_dict("records")):
        planned, is_open = bool(school["planned"]), bool(school["planned"] and places[row, -1] > 0)
        text = {key: school[key] for key in ("urn", "name", "community")}
        text |= {
            "phase": str(school["phase"]).replace("_", " "),
            "groups": school["nc_years"],
            "new": bool(school["is_new"]),
        }
        figures = {"roll": _rounded(rolls[row], 0), "places": _rounded(places[row], 0)} if planned else {}
        joins = joining.get(str(school["urn"]), NOBODY)
        told.append(text | figures | {"joining": joins.by_year, "from": joins.origins})
        colour = legend.SPARE[int(class_of(share[row, -1:], legend.SPARE)[0])].colour
        drawn.append(
            text
            | {
                "x": int(points[row][0]),
                "y": int(points[row][1]),
                "planned": planned,
                "open": is_open,
                "radius": _radius(float(np.nan_to_num(rolls[row, -1]))),
                "colour": colour if is_open else "#ffffff",
            }
        )
    return told, drawn


def _radius(roll: float) -> float:
    """Return the radius of a school's circle, in pixels: larger for more pupils on roll. map.js draws other years alike."""
    return round(float(np.clip(2.5 + np.sqrt(roll) / 5, 4, 10)), 1)


def _options(results: Results, frame: _Frame) -> list[dict[Hashable, object]]:
    """Return options as drawn: beside their school or site, one next to the other."""
    options = findings.options(results)
    points = frame.turn(options[["easting", "northing"]].to_numpy(float))
    options = options.assign(x=points[:, 0], y=points[:, 1]).sort_values("chosen", ascending=False, kind="stable")
    options["nth"] = options.groupby(["x", "y"]).cumcount()
    return options[["option", "name", "kind", "opens", "chosen", "x", "y", "nth"]].to_dict("records")


def _scale(frame: _Frame) -> dict[str, object]:
    """Return a scale bar of whole miles, about a fifth of the width."""
    miles = frame.width * UNIT / 5 / findings.METRES_A_MILE
    length = next((m for m in (20, 10, 5, 2, 1) if m <= miles), 0.5)
    return {"miles": f"{length:g}", "width": round(length * findings.METRES_A_MILE / UNIT)}


def _bands(bands: Sequence[Band]) -> list[list[object]]:
    """Return classes for the script: upper bound (nothing: no end), colour, words."""
    return [[band.upper if np.isfinite(band.upper) else None, band.colour, band.words] for band in bands]


def _rounded(values: Number, decimals: int) -> object:
    """Return figures as short as they may be."""
    rounded = np.round(values, decimals)
    return (rounded.astype(int) if decimals == 0 else rounded).tolist()
