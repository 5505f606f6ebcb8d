"""The Go SDK: its integration tests are built once, and each test is a process."""
from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Callable

from . import processes
from .cache import call, once
from .case_process import CaseProcesses, Ended
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
#: Our own tests, of what those leave out.
OWN = "own"
OWN_SOURCE = Path(__file__).resolve().parent.parent / "go" / OWN
OUTCOME = re.compile(r"^--- (PASS|FAIL|SKIP): (\S+)", re.MULTILINE)
OUTCOMES = {"PASS": PASSED, "FAIL": FAILED, "SKIP": SKIPPED}


class GoSdk:
    """Tests of pipelines, sent by the runner `universal`, which leaves out none."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._version = settings.versions["beam-go"]
        self._folder = settings.cache / ("go-beam-" + self._version)
        own = b"".join(file.read_bytes() for file in sorted(OWN_SOURCE.iterdir()))
        name = "go-%s-%s-%s" % (OWN, self._version, hashlib.sha256(own).hexdigest()[:12])
        self._own_folder = settings.cache / name
        self._processes = CaseProcesses(settings)

    def install(self) -> None:
        once(self._folder, self._make)
        once(self._own_folder, self._make_own)

    def modes(self) -> list[str]:
        return ["LOOPBACK"]

    def batch_size(self) -> int:
        return 1

    def cases(self, mode: str) -> list[Case]:
        cases = []
        for package in (*PACKAGES, OWN):
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
        command = [
            self._binary(package),
            "-test.v",
            "-test.run=^%s$" % name,
            "--runner=universal",
            "--endpoint=" + self._settings.endpoint,
            "--environment_type=LOOPBACK",
        ]
        return _result(case, self._processes.run(name, command, self._source(package)))

    def _make(self, folder: Path) -> None:
        module = "%s@v%s" % (MODULE, self._version)
        (folder / "go.mod").write_text("module sdktests\n\ngo 1.24\n")
        _go(folder, "mod", "download", module)
        _go(folder, "get", module)
        source = _go(folder, "list", "-m", "-f", "{{.Dir}}", MODULE).strip()
        (folder / "source").symlink_to(source.splitlines()[-1])
        for package in PACKAGES:
            # In the module's own folder: its go.mod says which versions its tests need.
            _go(folder / "source", "test", "-c", "-o", self._binary(package), "./" + package)

    def _make_own(self, folder: Path) -> None:
        for file in ("go.mod", "go.sum"):
            shutil.copy(self._folder / file, folder)
        for file in OWN_SOURCE.iterdir():
            shutil.copy(file, folder)
        _go(folder, "mod", "tidy")
        _go(folder, "test", "-c", "-o", self._binary(OWN), ".")

    def _binary(self, package: str) -> Path:
        if package == OWN:
            return self._own_folder / "own.test"
        return self._folder / (package.replace("/", "-") + ".test")

    def _source(self, package: str) -> Path:
        return self._own_folder if package == OWN else self._folder / "source" / package


def _go(folder: Path, *arguments) -> str:
    return call(["go", *arguments], folder, {**os.environ, "GOFLAGS": "-buildvcs=false"})


def _result(case: Case, ended: Ended) -> Result:
    log = processes.tail(ended.log)
    if ended.status is None:
        return Result(case, FAILED, ended.seconds, "no end within the time", log)
    outcomes = [OUTCOMES[outcome] for outcome, test in OUTCOME.findall(log)]
    if ended.status != 0 or FAILED in outcomes or not outcomes:
        reason = _reason(log) or "status %s" % ended.status
        return Result(case, FAILED, ended.seconds, reason, log)
    if SKIPPED in outcomes:
        return Result(case, SKIPPED, ended.seconds, _line_with(log, ".go:"))
    return Result(case, PASSED, ended.seconds)


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
