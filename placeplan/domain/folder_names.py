"""Folder names: those that every colleague's computer can open."""

from pathlib import Path, PureWindowsPath

from placeplan.domain.errors import RunFolderInTheWay

SIGNS_NOT_ALLOWED = '<>:"|?*'
SPECIAL_SHOWN = "CON, PRN, AUX, NUL, COM1 and LPT1"


def check_name(folder: Path) -> None:
    """Raise RunFolderInTheWay for a new folder whose last name Windows can't open.

    Source: Microsoft's naming conventions for files, paths and namespaces.
    """
    name = folder.name
    signs = [sign for sign in name if sign in SIGNS_NOT_ALLOWED or ord(sign) < ord(" ")]
    if PureWindowsPath(name).is_reserved():
        why = f"Windows keeps this name for a device, like {SPECIAL_SHOWN}"
    elif signs:
        why = f"Windows can't open a folder with {signs[0]!r} in its name"
    elif name not in {".", ".."} and name.endswith((".", " ")):
        why = "Windows can't open a folder whose name ends in a dot or a space"
    else:
        return
    raise RunFolderInTheWay(f"{folder}: {why}. Give another name.")
