"""The place for a run folder: whether it may be used, and who holds it."""

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from placeplan.domain.errors import CannotWrite, RunFolderInTheWay
from placeplan.domain.folder_names import check_name

ROOM_NEEDED = 20_000_000  # bytes: twice the run folder of a county, so that a replaced one and the new one both fit


@contextmanager
def reserve(out: Path, scenario_folder: Path, *, replace: bool) -> Iterator[Path]:
    """Hold the place for a run folder, from before the work until it is written; gives its full path.

    Nobody else can take it meanwhile. Left-overs of runs that were killed are cleared away; a folder that was being
    replaced when its run was killed is put back. May be entered again by the same process.
    Raises RunFolderInTheWay when the place is taken, now or by another run (naming it), and CannotWrite when nothing
    can be written there.
    """
    place = full_path(out)
    _check_where(place, scenario_folder)
    _check_writable(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(_lock_path(place), timeout=0, is_singleton=True, thread_local=False)
        lock.acquire()
    except Timeout:
        raise RunFolderInTheWay(
            f"{out}: another run is writing here{_holder(place)}. Wait for it, or give another --out."
        ) from None
    except OSError as fault:
        raise cannot_write(place, fault) from fault
    try:
        if lock.lock_counter == 1:
            _take_over(place)
        _check_free(place, replace=replace)
        yield place
    finally:
        lock.release()


def check_place(out: Path, scenario_folder: Path, *, replace: bool) -> None:
    """Raise RunFolderInTheWay or CannotWrite, as reserve would, before any work is done; leaves nothing behind."""
    place = full_path(out)
    _check_where(place, scenario_folder)
    _check_free(place, replace=replace)
    _check_writable(place)


def full_path(out: Path) -> Path:
    """Return the whole path of a place, links above it followed, the last name as given."""
    absolute = Path(os.path.abspath(out))  # noqa: PTH100  (folds "..", follows no link)
    return absolute.parent.resolve() / absolute.name


def cannot_write(place: Path, fault: BaseException) -> CannotWrite:
    """Return what to tell an officer when writing failed: where, why, how much room there is."""
    free = shutil.disk_usage(_nearest(place)).free
    why = getattr(fault, "strerror", None) or str(fault).splitlines()[0]
    return CannotWrite(
        f"{place}: can't be written ({why}). {free / 1e6:,.0f} MB are free there and about {ROOM_NEEDED / 1e6:.0f} MB are "
        "needed. Nothing was left behind; make room or give another --out."
    )


def _check_where(place: Path, scenario_folder: Path) -> None:
    """Refuse a place in, at or around the scenario, which a run folder must never touch."""
    check_name(place)
    scenario = scenario_folder.resolve()
    if place in {scenario, *scenario.parents}:
        raise RunFolderInTheWay(f"{place}: the scenario itself is there. Give another --out.")
    if scenario in place.parents:
        raise RunFolderInTheWay(f"{place}: lies inside the scenario {scenario.name}. Give an --out outside it.")


def _check_free(place: Path, *, replace: bool) -> None:
    """Refuse a place that is taken; with replace, a run folder may stand there and nothing else."""
    if not os.path.lexists(place):
        return
    if place.is_symlink() or not place.is_dir():
        raise RunFolderInTheWay(f"{place}: there is a file or a link of this name. Give another --out.")
    if not replace:
        raise RunFolderInTheWay(f"{place}: exists already. Give --replace to replace it, or another --out.")
    if not (place / "run.json").is_file():
        raise RunFolderInTheWay(f"{place}: is not a run folder, so --replace leaves it alone. Give another --out.")


def _check_writable(place: Path) -> None:
    """Refuse a place where no file can be made, or with too little room."""
    nearest = _nearest(place)
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
        free = shutil.disk_usage(nearest).free
    except OSError as fault:
        raise CannotWrite(f"{place}: can't be written ({fault.strerror}). Give another --out.") from fault
    if free < ROOM_NEEDED:
        raise CannotWrite(
            f"{place}: only {free / 1e6:.0f} MB are free, {ROOM_NEEDED / 1e6:.0f} MB are needed. Make room or give another --out."
        )


def _nearest(place: Path) -> Path:
    """Return the nearest thing above a place that is there."""
    return next(above for above in place.parents if above.exists())


def _lock_path(place: Path) -> Path:
    return place.with_name(f".{place.name}.lock")


def _take_over(place: Path) -> None:
    """Name the holder and clear the place; for its first entry only."""
    try:
        _name_holder(place)
        _sweep(place)
    except OSError as fault:
        raise cannot_write(place, fault) from fault


def _name_holder(place: Path) -> None:
    """Write into the lock who holds it."""
    began = time.strftime("%Y-%m-%d %H:%M:%S")
    _lock_path(place).write_text(f"process {os.getpid()} on {socket.gethostname()}, since {began}", encoding="utf-8")


def _holder(place: Path) -> str:
    """Return who holds the lock, in brackets, where it can be read."""
    try:
        words = _lock_path(place).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return f" ({words})" if words else ""


def _sweep(place: Path) -> None:
    """Clear what killed runs left; put back the folder that one of them was replacing. Only the holder may."""
    old = sorted(place.parent.glob(f".{_plain(place.name)}.old-*"))
    whole = [folder for folder in old if (folder / "run.json").is_file()]
    if whole and not os.path.lexists(place):
        whole[0].rename(place)
    for left in [*old, *place.parent.glob(f".{_plain(place.name)}.part-*")]:
        shutil.rmtree(left, ignore_errors=True)


def _plain(name: str) -> str:
    """Return a name in which a pattern's signs stand for themselves."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
