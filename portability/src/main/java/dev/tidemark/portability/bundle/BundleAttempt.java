package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import dev.tidemark.portability.worker.WorkerLostException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.jspecify.annotations.Nullable;

/**
 * One try of a bundle on one worker. The worker's events wait in a mailbox until the lane looks;
 * whatever comes stays in here until all of it is there.
 *
 * <p>Owned by the lane.
 */
final class BundleAttempt {
  private final HarnessPlan plan;
  private final SdkWorker worker;
  private final StateAnswers state;
  private final BundleOutput output;
  private final @Nullable Checkpoint checkpoint;
  private final BlockingQueue<BundleEvent> mailbox = new LinkedBlockingQueue<>();
  private final WorkerBundle bundle;
  private int sent;
  private boolean ending;
  private boolean dataEnded;
  private BeamFnApi.@Nullable ProcessBundleResponse response;

  /**
   * Starts it.
   *
   * @param request with the id of the plan's descriptor, which is made known here
   * @param state answers state requests, for this try only
   * @param checkpoint cuts the work short when it takes too long; null to let it run
   */
  BundleAttempt(
      SdkWorker worker,
      HarnessPlan plan,
      BeamFnApi.ProcessBundleRequest request,
      StateAnswers state,
      @Nullable Checkpoint checkpoint) {
    this.plan = plan;
    this.worker = worker;
    this.state = state;
    this.checkpoint = checkpoint;
    this.output = new BundleOutput(plan.sinks().keySet(), plan.families());
    worker.register(plan.descriptor());
    this.bundle = worker.start(request, mailbox::add);
  }

  /** Sends what was not sent yet, and takes what has come meanwhile. */
  void send(BundleInput input) throws WorkerLostException, InterruptedException {
    while (sent < input.chunks().size()) {
      if (checkpoint != null && checkpoint.isResidual(input.chunks().get(sent))) {
        sent = input.chunks().size();
      } else if (bundle.ready()) {
        send(input.chunks().get(sent++), input.chunks().size());
      } else {
        // The worker may need an answer before it can take more.
        take(input);
      }
    }
    BundleEvent event;
    while ((event = mailbox.poll()) != null) {
      handle(event);
    }
  }

  /** Sends the last one of those that are taken out, of a number of chunks. */
  private void send(BundleInput.Chunk chunk, int chunks) throws InterruptedException {
    if (chunk instanceof BundleInput.Chunk.Data data) {
      if (ending && sent == chunks) {
        bundle.lastData(plan.source(), data.bytes());
        dataEnded = true;
      } else {
        bundle.data(plan.source(), data.bytes());
      }
    } else if (chunk instanceof BundleInput.Chunk.Timers timers) {
      bundle.timers(plan.process(), timers.family(), timers.bytes());
    }
  }

  /** Sends the rest and the ends of all inputs, and waits until everything has come back. */
  void complete(BundleInput input) throws WorkerLostException, InterruptedException {
    ending = true;
    send(input);
    if (!dataEnded) {
      bundle.endOfData(plan.source());
    }
    for (String family : plan.families()) {
      bundle.endOfTimers(plan.process(), family);
    }
    while (response == null || !output.complete()) {
      take(input);
    }
    bundle.forget();
  }

  private void take(BundleInput input) throws WorkerLostException, InterruptedException {
    if (checkpoint == null || response != null) {
      handle(mailbox.take());
      return;
    }
    BundleEvent event = mailbox.poll(checkpoint.nanosLeft(), TimeUnit.NANOSECONDS);
    if (event != null) {
      handle(event);
    } else {
      bundle.split(checkpoint.request(plan.source(), bundle.instructionId(), input.elements()));
    }
  }

  private void handle(BundleEvent event) throws WorkerLostException {
    try {
      if (event instanceof BundleEvent.State request) {
        bundle.respond(state.answer(request.request()));
      } else if (event instanceof BundleEvent.Data data) {
        output.add(data.data());
      } else if (event instanceof BundleEvent.Timers timers) {
        output.add(timers.timers());
      } else if (event instanceof BundleEvent.Done done) {
        done(done.response());
      } else if (event instanceof BundleEvent.Split split) {
        Objects.requireNonNull(checkpoint, "no split was asked for").split(split.response());
      } else if (event instanceof BundleEvent.Failed failed) {
        throw new HarnessException(failed.error());
      } else if (event instanceof BundleEvent.Lost lost) {
        throw new WorkerLostException(lost.reason());
      }
    } catch (IllegalArgumentException e) {
      throw nonsense(e);
    }
  }

  private void done(BeamFnApi.ProcessBundleResponse done) {
    if (response != null) {
      throw new IllegalArgumentException("it has answered twice");
    }
    response = done;
  }

  /** A worker that does not keep to the protocol is not asked again. */
  private WorkerLostException nonsense(IllegalArgumentException e) {
    String reason = "SDK harness " + worker.id() + " does not keep to the protocol: " + e;
    worker.abandon(reason);
    return new WorkerLostException(reason);
  }

  /** Gives it up. */
  void forget() {
    bundle.forget();
  }

  SdkWorker worker() {
    return worker;
  }

  String instructionId() {
    return bundle.instructionId();
  }

  /** The worker's answer, after {@link #complete}. */
  BeamFnApi.ProcessBundleResponse response() {
    return Objects.requireNonNull(response, "not complete");
  }

  BundleOutput output() {
    return output;
  }

  /** The user state, to be committed after {@link #complete}. */
  StateAnswers state() {
    return state;
  }

  @Nullable Checkpoint checkpoint() {
    return checkpoint;
  }
}
