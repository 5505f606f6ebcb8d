"""The Go SDK: its integration tests are built once, and each test is a process."""
from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path
from typing import Callable

from . import processes
from .cache import call, once
from .model import FAILED, PASSED, SKIPPED, Case, Result, Settings

MODULE = "github.com/apache/beam/sdks/v2"
PACKAGES = (
    "go/test/integration/primitives",
    "go/test/integration/synthetic",
    "go/test/integration/wordcount",
    "go/test/regression",
    "go/pkg/beam/testing/passert",
    "go/pkg/beam/transforms/filter",
    "go/pkg/beam/transforms/periodic",
    "go/pkg/beam/transforms/stats",
    "go/pkg/beam/transforms/top",
)
OUTCOME = re.compile(r"^--- (PASS|FAIL|SKIP): (\S+)", re.MULTILINE)
OUTCOMES = {"PASS": PASSED, "FAIL": FAILED, "SKIP": SKIPPED}


class GoSdk:
    """Tests of pipelines, sent by the runner `universal`, which leaves out none."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._version = settings.versions["beam-go"]
        self._folder = settings.cache / ("go-beam-" + self._version)
        self._lock = threading.Lock()
        self._processes = 0

    def install(self) -> None:
        once(self._folder, self._make)

    def modes(self) -> list[str]:
        return ["LOOPBACK"]

    def batch_size(self) -> int:
        return 1

    def cases(self, mode: str) -> list[Case]:
        cases = []
        for package in PACKAGES:
            command = [self._binary(package), "-test.list", ".", "--runner=universal"]
            # The tests of a package look for files beside their source.
            names = call(command, self._source(package)).split()
            cases += [Case(mode, "%s/%s" % (package, name)) for name in names if _is_test(name)]
        return cases

    def run(self, cases: list[Case], report: Callable[[Result], None]) -> None:
        for case in cases:
            report(self._run(case))

    def _run(self, case: Case) -> Result:
        package, name = case.test.rsplit("/", 1)
        with self._lock:
            self._processes += 1
            log = self._settings.output / "logs" / ("%04d-%s.txt" % (self._processes, name))
        command = [
            self._binary(package),
            "-test.v",
            "-test.run=^%s$" % name,
            "--runner=universal",
            "--endpoint=" + self._settings.endpoint,
            "--environment_type=LOOPBACK",
        ]
        start = time.monotonic()
        deadline = start + self._settings.timeout
        with processes.started(command, log, directory=self._source(package)) as process:
            status = processes.wait(process, lambda: time.monotonic() > deadline)
        return _result(case, status, time.monotonic() - start, processes.tail(log))

    def _make(self, folder: Path) -> None:
        environment = {**os.environ, "GOFLAGS": "-buildvcs=false"}
        module = "%s@v%s" % (MODULE, self._version)
        (folder / "go.mod").write_text("module sdktests\n\ngo 1.24\n")
        call(["go", "mod", "download", module], folder, environment)
        call(["go", "get", module], folder, environment)
        source = call(["go", "list", "-m", "-f", "{{.Dir}}", MODULE], folder, environment).strip()
        (folder / "source").symlink_to(source.splitlines()[-1])
        for package in PACKAGES:
            # In the module's own folder: its go.mod says which versions its tests need.
            command = ["go", "test", "-c", "-o", self._binary(package), "./" + package]
            call(command, folder / "source", environment)

    def _binary(self, package: str) -> Path:
        return self._folder / (package.replace("/", "-") + ".test")

    def _source(self, package: str) -> Path:
        return self._folder / "source" / package


def _result(case: Case, status: int | None, seconds: float, log: str) -> Result:
    if status is None:
        return Result(case, FAILED, seconds, "no end within the time", log)
    outcomes = [OUTCOMES[outcome] for outcome, test in OUTCOME.findall(log)]
    if status != 0 or FAILED in outcomes or not outcomes:
        return Result(case, FAILED, seconds, _reason(log) or "status %s" % status, log)
    if SKIPPED in outcomes:
        return Result(case, SKIPPED, seconds, _line_with(log, ".go:"))
    return Result(case, PASSED, seconds)


def _reason(log: str) -> str:
    for mark in ("panic:", "caused by:", "failed", "error"):
        line = _line_with(log, mark)
        if line:
            return line
    return ""


def _line_with(log: str, mark: str) -> str:
    lines = [line.strip() for line in log.splitlines() if mark in line.lower()]
    return lines[-1] if lines else ""


def _is_test(name: str) -> bool:
    return name.startswith("Test")
