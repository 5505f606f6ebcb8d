package dev.tidemark.portability.environment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.jspecify.annotations.Nullable;

/** Starts workers that are not there, and says what was started and closed. */
final class TestLauncher implements Launcher {

  /** What a start does, beside returning a worker. */
  @FunctionalInterface
  interface Behaviour {
    void started(WorkerStart start, Worker worker) throws LaunchException;
  }

  final List<String> started = Collections.synchronizedList(new ArrayList<>());
  final List<String> closed = Collections.synchronizedList(new ArrayList<>());
  final List<String> askedToEnd = Collections.synchronizedList(new ArrayList<>());
  volatile Behaviour behaviour;
  volatile @Nullable String problem;

  TestLauncher(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  @Override
  public @Nullable String problem(RunnerApi.Environment environment) {
    return problem;
  }

  @Override
  public LaunchedWorker start(WorkerStart start) throws LaunchException {
    started.add(start.workerId());
    Worker worker = new Worker(start.workerId());
    behaviour.started(start, worker);
    return worker;
  }

  /** A worker of which only the end is seen. */
  final class Worker implements LaunchedWorker {
    final CompletableFuture<String> ended = new CompletableFuture<>();
    private final String id;

    Worker(String id) {
      this.id = id;
    }

    @Override
    public CompletableFuture<String> ended() {
      return ended;
    }

    @Override
    public boolean watched() {
      return true;
    }

    @Override
    public String lastWords() {
      return "last words of " + id;
    }

    @Override
    public void requestEnd() {
      askedToEnd.add(id);
    }

    @Override
    public void close() {
      closed.add(id);
    }
  }
}
