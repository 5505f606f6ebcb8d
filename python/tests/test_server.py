"""The life of the user's server, with a small program in its place."""
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor, TimeoutError

import pytest

from tidemark_beam.server import ServerStartError, user_server

SERVER = """
import os, pathlib, signal, socket
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
pathlib.Path("pid-%d" % port).write_text(str(os.getpid()))
print("Tidemark listens for jobs at 127.0.0.1:%d" % port, flush=True)
signal.sigwait([signal.SIGTERM])
server.close()
pathlib.Path("ending").touch()
signal.sigwait([signal.SIGTERM])
"""


@pytest.fixture
def command(tmp_path):
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    return [sys.executable, str(program)]


@pytest.fixture
def servers(private_tmp_path, command):
    def start(options=(), start_options=()):
        return user_server(private_tmp_path, [*command, *options], start_options)

    yield start
    for pid in private_tmp_path.glob("*/pid-*"):
        _kill(int(pid.read_text()))


@pytest.fixture
def pid_of(private_tmp_path):
    def pid(server):
        port = server.endpoint.rsplit(":", 1)[1]
        return int(next(private_tmp_path.glob("*/pid-" + port)).read_text())

    return pid


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def test_the_second_one_finds_the_server_of_the_first(servers):
    assert servers() == servers()


def test_many_at_once_start_one_server(servers):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: servers(), range(8)))

    assert len(set(found)) == 1


def test_a_server_that_died_is_replaced_and_its_token_with_it(servers, pid_of):
    first = servers()
    _kill(pid_of(first))
    second = servers()

    assert pid_of(second) != pid_of(first)
    assert second.token != first.token


def test_a_server_that_is_about_to_end_is_waited_for(servers, pid_of, private_tmp_path):
    first = servers()
    os.kill(pid_of(first), signal.SIGTERM)
    while not list(private_tmp_path.glob("*/ending")):
        time.sleep(0.01)
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(servers)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        _kill(pid_of(first))

        assert pid_of(second.result()) != pid_of(first)


def test_other_options_are_another_server(servers):
    assert servers(["--a"]).endpoint != servers(["--b"]).endpoint


def test_options_for_the_start_are_not(servers):
    assert servers(start_options=["-B"]) == servers()


def test_a_server_that_does_not_start_says_why(private_tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('no such option: --x')"]

    with pytest.raises(ServerStartError, match="no such option: --x"):
        user_server(private_tmp_path, command)
    with pytest.raises(ServerStartError, match="no such option: --x"):
        user_server(private_tmp_path, command)
