"""What the parts of the suite hand to each other."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"


@dataclass(frozen=True, order=True)
class Case:
    """A test in one way of running it, such as LOOPBACK or PROCESS."""

    mode: str
    test: str

    def __str__(self) -> str:
        return "%s %s" % (self.mode, self.test)


@dataclass(frozen=True)
class Result:
    case: Case
    outcome: str
    seconds: float
    #: Why it failed or was skipped: one line.
    reason: str = ""
    #: All that is known of a failure: traceback and log.
    details: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What the command line says, with every path resolved."""

    endpoint: str
    output: Path
    cache: Path
    #: How long a test may take, in seconds.
    timeout: float
    versions: dict[str, str]
    #: A container image with the SDK, if there is a Docker engine to run it.
    image: str | None = None
