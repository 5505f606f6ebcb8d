"""Beam's own tests of portable runners, sent to the job server that the suite names."""
import os

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PortableOptions
from apache_beam.runners.portability import portable_runner, portable_runner_test
from apache_beam.runners.portability.fn_api_runner import fn_runner_test

ENDPOINT = os.environ.get("SDK_TESTS_ENDPOINT")
MODE = os.environ.get("SDK_TESTS_MODE")


def _environment(options):
    portable = options.view_as(PortableOptions)
    portable.job_endpoint = ENDPOINT
    if MODE == "EXTERNAL":
        portable.environment_type = "EXTERNAL"
        portable.environment_config = os.environ["SDK_TESTS_POOL"]
    elif MODE == "PROCESS":
        portable.environment_type = "PROCESS"
        portable.environment_options = ["process_command=" + os.environ["SDK_TESTS_BOOT"]]
    elif MODE == "DOCKER":
        portable.environment_type = "DOCKER"
        portable.environment_config = os.environ["SDK_TESTS_IMAGE"]
    elif MODE == "PACKAGE":
        # The package's runner knows where its workers are.
        portable.environment_type = None
    else:
        portable.environment_type = "LOOPBACK"
    return options


def _runner():
    if MODE == "PACKAGE":
        from tidemark_beam import TidemarkRunner

        return TidemarkRunner()
    return portable_runner.PortableRunner()


# Beam leaves tests out by the name of the class: this name is in none of its lists.
class EndpointTest(portable_runner_test.PortableRunnerTest):
    """All of FnApiRunnerTest and PortableRunnerTest."""

    @classmethod
    def _get_job_endpoint(cls):
        return ENDPOINT

    @classmethod
    def get_runner(cls):
        return _runner()

    def create_options(self):
        return _environment(super().create_options())


@pytest.mark.it_validatesrunner
class EndpointStateBackedCoderTest(fn_runner_test.FnApiBasedStateBackedCoderTest):
    """The original brings its own runner along."""

    def create_pipeline(self):
        options = _environment(beam.options.pipeline_options.PipelineOptions())
        return beam.Pipeline(_runner(), options)
