"""Beam's expansion service with the transforms of its own cross-language tests.

The program that Beam has for it trains a model first, and needs a library for that.
"""
import sys
from concurrent import futures

import grpc
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_artifact_api_pb2_grpc, beam_expansion_api_pb2_grpc
from apache_beam.runners.portability import artifact_service, expansion_service

# Importing it makes the transforms known.
from apache_beam.runners.portability import expansion_service_test  # noqa: F401


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
    beam_expansion_api_pb2_grpc.add_ExpansionServiceServicer_to_server(
        expansion_service.ExpansionServiceServicer(
            PipelineOptions(["--sdk_location=container", "--pickle_library=cloudpickle"])
        ),
        server,
    )
    beam_artifact_api_pb2_grpc.add_ArtifactRetrievalServiceServicer_to_server(
        artifact_service.ArtifactRetrievalService(
            artifact_service.BeamFilesystemHandler(None).file_reader
        ),
        server,
    )
    port = server.add_insecure_port("localhost:%s" % sys.argv[1])
    server.start()
    print("Python's transforms are expanded at localhost:%d" % port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
