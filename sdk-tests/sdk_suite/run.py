"""Runs batches of tests, a process for each."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Protocol

from .model import FAILED, Case, Result
from .report import Report


class Sdk(Protocol):
    """How the tests of one SDK are found and run."""

    def install(self) -> None:
        """Downloads and builds what the cache does not hold yet."""

    def modes(self) -> list[str]:
        """The ways of running a test; the first is the default."""

    def cases(self, mode: str) -> list[Case]:
        """All tests."""

    def batch_size(self) -> int:
        """How many tests a process may run one after the other."""

    def run(self, cases: list[Case], report: Callable[[Result], None]) -> None:
        """Runs tests in a process, which has ended when this returns; some may have no result."""


def run_all(sdk: Sdk, cases: list[Case], jobs: int, alive: Callable[[], bool], report: Report) -> None:
    """Runs all tests; when this returns, each has a result."""

    def run_batch(batch: list[Case]) -> None:
        # What a process leaves undone when it dies or hangs goes to the next one; each has at
        # least one result, so this ends.
        while batch:
            if not alive():
                _fail_all(batch, "the server is gone", report)
            else:
                sdk.run(batch, report.add)
            left = report.missing(batch)
            if len(left) == len(batch):
                _fail_all(left, "the test process gave no result", report)
                return
            batch = left

    size = sdk.batch_size()
    by_mode: dict[str, list[Case]] = {}
    for case in cases:
        by_mode.setdefault(case.mode, []).append(case)
    batches = [
        group[start : start + size]
        for group in by_mode.values()
        for start in range(0, len(group), size)
    ]
    with ThreadPoolExecutor(jobs) as pool:
        for _ in pool.map(run_batch, batches):
            pass


def _fail_all(cases: list[Case], reason: str, report: Report) -> None:
    for case in cases:
        report.add(Result(case, FAILED, 0.0, reason))
