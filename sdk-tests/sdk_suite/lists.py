"""Lists of tests with reasons: `mode test  reason` a line; mode and the end of test may be *."""
from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from .model import Case


class TestList:
    """Tests that are treated apart, each with its reason."""

    def __init__(self, path: Path):
        self._path = path
        self._lines = [_parse(path, line) for line in _lines(path)]
        self._used: set[tuple[str, str, str]] = set()

    def reason(self, case: Case) -> str | None:
        """Why the test is in this list, or None if it is not."""
        for line in self._lines:
            mode, test, reason = line
            if fnmatchcase(case.mode, mode) and fnmatchcase(case.test, test):
                self._used.add(line)
                return reason
        return None

    def unused(self, modes: list[str]) -> list[str]:
        """Lines for one of the modes, or for all, that fit no test: they are out of date."""
        return [
            "%s: no such test: %s %s" % (self._path.name, mode, test)
            for mode, test, reason in self._lines
            if (mode, test, reason) not in self._used
            and any(fnmatchcase(each, mode) for each in modes)
        ]


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _parse(path: Path, line: str) -> tuple[str, str, str]:
    parts = line.split(maxsplit=2)
    if len(parts) < 3:
        raise SystemExit("%s: a line needs a mode, a test and a reason: %s" % (path, line))
    return parts[0], parts[1], parts[2]
