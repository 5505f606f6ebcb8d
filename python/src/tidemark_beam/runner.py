"""The runner that a pipeline names."""
import copy
import os
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from apache_beam.options.pipeline_options import DebugOptions, PipelineOptions, PortableOptions
from apache_beam.runners.portability.portable_runner import PortableRunner
from apache_beam.transforms.environments import Environment

from tidemark_beam.channel import connect
from tidemark_beam.class_archive import archive_options
from tidemark_beam.java import find_java
from tidemark_beam.job import TidemarkJobHandle
from tidemark_beam.options import TidemarkOptions
from tidemark_beam.pool import WorkerPool
from tidemark_beam.processes import Worker, end_workers, fork_workers, start_worker
from tidemark_beam.runtime_folder import runtime_folder
from tidemark_beam.server import Server, packaged_jar, server_command, user_server
from tidemark_beam.state import by_name, state_home

IDLE_MINUTES = 15
MOST_READY_WORKERS = 8


class TidemarkRunner(PortableRunner):
    """Runs pipelines on a Tidemark server, and their functions in processes beside this one.

    Without --job_endpoint the server is one of this user, which is started if it does not run.
    """

    def __init__(self):
        super().__init__()
        # A pipeline makes its runner before all else, so before gRPC has threads here.
        self._ready = fork_workers(_number_of_workers())
        self._end_ready = weakref.finalize(self, end_workers, self._ready)

    def run_pipeline(self, pipeline, options):
        with ThreadPoolExecutor(1) as threads:
            # The server and the workers start while the pipeline is translated.
            run = _Run(threads.submit(_server, options), self._take_ready)
            try:
                return run.run_pipeline(pipeline, options)
            except BaseException:
                run.stop()
                raise

    def _take_ready(self) -> list[Worker]:
        self._end_ready.detach()
        ready, self._ready = self._ready, []
        return ready or [start_worker() for _ in range(_number_of_workers())]


def _number_of_workers() -> int:
    return min(os.cpu_count() or 1, MOST_READY_WORKERS)


class _Run(PortableRunner):
    """One run of a pipeline, by the hooks of Beam's runner."""

    def __init__(self, server: Future[Server], take_ready: Callable[[], list[Worker]]):
        super().__init__()
        self._server = server
        self._take_ready = take_ready
        self._pool: WorkerPool | None = None

    def default_environment(self, options: PipelineOptions) -> Environment:
        portable = options.view_as(PortableOptions)
        if portable.environment_type:
            return super().default_environment(options)
        self._pool = WorkerPool(self._take_ready())
        # The next run with these options has a pool of its own.
        own = copy.deepcopy(portable)
        own.environment_type = "EXTERNAL"
        own.environment_config = self._pool.environment_config()
        # Its list of installed packages takes half a second, and the workers are at home here.
        own.view_as(DebugOptions).add_experiment("disable_logging_submission_environment")
        return super().default_environment(own)

    def start_and_replace_loopback_environments(self, pipeline, options):
        callbacks = PortableRunner.start_and_replace_loopback_environments(pipeline, options)
        # What is returned here is called when the job has ended.
        return callbacks + [self.stop]

    def create_job_service(self, options: PipelineOptions) -> TidemarkJobHandle:
        return TidemarkJobHandle(connect(self._server.result()), by_name(options))

    def stop(self) -> None:
        """Ends the workers."""
        if self._pool:
            self._pool.stop()


def _server(options: PipelineOptions) -> Server:
    home = state_home(options)
    endpoint = options.view_as(PortableOptions).job_endpoint
    tidemark = options.view_as(TidemarkOptions)
    if endpoint:
        token = tidemark.tidemark_token_file
        certificates = tidemark.tidemark_certificates
        return Server(
            endpoint,
            Path(token).read_text().strip() if token else None,
            Path(certificates).read_bytes() if certificates else None,
        )
    java = find_java(tidemark.tidemark_java, os.environ)
    jvm_options = tidemark.tidemark_jvm_options or []
    jar = packaged_jar()
    command = server_command(java, jar, jvm_options, IDLE_MINUTES, home)
    archive = archive_options(java, jar, os.environ)
    return user_server(runtime_folder(os.environ), command, archive)
