package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/**
 * An SDK harness in this process: keeps to the protocol, and does with each bundle what a script
 * says, on a thread of the bundle's own.
 *
 * <p>Thread-safe.
 */
final class ScriptedWorker implements SdkWorker {
  private final String id = UUID.randomUUID().toString();
  private final Script script;
  private final AtomicInteger bundles = new AtomicInteger();
  private final List<String> finalized = new CopyOnWriteArrayList<>();
  private volatile boolean alive = true;

  /** What a harness does with a bundle. */
  @FunctionalInterface
  interface Script {
    void run(ScriptedBundle bundle) throws Exception;
  }

  ScriptedWorker(Script script) {
    this.script = script;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean alive() {
    return alive;
  }

  void die() {
    alive = false;
  }

  /** The bundles that were asked to be finalized. */
  List<String> finalized() {
    return finalized;
  }

  @Override
  public void register(BeamFnApi.ProcessBundleDescriptor descriptor) {}

  @Override
  public WorkerBundle start(
      BeamFnApi.ProcessBundleRequest request, Consumer<? super BundleEvent> events) {
    ScriptedBundle bundle =
        new ScriptedBundle(this, id + "-" + bundles.incrementAndGet(), request, events);
    Thread thread = new Thread(() -> bundle.play(script), "scripted-" + bundle.instructionId());
    thread.setDaemon(true);
    thread.start();
    return bundle;
  }

  @Override
  public CompletableFuture<BeamFnApi.InstructionResponse> ask(
      BeamFnApi.InstructionRequest request) {
    finalized.add(request.getFinalizeBundle().getInstructionId());
    return CompletableFuture.completedFuture(
        BeamFnApi.InstructionResponse.newBuilder()
            .setFinalizeBundle(BeamFnApi.FinalizeBundleResponse.getDefaultInstance())
            .build());
  }

  @Override
  public CompletableFuture<String> status() {
    return CompletableFuture.completedFuture("status of " + id);
  }

  @Override
  public String abandon(String reason) {
    die();
    return reason;
  }
}
