"""Jobs for sdk-tests/soak; the exit status says whether they went as they must.

    soak_job.py jobs COUNT ENDPOINT        so many small jobs, one after the other
    soak_job.py idle SECONDS ENDPOINT      a streaming job whose workers have nothing to do for so long
    soak_job.py artifact MB ENDPOINT       a job that stages a file which the server must refuse
    soak_job.py element MB ENDPOINT        a job whose worker sends an element of that size, and gets it
"""
import logging
import sys
import tempfile

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.periodicsequence import PeriodicImpulse
from apache_beam.utils.timestamp import Timestamp


def options(endpoint, *more):
    loopback = ["--runner=PortableRunner", "--environment_type=LOOPBACK"]
    # Else the SDK asks pip for the list of all packages, for each job.
    quick = "--experiments=disable_logging_submission_environment"
    return PipelineOptions([*loopback, "--job_endpoint=" + endpoint, quick, *more])


def jobs(count, endpoint):
    for number in range(count):
        with beam.Pipeline(options=options(endpoint)) as pipeline:
            words = pipeline | beam.Create(["a", "b", "a"]) | beam.Map(lambda word: (word, 1))
            assert_that(words | beam.CombinePerKey(sum), equal_to([("a", 2), ("b", 1)]))


def idle(seconds, endpoint):
    start = Timestamp.now()
    with beam.Pipeline(options=options(endpoint, "--streaming")) as pipeline:
        ticks = pipeline | PeriodicImpulse(start, start + seconds + 1, seconds, False)
        assert_that(ticks | beam.Map(lambda tick: "tick"), equal_to(["tick"] * 2))


def artifact(megabytes, endpoint):
    with tempfile.NamedTemporaryFile(suffix=".jar") as file:
        file.truncate(megabytes << 20)
        try:
            with beam.Pipeline(options=options(endpoint, "--files_to_stage=" + file.name)) as pipeline:
                pipeline | beam.Create([1])
        except Exception as refused:  # of any kind: the client makes several of it
            logging.warning("%s", refused)
            assert "bytes" in str(refused) or "quota" in str(refused), refused
        else:
            raise AssertionError("The server took %d MB" % megabytes)


def element(megabytes, endpoint):
    with beam.Pipeline(options=options(endpoint)) as pipeline:
        large = pipeline | beam.Create([megabytes << 20]) | beam.Map(bytes)
        sizes = large | beam.Reshuffle() | beam.Map(len)
        assert_that(sizes, equal_to([megabytes << 20]))


if __name__ == "__main__":
    what = {"jobs": jobs, "idle": idle, "artifact": artifact, "element": element}
    what[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
