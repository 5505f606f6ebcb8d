"""The classes of a server as its JVM has them in memory, kept for the next start (Java's AppCDS)."""
import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tidemark_beam.runtime_folder import private_folder

#: One for each Java and version of this package; some 50 MB each.
MOST_ARCHIVES = 3


def archive_options(java: Path, jar: Path, environment: Mapping[str, str]) -> list[str]:
    """What has the JVM use the archive or, if there is none yet, write it when it ends.

    An archive that does not fit the JVM is ignored by it.
    """
    try:
        folder = _folder(environment)
        archive = folder / (_made_of(java, jar) + ".jsa")
        quiet = ["-Xshare:auto", "-Xlog:cds*=error"]
        if _is_complete(archive):
            return ["-XX:SharedArchiveFile=%s" % archive, *quiet]
        _make_room(folder)
        return ["-XX:ArchiveClassesAtExit=%s" % archive, *quiet]
    except (OSError, RuntimeError):
        # No home, a full disk, somebody else's folder: it starts without.
        return []


def _folder(environment: Mapping[str, str]) -> Path:
    caches = environment.get("XDG_CACHE_HOME")
    mac = sys.platform == "darwin"
    parent = Path(caches) if caches else Path.home() / ("Library/Caches" if mac else ".cache")
    parent.mkdir(parents=True, exist_ok=True)
    return private_folder(parent / "tidemark")


def _made_of(java: Path, jar: Path) -> str:
    files = [java.resolve(), jar.resolve()]
    facts = [(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _is_complete(archive: Path) -> bool:
    """Whether it was written to its end: its first bytes are written last."""
    try:
        with open(archive, "rb") as stream:
            return any(stream.read(4))
    except FileNotFoundError:
        return False


def _make_room(folder: Path) -> None:
    archives = sorted(folder.glob("*.jsa"), key=os.path.getmtime, reverse=True)
    for old in archives[MOST_ARCHIVES - 1 :]:
        old.unlink(missing_ok=True)
