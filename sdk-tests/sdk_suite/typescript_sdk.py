"""The TypeScript SDK: its package holds its compiled tests; each is a process of mocha."""
from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Callable

from .cache import call, once
from .case_process import CaseProcesses, Ended
from .model import FAILED, PASSED, SKIPPED, Case, Result, Settings

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "sdk-tests" / "typescript"
FILES = ("wordcount", "combine_test", "primitives_test")


class TypeScriptSdk:
    """Tests of pipelines; a file loaded before them puts a portable runner in place of theirs."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._folder = settings.cache / (
            "typescript-beam-" + settings.versions["beam-typescript"]
        )
        self._processes = CaseProcesses(settings)

    def install(self) -> None:
        once(self._folder, self._make)

    def modes(self) -> list[str]:
        return ["LOOPBACK", "PACKAGE"]

    def batch_size(self) -> int:
        return 1

    def cases(self, mode: str) -> list[Case]:
        cases = []
        for file in FILES:
            environment = {**os.environ, **self._environment(mode)}
            printed = call(self._command(file, "--dry-run"), self._folder, environment)
            tests = _json(printed)["tests"]
            cases += [Case(mode, "%s/%s" % (file, _name(test["fullTitle"]))) for test in tests]
        return cases

    def run(self, cases: list[Case], report: Callable[[Result], None]) -> None:
        for case in cases:
            report(self._run(case))

    def _run(self, case: Case) -> Result:
        file, title = case.test.split("/", 1)
        command = self._command(file, "--exit", "--grep", _pattern(title))
        environment = self._environment(case.mode)
        return _result(case, self._processes.run(file, command, self._folder, environment))

    def _make(self, folder: Path) -> None:
        (folder / "package.json").write_text('{"private": true}\n')
        versions = ["apache-beam@" + self._settings.versions["beam-typescript"], "mocha@11.7.5"]
        call(["npm", "install", "--no-audit", "--no-fund", *versions], folder)

    def _environment(self, mode: str) -> dict[str, str]:
        """What use_endpoint.js goes by; it finds the SDK where the tests are."""
        return {
            "SDK_TESTS_MODE": mode,
            "SDK_TESTS_ENDPOINT": self._settings.endpoint,
            "NODE_PATH": str(self._folder / "node_modules"),
            "TIDEMARK_SERVER": str(ROOT / "tidemark"),
        }

    def _command(self, file: str, *options: str) -> list[str]:
        tests = self._folder / "node_modules/apache-beam/dist/test" / (file + ".js")
        mocha = self._folder / "node_modules/mocha/bin/mocha.js"
        return [
            "node",
            str(mocha),
            "--reporter=json",
            "--timeout=%d" % (self._settings.timeout * 1000),
            "--require",
            str(HOME / "use_endpoint.js"),
            *options,
            str(tests),
        ]


def _result(case: Case, ended: Ended) -> Result:
    text = ended.log.read_text(errors="replace")
    if ended.status is None:
        return _failed(case, ended, "no end within the time", text)
    found = _json(text)
    if found is None:
        return _failed(case, ended, "mocha died", text)
    if found["failures"]:
        error = found["failures"][0]["err"]
        reason = (error.get("message") or "failed").splitlines()[0]
        return _failed(case, ended, reason, text, error.get("stack", "") + "\n")
    if found["passes"]:
        return Result(case, PASSED, ended.seconds)
    if found["pending"]:
        return Result(case, SKIPPED, ended.seconds, "pending in its source")
    return _failed(case, ended, "mocha did not find the test", text)


def _failed(case: Case, ended: Ended, reason: str, text: str, stack: str = "") -> Result:
    return Result(case, FAILED, ended.seconds, reason, stack + text[-20_000:])


def _json(text: str) -> dict | None:
    """The report, after whatever else was printed."""
    start = re.search(r"^\{\s*\"stats\"", text, re.MULTILINE)
    if not start:
        return None
    return json.JSONDecoder().raw_decode(text, start.start())[0]


def _name(title: str) -> str:
    return "_".join(title.split())


def _pattern(name: str) -> str:
    return "^%s$" % "[\\s_]+".join(re.escape(part) for part in name.split("_"))
