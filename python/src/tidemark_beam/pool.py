"""Python workers for the server: a process each, started here because here is the user's Python."""
import atexit
import hmac
import json
import os
import secrets
import sys
import threading
from concurrent import futures

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

from tidemark_beam.processes import Worker, end_workers, forward_output, start_worker


class WorkerPool(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):
    """Starts and stops workers when the server asks for them. Thread-safe.

    Any process of this machine can reach the pool, so who asks must know its secret.

    :param ready: processes that were started before they are asked for, as most of their start is to
        import Beam; the pool's from now on
    """

    def __init__(self, ready: list[Worker]):
        self._secret = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._ready = [*ready]
        self._workers: dict[str, Worker] = {}
        self._stopped = False
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        self._port = self._server.add_insecure_port("127.0.0.1:0")
        beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(self, self._server)
        self._server.start()
        atexit.register(self.stop)

    def environment_config(self) -> str:
        """What Beam's EXTERNAL environment is configured with."""
        url = "127.0.0.1:%d" % self._port
        return json.dumps({"url": url, "params": {"secret": self._secret}})

    def StartWorker(self, request, context):
        if not hmac.compare_digest(request.params.get("secret", ""), self._secret):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "The secret of the pool is wrong")
        with self._lock:
            if self._stopped or request.worker_id in self._workers:
                return beam_fn_api_pb2.StartWorkerResponse(
                    error="The pool is closed" if self._stopped else "The worker is there already"
                )
            process = self._ready.pop() if self._ready else start_worker()
            self._workers[request.worker_id] = process
        forward_output(process)
        task = {
            "id": request.worker_id,
            "control": request.control_endpoint.url,
            "logging": request.logging_endpoint.url,
            "artifact": request.artifact_endpoint.url,
            "provision": request.provision_endpoint.url,
            "path": [path or os.getcwd() for path in sys.path],
            "environment": dict(os.environ),
        }
        try:
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()
        except OSError as e:
            return beam_fn_api_pb2.StartWorkerResponse(error="The worker's process died: %s" % e)
        return beam_fn_api_pb2.StartWorkerResponse()

    def StopWorker(self, request, context):
        with self._lock:
            # The id is 128 random bits: who knows it may stop the worker.
            process = self._workers.pop(request.worker_id, None)
        if process:
            end_workers([process])
        return beam_fn_api_pb2.StopWorkerResponse()

    def stop(self) -> None:
        """Ends all workers. Idempotent."""
        with self._lock:
            processes = [*self._ready, *self._workers.values()]
            self._ready.clear()
            self._workers.clear()
            self._stopped = True
        atexit.unregister(self.stop)
        self._server.stop(0)
        end_workers(processes)
