"""Sends a pipeline to the server."""
import sys

import grpc
from apache_beam.portability.api import beam_artifact_api_pb2_grpc, beam_job_api_pb2_grpc
from apache_beam.runners.portability import artifact_service
from apache_beam.runners.portability.portable_runner import TERMINAL_STATES, JobServiceHandle

from tidemark_beam.progress import Progress


class PipelineRefusedError(RuntimeError):
    """The server cannot run the pipeline; says why, all reasons at once."""


class TidemarkJobHandle(JobServiceHandle):
    """Beam's client of the Job API, over one channel for all services."""

    def __init__(self, channel: grpc.Channel, options):
        super().__init__(beam_job_api_pb2_grpc.JobServiceStub(channel), options)
        self._channel = channel

    def prepare(self, proto_pipeline):
        try:
            return super().prepare(proto_pipeline)
        except grpc.RpcError as e:
            if e.code() == grpc.StatusCode.INVALID_ARGUMENT:
                raise PipelineRefusedError(e.details()) from None
            raise

    def stage(self, proto_pipeline, artifact_staging_endpoint, staging_session_token):
        artifact_service.offer_artifacts(
            beam_artifact_api_pb2_grpc.ArtifactStagingServiceStub(self._channel),
            artifact_service.ArtifactRetrievalService(
                artifact_service.BeamFilesystemHandler(None).file_reader
            ),
            staging_session_token,
        )

    def run(self, preparation_id):
        job_id, messages, states = super().run(preparation_id)
        if sys.stderr.isatty():
            Progress(self.job_service, job_id, sys.stderr).start()
        return job_id, messages, _ended(states)


def _ended(states):
    """The states, of which the last comes when the stream has ended.

    Beam leaves the stream there. A thread of gRPC that is about to end it as the interpreter exits
    would take its lock along, and the exit would wait for that for ever.
    """
    for state in states:
        if state.state in TERMINAL_STATES:
            for _ in states:
                pass
        yield state
