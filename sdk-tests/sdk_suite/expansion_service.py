"""Beam's Python expansion service with the transforms that tests of other SDKs use."""
from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import processes
from .ports import free_port, listens

PROGRAM = Path(__file__).resolve().parents[1] / "java" / "python_expansion.py"
START_SECONDS = 120.0


@contextmanager
def expansion_service(python: Path, log: Path) -> Iterator[int]:
    """The port of a service that runs with an interpreter, and ends with this."""
    port = free_port()
    with processes.started([python, PROGRAM, str(port)], log) as process:
        deadline = time.monotonic() + START_SECONDS
        while not listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The expansion service did not start:\n" + processes.tail(log))
            time.sleep(0.1)
        yield port
