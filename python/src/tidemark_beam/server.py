"""The server of this user: found if it runs, started if not."""
import fcntl
import hashlib
import json
import os
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tidemark_beam.runtime_folder import private_folder, write_private

START_SECONDS = 120.0
END_SECONDS = 120.0
#: Four times Java's own thresholds.
LATE_OPTIMIZATION = {
    "InvocationThreshold": 20_000,
    "MinInvocationThreshold": 2_400,
    "CompileThreshold": 60_000,
    "BackEdgeThreshold": 160_000,
}
LISTENS = re.compile(r"listens for jobs at (\S+:\d+)")


class ServerStartError(RuntimeError):
    """The server did not start; holds what it said."""


@dataclass(frozen=True)
class Server:
    """A server that listens at host:port and wants the token, if any, with each call."""

    endpoint: str
    token: str | None = None
    certificates: bytes | None = None


def user_server(folder: Path, command: Sequence[str], start_options: Sequence[str] = ()) -> Server:
    """The server that this command starts. Thread-safe, also between processes.

    The server inherits an open file with a lock, so the lock is held for as long as it lives: no
    process that got the number or the port of a dead one is ever taken for it.

    :param start_options: of the program, if it has to be started; with others it is the same server
    """
    name = hashlib.sha256("\0".join(command).encode()).hexdigest()[:16]
    folder = private_folder(private_folder(folder) / name)
    with _locked(folder / "start.lock"), open(folder / "alive.lock", "a") as alive:
        deadline = time.monotonic() + END_SECONDS
        while not _try_lock(alive.fileno()):
            known = _known(folder)
            if known and _listens(known.endpoint):
                return known
            if time.monotonic() > deadline:
                raise ServerStartError("A server of Tidemark hangs; end it: %s" % folder)
            # It is about to end.
            time.sleep(0.05)
        return _start(folder, [command[0], *start_options, *command[1:]], alive.fileno())


def server_command(
    java: Path, jar: Path, options: Sequence[str], minutes: int, state_home: Path | None = None
) -> list[str]:
    """Starts a server that ends after so many minutes without work.

    It keeps the state of jobs in state_home, or in the user's data folder.

    Its JVM optimizes late what it runs: until the workers are there, they need the processor more.
    """
    late = ["-XX:Tier4%s=%d" % threshold for threshold in LATE_OPTIMIZATION.items()]
    serve = ["serve", "--job-host=127.0.0.1", "--job-port=0", "--idle-minutes=%d" % minutes]
    if state_home:
        serve.append("--state-home=%s" % state_home)
    return [str(java), "-XX:+IgnoreUnrecognizedVMOptions", *late, *options, "-jar", str(jar), *serve]


def _known(folder: Path) -> Server | None:
    try:
        known = json.loads((folder / "server.json").read_text())
    except (OSError, ValueError):
        return None
    return Server(known["endpoint"], known["token"])


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _listens(endpoint: str) -> bool:
    host, port = endpoint.rsplit(":", 1)
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=END_SECONDS).close()
    except OSError:
        return False
    return True


def _start(folder: Path, command: Sequence[str], lock: int) -> Server:
    (folder / "server.json").unlink(missing_ok=True)
    token = secrets.token_hex(16)
    write_private(folder / "token", token)
    log = folder / "server.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [*command, "--token-file=%s" % (folder / "token")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for the program, not for the server it shares.
            start_new_session=True,
            pass_fds=[lock],
            cwd=folder,
        )
    try:
        endpoint = _endpoint(process, log)
        write_private(folder / "server.json", json.dumps({"endpoint": endpoint, "token": token}))
    except BaseException:
        process.kill()
        process.wait()
        raise
    # It is nobody's child to wait for any more.
    process.returncode = 0
    return Server(endpoint, token)


def _endpoint(process: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        said = log.read_text(errors="replace")
        found = LISTENS.search(said)
        if found:
            return found.group(1)
        if process.poll() is not None:
            raise ServerStartError("The server of Tidemark did not start:\n" + said)
        if time.monotonic() > deadline:
            raise ServerStartError("The server of Tidemark hangs:\n" + said)
        time.sleep(0.02)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(path, "a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def packaged_jar(environment: Mapping[str, str] = os.environ) -> Path:
    """The jar that came with this package."""
    given = environment.get("TIDEMARK_JAR")
    jar = Path(given) if given else Path(__file__).parent / "jars" / "tidemark.jar"
    if not jar.is_file():
        raise FileNotFoundError("%s: this package was built without its server" % jar)
    return jar
