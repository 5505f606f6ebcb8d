package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.WorkerBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of a bundle: the runner's, and what a script sees of it.
 *
 * <p>Thread-safe.
 */
final class ScriptedBundle implements WorkerBundle {
  private static final long PATIENCE_SECONDS = 30;

  private final ScriptedWorker worker;
  private final String instruction;
  private final BeamFnApi.ProcessBundleRequest request;
  private final Consumer<? super BundleEvent> events;
  private final BlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
  private final BlockingQueue<BeamFnApi.StateResponse> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<BeamFnApi.ProcessBundleSplitRequest> splits =
      new LinkedBlockingQueue<>();
  private boolean over;
  private volatile BeamFnApi.@Nullable ProcessBundleProgressResponse progress =
      BeamFnApi.ProcessBundleProgressResponse.getDefaultInstance();

  private boolean endsWithElements;

  /** What the runner has sent. */
  sealed interface Input {
    record Elements(ByteString bytes) implements Input {}

    record Timers(String family, ByteString bytes) implements Input {}

    record End(boolean withElements) implements Input {}
  }

  ScriptedBundle(
      ScriptedWorker worker,
      String instruction,
      BeamFnApi.ProcessBundleRequest request,
      Consumer<? super BundleEvent> events) {
    this.worker = worker;
    this.instruction = instruction;
    this.request = request;
    this.events = events;
    if (request.hasElements()) {
      request.getElements().getDataList().forEach(this::embedded);
      for (BeamFnApi.Elements.Timers timers : request.getElements().getTimersList()) {
        if (!timers.getIsLast()) {
          inputs.add(new Input.Timers(timers.getTimerFamilyId(), timers.getTimers()));
        }
      }
      inputs.add(new Input.End(true));
    }
  }

  private void embedded(BeamFnApi.Elements.Data data) {
    if (!data.getIsLast()) {
      inputs.add(new Input.Elements(data.getData()));
    }
  }

  void play(ScriptedWorker.Script script) {
    try {
      script.run(this);
    } catch (Exception | AssertionError e) {
      events.accept(new BundleEvent.Failed("the script failed: " + e));
    }
  }

  BeamFnApi.ProcessBundleRequest request() {
    return request;
  }

  ScriptedWorker worker() {
    return worker;
  }

  /** The next input; null at the end of the elements. Ends of timers are not told. */
  @Nullable Input next() throws InterruptedException {
    Input input = inputs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (input == null) {
      throw new AssertionError("the runner does not end its input");
    }
    if (input instanceof Input.End end) {
      endsWithElements = end.withElements();
      return null;
    }
    return input;
  }

  /** Whether the end of the elements, which was read, came in one message with the last of them. */
  boolean endsWithElements() {
    return endsWithElements;
  }

  /** Asks for state and waits for the answer. */
  BeamFnApi.StateResponse ask(BeamFnApi.StateRequest.Builder state) throws InterruptedException {
    events.accept(new BundleEvent.State(state.setId("1").setInstructionId(instruction).build()));
    BeamFnApi.StateResponse answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (answer == null || !answer.getError().isEmpty()) {
      throw new AssertionError("state was answered by " + answer);
    }
    return answer;
  }

  /** What it answers when it is asked how far it is; null for nothing at all. */
  void reports(BeamFnApi.@Nullable ProcessBundleProgressResponse answer) {
    progress = answer;
  }

  /** Asks for state, page after page. */
  List<ByteString> pages(BeamFnApi.StateKey key) throws InterruptedException {
    List<ByteString> pages = new ArrayList<>();
    ByteString token = ByteString.EMPTY;
    do {
      BeamFnApi.StateGetResponse page =
          ask(BeamFnApi.StateRequest.newBuilder()
                  .setStateKey(key)
                  .setGet(BeamFnApi.StateGetRequest.newBuilder().setContinuationToken(token)))
              .getGet();
      pages.add(page.getData());
      token = page.getContinuationToken();
    } while (!token.isEmpty());
    return pages;
  }

  /** Waits until the runner asks for a split. */
  BeamFnApi.ProcessBundleSplitRequest awaitSplit() throws InterruptedException {
    BeamFnApi.ProcessBundleSplitRequest split = splits.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (split == null) {
      throw new AssertionError("the runner does not ask for a split");
    }
    return split;
  }

  void event(BundleEvent event) {
    events.accept(event);
  }

  void output(String sink, ByteString bytes) {
    events.accept(
        new BundleEvent.Data(
            BeamFnApi.Elements.Data.newBuilder().setTransformId(sink).setData(bytes).build()));
  }

  void timer(String transform, String family, ByteString bytes) {
    events.accept(
        new BundleEvent.Timers(
            BeamFnApi.Elements.Timers.newBuilder()
                .setTransformId(transform)
                .setTimerFamilyId(family)
                .setTimers(bytes)
                .build()));
  }

  /** Ends all outputs; the response comes first, as it may. */
  void done(
      BeamFnApi.ProcessBundleResponse response, Iterable<String> sinks, Iterable<String> families) {
    refuseSplits();
    events.accept(new BundleEvent.Done(response));
    end(sinks);
    for (String family : families) {
      events.accept(
          new BundleEvent.Timers(
              BeamFnApi.Elements.Timers.newBuilder()
                  .setTimerFamilyId(family)
                  .setIsLast(true)
                  .build()));
    }
  }

  /** Ends outputs. */
  void end(Iterable<String> sinks) {
    for (String sink : sinks) {
      events.accept(
          new BundleEvent.Data(
              BeamFnApi.Elements.Data.newBuilder().setTransformId(sink).setIsLast(true).build()));
    }
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public String instructionId() {
    return instruction;
  }

  @Override
  public void data(String transformId, ByteString elements) {
    inputs.add(new Input.Elements(elements));
  }

  @Override
  public void lastData(String transformId, ByteString elements) {
    data(transformId, elements);
    inputs.add(new Input.End(true));
  }

  @Override
  public void timers(String transformId, String familyId, ByteString timers) {
    inputs.add(new Input.Timers(familyId, timers));
  }

  @Override
  public void endOfData(String transformId) {
    inputs.add(new Input.End(false));
  }

  @Override
  public void endOfTimers(String transformId, String familyId) {}

  @Override
  public void respond(BeamFnApi.StateResponse response) {
    answers.add(response);
  }

  @Override
  public void split(BeamFnApi.ProcessBundleSplitRequest split) {
    synchronized (splits) {
      if (!over) {
        splits.add(split);
        return;
      }
    }
    event(new BundleEvent.Split(BeamFnApi.ProcessBundleSplitResponse.getDefaultInstance()));
  }

  /** What a bundle that is over has been asked, and will be, is answered by nothing. */
  private void refuseSplits() {
    int unanswered;
    synchronized (splits) {
      over = true;
      unanswered = splits.size();
      splits.clear();
    }
    for (int i = 0; i < unanswered; i++) {
      event(new BundleEvent.Split(BeamFnApi.ProcessBundleSplitResponse.getDefaultInstance()));
    }
  }

  @Override
  public void progress() {
    BeamFnApi.ProcessBundleProgressResponse answer = progress;
    if (answer != null) {
      events.accept(new BundleEvent.Progress(answer));
    }
  }

  @Override
  public void forget() {}
}
