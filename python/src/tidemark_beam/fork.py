"""Worker processes that are made of this one, as it has imported Beam already: most of a start.

Only while that is safe. A copy has one thread, so nothing may depend on another one; and it keeps
the locks of modules that are being imported.
"""
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from tidemark_beam import worker

#: Threads of libraries that look after themselves; others without a name of their own are numpy's.
HARMLESS = frozenset(["jemalloc_bg_thd"])

#: What this process can write to its copies, which the next copy has to close.
_inputs: weakref.WeakSet = weakref.WeakSet()


class ForkedWorker:
    """A copy of this process that waits for its task; used like a Popen."""

    def __init__(self):
        task, self.stdin = _pipe()
        self.stdout, said = _pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            # Nothing of what was going on here goes on in the copy, whatever happens.
            try:
                _begin([self.stdin, self.stdout, *_inputs], said)
                worker.main(task)
                os._exit(0)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(1)
        _inputs.add(self.stdin)
        task.close()
        said.close()
        self._ended = threading.Lock()
        self._status: int | None = None

    def wait(self, timeout: float | None = None) -> None:
        """Returns when it has ended.

        :raises subprocess.TimeoutExpired: if it has not after so many seconds
        """
        ended = threading.Thread(target=self._reap, daemon=True)
        ended.start()
        ended.join(timeout)
        if self._status is None:
            raise subprocess.TimeoutExpired("a worker", timeout)

    def _reap(self) -> None:
        with self._ended:
            if self._status is None:
                self._status = os.waitpid(self.pid, 0)[1]

    def kill(self) -> None:
        """Ends it at once."""
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)


def can_fork() -> bool:
    """Whether a copy of this process would work."""
    return (
        sys.platform == "linux"
        and threading.current_thread() is threading.main_thread()
        and threading.active_count() == 1
        and all(_is_harmless(name) for name in _thread_names())
        and not any(_is_being_imported(module) for module in list(sys.modules.values()))
    )


def _is_harmless(thread: str) -> bool:
    # gRPC's have names, and do not survive.
    return thread in HARMLESS or thread == _thread_name(os.getpid())


def _thread_names() -> Iterator[str]:
    return (_thread_name(int(task.name)) for task in Path("/proc/self/task").iterdir())


def _thread_name(task: int) -> str:
    return Path("/proc/self/task/%d/comm" % task).read_text().strip()


def _is_being_imported(module) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False)


def _pipe():
    read, write = os.pipe()
    return os.fdopen(read, "rb"), os.fdopen(write, "wb")


def _begin(others, said) -> None:
    for stream in others:
        stream.close()
    for standard in (1, 2):
        os.dup2(said.fileno(), standard)
    sys.stdout = sys.stderr = os.fdopen(os.dup(1), "w", buffering=1)
    numpy = sys.modules.get("numpy")
    if numpy:
        # Python's own numbers are random again by themselves.
        numpy.random.seed()
