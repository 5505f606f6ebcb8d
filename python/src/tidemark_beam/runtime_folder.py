"""A folder that only this user can read, gone when the machine restarts."""
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path


class UnsafeFolderError(RuntimeError):
    """The folder is somebody else's, or others may look into it."""


def runtime_folder(environment: Mapping[str, str]) -> Path:
    """The folder of this user, made if it is not there."""
    given = environment.get("XDG_RUNTIME_DIR")
    if given:
        return private_folder(Path(given) / "tidemark")
    # On macOS that is a folder of the user already.
    name = "tidemark" if sys.platform == "darwin" else "tidemark-%d" % os.getuid()
    return private_folder(Path(tempfile.gettempdir()) / name)


def private_folder(folder: Path) -> Path:
    """Makes the folder if it is not there; raises if it is not safe."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeFolderError("%s is not a folder of this user: remove it" % folder)
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise UnsafeFolderError("Others may look into %s: chmod 700 it, or remove it" % folder)
    return folder


def write_private(path: Path, text: str) -> None:
    """Writes a file that only this user can read; whoever reads it finds all of it or nothing."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    new.replace(path)
