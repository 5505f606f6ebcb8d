"""The job server that is tested: a running one, or one that is started for the suite."""
from __future__ import annotations

import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Sequence

from . import processes

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300
STOP_SECONDS = 10
ENDPOINT = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):[1-9]\d*")


@contextmanager
def job_server(
    endpoint: str | None, output: Path, options: Sequence[str] = ()
) -> Iterator[tuple[str, Callable[[], bool]]]:
    """The endpoint of a job server, and whether it is still there; options are for one of its own."""
    if endpoint:
        yield endpoint, lambda: True
        return
    with own_server(output, options) as (started, process):
        yield started, lambda: process.poll() is None


@contextmanager
def own_server(output: Path, options: Sequence[str]) -> Iterator[tuple[str, subprocess.Popen]]:
    """The endpoint and the process of a server with further options, which ends with this."""
    log = output / "server.log"
    command = [ROOT / "tidemark", "serve", "--job-port", "0", *options]
    with processes.started(command, log, directory=ROOT) as process:
        yield _endpoint(process, log), process
        processes.end_group(process, gently=STOP_SECONDS)


def _endpoint(process: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = ENDPOINT.search(processes.tail(log))
        if found:
            return found.group()
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("The server did not start:\n" + processes.tail(log))
