"""Results: a line for each while they come in, a table of all, a file for each failure."""
from __future__ import annotations

import re
import threading
from collections import Counter
from pathlib import Path

from .lists import TestList
from .model import FAILED, PASSED, SKIPPED, Case, Result


class Report:
    """Collects results. Thread-safe."""

    def __init__(self, output: Path, skips: TestList):
        self._output = output
        self._skips = skips
        self._lock = threading.Lock()
        self._results: dict[Case, Result] = {}
        self._excluded: dict[Case, str] = {}

    def exclude(self, case: Case, reason: str) -> None:
        with self._lock:
            self._excluded[case] = reason

    def add(self, result: Result) -> None:
        """Takes the first result of a case; a skip that is in no list is a failure."""
        if result.outcome == SKIPPED and self._skips.reason(result.case) is None:
            reason = "skipped, and not in the list of skips: " + result.reason
            result = Result(result.case, FAILED, result.seconds, reason, result.details)
        with self._lock:
            if result.case in self._results:
                return
            self._results[result.case] = result
            if result.outcome == FAILED:
                self._write_details(result)
            reason = "  " + result.reason[:300] if result.outcome != PASSED else ""
            line = "%-7s %6.1f s  %s%s" % (result.outcome, result.seconds, result.case, reason)
            print(line, flush=True)

    def missing(self, cases: list[Case]) -> list[Case]:
        with self._lock:
            return [case for case in cases if case not in self._results]

    def finish(self) -> bool:
        """Writes the table, prints the counts; whether something ran and nothing failed."""
        with self._lock:
            table = self._output / "results.tsv"
            rows = [
                (r.case.mode, r.case.test, r.outcome, "%.1f" % r.seconds, r.reason)
                for _, r in sorted(self._results.items())
            ]
            rows += [(c.mode, c.test, "excluded", "", r) for c, r in sorted(self._excluded.items())]
            table.write_text("".join("\t".join(map(_cell, row)) + "\n" for row in rows))
            for reason, count in Counter(
                "%s: %s" % (row[2], row[4]) for row in rows if row[2] in (SKIPPED, "excluded")
            ).most_common():
                print("%4d %s" % (count, reason))
            for result in self._results.values():
                if result.outcome == FAILED:
                    print("FAILED %s: %s" % (result.case, result.reason[:500]))
            print("All results: %s" % table)
            modes = sorted({case.mode for case in self._results})
            for mode in modes if len(modes) > 1 else []:
                print("%s: %s" % (mode, self._counts(mode)))
            print(self._counts(None))
            outcomes = {result.outcome for result in self._results.values()}
            return PASSED in outcomes and FAILED not in outcomes

    def _counts(self, mode: str | None) -> str:
        outcomes = Counter(
            r.outcome for r in self._results.values() if mode in (None, r.case.mode)
        )
        excluded = sum(mode in (None, case.mode) for case in self._excluded)
        return "%d passed, %d failed, %d skipped, %d excluded" % (
            outcomes[PASSED],
            outcomes[FAILED],
            outcomes[SKIPPED],
            excluded,
        )

    def _write_details(self, result: Result) -> None:
        folder = self._output / "failures"
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9_.-]+", "_", str(result.case))[-180:]
        text = "%s\n%s\n\n%s\n" % (result.case, result.reason, result.details)
        (folder / (name + ".txt")).write_text(text, errors="replace")


def _cell(value: str) -> str:
    return " ".join(value.split())[:1000]
