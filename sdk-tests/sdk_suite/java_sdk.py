"""The Java SDK: Beam's tests for runners, in the JVMs of the launcher that runs them in process."""
from __future__ import annotations

import json
import os
import queue
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Callable
from urllib.parse import quote_plus, unquote_plus

from . import processes
from .cache import call, once
from .expansion_service import expansion_service
from .model import FAILED, PASSED, SKIPPED, Case, Result, Settings
from .python_sdk import PythonSdk

HOME = Path(__file__).resolve().parents[1] / "java"
#: What a portable pipeline says of where its functions are to run.
MODES = {
    "LOOPBACK": ["--defaultEnvironmentType=LOOPBACK"],
    # A harness that the server starts in place of the container image.
    "IMAGE": ["--defaultEnvironmentType=DOCKER"],
    # With transforms that a Python expansion service expands; in LOOPBACK Beam has no environment yet
    # when it asks for that.
    "XLANG": ["--defaultEnvironmentType=DOCKER"],
}
#: Whose tests run in another mode than LOOPBACK, which does not start the harness as it is.
MODE_OF = {"SdkHarnessEnvironmentTest": "IMAGE", "ValidateRunnerXlangTest": "XLANG"}
#: A JVM, and with XLANG a Python worker, start in each test.
TIMES_LONGER = {"LOOPBACK": 1, "IMAGE": 2, "XLANG": 4}
#: What Beam's own build opens for its tests.
OPENED = ("java.io", "java.lang", "java.lang.reflect", "java.nio", "java.util")
#: How much longer than a test's time a JVM may be silent: it looks after its tests itself, and is
#: patient with one that uses the processor.
PATIENCE = 5
OUTCOMES = {"PASSED": PASSED, "FAILED": FAILED, "IGNORED": SKIPPED}


class JavaSdk:
    """Beam's ValidatesRunner and NeedsRunner tests, sent by its PortableRunner."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._version = settings.versions["beam-java-portable"]
        self._folder = settings.cache / ("java-beam-" + self._version)
        self._python = PythonSdk(settings)
        self._lock = threading.Lock()
        self._processes = 0

    def server_options(self) -> list[str]:
        """What the server is started with: Python's part of a job runs with what the suite has."""
        return ["--image=apache/beam_python*=python:%s" % self._python.python]

    def install(self) -> None:
        once(self._folder, self._make)
        self._python.install()

    def modes(self) -> list[str]:
        return list(MODES)

    def batch_size(self) -> int:
        return 40

    def cases(self, mode: str) -> list[Case]:
        output = self._settings.output / "suite"
        arguments = ["dev.tidemark.suite.SuiteMain", "--list", "--output=%s" % output]
        tests = call(self._java(*arguments)).splitlines()
        return [Case(mode, test) for test in tests if _mode(test) == mode]

    def run(self, cases: list[Case], report: Callable[[Result], None]) -> None:
        with self._lock:
            self._processes += 1
            folder = self._settings.output / "jvms" / ("%03d" % self._processes)
        mode = cases[0].mode
        worker = _Worker(cases, self._pipeline_options(mode), report)
        timeout = self._settings.timeout * TIMES_LONGER[mode]
        arguments = ["dev.tidemark.suite.WorkerMain", "%d" % (timeout * 1000), folder]
        with ExitStack() as stack:
            if mode == "XLANG":
                service = expansion_service(self._python.python, folder / "expansion.log")
                arguments.insert(0, "-DexpansionPort=%d" % stack.enter_context(service))
            worker.run(self._java(*map(str, arguments)), folder, timeout)

    def _pipeline_options(self, mode: str) -> list[str]:
        endpoint = "--jobEndpoint=" + self._settings.endpoint
        image = self._settings.image
        environment = ["--defaultEnvironmentConfig=" + image] if image and mode != "LOOPBACK" else []
        return ["--runner=TestUniversalRunner", endpoint, *MODES[mode], *environment]

    def _make(self, folder: Path) -> None:
        class_path = folder / "class-path.txt"
        call(
            [
                *["mvn", "--batch-mode", "--quiet", "-f", HOME / "pom.xml"],
                "-Dbeam.version=" + self._version,
                "-Dsuite.folder=%s" % folder,
                "-Dspotless.check.skip=true",
                "-Dmdep.outputFile=%s" % class_path,
                "-Dmdep.includeScope=runtime",
                *["compile", "dependency:build-classpath"],
            ]
        )

    def _java(self, *arguments: str) -> list[str]:
        home = os.environ.get("JAVA_HOME")
        class_path = (self._folder / "class-path.txt").read_text().strip()
        return [
            str(Path(home, "bin", "java")) if home else "java",
            "-Xmx2g",
            "-XX:+UseParallelGC",
            *["--add-opens=java.base/%s=ALL-UNNAMED" % opened for opened in OPENED],
            "-Dsuite.module=%s" % self._settings.output,
            *["-cp", "%s:%s" % (self._folder / "classes", class_path)],
            *arguments,
        ]


class _Worker:
    """A JVM that is told class by class what to run, and says how each test ended."""

    def __init__(self, cases: list[Case], options: list[str], report: Callable[[Result], None]):
        self._options = options
        self._report = report
        self._classes: dict[str, dict[str, Case]] = {}
        for case in cases:
            name, method = case.test.split("/", 1)[1].split("#", 1)
            self._classes.setdefault(name, {})[method] = case

    def run(self, command: list[str], folder: Path, timeout: float) -> None:
        with processes.talking(command, folder / "errors.txt") as process:
            lines = _lines(process.stdout)
            for name, methods in self._classes.items():
                request = [name, json.dumps(self._options), *methods]
                try:
                    process.stdin.write(_line("RUN", request))
                    process.stdin.flush()
                except OSError:
                    return
                if not self._follow(lines, methods, folder / (name + ".log"), timeout * PATIENCE):
                    return

    def _follow(self, lines: queue.Queue, methods: dict[str, Case], log: Path, wait: float) -> bool:
        """Reports the tests of a class; whether the JVM can run more."""
        running = None
        since = time.monotonic()
        while True:
            try:
                line = lines.get(timeout=wait)
            except queue.Empty:
                line = None
            if line is None:
                self._died(methods.get(running), since, log)
                return False
            word, *fields = (unquote_plus(field) for field in line.rstrip("\n").split("\t"))
            if word == "START":
                running, since = fields[1], time.monotonic()
            elif word == "END":
                self._ended(methods[fields[1]], *fields[2:], log)
                running = None
            elif word == "DONE":
                if fields[0]:
                    for case in methods.values():
                        # Only those that have no result yet: the first one counts.
                        self._report(Result(case, FAILED, 0.0, _first(fields[0]), fields[0]))
                return fields[1] != "true"

    def _ended(self, case: Case, outcome: str, millis: str, details: str, log: Path) -> None:
        if outcome == "FAILED":
            details += "\n" + processes.tail(log)
        self._report(
            Result(case, OUTCOMES[outcome], float(millis) / 1000, _first(details), details)
        )

    def _died(self, case: Case | None, since: float, log: Path) -> None:
        if case is not None:
            seconds = time.monotonic() - since
            self._report(Result(case, FAILED, seconds, "its JVM died", processes.tail(log)))


def _mode(test: str) -> str:
    return next((mode for name, mode in MODE_OF.items() if name in test), "LOOPBACK")


def _line(word: str, fields: list[str]) -> str:
    return "\t".join([word, *map(quote_plus, fields)]) + "\n"


def _lines(stream) -> queue.Queue:
    """The lines of a stream as they come, then None."""
    lines: queue.Queue = queue.Queue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines


def _first(details: str) -> str:
    return details.strip().splitlines()[0] if details.strip() else ""
