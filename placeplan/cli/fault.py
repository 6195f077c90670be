"""A fault of ours: one apology on the screen, everything else in a report file that can be sent to us."""

import datetime as dt
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from placeplan import __version__


def apology(error: BaseException, arguments: Sequence[str]) -> str:
    """Write the report file, and return the sentences that tell of it: no traceback among them."""
    file = _write_report(error, arguments)
    where = f"The report {file} says what happened; please send it to us." if file else "No report could be written."
    return f"Sorry: placeplan has met a fault of its own. Nothing half written is left.\n{where}\n"


def _write_report(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """Write the report into the working directory, else among the temporary files."""
    now = dt.datetime.now(tz=dt.UTC)
    lines = [
        f"placeplan {__version__}, Python {sys.version}, {platform.platform()}",
        f"{now:%Y-%m-%d %H:%M:%S} UTC",
        "placeplan " + " ".join(arguments),
        "",
        *traceback.format_exception(error),
    ]
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        file = folder / f"placeplan-fault-{now:%Y%m%d-%H%M%S-%f}.txt"
        try:
            file.write_text("\n".join(lines), encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return file
    return None
