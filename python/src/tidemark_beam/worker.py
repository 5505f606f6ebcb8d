"""A worker process: python -m tidemark_beam.worker. Its task comes by its standard input."""
import json
import logging
import os
import sys
import tempfile
import threading
from typing import IO

import grpc
from apache_beam.portability.api import (
    beam_artifact_api_pb2,
    beam_artifact_api_pb2_grpc,
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
    beam_runner_api_pb2,
)
from apache_beam.runners.worker import sdk_worker_main
from apache_beam.runners.worker.worker_id_interceptor import WorkerIdInterceptor
from google.protobuf import json_format

STAGING_TO = "beam:artifact:role:staging_to:v1"
#: The user's own packages are here already; this is what exists nowhere else.
NEEDED = frozenset(["pickled_main_session"])


def main(task: IO[bytes]) -> None:
    """Runs a worker until the server or its input is closed; the task is the input's first line."""
    line = task.readline()
    if not line:
        return
    # Logs go to the server, and from there to the user; without this they are printed as well.
    logging.getLogger().handlers[:] = [logging.NullHandler()]
    # The input ends when the pool wants this worker to end, and when the pool's process dies.
    threading.Thread(target=_exit_at_end, args=(task,), daemon=True).start()
    threading.excepthook = _without_refused_status
    with tempfile.TemporaryDirectory(prefix="tidemark-worker-") as folder:
        start = json.loads(line)
        # What is pickled by name must be found here too.
        sys.path[:] = start["path"]
        os.environ.update(start["environment"])
        os.environ.update(_environment(start, folder))
        # Beam has looked for it in the environment when it was imported.
        WorkerIdInterceptor._worker_id = start["id"]
        sdk_worker_main.main([])


def _without_refused_status(failure: threading.ExceptHookArgs) -> None:
    # When the server ends the worker's streams, Beam opens the one for its status again, in vain.
    status = failure.thread is not None and failure.thread.name == "fn_api_status_handler"
    if not (status and isinstance(failure.exc_value, grpc.RpcError)):
        threading.__excepthook__(failure)


def _exit_at_end(stream: IO[bytes]) -> None:
    stream.read()
    # Threads of user code may hang: no clean way out waits for them.
    os._exit(0)


def _environment(start: dict, folder: str) -> dict[str, str]:
    identity = [("worker_id", start["id"])]
    with grpc.insecure_channel(start["provision"]) as channel:
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        info = service.GetProvisionInfo(request, metadata=identity, timeout=60).info
    _fetch(info.artifact_endpoint.url or start["artifact"], identity, info.dependencies, folder)
    environment = {
        "WORKER_ID": start["id"],
        "PIPELINE_OPTIONS": json.dumps(json_format.MessageToDict(info.pipeline_options)),
        "SEMI_PERSISTENT_DIRECTORY": folder,
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
        "LOGGING_API_SERVICE_DESCRIPTOR": _url(info.logging_endpoint.url or start["logging"]),
        "CONTROL_API_SERVICE_DESCRIPTOR": _url(info.control_endpoint.url or start["control"]),
    }
    if info.status_endpoint.url:
        environment["STATUS_API_SERVICE_DESCRIPTOR"] = _url(info.status_endpoint.url)
    return environment


def _url(url: str) -> str:
    return "url: %s" % json.dumps(url)


def _fetch(endpoint: str, identity: list, dependencies, folder: str) -> None:
    wanted = [artifact for artifact in dependencies if _staged_name(artifact) in NEEDED]
    if not wanted:
        return
    staged = os.path.join(folder, "staged")
    os.mkdir(staged)
    with grpc.insecure_channel(endpoint) as channel:
        service = beam_artifact_api_pb2_grpc.ArtifactRetrievalServiceStub(channel)
        resolve = beam_artifact_api_pb2.ResolveArtifactsRequest(artifacts=wanted)
        for artifact in service.ResolveArtifacts(resolve, metadata=identity).replacements:
            request = beam_artifact_api_pb2.GetArtifactRequest(artifact=artifact)
            with open(os.path.join(staged, _staged_name(artifact)), "wb") as stream:
                for part in service.GetArtifact(request, metadata=identity):
                    stream.write(part.data)


def _staged_name(artifact: beam_runner_api_pb2.ArtifactInformation) -> str | None:
    if artifact.role_urn != STAGING_TO:
        return None
    role = beam_runner_api_pb2.ArtifactStagingToRolePayload.FromString(artifact.role_payload)
    return os.path.basename(role.staged_name)


if __name__ == "__main__":
    main(sys.stdin.buffer)
