package dev.tidemark.portability.fn;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import dev.tidemark.portability.worker.WorkerLostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogControl;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.WorkerStatusResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker at the other end of streams. It is lost when its control, data or state stream ends,
 * when it talks nonsense, or when it is given up; and that only once.
 *
 * <p>Thread-safe.
 */
final class RemoteWorker implements SdkWorker {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteWorker.class);

  private final String id;
  private final WorkerSpec spec;
  private final Descriptors descriptors;
  private final Supplier<String> instructionIds;
  private final CompletableFuture<SdkWorker> connected = new CompletableFuture<>();
  private final Outbound<InstructionRequest> control =
      new Outbound<>(() -> connected.complete(this));
  private final Outbound<Elements> data = new Outbound<>(() -> {});
  private final Outbound<StateResponse> state = new Outbound<>(() -> {});
  private final Outbound<LogControl> logging = new Outbound<>(() -> {});
  private final WorkerStatus status = new WorkerStatus();
  private final WorkerLog log;
  private final Map<String, Instruction> instructions = new ConcurrentHashMap<>();
  private final AtomicReference<String> loss = new AtomicReference<>();

  RemoteWorker(
      String id, WorkerSpec spec, Descriptors descriptors, Supplier<String> instructionIds) {
    this.id = id;
    this.spec = spec;
    this.descriptors = descriptors;
    this.instructionIds = instructionIds;
    this.log = new WorkerLog(spec.logs());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean alive() {
    return control.isOpen() && loss.get() == null;
  }

  @Override
  public void register(ProcessBundleDescriptor descriptor) {
    if (loss.get() == null) {
      descriptors.register(descriptor, id, spec.endpoint());
    }
  }

  @Override
  public WorkerBundle start(ProcessBundleRequest request, Consumer<? super BundleEvent> events) {
    RemoteBundle bundle = new RemoteBundle(instructionIds.get(), this, events);
    instruct(
        bundle.instructionId(),
        bundle,
        InstructionRequest.newBuilder().setProcessBundle(bundle.withId(request)));
    return bundle;
  }

  @Override
  public CompletableFuture<InstructionResponse> ask(InstructionRequest request) {
    CompletableFuture<InstructionResponse> answer = new CompletableFuture<>();
    instruct(
        instructionIds.get(), new Question(request.getRequestCase(), answer), request.toBuilder());
    return answer;
  }

  @Override
  public CompletableFuture<String> status() {
    return status.ask();
  }

  @Override
  public String abandon(String reason) {
    boolean first = end(reason);
    String lost = String.valueOf(loss.get());
    if (first) {
      spec.lost().accept(lost);
    }
    return lost;
  }

  @Override
  public String toString() {
    return spec.name();
  }

  WorkerSpec spec() {
    return spec;
  }

  Outbound<InstructionRequest> control() {
    return control;
  }

  Outbound<Elements> data() {
    return data;
  }

  Outbound<StateResponse> state() {
    return state;
  }

  Outbound<LogControl> logging() {
    return logging;
  }

  Outbound<WorkerStatusRequest> statusRequests() {
    return status.requests();
  }

  CompletableFuture<SdkWorker> connected() {
    return connected;
  }

  String lastWords() {
    return log.lastWords();
  }

  /** An answer on the control stream. */
  void answered(InstructionResponse response) throws NonsenseException {
    Instruction instruction = instructions.get(response.getInstructionId());
    if (instruction == null) {
      dropped("answer", response.getInstructionId());
      return;
    }
    instruction.answered(response);
    // A bundle stays until it is forgotten: its outputs may still be under way.
    if (instruction instanceof Question) {
      instructions.remove(response.getInstructionId());
    }
  }

  /** Outputs and timers, of any number of bundles. */
  void received(Elements elements) {
    for (Elements.Data part : elements.getDataList()) {
      if (instructions.get(part.getInstructionId()) instanceof RemoteBundle bundle) {
        bundle.deliver(new BundleEvent.Data(part));
      } else {
        dropped("data", part.getInstructionId());
      }
    }
    for (Elements.Timers part : elements.getTimersList()) {
      if (instructions.get(part.getInstructionId()) instanceof RemoteBundle bundle) {
        bundle.deliver(new BundleEvent.Timers(part));
      } else {
        dropped("timers", part.getInstructionId());
      }
    }
  }

  /** A state request. */
  void requested(StateRequest request) {
    if (instructions.get(request.getInstructionId()) instanceof RemoteBundle bundle) {
      bundle.deliver(new BundleEvent.State(request));
    } else {
      state.send(
          StateResponse.newBuilder()
              .setId(request.getId())
              .setError("No bundle " + request.getInstructionId() + " is being processed")
              .build());
    }
  }

  /** Log entries. */
  void logged(LogEntry.List entries) {
    log.add(entries);
  }

  /** An answer on the status stream. */
  void reported(WorkerStatusResponse response) {
    status.answered(response);
  }

  void forget(String instructionId) {
    instructions.remove(instructionId);
  }

  /**
   * Ends the worker, because it is not needed any more. It ends its log stream itself: Java takes
   * the end of that for a failure.
   */
  void close() {
    end("It was closed");
    log.close();
  }

  private void instruct(
      String instructionId, Instruction instruction, InstructionRequest.Builder request) {
    // Known before it is sent: the answer may be here before send returns.
    instructions.put(instructionId, instruction);
    control.send(request.setInstructionId(instructionId).build());
    String lost = loss.get();
    if (lost != null) {
      instruction.lost(lost);
      instructions.remove(instructionId);
    }
  }

  /** False if it has ended before. */
  private boolean end(String reason) {
    String words = log.lastWords();
    String text =
        spec.name() + ": " + reason + (words.isEmpty() ? "" : "\nIts last words:\n" + words);
    if (!loss.compareAndSet(null, text)) {
      return false;
    }
    LOG.info("A worker has ended: {}", text);
    control.end();
    data.end();
    state.end();
    status.requests().end();
    status.left();
    descriptors.release(id);
    connected.completeExceptionally(new WorkerLostException(text));
    for (String instructionId : instructions.keySet()) {
      Instruction instruction = instructions.remove(instructionId);
      if (instruction != null) {
        instruction.lost(text);
      }
    }
    return true;
  }

  private void dropped(String what, String instructionId) {
    LOG.debug("{}: {} for {}, which nobody waits for", spec.name(), what, instructionId);
  }
}
