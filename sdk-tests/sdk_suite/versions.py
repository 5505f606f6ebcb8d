"""The versions of the SDKs, which stand in the parent pom.xml like all others."""
from __future__ import annotations

import re
from pathlib import Path

POM = Path(__file__).resolve().parents[2] / "pom.xml"


def versions() -> dict[str, str]:
    """From name, such as beam or beam.go, to version."""
    return dict(re.findall(r"<([a-z0-9.-]+)\.version>([^<]+)</\1\.version>", POM.read_text()))
