"""What a running JVM holds."""
from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Footprint:
    threads: int
    descriptors: int
    class_loaders: int
    #: What is reachable, in MB.
    heap_mb: int

    def exceeds(self, before: Footprint, slack: Footprint) -> list[str]:
        """What has grown by more than the slack."""
        return [
            "%s: %d, before %d" % (name, now, then)
            for name in (field.name for field in fields(self))
            for now, then in [(getattr(self, name), getattr(before, name))]
            if now > then + getattr(slack, name)
        ]


def footprint(pid: int) -> Footprint:
    """The footprint of a JVM on Linux, after a full collection."""
    histogram = _ask(pid, "GC.class_histogram")
    total = re.findall(r"^Total\s+\d+\s+(\d+)", histogram, re.MULTILINE)
    loaders = re.findall(r"^Total = (\d+)", _ask(pid, "VM.classloader_stats"), re.MULTILINE)
    return Footprint(
        threads=len(os.listdir("/proc/%d/task" % pid)),
        descriptors=len(os.listdir("/proc/%d/fd" % pid)),
        class_loaders=int(loaders[-1]),
        heap_mb=int(total[-1]) >> 20,
    )


def _ask(pid: int, command: str) -> str:
    # A histogram counts what is alive, so it collects all that is not.
    return subprocess.run(
        ["jcmd", str(pid), command], check=True, capture_output=True, text=True
    ).stdout
