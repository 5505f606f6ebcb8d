"""Starts and ends worker processes."""
import os
import subprocess
import sys
import threading

from tidemark_beam.fork import ForkedWorker, can_fork

END_SECONDS = 5.0

#: Waits for its task, as :mod:`tidemark_beam.worker` says; ends when its input does, so with this
#: process at the latest.
Worker = subprocess.Popen | ForkedWorker


def fork_workers(number: int) -> list[Worker]:
    """Copies of this process; none if they would not work."""
    return [ForkedWorker() for _ in range(number)] if can_fork() else []


def start_worker() -> Worker:
    """A worker that has to import everything."""
    return subprocess.Popen(
        [sys.executable, "-m", "tidemark_beam.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
    )


def forward_output(worker: Worker) -> None:
    """Prints what the worker prints, into this process's sys.stdout: in a notebook that is the cell."""
    threading.Thread(target=_forward, args=(worker,), daemon=True).start()


def _forward(worker: Worker) -> None:
    for line in worker.stdout:
        sys.stdout.write(line.decode("utf-8", "replace"))
    worker.stdout.close()


def end_workers(workers: list[Worker]) -> None:
    """Returns when their processes are gone."""
    for worker in workers:
        try:
            worker.stdin.close()
        except OSError:
            pass
    for worker in workers:
        try:
            worker.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
