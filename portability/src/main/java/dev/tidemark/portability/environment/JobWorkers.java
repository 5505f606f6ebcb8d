package dev.tidemark.portability.environment;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.Turns;
import dev.tidemark.portability.worker.WorkerLostException;
import java.util.ArrayList;
import java.util.Collection;
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
  private final Map<String, Places> places = new HashMap<>();

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

  /**
   * Starts the workers of environments that are going to be asked for; returns at once. What fails
   * is tried again when one is asked for.
   */
  public void startAhead(Collection<String> environmentIds) {
    for (String environmentId : environmentIds) {
      try {
        places(environmentId).slots().forEach(slot -> startAhead(environmentId, slot));
      } catch (WorkerLostException e) {
        // Who asks for a worker will be told why there is none.
      }
    }
  }

  private static void startAhead(String environmentId, WorkerSlot slot) {
    Thread thread =
        new Thread(
            () -> {
              try {
                slot.worker();
              } catch (WorkerLostException e) {
                // The lane that asks next tries again.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "tidemark-worker-start (" + environmentId + ")");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public SdkWorker worker(String environmentId, int lane)
      throws WorkerLostException, InterruptedException {
    List<WorkerSlot> slots = places(environmentId).slots();
    return slots.get(lane % slots.size()).worker();
  }

  @Override
  public Turns turns(String environmentId) {
    try {
      return places(environmentId).turns();
    } catch (WorkerLostException e) {
      // Who asks for a worker will be told why there is none.
      return Turns.unlimited();
    }
  }

  /** Those of an environment. */
  private record Places(List<WorkerSlot> slots, Turns turns) {}

  private synchronized Places places(String environmentId) throws WorkerLostException {
    if (ended.isDone()) {
      throw new WorkerLostException("the job has ended");
    }
    Places known = places.get(environmentId);
    if (known == null) {
      known = make(environmentId);
      places.put(environmentId, known);
    }
    return known;
  }

  private Places make(String environmentId) throws WorkerLostException {
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
    return new Places(
        List.copyOf(made),
        WorkerCount.sharesInterpreter(choice.environment(), job.options())
            ? Turns.oneAfterTheOther()
            : Turns.unlimited());
  }

  @Override
  public void renew() {
    List<WorkerSlot> all = slots();
    farewell(all);
    all.forEach(WorkerSlot::close);
    startAhead(environmentIds());
  }

  private synchronized List<WorkerSlot> slots() {
    return places.values().stream().flatMap(each -> each.slots().stream()).toList();
  }

  private synchronized List<String> environmentIds() {
    return List.copyOf(places.keySet());
  }

  @Override
  public void close() {
    ended.complete(null);
    List<WorkerSlot> all = slots();
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
