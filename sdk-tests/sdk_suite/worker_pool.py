"""A pool of Python workers as an operator would run it: Beam's worker_pool_main."""
from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Mapping

from . import processes

START_SECONDS = 90.0


@contextmanager
def worker_pool(python: Path, log: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """host:port of the pool; its workers end with it."""
    port = _free_port()
    command = [
        python,
        "-m",
        "apache_beam.runners.worker.worker_pool_main",
        "--service_port=%d" % port,
        "--container_executable=%s" % environment["SDK_TESTS_BOOT"],
    ]
    with processes.started(command, log, environment) as process:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The worker pool did not start:\n" + processes.tail(log))
            time.sleep(0.1)
        yield "localhost:%d" % port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("localhost", port)) == 0
