package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.SdkWorkers;
import dev.tidemark.portability.worker.Turns;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A worker for each lane; a new one where one has died.
 *
 * <p>Thread-safe.
 */
final class ScriptedWorkers implements SdkWorkers {
  private final ScriptedWorker.Script script;
  private final Turns turns;
  private final Map<Integer, ScriptedWorker> byLane = new ConcurrentHashMap<>();
  private final List<ScriptedWorker> all = new CopyOnWriteArrayList<>();

  ScriptedWorkers(ScriptedWorker.Script script) {
    this(script, Turns.unlimited());
  }

  ScriptedWorkers(ScriptedWorker.Script script, Turns turns) {
    this.script = script;
    this.turns = turns;
  }

  @Override
  public Turns turns(String environmentId) {
    return turns;
  }

  @Override
  public SdkWorker worker(String environmentId, int lane) {
    return byLane.compute(
        lane, (any, worker) -> worker != null && worker.alive() ? worker : start());
  }

  private ScriptedWorker start() {
    ScriptedWorker worker = new ScriptedWorker(script);
    all.add(worker);
    return worker;
  }

  @Override
  public void renew() {
    byLane.clear();
  }

  /** Every worker there was. */
  List<ScriptedWorker> all() {
    return all;
  }

  @Override
  public void close() {}
}
