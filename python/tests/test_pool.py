import json
import os

import grpc
import pytest
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

from tidemark_beam.pool import WorkerPool
from tidemark_beam.processes import start_worker


@pytest.fixture
def pool():
    pool = WorkerPool([start_worker()])
    yield pool
    pool.stop()


@pytest.fixture
def stub(pool):
    with grpc.insecure_channel(config(pool)["url"]) as channel:
        yield beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolStub(channel)


def config(pool):
    return json.loads(pool.environment_config())


def request(worker_id, **params):
    # Nobody listens at port 1: the worker dies of it.
    endpoint = {"url": "127.0.0.1:1"}
    return beam_fn_api_pb2.StartWorkerRequest(
        worker_id=worker_id,
        control_endpoint=endpoint,
        provision_endpoint=endpoint,
        params=params,
    )


@pytest.mark.parametrize("params", [{}, {"secret": ""}, {"secret": "0" * 32}])
def test_who_does_not_know_the_secret_starts_nothing(pool, stub, params):
    with pytest.raises(grpc.RpcError) as refused:
        stub.StartWorker(request("a", **params))

    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert not pool._workers


def test_a_worker_starts_once_and_stops(pool, stub):
    params = config(pool)["params"]

    assert stub.StartWorker(request("a", **params)).error == ""
    assert "already" in stub.StartWorker(request("a", **params)).error
    process = pool._workers["a"]
    stub.StopWorker(beam_fn_api_pb2.StopWorkerRequest(worker_id="a"))

    assert process.poll() is not None
    assert stub.StartWorker(request("a", **params)).error == ""


def test_nothing_is_left_when_the_pool_stops(pool, stub):
    stub.StartWorker(request("a", **config(pool)["params"]))
    processes = [*pool._ready, *pool._workers.values()]
    pool.stop()
    pool.stop()

    assert processes
    assert all(process.poll() is not None for process in processes)
    assert not [process for process in processes if os.path.exists("/proc/%d" % process.pid)]
