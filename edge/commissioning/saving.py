"""A file that is either the old one or the new one, whatever happens meanwhile; the old one is kept beside it."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["kept_name", "replace"]


def kept_name(file: Path, stamp: str) -> Path:
    return file.with_name(f"{file.name}.{stamp}")


def replace(file: Path, text: str, *, keep: Path) -> None:
    """Write, sync, keep the old file under another name, put the new one in its place, sync the folder."""
    fresh = file.with_name(f".{file.name}.new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        status = file.stat()
        fresh.chmod(status.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(fresh, status.st_uid, status.st_gid)
        keep.unlink(missing_ok=True)
        keep.hardlink_to(file)
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
