package dev.tidemark.portability.fn;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.WorkerBundle;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse.ResponseCase;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleProgressRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * A bundle in a {@link RemoteWorker}.
 *
 * <p>Thread-safe. Its lock is held while an event is delivered, so that none comes after the end.
 */
final class RemoteBundle implements WorkerBundle, Instruction {
  private final String id;
  private final RemoteWorker worker;
  private final Consumer<? super BundleEvent> events;
  private final Runnable whenReady = () -> deliver(new BundleEvent.Ready());
  private boolean answered;
  private boolean ended;

  RemoteBundle(String id, RemoteWorker worker, Consumer<? super BundleEvent> events) {
    this.id = id;
    this.worker = worker;
    this.events = events;
  }

  @Override
  public String instructionId() {
    return id;
  }

  /** The request for it, its elements marked as its own. */
  ProcessBundleRequest withId(ProcessBundleRequest request) {
    if (!request.hasElements()) {
      return request;
    }
    ProcessBundleRequest.Builder marked = request.toBuilder();
    marked.getElementsBuilder().getDataBuilderList().forEach(data -> data.setInstructionId(id));
    marked.getElementsBuilder().getTimersBuilderList().forEach(each -> each.setInstructionId(id));
    return marked.build();
  }

  @Override
  public boolean ready() {
    return worker.data().ready(whenReady);
  }

  @Override
  public void data(String transformId, ByteString elements) {
    // An empty piece might be taken for an end.
    if (!elements.isEmpty()) {
      send(dataOf(transformId).setData(elements));
    }
  }

  @Override
  public void lastData(String transformId, ByteString elements) {
    worker
        .data()
        .send(
            Elements.newBuilder()
                .addData(dataOf(transformId).setData(elements))
                .addData(dataOf(transformId).setIsLast(true))
                .build());
  }

  @Override
  public void timers(String transformId, String familyId, ByteString timers) {
    if (!timers.isEmpty()) {
      send(timersOf(transformId, familyId).setTimers(timers));
    }
  }

  @Override
  public void endOfData(String transformId) {
    send(dataOf(transformId).setIsLast(true));
  }

  @Override
  public void endOfTimers(String transformId, String familyId) {
    send(timersOf(transformId, familyId).setIsLast(true));
  }

  @Override
  public void respond(StateResponse response) {
    worker.state().send(response);
  }

  @Override
  public void split(ProcessBundleSplitRequest request) {
    InstructionRequest.Builder asked =
        InstructionRequest.newBuilder()
            .setProcessBundleSplit(request.toBuilder().setInstructionId(id));
    ask(asked, response -> new BundleEvent.Split(response.getProcessBundleSplit()));
  }

  @Override
  public void progress() {
    InstructionRequest.Builder asked =
        InstructionRequest.newBuilder()
            .setProcessBundleProgress(
                ProcessBundleProgressRequest.newBuilder().setInstructionId(id));
    ask(asked, response -> new BundleEvent.Progress(response.getProcessBundleProgress()));
  }

  @Override
  public void forget() {
    synchronized (this) {
      ended = true;
    }
    worker.forget(id);
  }

  @Override
  public void answered(InstructionResponse response) throws NonsenseException {
    synchronized (this) {
      if (answered) {
        throw new NonsenseException("It answered the bundle " + id + " twice");
      }
      answered = true;
    }
    if (!response.getError().isEmpty()) {
      deliver(new BundleEvent.Failed(response.getError()));
    } else if (response.getResponseCase() == ResponseCase.PROCESS_BUNDLE) {
      // Small outputs may come in the response itself.
      elements(response.getProcessBundle().getElements());
      deliver(new BundleEvent.Done(response.getProcessBundle()));
    } else {
      throw new NonsenseException(
          "It answered the bundle " + id + " with " + response.getResponseCase());
    }
  }

  @Override
  public void lost(String reason) {
    deliver(new BundleEvent.Lost(reason));
  }

  /** Hands on what may be elements and timers of this bundle. */
  void elements(Elements elements) {
    elements.getDataList().forEach(data -> deliver(new BundleEvent.Data(data)));
    elements.getTimersList().forEach(timers -> deliver(new BundleEvent.Timers(timers)));
  }

  synchronized void deliver(BundleEvent event) {
    if (!ended) {
      ended = event instanceof BundleEvent.Ended;
      events.accept(event);
    }
  }

  /** An answer with an error says that there is nothing to split or report, or no more. */
  private void ask(
      InstructionRequest.Builder request, Function<InstructionResponse, BundleEvent> event) {
    var unused = worker.ask(request.build()).thenAccept(response -> deliver(event.apply(response)));
  }

  private void send(Elements.Data.Builder data) {
    worker.data().send(Elements.newBuilder().addData(data).build());
  }

  private void send(Elements.Timers.Builder timers) {
    worker.data().send(Elements.newBuilder().addTimers(timers).build());
  }

  private Elements.Data.Builder dataOf(String transformId) {
    return Elements.Data.newBuilder().setInstructionId(id).setTransformId(transformId);
  }

  private Elements.Timers.Builder timersOf(String transformId, String familyId) {
    return Elements.Timers.newBuilder()
        .setInstructionId(id)
        .setTransformId(transformId)
        .setTimerFamilyId(familyId);
  }
}
