"""Mutations: one number of a finished run changed, wherever it stands, and all hashes mended to suit it."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from placeplan.allocate.certificate import certified, digest_of
from placeplan.allocate.certificate_checks import TOLERANCE
from placeplan.allocate.certificate_files import CUTS, LEAST, archived, arrays_of, from_files
from placeplan.appraise.standing import standing
from placeplan.domain.errors import CertificateRefused
from placeplan.domain.years import name_of_nc_year, name_of_year
from placeplan.publish.csv_text import read_csv
from placeplan.publish.pool_file import POOL, pool_of
from placeplan.publish.verify import recounted_run
from placeplan.publish.verify_files import certificate_of, read_for_verifying
from placeplan.publish.verify_pool import ROBUSTNESS, openings_of

BESIDE = "plan/particulars.csv"  # what the scenario says of options: no count of the plan, so its hash alone guards it
RECOUNTED = (
    "principles",
    "robustness",
    "futures",
    "beyond",
    "figures",
)  # of appraisal/: the others follow from the scenario, not from the plan alone
TABLES = ("plan/*.csv", *(f"appraisal/{name}.csv" for name in RECOUNTED), "certificate/*.csv")
NOT_RECOUNTED = {  # what run.json says that no table bears out; the digest in the certificate guards it
    "versions", "seconds", "steps", "files", "format", "solver", "inputs", "small_counts_below",
}  # fmt: skip
SAID_ONLY = {"checks", "largest_violation", "kept_of_tables"}  # of certificate.json: what writing found, and hashes


@dataclass(frozen=True)
class Place:
    """Where a number stands. at: row and column of a table, path in a JSON file, array and position in an archive."""

    path: str
    at: tuple
    value: float

    def __str__(self):
        return f"{self.path} {self.at} = {self.value}"

    @property
    def figure(self):
        """The file and the column, array or first key: what is drawn from."""
        return self.path, str(self.at[1] if self.path.endswith(".csv") else self.at[0])


def places(folder: Path) -> list[Place]:
    """Every number of a run that verify must recount."""
    found = []
    for pattern in TABLES:
        for file in sorted(set(folder.glob(pattern)) - {folder / BESIDE}):
            path = file.relative_to(folder).as_posix()
            rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
            found += [
                Place(path, (r, c), float(word))
                for r, row in enumerate(rows)
                if r
                for c, word in enumerate(row)
                if is_number(word)
            ]
    for file in sorted(folder.glob("certificate/*.npz")):
        path = file.relative_to(folder).as_posix()
        for name, array in arrays_of(file.read_bytes()).items():
            numbers = enumerate(array.ravel()) if array.dtype.kind != "U" else ()
            found += [Place(path, (name, k), float(v)) for k, v in numbers if np.isfinite(float(v))]
    for path, left_out in (("run.json", NOT_RECOUNTED), ("certificate.json", SAID_ONLY)):
        told = json.loads((folder / path).read_text("utf-8"))
        found += [Place(path, at, float(value)) for at, value in leaves(told) if at[0] not in left_out]
    return found


def is_number(word):
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def leaves(value, path=()):
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in below:
        yield from leaves(part, (*path, key))
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def another(value, draw):
    """Another number: a thousandth more, doubled, its opposite, one more, or 0."""
    more = value + max(abs(value), 1.0) / 1000
    ways = [w for w in (more, 2 * value, -value, value + 1, 0.0) if w != value]
    return ways[int(draw.integers(len(ways)))]


def spoiled(folder: Path, place: Place, value: float) -> bytes:
    """The file with the number changed; the same bytes where the file can't say it otherwise."""
    content = (folder / place.path).read_bytes()
    if place.path.endswith(".npz"):
        arrays = arrays_of(content)
        name, at = place.at
        array = arrays[name].copy()
        array.ravel()[at] = (not array.ravel()[at]) if array.dtype == bool else np.array(value).astype(array.dtype)
        return archived(arrays | {name: array}) if (array != arrays[name]).any() else content
    if place.path.endswith(".json"):
        told = json.loads(content)
        part = told
        for key in place.at[:-1]:
            part = part[key]
        part[place.at[-1]] = int(value) if isinstance(part[place.at[-1]], int) and value == int(value) else value
        return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
    row, column = place.at
    whole = "." not in rows[row][column] and value == int(value)
    rows[row][column] = str(int(value)) if whole else repr(value)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def mend(folder: Path, path: str) -> None:
    """Make every hash suit the files again: of the list, of the tables, and of run.json in the certificate."""
    run = json.loads((folder / "run.json").read_text("utf-8"))
    about = json.loads((folder / "certificate.json").read_text("utf-8"))
    kept = about["kept_of_tables"]
    if path in kept:
        kept[path] = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    about["kept_of_run_json"] = digest_of({k: v for k, v in run.items() if k not in {"files", "format"}})
    write(folder / "certificate.json", about)
    for entry in run["files"]:
        if entry["path"] in {path, "certificate.json"}:
            content = (folder / entry["path"]).read_bytes()
            entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    write(folder / "run.json", run)


def write(file, content):
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def harmless(folder: Path, place: Place, value: float, content: bytes) -> bool:
    """May verify accept the change: nothing that the run says depends on it.

    So it is with a figure of a table or of a JSON file that changes by less than the printed tolerance, with the share of
    children displaced on a stay that nobody makes, with prices of a principle that weighs nothing or that the scenario can't influence, and with duals that
    prove the same bounds to the last digit (a dual on a row whose columns stay at the same side of their boxes), or with
    a leaf of cuts that other duals of the proof prove as well; with a
    figure of a plan of the pool that could not be first, or is one of several with the same openings, where no figure told of the pool changes; and with
    the seed where one plan is first in all draws.
    """
    kept = certificate_of(folder)
    proof = from_files(kept)
    if place.at == ("seed",) or place.path == POOL:
        return harmless_to_the_pool(folder, proof, place, value, content)
    if place.path.endswith(".json") or not place.path.startswith("certificate/"):
        return abs(value - place.value) <= TOLERANCE * max(1.0, abs(place.value))
    if place.path == "certificate/bundles.csv" and place.at[1] == list(proof.labels.bundles).index("displaced"):
        stays = read_for_verifying(folder).tables["plan/journeys.csv"]
        bundle = proof.labels.bundles.iloc[place.at[0] - 1]
        names = [name_of_year(bundle["cohort"]), *(name_of_nc_year(bundle[n]) for n in ("from_nc_year", "to_nc_year"))]
        on = (stays[["cohort", "from_nc_year", "to_nc_year"]] == names).all(axis=1) & (stays["urn"] == bundle["urn"])
        return not float(stays.loc[on, "children"].sum()) > TOLERANCE
    if place.path == "certificate/prices.npz":
        return any(place.at[0].startswith(f"{s.key}.") and not s.weight * s.factor for s in proof.scales)
    if place.path in {LEAST, CUTS} or place.at[0] in {"row_duals", "duals"}:
        return certified(from_files({**kept, place.path: content})) == certified(proof)
    return False


def harmless_to_the_pool(folder, proof, place, value, content):
    if place.at == ("seed",):
        table = read_for_verifying(folder).tables[ROBUSTNESS]
        return value == int(value) and set(table["draws_first"]) <= {0, int(table["draws"].iloc[0])}
    return told_of(proof, folder, pool_of(content)) == told_of(proof, folder, pool_of(certificate_of(folder)[POOL]))


def told_of(proof, folder, pool):
    """All that is told of a pool, to the digits that verify compares."""
    run = read_for_verifying(folder).run
    weights = {scale.key: scale.weight for scale in proof.scales}
    limit = proof.told.limit_on_shortfall
    found = standing(pool, openings_of(proof), weights, run["weights"]["cost"], run["seed"], limit)
    return [w if isinstance(w, str) else f"{w:.5g}" for row in found.table.itertuples(index=False) for w in row]


def in_memory(folder: Path):
    """A recount of a run with one file changed, nothing written: as `verify` does it once the hashes are found right."""
    read, kept = read_for_verifying(folder), certificate_of(folder)
    columns = {entry["path"]: entry.get("columns") for entry in read.run["files"]}

    def recount(path: str, content: bytes):
        if path in kept:
            return recounted_run(read, {**kept, path: content})
        if path == "run.json":
            return recounted_run(replace(read, run=json.loads(content)), kept)
        try:
            table = read_csv(content, columns[path])
        except ValueError as fault:
            raise CertificateRefused(path) from fault
        return recounted_run(replace(read, tables={**read.tables, path: table}), kept)

    return recount
