"""Tests that are a process each."""
from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

from . import processes
from .model import Settings


@dataclass(frozen=True)
class Ended:
    """How the process of a test ended."""

    #: None if it did not, within its time.
    status: int | None
    seconds: float
    #: Where its output is.
    log: Path


class CaseProcesses:
    """Runs the processes of tests, with a numbered log for each. Thread-safe."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._lock = threading.Lock()
        self._started = 0

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        directory: Path,
        environment: Mapping[str, str] | None = None,
    ) -> Ended:
        with self._lock:
            self._started += 1
            log = self._settings.output / "logs" / ("%04d-%s.txt" % (self._started, name))
        start = time.monotonic()
        deadline = start + self._settings.timeout
        with processes.started(command, log, environment, directory) as process:
            status = processes.wait(process, lambda: time.monotonic() > deadline)
        return Ended(status, time.monotonic() - start, log)
