"""The life of the user's server, with a small program in its place."""
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tidemark_beam.server import ServerStartError, user_server

SERVER = """
import os, signal, sys
print("Tidemark listens for jobs at localhost:%d" % os.getpid(), flush=True)
signal.pause()
"""


@pytest.fixture
def command(tmp_path):
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    return [sys.executable, str(program)]


@pytest.fixture
def servers(private_tmp_path, command):
    started = set()

    def start(options=()):
        server = user_server(private_tmp_path, [*command, *options])
        started.add(_pid(server))
        return server

    yield start
    for pid in started:
        _kill(pid)


def _pid(server):
    return int(server.endpoint.rsplit(":", 1)[1])


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


def test_a_server_that_died_is_replaced_and_its_token_with_it(servers):
    first = servers()
    _kill(_pid(first))
    second = servers()

    assert _pid(second) != _pid(first)
    assert second.token != first.token


def test_other_options_are_another_server(servers):
    assert servers(["--a"]).endpoint != servers(["--b"]).endpoint


def test_a_server_that_does_not_start_says_why(private_tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('no such option: --x')"]

    with pytest.raises(ServerStartError, match="no such option: --x"):
        user_server(private_tmp_path, command)
    with pytest.raises(ServerStartError, match="no such option: --x"):
        user_server(private_tmp_path, command)
