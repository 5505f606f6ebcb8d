"""Each in a process of its own, as pytest's has used gRPC, or will."""
import subprocess
import sys
import textwrap

HEAD = """
    import os, sys, threading
    import apache_beam as beam
    from tidemark_beam import worker
    from tidemark_beam.fork import ForkedWorker, can_fork
    from tidemark_beam.processes import end_workers, fork_workers
"""


def output(program, folder):
    (folder / "program.py").write_text(textwrap.dedent(HEAD) + textwrap.dedent(program))
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_copies_end_when_their_input_does_and_not_before(tmp_path):
    said = output(
        """
        import atexit
        atexit.register(lambda: print("the end of", "a copy" if os.getpid() != first else "all"))
        first = os.getpid()
        workers = fork_workers(3)
        print("copies", len(workers))
        print("one ended:", any(os.waitpid(each.pid, os.WNOHANG)[0] for each in workers))
        end_workers(workers)
        print("left:", [each for each in workers if os.path.exists("/proc/%d" % each.pid)])
        """,
        tmp_path,
    )
    assert said.splitlines() == ["copies 3", "one ended: False", "left: []", "the end of all"]


def test_a_copy_that_hangs_is_killed(tmp_path):
    said = output(
        """
        import time
        from tidemark_beam import processes
        processes.END_SECONDS = 0.1
        worker.main = lambda task: time.sleep(1000)
        workers = fork_workers(1)
        end_workers(workers)
        print("left:", os.path.exists("/proc/%d" % workers[0].pid))
        """,
        tmp_path,
    )
    assert said == "left: False\n"


def test_a_copy_says_what_it_died_of_and_goes_on_with_nothing(tmp_path):
    said = output(
        """
        def fails(task):
            raise ValueError("no good")

        worker.main = fails
        try:
            copy = ForkedWorker()
        finally:
            print("once")
        copy.wait()
        print(copy.stdout.read().decode().splitlines()[-1])
        """,
        tmp_path,
    )
    assert said.splitlines() == ["once", "ValueError: no good"]


def test_numbers_of_copies_are_not_the_same(tmp_path):
    said = output(
        """
        import random
        import numpy
        worker.main = lambda task: print(random.random(), numpy.random.random())
        copies = fork_workers(2)
        numbers = [set(copy.stdout.read().split()) for copy in copies]
        print("in common:", numbers[0] & numbers[1], "each:", [len(each) for each in numbers])
        end_workers(copies)
        """,
        tmp_path,
    )
    assert said == "in common: set() each: [2, 2]\n"


def test_nothing_is_copied_beside_other_threads(tmp_path):
    said = output(
        """
        print(can_fork())
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        print(can_fork())
        stop.set()
        thread.join()
        print(can_fork())
        import grpc
        with grpc.insecure_channel("127.0.0.1:1") as channel:
            try:
                grpc.channel_ready_future(channel).result(0.5)
            except grpc.FutureTimeoutError:
                print(can_fork())
        """,
        tmp_path,
    )
    assert said.split() == ["True", "False", "True", "False"]


def test_nothing_is_copied_while_a_module_is_imported(tmp_path):
    (tmp_path / "imported.py").write_text(
        "from tidemark_beam.fork import can_fork\nprint(can_fork())\n"
    )
    assert output("import imported\nprint(can_fork())", tmp_path).split() == ["False", "True"]
