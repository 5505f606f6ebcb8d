"""Whether python/recovery_job.py has shown what it must."""
from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

KEYS = 5
WINDOW_SECONDS = 1
PER_SECOND = 50


@dataclass(frozen=True)
class Answer:
    """What became of the numbers."""

    total: int
    windows: int
    lost: int
    twice: int
    #: Windows with contents that are wrong in another way, or were shown in two ways.
    wrong: int
    #: Lines that were there again, unchanged.
    repeated: int

    def good(self) -> bool:
        return self.total > 0 and not (self.lost or self.twice or self.wrong)

    def __str__(self) -> str:
        return "%d numbers in %d windows: %d lost, %d twice, %d windows wrong, %d lines again" % (
            self.total,
            self.windows,
            self.lost,
            self.twice,
            self.wrong,
            self.repeated,
        )


def answer(folder: Path) -> Answer:
    """Holds what was shown against what must be."""
    total = folder / "total"
    expected = _expected(int(total.read_text()) if total.exists() else 0)
    shown: dict[tuple[str, str], list] = {}
    numbers: Counter[int] = Counter()
    repeated = wrong = 0
    for file in (folder / "shown").iterdir():
        for line in file.read_text().splitlines():
            key, about, *content = json.loads(line)
            before = shown.setdefault((key, about), content)
            if before is content:
                if about.startswith("window"):
                    numbers.update(content[0][0])
            elif before == content:
                repeated += 1
            else:
                wrong += 1
    for about in expected.keys() | shown.keys():
        wrong += expected.get(about) != shown.get(about)
    all_numbers = {n for (_, about), c in expected.items() if "window" in about for n in c[0][0]}
    return Answer(
        total=len(all_numbers),
        windows=len(expected) // 2,
        lost=len(all_numbers - numbers.keys()),
        twice=sum(count - 1 for count in numbers.values()),
        wrong=wrong,
        repeated=repeated,
    )


def _expected(total: int) -> dict[tuple[str, str], list]:
    """By key and what it is about: the content, and what the side input says."""
    numbers: dict[tuple[str, int], list[int]] = {}
    for number in range(total):
        # As the job has it: microseconds, rounded down.
        end = (number * 1_000_000 // PER_SECOND // 1_000_000 // WINDOW_SECONDS + 1) * WINDOW_SECONDS
        numbers.setdefault(("key%d" % (number % KEYS), end), []).append(number)
    expected: dict[tuple[str, str], list] = {}
    for (key, end), each in numbers.items():
        kinds = sorted({"even" if number % 2 == 0 else "odd" for number in each})
        expected[key, "window %d" % end] = [[each, len(each), kinds], KEYS]
        expected[key, "time %d" % end] = ["passed", KEYS]
    return expected
