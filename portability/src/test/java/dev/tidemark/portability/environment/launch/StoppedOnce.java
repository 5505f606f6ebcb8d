package dev.tidemark.portability.environment.launch;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.WorkerLostException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Workers of which the first is stopped, but does not end, before it gets anything to do.
 *
 * <p>Owned by one lane.
 */
final class StoppedOnce implements SdkWorkers {
  private final SdkWorkers workers;
  private Optional<ProcessHandle> stopped = Optional.empty();

  StoppedOnce(SdkWorkers workers) {
    this.workers = workers;
  }

  @Override
  public SdkWorker worker(String environmentId, int lane)
      throws WorkerLostException, InterruptedException {
    SdkWorker worker = workers.worker("env", lane);
    if (stopped.isEmpty()) {
      ProcessHandle process =
          ProcessHandle.current()
              .descendants()
              .filter(each -> each.info().command().orElse("").endsWith("java"))
              .findFirst()
              .orElseThrow();
      try {
        Process stop = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
        if (!stop.waitFor(20, SECONDS) || stop.exitValue() != 0) {
          throw new AssertionError("the harness cannot be stopped");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      stopped = Optional.of(process);
    }
    return worker;
  }

  /** The process that was stopped. */
  ProcessHandle stopped() {
    return stopped.orElseThrow();
  }

  @Override
  public void renew() {
    workers.renew();
  }

  @Override
  public void close() {
    workers.close();
  }
}
