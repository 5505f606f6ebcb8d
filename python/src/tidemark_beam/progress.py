"""A line in the terminal that says how far a job is."""
import threading
import time
from typing import TextIO

import grpc
from apache_beam.coders.coder_impl import VarIntCoderImpl
from apache_beam.portability.api import beam_job_api_pb2
from apache_beam.runners.portability.portable_runner import TERMINAL_STATES

ELEMENTS = "beam:metric:element_count:v1"
EVERY_SECONDS = 1.0


class Progress:
    """Asks the server once a second, in a thread that ends with the job."""

    def __init__(self, job_service, job_id: str, out: TextIO):
        self._job_service = job_service
        self._job_id = job_id
        self._out = out
        self._begin = time.monotonic()

    def start(self) -> None:
        threading.Thread(target=self._run, name="tidemark-progress", daemon=True).start()

    def _run(self) -> None:
        shown = False
        try:
            # Short jobs show nothing.
            time.sleep(EVERY_SECONDS)
            while not self._ended():
                self._out.write("\r\033[K" + self.line())
                self._out.flush()
                shown = True
                time.sleep(EVERY_SECONDS)
        except (grpc.RpcError, ValueError, OSError):
            # The job is gone, or the channel or the terminal closed: nobody looks any more.
            pass
        if shown:
            self._out.write("\r\033[K")
            self._out.flush()

    def _ended(self) -> bool:
        request = beam_job_api_pb2.GetJobStateRequest(job_id=self._job_id)
        return self._job_service.GetState(request).state in TERMINAL_STATES

    def line(self) -> str:
        """Such as: Tidemark: 12 s, 3,456,789 elements."""
        request = beam_job_api_pb2.GetJobMetricsRequest(job_id=self._job_id)
        metrics = self._job_service.GetJobMetrics(request).metrics
        counts = [
            VarIntCoderImpl().decode(info.payload)
            for info in metrics.attempted
            if info.urn == ELEMENTS
        ]
        seconds = time.monotonic() - self._begin
        return "Tidemark: {:.0f} s, {:,} elements".format(seconds, sum(counts))
