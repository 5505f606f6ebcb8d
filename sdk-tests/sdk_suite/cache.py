"""Installations that are made once, by one process."""
from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, made by the given function if it is not complete yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    complete = folder / ".complete"
    with open(folder.with_name(folder.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            print("Installing %s" % folder, file=sys.stderr, flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            complete.touch()
    return folder


def call(command, directory: Path | None = None, environment=None) -> str:
    """What the command printed; ends the program if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit("%s failed:\n%s" % (" ".join(map(str, command)), done.stdout))
    return done.stdout
