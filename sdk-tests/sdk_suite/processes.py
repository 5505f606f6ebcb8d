"""Child processes that leave nothing behind."""
from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Mapping, Sequence

#: How long a process may take to write its stack traces before it is killed.
LAST_WORDS_SECONDS = 2.0


#: What runs now; a signal ends this process without any cleanup in its threads.
_running: set[subprocess.Popen] = set()


def end_children_on_signals() -> None:
    """Ends all child processes when this one is told to end."""

    def end(number, frame):
        # Without waiting for them: the thread that is stopped here may hold the lock for that.
        for process in list(_running):
            _kill_group(process)
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


@contextmanager
def started(
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Iterator[subprocess.Popen]:
    """A process with a group of its own, which is killed at the end with all its children."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=directory,
            start_new_session=True,
        )
    with _known(process):
        yield process


@contextmanager
def talking(command: Sequence[str], errors: Path) -> Iterator[subprocess.Popen]:
    """The same, with text pipes to its input and from its output."""
    errors.parent.mkdir(parents=True, exist_ok=True)
    with open(errors, "wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )
    with _known(process):
        yield process


@contextmanager
def _known(process: subprocess.Popen) -> Iterator[None]:
    _running.add(process)
    try:
        yield
    finally:
        end_group(process)
        _running.discard(process)


def end_group(process: subprocess.Popen, gently: float = 0.0) -> None:
    """Ends the process and its group; with time to clean up if gently is more than 0 seconds."""
    if gently > 0 and process.poll() is None:
        process.terminate()
        try:
            process.wait(gently)
        except subprocess.TimeoutExpired:
            pass
    _kill_group(process)
    process.wait()


def _kill_group(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def wait(process: subprocess.Popen, hung: Callable[[], bool], poll: float = 0.05) -> int | None:
    """The exit status, or None once the process hangs, after it got the signal to say where."""
    while True:
        status = process.poll()
        if status is not None:
            return status
        if hung():
            process.send_signal(signal.SIGABRT)
            try:
                process.wait(LAST_WORDS_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            return None
        time.sleep(poll)


def tail(log: Path, size: int = 20_000) -> str:
    """The last bytes of a log as text."""
    if not log.exists():
        return ""
    with open(log, "rb") as stream:
        stream.seek(max(0, log.stat().st_size - size))
        return stream.read().decode("utf-8", "replace")
