"""A durable Python job that is killed again and again."""
from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from . import processes
from .python_sdk import PythonSdk
from .server import own_server

NAME = "recovery"
#: How many of the kills come whether the job has begun to work or not.
EARLY = 0.4
EARLY_SECONDS = 6.0
#: How long others come after the job has gone on.
LATER_SECONDS = 1.5
START_SECONDS = 60.0
#: How long a client may take to see that its server is gone; some wait for it to come back.
NOTICE_SECONDS = 2.0
END_SECONDS = 240.0
IN_USE = "is in use by another job"
WORKER = re.compile(rb"boot_worker|sdk_worker_main")


class Recovery:
    """The job, with the server and the client of its present life. Used by one thread."""

    def __init__(self, sdk: PythonSdk, job: Path, output: Path, chance: random.Random):
        shutil.rmtree(output, ignore_errors=True)
        #: Where the job writes what it shows.
        self.folder = output / "job"
        (self.folder / "shown").mkdir(parents=True)
        self._sdk = sdk
        sdk.install()
        self._job = job
        self._output = output
        self._chance = chance
        self._killed: Counter[str] = Counter()
        self._lives = 0
        self._refused = 0
        self._alive = ExitStack()
        self._server: subprocess.Popen | None = None
        self._endpoint = ""

    def run(self, kills: int) -> bool:
        """Kills so many times; then lets the job come to its end, and says whether it has."""
        try:
            while self._killed.total() < kills:
                self._life(kills)
            (self.folder / "stop").touch()
            return self._last_life()
        finally:
            self._alive.close()

    def summary(self) -> str:
        kinds = ", ".join("%d of the %s" % (n, what) for what, n in sorted(self._killed.items()))
        return "%d kills (%s), submitted %d times, refused %d times as the old job still ran" % (
            self._killed.total(),
            kinds,
            self._lives,
            self._refused,
        )

    def _life(self, kills: int) -> None:
        """From a submission to the kill that ends it."""
        loopback = self._chance.random() < 0.3
        ends = ["server", "server and workers", "client and workers" if loopback else "workers"]
        with self._submitted(loopback) as client:
            while self._killed.total() < kills:
                what = self._chance.choice(ends)
                if not self._comes_to_a_kill(client):
                    self._check_refused()
                    return
                self._kill(what, client, loopback)
                self._killed[what] += 1
                print("%4d  %s" % (self._killed.total(), what), flush=True)
                if what != "workers":
                    break
            if self._server is None and not loopback:
                # It is not to send what was meant for the old server to the next one.
                self._runs_for(client, NOTICE_SECONDS)

    def _comes_to_a_kill(self, client: subprocess.Popen) -> bool:
        """Waits until it is time for the next kill; false if the client ends before."""
        if self._chance.random() < EARLY:
            return self._runs_for(client, self._chance.uniform(0, EARLY_SECONDS))
        # In the midst of its work.
        shown = self._shown_bytes()
        deadline = time.monotonic() + START_SECONDS
        while self._shown_bytes() == shown and time.monotonic() < deadline:
            if not self._runs_for(client, 0.05):
                return False
        return self._runs_for(client, self._chance.uniform(0, LATER_SECONDS))

    def _shown_bytes(self) -> int:
        return sum(file.stat().st_size for file in (self.folder / "shown").iterdir())

    def _kill(self, what: str, client: subprocess.Popen, loopback: bool) -> None:
        assert self._server is not None
        workers = [] if loopback else _workers(self._server.pid)
        if "server" in what:
            os.kill(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._alive.close()
            self._server = None
        if "workers" in what:
            if loopback:
                processes.end_group(client)
            for worker in workers:
                _kill(worker)

    def _last_life(self) -> bool:
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline:
            with self._submitted(False) as client:
                if processes.wait(client, lambda: time.monotonic() > deadline) == 0:
                    return True
            self._check_refused()
        return False

    def _check_refused(self) -> None:
        """A client that ended by itself was refused; the job of the one before ends soon."""
        said = processes.tail(self._log())
        if IN_USE not in said:
            raise SystemExit("The job ended by itself, see %s:\n%s" % (self._log(), said[-2000:]))
        self._refused += 1
        time.sleep(0.5)

    @staticmethod
    def _runs_for(client: subprocess.Popen, seconds: float) -> bool:
        try:
            client.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def _submitted(self, loopback: bool):
        self._lives += 1
        self._serve()
        command = json.dumps({"command": str(self._output / "boot_worker")})
        environment = (
            ["--environment_type=LOOPBACK"]
            if loopback
            else ["--environment_type=PROCESS", "--environment_config=" + command]
        )
        return processes.started(
            [
                self._sdk.python,
                self._job,
                self.folder,
                "--runner=PortableRunner",
                "--job_endpoint=" + self._endpoint,
                "--state_name=" + NAME,
                # Else the SDK asks pip for the list of all packages, for each job.
                "--experiments=disable_logging_submission_environment",
                *environment,
            ],
            self._log(),
        )

    def _log(self) -> Path:
        return self._output / "logs" / ("client-%04d.log" % self._lives)

    def _serve(self) -> None:
        if self._server is None:
            folder = self._output / "logs" / ("server-%04d" % self._lives)
            home = "--state-home=%s" % (self._output / "states")
            self._endpoint, self._server = self._alive.enter_context(own_server(folder, [home]))


def _workers(server: int) -> list[int]:
    """The workers among the processes that descend from a server."""
    parents: dict[int, int] = {}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text()
            parents[int(folder.name)] = int(status.rpartition(")")[2].split()[1])
            if WORKER.search((folder / "cmdline").read_bytes()):
                found.append(int(folder.name))
        except OSError:
            continue
    return [each for each in found if _descends(each, server, parents)]


def _descends(process: int, ancestor: int, parents: dict[int, int]) -> bool:
    while process in parents and process != ancestor:
        process = parents[process]
    return process == ancestor


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
