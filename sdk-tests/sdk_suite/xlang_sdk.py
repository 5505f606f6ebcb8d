"""Python pipelines with Java transforms of an expansion service, Kafka's and SQL's among them."""
from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Callable

from .cache import call, once
from .kafka_broker import kafka_broker
from .model import Case, Result, Settings
from .python_sdk import PythonSdk

HOME = Path(__file__).resolve().parents[1] / "xlang"
EXPANSION = re.compile(r"expands Java transforms at (\S+:\d+)")
#: Several JVMs start in a test, and with images a virtual environment is made in the first.
TIMES_LONGER = {"LOOPBACK": 4, "IMAGES": 10}


class XlangSdk:
    """Our own tests: Beam has none that can do without Docker."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._batches = 0

    def server_options(self) -> list[str]:
        """What the server is started with."""
        return [
            "--expansion-port=0",
            "--expansion-class-path=%s" % _jars(self._settings, "expansion", "kafka-client"),
            "--expansion-allow-classes=%s" % (HOME / "allowed_classes.yaml"),
        ]

    def install(self) -> None:
        self._python("LOOPBACK", "", "").install()
        _jars(self._settings, "kafka", "kafka-broker")

    def modes(self) -> list[str]:
        return list(TIMES_LONGER)

    def batch_size(self) -> int:
        return 100

    def cases(self, mode: str) -> list[Case]:
        cases = self._python(mode, "none", "none").cases(mode)
        # SQL and Kafka are all in Java: where Python runs makes no difference to them.
        return [case for case in cases if mode == "LOOPBACK" or "::TestCore::" in case.test]

    def run(self, cases: list[Case], report: Callable[[Result], None]) -> None:
        self._batches += 1
        with ExitStack() as stack:
            broker = "none"
            if any("::TestKafka::" in case.test for case in cases):
                jars = _jars(self._settings, "kafka", "kafka-broker")
                folder = self._settings.output / ("kafka-%d" % self._batches)
                broker = stack.enter_context(kafka_broker(jars, folder))
            self._python(cases[0].mode, self._expansion(), broker).run(cases, report)

    def _expansion(self) -> str:
        log = (self._settings.output / "server.log").read_text()
        found = EXPANSION.search(log)
        if not found:
            raise SystemExit("The server has no expansion service; it is to be started for the suite.")
        return found.group(1)

    def _python(self, mode: str, expansion: str, broker: str) -> PythonSdk:
        longer = replace(
            self._settings,
            timeout=self._settings.timeout * TIMES_LONGER[mode],
            output=self._settings.output / ("run-%d" % self._batches),
        )
        environment = {"SDK_TESTS_EXPANSION": expansion, "SDK_TESTS_KAFKA": broker}
        return PythonSdk(longer, ["xlang_tests"], {**environment, "PYTHONPATH": str(HOME)})


def _jars(settings: Settings, name: str, version: str) -> Path:
    """A folder with the class path of one of our poms."""
    versions = {each: settings.versions[each] for each in ("beam", version)}
    tag = "-".join(versions.values()) if name == "expansion" else settings.versions[version]
    plugin = "org.apache.maven.plugins:maven-dependency-plugin:%s:copy-dependencies"

    def copy(folder: Path) -> None:
        call(
            [
                "mvn",
                "--batch-mode",
                "--quiet",
                "--file=%s" % (HOME / name / "pom.xml"),
                plugin % settings.versions["maven-dependency-plugin"],
                "-DincludeScope=runtime",
                "-DoutputDirectory=%s" % folder,
                *("-D%s.version=%s" % pair for pair in versions.items()),
            ]
        )

    return once(settings.cache / ("jars-%s-%s" % (name, tag)), copy)
