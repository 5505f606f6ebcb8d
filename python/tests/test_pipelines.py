"""Pipelines as users write them, with a server of their own."""
import collections
import json
import os
import pydoc_data.topics
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def environment(request, tmp_path_factory):
    if request.config.getoption("--without-server"):
        pytest.skip("--without-server")
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    caches = tmp_path_factory.mktemp("caches")
    environment = {
        **os.environ,
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_CACHE_HOME": str(caches),
    }
    jar = request.config.getoption("--server-jar")
    if jar:
        environment["TIDEMARK_JAR"] = os.path.abspath(jar)
    yield environment
    _end_server(runtime)


def _end_server(runtime):
    """The server has a file of this folder open; nothing else is ended."""
    for process in _servers(runtime):
        os.kill(process, 15)
    deadline = time.monotonic() + 240
    while _servers(runtime):
        assert time.monotonic() < deadline, "the server does not end"
        time.sleep(0.05)


def _servers(runtime):
    found = []
    for process in os.listdir("/proc") if os.path.isdir("/proc") else []:
        try:
            if process.isdigit() and os.readlink("/proc/%s/cwd" % process).startswith(str(runtime)):
                found.append(int(process))
        except OSError:
            continue
    return found


@pytest.fixture
def run(environment, tmp_path):
    """Runs a program in a folder of its own; it must end with the given status."""

    def run_program(program, *options, status=0):
        (tmp_path / "job.py").write_text(textwrap.dedent(program))
        command = [sys.executable, "job.py", "--runner=tidemark_beam.TidemarkRunner", *options]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run_program


def test_two_runs_in_one_process_with_a_module_beside_the_program(run, tmp_path):
    (tmp_path / "beside.py").write_text("def twice(x):\n    return 2 * x\n")
    done = run(
        """
        import os, sys
        import apache_beam as beam
        from apache_beam.options.pipeline_options import PipelineOptions
        from apache_beam.testing.util import assert_that, equal_to
        import beside

        def note(x):
            print("worker", os.getpid())
            return x

        options = PipelineOptions(sys.argv[1:])
        for _ in range(2):
            with beam.Pipeline(options=options) as p:
                doubled = p | beam.Create([1, 2, 3]) | beam.Map(note) | beam.Map(beside.twice)
                assert_that(doubled, equal_to([2, 4, 6]))
        print("program", os.getpid())
        """
    )
    lines = dict.fromkeys(done.stdout.split("\n"))
    workers = {line.split()[1] for line in lines if line.startswith("worker")}
    program = {line.split()[1] for line in lines if line.startswith("program")}

    assert len(workers) >= 2, "each run has workers of its own"
    assert not workers & program, "functions run in other processes than the program"
    assert not [pid for pid in workers if os.path.exists("/proc/" + pid)], "workers are left"


def test_the_error_is_the_users_with_the_line_and_the_transform(run):
    done = run(
        """
        import sys
        import apache_beam as beam

        def broken(x):
            raise ValueError("no good: %s" % x)

        with beam.Pipeline(argv=sys.argv[1:]) as p:
            p | beam.Create([1]) | "the step" >> beam.Map(broken)
        """,
        status=1,
    )
    assert "ValueError: no good: 1" in done.stderr
    assert "in broken" in done.stderr
    assert "the step" in done.stderr


def test_a_job_goes_on_from_its_state_directory(run, tmp_path):
    program = """
        import os, sys
        import apache_beam as beam

        def note(x):
            with open("noted", "a") as lines:
                lines.write("%d\\n" % x)
            return x

        def show(x):
            assert os.path.exists("repaired"), "nothing can be shown"
            with open("shown", "a") as lines:
                lines.write("%d\\n" % x)

        with beam.Pipeline(argv=sys.argv[1:]) as p:
            numbers = p | beam.Create([1, 2, 3]) | "Note" >> beam.Map(note)
            numbers | beam.Reshuffle() | "Show" >> beam.Map(show)
        """
    state = "--state_dir=%s" % (tmp_path / "states" / "numbers")
    failed = run(program, state, "--job_retries=0", status=1)
    assert "nothing can be shown" in failed.stderr
    (tmp_path / "repaired").touch()
    run(program, state)

    for file in ["noted", "shown"]:
        assert sorted((tmp_path / file).read_text().split()) == ["1", "2", "3"]
    assert (tmp_path / "states" / "numbers").is_dir()


def test_an_element_that_cannot_be_processed_is_set_aside(run, tmp_path):
    program = """
        import sys
        import apache_beam as beam

        def invert(x):
            return 60 // x

        def show(x):
            with open("shown", "a") as lines:
                lines.write("%d\\n" % x)

        with beam.Pipeline(argv=sys.argv[1:]) as p:
            numbers = p | beam.Create([3, 0, 2, 1]) | beam.Reshuffle()
            inverted = numbers | "Invert" >> beam.Map(invert)
            inverted | "Stable" >> beam.Reshuffle() | "Show" >> beam.Map(show)
        """
    state = tmp_path / "states" / "numbers"
    run(program, "--streaming", "--state_dir=%s" % state, "--dead_letters", "--dead_letter_after=2")
    assert sorted(map(int, (tmp_path / "shown").read_text().split())) == [20, 30, 60]
    (letter,) = map(json.loads, (state / "dead-letters.json").read_text().splitlines())
    assert "Invert" in letter["transform"]
    assert letter["tries"] == 2
    assert "ZeroDivisionError" in letter["error"] + letter["stackTrace"]



def test_what_workers_log_is_seen_once(run):
    done = run(
        """
        import logging, sys
        import apache_beam as beam

        def log(x):
            logging.warning("the value %s", x)
            logging.info("no news of %s", x)

        with beam.Pipeline(argv=sys.argv[1:]) as p:
            p | beam.Create([17]) | beam.Map(log)
        """
    )
    said = done.stdout + done.stderr
    assert said.count("the value 17") == 1, said
    assert "no news of 17" not in done.stdout, "logs go to the server"
    assert "Logging client failed" not in said, said
    assert "fn_api_status_handler" not in said, "the end of a worker is no news: " + said


def test_words_of_a_text_are_counted_within_seconds(run, environment, tmp_path):
    # Half a megabyte of English that comes with Python.
    text = Path(pydoc_data.topics.__file__).read_text().replace("\\n", "\n")
    (tmp_path / "text.txt").write_text(text)
    program = """
        import sys
        import apache_beam as beam

        with beam.Pipeline(argv=sys.argv[1:]) as p:
            (p
             | beam.io.ReadFromText("text.txt")
             | beam.FlatMap(str.split)
             | beam.combiners.Count.PerElement()
             | beam.MapTuple("{} {}".format)
             | beam.io.WriteToText("counts"))
        """
    for server in ["none", "none, but its classes were kept", "runs"]:
        if server != "runs":
            _end_server(environment["XDG_RUNTIME_DIR"])
        if server == "none":
            shutil.rmtree(environment["XDG_CACHE_HOME"])
        begin = time.monotonic()
        run(program)
        print("a word count, server: %s: %.1f s" % (server, time.monotonic() - begin))
        counts = [part.read_text().splitlines() for part in tmp_path.glob("counts-*")]

        assert {word: int(count) for part in counts for word, count in map(str.split, part)} == (
            collections.Counter(text.split())
        )
