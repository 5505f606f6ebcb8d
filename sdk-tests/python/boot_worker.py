#!/usr/bin/env python3
"""Starts a Python worker by the contract of Beam's containers, without a container.

Asks the provision service what to run, fetches the staged artifacts, and becomes the worker.
"""
import argparse
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import grpc  # noqa: E402
from apache_beam.portability.api import (  # noqa: E402
    beam_artifact_api_pb2,
    beam_artifact_api_pb2_grpc,
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
    beam_runner_api_pb2,
)
from google.protobuf import json_format  # noqa: E402

STAGING_TO = "beam:artifact:role:staging_to:v1"


def main():
    arguments = _arguments()
    # Some runners put quotes around the id.
    worker = arguments.id.strip("'\"")
    identity = [("worker_id", worker)]
    with grpc.insecure_channel(arguments.provision_endpoint) as channel:
        provision = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        info = provision.GetProvisionInfo(request, metadata=identity, timeout=60).info
    folder = tempfile.mkdtemp(prefix="sdk-worker-")
    artifact = info.artifact_endpoint.url or arguments.artifact_endpoint
    if info.dependencies:
        _fetch(artifact, identity, info.dependencies, os.path.join(folder, "staged"))
    logging = info.logging_endpoint.url or arguments.logging_endpoint
    control = info.control_endpoint.url or arguments.control_endpoint
    os.environ.update(
        WORKER_ID=worker,
        PIPELINE_OPTIONS=json.dumps(json_format.MessageToDict(info.pipeline_options)),
        SEMI_PERSISTENT_DIRECTORY=folder,
        LOGGING_API_SERVICE_DESCRIPTOR='url: "%s"' % logging,
        CONTROL_API_SERVICE_DESCRIPTOR='url: "%s"' % control,
        RUNNER_CAPABILITIES=" ".join(info.runner_capabilities),
    )
    if info.status_endpoint.url:
        os.environ["STATUS_API_SERVICE_DESCRIPTOR"] = 'url: "%s"' % info.status_endpoint.url

    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main([])


def _arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--id", required=True)
    parser.add_argument("--provision_endpoint", required=True)
    for name in ("logging", "artifact", "control"):
        parser.add_argument("--%s_endpoint" % name)
    return parser.parse_known_args()[0]


def _fetch(endpoint, identity, dependencies, folder):
    os.makedirs(folder)
    with grpc.insecure_channel(endpoint) as channel:
        service = beam_artifact_api_pb2_grpc.ArtifactRetrievalServiceStub(channel)
        resolved = service.ResolveArtifacts(
            beam_artifact_api_pb2.ResolveArtifactsRequest(artifacts=dependencies),
            metadata=identity,
        )
        for artifact in resolved.replacements:
            if artifact.role_urn != STAGING_TO:
                continue
            role = beam_runner_api_pb2.ArtifactStagingToRolePayload.FromString(
                artifact.role_payload
            )
            path = os.path.join(folder, os.path.basename(role.staged_name))
            request = beam_artifact_api_pb2.GetArtifactRequest(artifact=artifact)
            with open(path, "wb") as stream:
                for part in service.GetArtifact(request, metadata=identity):
                    stream.write(part.data)


if __name__ == "__main__":
    main()
