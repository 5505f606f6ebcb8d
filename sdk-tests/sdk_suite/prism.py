"""Prism, the runner in Go that comes with Beam: to compare with."""
from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Mapping

from . import processes
from .cache import call, once
from .ports import free_port, listens

START_SECONDS = 60.0


@contextmanager
def prism(cache: Path, versions: Mapping[str, str], output: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """host:port and the process of a Prism, which ends with this."""
    version = versions["beam-go"]

    def make(folder: Path) -> None:
        environment = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-buildvcs=false"}
        package = "github.com/apache/beam/sdks/v2/go/cmd/prism@v" + version
        call(["go", "install", package], folder, environment)

    folder = once(cache / ("prism-" + version), make)
    port = free_port()
    log = output / "prism-server.log"
    command = [folder / "prism", "--job_port=%d" % port, "--serve_http=false"]
    with processes.started(command, log) as process:
        deadline = time.monotonic() + START_SECONDS
        while not listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("Prism did not start:\n" + processes.tail(log))
            time.sleep(0.1)
        yield "localhost:%d" % port, process
