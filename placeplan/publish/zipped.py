"""Zipped: office files are zip archives, and the same content must give the same bytes on any day."""

import io
import zipfile

WHEN = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive knows
CONTENT_TYPES = "[Content_Types].xml"  # stands first in an office file


def same_bytes(archive: bytes) -> bytes:
    """Return a zip archive with its parts in the order of their names, without dates, owners and system."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda name: (name != CONTENT_TYPES, name)):
            part = zipfile.ZipInfo(name, WHEN)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0
            made.writestr(part, given.read(name))
    return held.getvalue()
