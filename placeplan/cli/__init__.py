"""The command line: three doors, no logic. Whatever goes wrong, it is said once, in plain words, with an exit code."""

import os
import sys
from collections.abc import Sequence

from placeplan.cli import exit_codes
from placeplan.domain.errors import PlaceplanError


class Ended(BaseException):
    """Somebody ended the program (SIGTERM); not an error of the program, so nothing below may catch it as one."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run placeplan and exit with a code of the table in `exit_codes`.

    arguments: as after the program's name; None: those of the command line.
    An error that placeplan raises on purpose is told in a sentence; any other is our fault: an apology and a report file.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    _listen()
    try:
        _run(given)
    except PlaceplanError as error:
        from placeplan.cli import screen

        screen.show_error(error, json="--json" in given)
        sys.exit(exit_codes.code_of(error))
    except (KeyboardInterrupt, Ended) as stop:
        ended = isinstance(stop, Ended)
        sys.stderr.write("\nEnded. " if ended else "\nInterrupted. ")
        sys.stderr.write("Nothing half written is left.\n")
        _leave(exit_codes.ENDED if ended else exit_codes.INTERRUPTED)
    except BrokenPipeError:
        _hang_up()
        sys.exit(exit_codes.DONE)
    except Exception as error:  # noqa: BLE001  (the one place where any fault of ours ends)
        from placeplan.cli import fault

        sys.stderr.write(fault.apology(error, given))
        sys.exit(exit_codes.FAULT)


def _run(given: list[str]) -> None:
    """Run one verb; an interruption keeps its own way out."""
    from placeplan.cli.app import app

    try:
        app(args=given, prog_name="placeplan")
    except SystemExit as leaving:
        if leaving.code == exit_codes.INTERRUPTED:
            raise KeyboardInterrupt from None
        raise


def _listen() -> None:
    """Turn SIGTERM into an orderly end, and let no odd letter of a name stop the output."""
    import signal
    import threading

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _end)


def _end(_number: int, _frame: object) -> None:
    """End in order when SIGTERM comes."""
    raise Ended


def _leave(code: int) -> None:
    """Exit, at once where the solver is at work: Python would wait for its thread, which may not notice for a minute."""
    solver = sys.modules.get("placeplan.allocate.own_thread")
    if solver is not None and solver.is_running():
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def _hang_up() -> None:
    """Say no more to a reader who has gone, as in: placeplan check … | head."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
