package dev.tidemark.portability.environment.process;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The child processes of one job: none outlives its close.
 *
 * <p>Thread-safe.
 */
public final class ChildProcesses implements AutoCloseable {
  private final Duration grace;
  private final Set<ChildProcess> running = new HashSet<>();
  private boolean closed;

  /** Will give processes {@code grace} to end after they were asked to. */
  public ChildProcesses(Duration grace) {
    this.grace = grace;
  }

  /**
   * Starts a command.
   *
   * @param log takes each line of its output, on a thread of its own; must not throw
   * @throws IOException if it cannot be started, or the job has ended
   */
  public synchronized ChildProcess start(ChildCommand command, Consumer<? super String> log)
      throws IOException {
    if (closed) {
      throw new IOException(command.name() + " was not started, as the job has ended");
    }
    ChildProcess child = ChildProcess.start(command, grace, log);
    running.add(child);
    child.ended().whenComplete((status, error) -> forget(child));
    return child;
  }

  private synchronized void forget(ChildProcess child) {
    running.remove(child);
  }

  /** Ends all, at the same time, and waits until they are gone; no more can be started. */
  @Override
  public void close() {
    List<ChildProcess> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(running);
    }
    left.forEach(ChildProcess::requestEnd);
    left.forEach(ChildProcess::close);
  }
}
