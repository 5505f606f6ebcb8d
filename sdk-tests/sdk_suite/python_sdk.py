"""The Python SDK: its wheel holds its tests, pytest runs them in batches."""
from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Callable

from . import processes
from .cache import call, once
from .model import FAILED, Case, Result, Settings
from .worker_pool import worker_pool

HOME = Path(__file__).resolve().parents[1] / "python"
#: Tidemark's own package.
PACKAGE = HOME.parents[1] / "python" / "src"
RUNNER_TESTS = "endpoint_tests"
#: Importing Beam, in seconds, when the machine is busy.
START_SECONDS = 90.0


class PythonSdk:
    """Beam's PortableRunnerTest in each mode, and its tests marked it_validatesrunner."""

    def __init__(
        self,
        settings: Settings,
        modules: list[str] | None = None,
        environment: dict[str, str] | None = None,
    ):
        """Runs other modules instead, with more variables, if they are given."""
        self._settings = settings
        self._own_modules = modules
        self._more = environment or {}
        self._version = settings.versions["beam"]
        self._folder = settings.cache / ("python-%s-beam-%s" % (_minor(), self._version))
        #: The interpreter that has the SDK.
        self.python = self._folder / "bin" / "python"
        self._batches = 0

    def install(self) -> None:
        once(self._folder, self._make)
        # The command of an environment is one word.
        boot = self._settings.output / "boot_worker"
        boot.parent.mkdir(parents=True, exist_ok=True)
        boot.write_text('#!/bin/sh\nexec "%s" "%s" "$@"\n' % (self.python, HOME / "boot_worker.py"))
        boot.chmod(0o755)

    def modes(self) -> list[str]:
        modes = ["LOOPBACK", "EXTERNAL", "PROCESS", "PACKAGE", "VALIDATES_RUNNER"]
        return modes + (["DOCKER"] if self._settings.image else [])

    def batch_size(self) -> int:
        return 10

    def cases(self, mode: str) -> list[Case]:
        ids = self._settings.output / ("tests-%s.txt" % mode)
        ids.parent.mkdir(parents=True, exist_ok=True)
        environment = {**self._environment(mode), "SDK_TESTS_LIST": str(ids)}
        log = ids.with_suffix(".log")
        command = [*self._command(), "--collect-only", "-q", *self._modules(mode)]
        with processes.started(command, log, environment, self._settings.output) as process:
            deadline = time.monotonic() + START_SECONDS
            status = processes.wait(process, lambda: time.monotonic() > deadline)
        if status != 0 or not ids.exists():
            raise SystemExit("The Python tests cannot be listed:\n" + processes.tail(log))
        return [Case(mode, test) for test in ids.read_text().split()]

    def run(self, cases: list[Case], report: Callable[[Result], None]) -> None:
        self._batches += 1
        folder = self._settings.output / "batches" / ("%s-%03d" % (cases[0].mode, self._batches))
        folder.mkdir(parents=True)
        chosen, events, log = folder / "tests.txt", folder / "events.jsonl", folder / "log.txt"
        chosen.write_text("".join(case.test + "\n" for case in cases))
        modules = sorted({case.test.split("::")[0] for case in cases})
        mode = cases[0].mode
        environment = {
            **self._environment(mode),
            "SDK_TESTS_CHOSEN": str(chosen),
            "SDK_TESTS_EVENTS": str(events),
        }
        with ExitStack() as stack:
            if mode == "EXTERNAL":
                pool = worker_pool(self.python, folder / "pool.log", environment)
                environment["SDK_TESTS_POOL"] = stack.enter_context(pool)
            process = stack.enter_context(
                processes.started([*self._command(), *modules], log, environment, folder)
            )
            watch = _Events(events, mode, self._settings.timeout, report)
            status = processes.wait(process, watch.hung)
            watch.ended(status, log)

    def _make(self, folder: Path) -> None:
        call([sys.executable, "-m", "venv", folder])
        packages = ["setuptools<81", "apache-beam==" + self._version]
        call([self.python, "-m", "pip", "install", "-q", *packages, "-r", HOME / "requirements.txt"])

    def _command(self) -> list[str]:
        plugins = ["-p", "suite_plugin", "-p", "no:cacheprovider"]
        return [str(self.python), "-m", "pytest", *plugins, "--pyargs", "-W", "ignore"]

    def _environment(self, mode: str) -> dict[str, str]:
        path = [str(HOME), str(PACKAGE), *filter(None, [self._more.get("PYTHONPATH")])]
        return {
            **self._more,
            "PYTHONPATH": ":".join(path),
            "PATH": "%s:/usr/local/bin:/usr/bin:/bin" % self.python.parent,
            "VIRTUAL_ENV": str(self._folder),
            "SDK_TESTS_ENDPOINT": self._settings.endpoint,
            "SDK_TESTS_MODE": mode,
            "SDK_TESTS_IMAGE": self._settings.image or "",
            "SDK_TESTS_BOOT": str(self._settings.output / "boot_worker"),
        }

    def _modules(self, mode: str) -> list[str]:
        if self._own_modules:
            return self._own_modules
        if mode != "VALIDATES_RUNNER":
            return [RUNNER_TESTS]
        beam = next(self._folder.glob("lib/python*/site-packages/apache_beam"))
        files = [beam / "pipeline_test.py"]
        for package in ("transforms", "metrics", "runners/portability/fn_api_runner"):
            files += sorted((beam / package).rglob("*_test.py"))
        marked = [file for file in files if "it_validatesrunner" in file.read_text()]
        names = [".".join(file.relative_to(beam.parent).with_suffix("").parts) for file in marked]
        return names + [RUNNER_TESTS]


class _Events:
    """Follows a process of pytest through the file to which suite_plugin writes."""

    def __init__(self, path: Path, mode: str, timeout: float, report: Callable[[Result], None]):
        self._path = path
        self._mode = mode
        self._timeout = timeout
        self._report = report
        self._offset = 0
        self._running: str | None = None
        self._since = time.monotonic()

    def hung(self) -> bool:
        self._read()
        limit = self._timeout if self._running else max(START_SECONDS, self._timeout)
        return time.monotonic() - self._since > limit

    def ended(self, status: int | None, log: Path) -> None:
        self._read()
        if self._running is None:
            if status not in (0, 1):
                # 1 means that tests failed, and those have told of themselves.
                print(processes.tail(log, 3000), file=sys.stderr)
            return
        seconds = time.monotonic() - self._since
        reason = "no end within the time" if status is None else "the process died: %s" % status
        case = Case(self._mode, self._running)
        self._report(Result(case, FAILED, seconds, reason, processes.tail(log)))

    def _read(self) -> None:
        if not self._path.exists():
            return
        with open(self._path, "rb") as stream:
            stream.seek(self._offset)
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                self._event(json.loads(line))

    def _event(self, event: dict) -> None:
        now = time.monotonic()
        if event["event"] == "start":
            self._running = event["test"]
        else:
            self._running = None
            case = Case(self._mode, event["test"])
            reason, details = event["reason"], event["details"]
            self._report(Result(case, event["outcome"], now - self._since, reason, details))
        self._since = now


def _minor() -> str:
    return "%d.%d" % sys.version_info[:2]
