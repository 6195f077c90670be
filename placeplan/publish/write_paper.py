"""Write the Executive paper of a run folder, new or old, to a place of one's own."""

import secrets
from pathlib import Path

from placeplan.domain.errors import CannotWrite, Problem, RunFolderInTheWay, ScenarioProblems
from placeplan.publish.documents import paper_of
from placeplan.publish.place import full_path
from placeplan.publish.published import published_of
from placeplan.publish.run_folder import read_run_folder

WORD = ".docx"


def write_paper(run_folder: Path, out: Path, template: Path | None = None, *, replace: bool = False) -> Path:
    """Write the paper of a run folder, from its published files alone; return its full path. It appears whole or not at all.

    Raises ScenarioProblems when the folder holds no plan, the place is no .docx or the template can't be used; CertificateRefused
    when a file of the folder isn't as it was written; RunFolderInTheWay when a file is there already; CannotWrite; MissingExtra.
    """
    place = full_path(out)
    if place.suffix.lower() != WORD:
        raise ScenarioProblems(
            [Problem(str(out), None, None, "is no Word document.", "Give an --out that ends with .docx.")]
        )
    if place.exists() and (not replace or place.is_dir()):
        raise RunFolderInTheWay(f"{out}: exists already. Give --replace to replace it, or another --out.")
    if full_path(run_folder) in place.parents:
        raise RunFolderInTheWay(
            f"{out}: lies inside the run folder, which verify holds together. Give an --out outside it."
        )
    if template is not None and full_path(template) == place:
        raise RunFolderInTheWay(f"{out}: is the template itself. Give another --out.")
    folder = read_run_folder(run_folder)
    if folder.run.get("command", "run") != "run":
        raise ScenarioProblems(
            [Problem(str(run_folder), None, None, "holds no plan.", "Name a folder that placeplan run has made.")]
        )
    content = paper_of(published_of(folder.path, folder.run, folder.tables), template)
    part = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(place)
    except OSError as fault:
        raise CannotWrite(f"{out}: can't be written ({fault.strerror}). Give another --out.") from fault
    finally:
        part.unlink(missing_ok=True)
    return place
