"""The files of a certificate: the same proof gives the same bytes, and what is read is what was written.

Tables with labels are CSV, arrays are .npz (a zip of plain arrays, its dates fixed), the rest is certificate.json.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from operator import index
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse

from placeplan.allocate.certificate_value import PRICED, CutProof, KeptRows, Labels, Leaves, Proof, Solution, Told
from placeplan.allocate.scales import Scale
from placeplan.domain.errors import CertificateRefused
from placeplan.domain.years import academic_year, name_of_nc_year, name_of_year, nc_year
from placeplan.principles.principle import Deviations, Prices

FORMAT = 5
SUMMARY = "certificate.json"
FOLDER = "certificate"
LEAVES = f"{FOLDER}/leaves.csv"
DUALS, LEAST, CUTS = f"{FOLDER}/duals.npz", f"{FOLDER}/least.npz", f"{FOLDER}/cuts.npz"
YEARS, GROUPS = ("cohort", "academic_year"), ("nc_year", "from_nc_year", "to_nc_year")
TEXTS = (
    "origin",
    "origin_kind",
    "area",
    "urn",
    "decision",
    "partnership",
    "need",
    "site",
    "option",
    "kind",
    "rule",
    "sex",
)
POSITIONS = ("row", "opening", "stay", "pool", "need_group", "taught", "committed", "years_before", "year_groups")
_A_FIXED_DATE = (1980, 1, 1, 0, 0, 0)

Arrays = dict[str, np.ndarray]
Read = TypeVar("Read")


def to_files(proof: Proof, summary: Mapping[str, object]) -> dict[str, bytes]:
    """Return path → content. summary: what certificate.json says first, for people."""
    files = {f"{FOLDER}/{f.name}.csv": _csv(getattr(proof.labels, f.name)) for f in fields(Labels)}
    files[f"{FOLDER}/model.npz"] = archived(_model_arrays(proof.model))
    files[f"{FOLDER}/prices.npz"] = archived(_price_arrays(proof))
    files[f"{FOLDER}/do_minimum.npz"] = archived({f.name: getattr(proof.do_minimum, f.name) for f in fields(Solution)})
    if proof.row_duals is not None:
        files[DUALS] = archived({"row_duals": proof.row_duals})
    if proof.leaves is not None:
        files[f"{FOLDER}/leaves.npz"] = archived({f.name: getattr(proof.leaves, f.name) for f in fields(Leaves)})
    for path, by in ((LEAST, proof.least), (CUTS, proof.cuts)):
        if by is not None:
            files[path] = archived({"cuts": by.duals} | {f.name: getattr(by.leaves, f.name) for f in fields(Leaves)})
    about = {
        **summary,
        "format": FORMAT,
        "planned_years": [name_of_year(y) for y in proof.years],
        "scales": [_without_nan(asdict(s)) for s in proof.scales],
        "told": _without_nan(asdict(proof.told)),
        "row_names": list(proof.model.row_names),
        "columns": {name: list(at) for name, at in proof.model.blocks.items()},
    }
    text = json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return {SUMMARY: text.encode("utf-8"), **files}


def from_files(files: Mapping[str, bytes]) -> Proof:
    """Return the proof that files hold. Raises CertificateRefused naming a file that is lost or can't be read."""
    about = _read(files, SUMMARY, lambda content: dict(json.loads(content)))
    if about.get("format") != FORMAT:
        raise CertificateRefused(f"{SUMMARY}: has format {about.get('format')}; this version reads format {FORMAT}")
    years = _read(files, SUMMARY, lambda _: tuple(academic_year(y) for y in about["planned_years"]))
    scales = _read(files, SUMMARY, lambda _: tuple(Scale(**_with_nan(s)) for s in about["scales"]))
    told = _read(files, SUMMARY, lambda _: Told(**_with_nan(about["told"])))
    tables = {f.name: _read(files, f"{FOLDER}/{f.name}.csv", read_labels) for f in fields(Labels)}
    prices = _read(files, f"{FOLDER}/prices.npz", lambda content: _prices(arrays_of(content), scales))
    return Proof(
        years,
        Labels(**tables),
        _read(files, f"{FOLDER}/model.npz", lambda content: _model(arrays_of(content), about)),
        prices[0],
        scales,
        prices[1],
        _read(files, f"{FOLDER}/do_minimum.npz", lambda content: Solution(**arrays_of(content))),
        _read(files, DUALS, lambda content: arrays_of(content)["row_duals"]) if DUALS in files else None,
        told,
        _leaves(files) if f"{FOLDER}/leaves.npz" in files or LEAVES in files else None,
        *(_read(files, path, _by_cuts) if path in files else None for path in (LEAST, CUTS)),
    )


def _by_cuts(content: bytes) -> CutProof:
    """Return what cuts and leaves prove."""
    arrays = arrays_of(content)
    return CutProof(arrays.pop("cuts"), Leaves(**arrays))


def _leaves(files: Mapping[str, bytes]) -> Leaves:
    """Return the leaves. Raises CertificateRefused where they are there without their table, or the table without them."""
    _read(files, LEAVES, lambda content: content)
    return _read(files, f"{FOLDER}/leaves.npz", lambda content: Leaves(**arrays_of(content)))


def leaves_table(proof: Proof, of_leaf: Sequence[float | None]) -> bytes:
    """Return what each leaf decides, in words, and its bound: nothing where no plan can stand in it."""
    assert proof.leaves is not None  # noqa: S101  (asked before)
    names = [
        f"{d} {name_of_year(y)}"
        for d, y in zip(*(proof.labels.openings[n] for n in ("decision", "academic_year")), strict=True)
    ]
    ways = {1: "open by", 0: "not open by"}
    told = [
        "; ".join(f"{ways[int(way)]} {name}" for name, way in zip(names, row, strict=True) if int(way) in ways)
        for row in proof.leaves.openings
    ]
    bounds = ["" if bound is None else repr(bound) for bound in of_leaf]
    vectors = proof.leaves.vector.astype(int).tolist()
    table = pd.DataFrame({"leaf": range(len(told)), "decided": told, "duals": vectors, "bound": bounds})
    return table.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _read(files: Mapping[str, bytes], path: str, how: Callable[[bytes], Read]) -> Read:
    """Return what a file holds. Raises CertificateRefused naming it when it is lost or isn't what it should be."""
    if path not in files:
        raise CertificateRefused(f"{path}: is not there")
    try:
        return how(files[path])
    except (ValueError, KeyError, TypeError, IndexError, EOFError, zipfile.BadZipFile) as fault:
        raise CertificateRefused(f"{path}: can't be read ({type(fault).__name__}: {fault})") from fault


def read_labels(content: bytes) -> pd.DataFrame:
    """Return a table of labels: years and year groups as numbers, names as text."""
    texts = dict.fromkeys((*TEXTS, *YEARS, *GROUPS), str)
    table = pd.read_csv(io.BytesIO(content), dtype=texts, keep_default_na=False)
    for name in (n for n in POSITIONS if n in table):
        if (table[name].astype(float) != table[name].astype("int64")).any():
            message = f"{name} holds a part of a whole"
            raise ValueError(message)
    return coded(table)


def coded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with academic years as September years and NC years as numbers.

    Raises ValueError for what is neither.
    """
    code = {**dict.fromkeys(YEARS, academic_year), **dict.fromkeys(GROUPS, nc_year)}
    told = {name: _each(table[name], code[name]).astype("int64") for name in table.columns if name in code}
    return table.assign(**told)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with academic years and NC years in words."""
    names = {**dict.fromkeys(YEARS, name_of_year), **dict.fromkeys(GROUPS, name_of_nc_year)}
    return table.assign(**{name: _each(table[name], names[name]) for name in table.columns if name in names})


def _each(column: pd.Series, how: Callable[[Any], object]) -> pd.Series:
    """Return a column with each value translated, each different one once."""
    return column.map({value: how(value) for value in column.unique()})


def _csv(table: pd.DataFrame) -> bytes:
    return _named(table).to_csv(index=False, lineterminator="\n").encode("utf-8")


def archived(arrays: Arrays) -> bytes:
    """Return arrays as an .npz whose bytes depend on nothing else."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, values in arrays.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(values), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _A_FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, one.getvalue())
    return out.getvalue()


def arrays_of(content: bytes) -> Arrays:
    """Return the arrays of an .npz."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _model_arrays(model: KeptRows) -> Arrays:
    single = ("cost", "lower", "upper", "integer", "row_lower", "row_upper", "row_kind")
    return {name: np.asarray(getattr(model, name)) for name in single} | _sparse("rows", model.rows.tocsc())


def _model(arrays: Arrays, about: Mapping[str, Any]) -> KeptRows:
    rows = sparse.csc_matrix(_matrix("rows", arrays, sparse.csc_matrix))
    blocks = {name: (index(first), index(count)) for name, (first, count) in about["columns"].items()}
    single = {name: values for name, values in arrays.items() if not name.startswith("rows.")}
    return KeptRows(rows=rows, row_names=tuple(about["row_names"]), blocks=blocks, **single)


def _price_arrays(proof: Proof) -> Arrays:
    """Return the prices of all principles and the cost of openings."""
    arrays: Arrays = {"opening_cost": proof.opening_cost}
    for scale, price in zip(proof.scales, proof.prices, strict=True):
        arrays |= {f"{scale.key}.{name}": getattr(price, name) for name in PRICED}
        arrays[f"{scale.key}.numbers"] = np.array([price.constant, len(price.deviations)])
        for k, d in enumerate(price.deviations):
            at = f"{scale.key}.{k}"
            arrays |= {f"{at}.constant": d.constant, f"{at}.price": d.price}
            for name in ("rolls", "openings", "earlier", "stays"):
                if getattr(d, name) is not None:
                    arrays |= _sparse(f"{at}.{name}", sparse.csr_matrix(getattr(d, name)))
    return arrays


def _prices(arrays: Arrays, scales: tuple[Scale, ...]) -> tuple[tuple[Prices, ...], np.ndarray]:
    """Return the prices in the order of the scales, and the cost of openings."""
    found = []
    for scale in scales:
        constant, count = arrays[f"{scale.key}.numbers"]
        if count != int(count):
            message = f"{scale.key} has {count} kinds of deviations"
            raise ValueError(message)
        deviations = tuple(_deviation(arrays, f"{scale.key}.{k}") for k in range(int(count)))
        plain = {name: arrays[f"{scale.key}.{name}"] for name in PRICED}
        found.append(Prices(unacceptable=scale.unacceptable, constant=float(constant), deviations=deviations, **plain))
    return tuple(found), arrays["opening_cost"]


def _deviation(arrays: Arrays, at: str) -> Deviations:
    rolls, openings, earlier = (
        sparse.csr_matrix(_matrix(f"{at}.{name}", arrays, sparse.csr_matrix))
        for name in ("rolls", "openings", "earlier")
    )
    stays = None
    if f"{at}.stays.values" in arrays:
        stays = sparse.csr_matrix(_matrix(f"{at}.stays", arrays, sparse.csr_matrix))
    return Deviations(rolls, openings, earlier, arrays[f"{at}.constant"], arrays[f"{at}.price"], stays)


def _sparse(name: str, table: sparse.csr_matrix | sparse.csc_matrix) -> Arrays:
    """Return a sparse matrix as its arrays."""
    parts = {"values": table.data, "index": table.indices, "start": table.indptr, "shape": np.array(table.shape)}
    return {f"{name}.{part}": values for part, values in parts.items()}


def _matrix(name: str, arrays: Arrays, kind: Callable[..., Any]) -> Any:  # noqa: ANN401  (csr or csc)
    values, index, start, shape = (arrays[f"{name}.{part}"] for part in ("values", "index", "start", "shape"))
    if (np.diff(start) < 0).any() or start[-1] != len(values):  # scipy would let a last start of 0 pass, and crash
        message = f"{name} doesn't say where its rows begin"
        raise ValueError(message)
    table = kind((values, index, start), shape=tuple(int(n) for n in shape))
    table.check_format(full_check=True)
    return table


def _without_nan(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that JSON knows: an unknown or infinite number is null."""
    return {k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in values.items()}


def _with_nan(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with null as an unknown number."""
    return {k: np.nan if v is None else v for k, v in values.items()}
