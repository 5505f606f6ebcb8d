package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.WorkerLostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * The workers of one job. An environment has a fixed number of places for workers, lanes are dealt
 * out over them, and a place whose worker is lost gets a new one when a lane next asks.
 *
 * <p>Thread-safe.
 */
public final class JobWorkers implements SdkWorkers {
  private final LaunchJob job;
  private final Map<String, RunnerApi.Environment> environments;
  private final EnvironmentLaunchers launchers;
  private final WorkerConnections connections;
  private final WorkerPolicy policy;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Map<String, List<WorkerSlot>> slots = new HashMap<>();

  /**
   * Will start workers when they are asked for.
   *
   * @param environments those of the pipeline's components, by id
   * @param connections where the job's workers connect
   */
  public JobWorkers(
      LaunchJob job,
      Map<String, RunnerApi.Environment> environments,
      EnvironmentLaunchers launchers,
      WorkerConnections connections,
      WorkerPolicy policy) {
    this.job = job;
    this.environments = Map.copyOf(environments);
    this.launchers = launchers;
    this.connections = connections;
    this.policy = policy;
  }

  @Override
  public SdkWorker worker(String environmentId, int lane)
      throws WorkerLostException, InterruptedException {
    List<WorkerSlot> places = places(environmentId);
    return places.get(lane % places.size()).worker();
  }

  private synchronized List<WorkerSlot> places(String environmentId) throws WorkerLostException {
    if (ended.isDone()) {
      throw new WorkerLostException("the job has ended");
    }
    List<WorkerSlot> known = slots.get(environmentId);
    if (known == null) {
      known = make(environmentId);
      slots.put(environmentId, known);
    }
    return known;
  }

  private List<WorkerSlot> make(String environmentId) throws WorkerLostException {
    RunnerApi.Environment environment = environments.get(environmentId);
    if (environment == null) {
      throw new WorkerLostException("the pipeline has no environment '" + environmentId + "'");
    }
    EnvironmentLaunchers.Choice choice;
    try {
      choice = launchers.choose(environment);
    } catch (LaunchException e) {
      throw new WorkerLostException(
          "environment '" + environmentId + "': " + String.valueOf(e.getMessage()));
    }
    WorkerStarter starter =
        new WorkerStarter(job, environmentId, choice, connections, policy.startTimeout(), ended);
    List<WorkerSlot> made = new ArrayList<>();
    for (int i = 0; i < WorkerCount.of(choice.environment(), job.options(), policy.most()); i++) {
      made.add(new WorkerSlot(starter, policy, ended));
    }
    return List.copyOf(made);
  }

  @Override
  public void close() {
    List<WorkerSlot> all = new ArrayList<>();
    synchronized (this) {
      ended.complete(null);
      slots.values().forEach(all::addAll);
    }
    farewell(all);
    // All processes at once; what waits for one that starts is woken by that.
    job.processes().close();
    all.forEach(WorkerSlot::close);
  }

  private void farewell(List<WorkerSlot> all) {
    CompletableFuture<?>[] gone =
        all.stream().map(WorkerSlot::dismiss).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(gone).get(policy.farewell().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // They will be asked otherwise.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
