package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.portability.worker.SdkWorker;
import dev.tidemark.portability.worker.WorkerBundle;
import dev.tidemark.portability.worker.WorkerLostException;
import dev.tidemark.runner.exchange.SpillSpace;
import java.util.Objects;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.jspecify.annotations.Nullable;

/**
 * One try of a bundle on one worker. The worker's events wait in a mailbox until the lane looks;
 * whatever comes stays in here until all of it is there.
 *
 * <p>Owned by the lane.
 */
final class BundleAttempt {
  /** How long another lane may have to wait until this one sees that it wants a part. */
  private static final long SHARING_NANOS = 100_000_000;

  private final HarnessPlan plan;
  private final SdkWorker worker;
  private final BundleState state;
  private final BundleOutput output;
  private final @Nullable Checkpoint checkpoint;
  private final ProgressView progress;
  private final Mailbox mailbox;
  private final WorkerBundle bundle;
  private final BundleWatch watch;
  private final BundleInput input;
  private @Nullable Division division;
  private boolean splitting;
  private final boolean embedded;
  private int sent;
  private boolean ending;
  private boolean dataEnded;
  private long lookedNanos;
  private BeamFnApi.@Nullable ProcessBundleResponse response;

  /**
   * Starts it.
   *
   * @param input what it is given
   * @param request with the id of the plan's descriptor, which is made known here; if there are
   *     elements in it they are the whole input
   * @param state answers state requests, for this try only
   * @param checkpoint cuts the work short when it takes too long; null to let it run
   * @param rules how it is watched
   * @param progress shows what it has counted so far
   * @param space where its outputs wait
   * @param alarm is called, by any thread, when the worker has said something that should not wait
   */
  BundleAttempt(
      SdkWorker worker,
      HarnessPlan plan,
      BundleInput input,
      BeamFnApi.ProcessBundleRequest request,
      BundleState state,
      @Nullable Checkpoint checkpoint,
      BundleWatch.Rules rules,
      ProgressView progress,
      SpillSpace space,
      Runnable alarm) {
    this.plan = plan;
    this.input = input;
    this.worker = worker;
    this.state = state;
    this.checkpoint = checkpoint;
    this.progress = progress;
    this.output = new BundleOutput(plan.sinks().keySet(), plan.families());
    this.embedded = request.hasElements();
    this.sent = embedded ? input.chunks().size() : 0;
    worker.register(plan.descriptor());
    this.mailbox = new Mailbox(space, alarm);
    this.bundle = worker.start(request, mailbox);
    this.watch = rules.watch(worker, bundle);
  }

  /** Sends what was not sent yet, and takes what has come meanwhile. */
  void send() throws WorkerLostException, InterruptedException {
    while (sent < input.chunks().size()) {
      if (checkpoint != null && checkpoint.isResidual(input.chunks().get(sent))) {
        sent = input.chunks().size();
      } else if (bundle.ready()) {
        send(input.chunks().get(sent++), input.chunks().size());
      } else {
        // The worker may need an answer before it can take more.
        take();
      }
    }
    takeArrived();
  }

  /** Takes all that has come, without waiting; returns whether that was anything. */
  private boolean takeArrived() throws WorkerLostException {
    boolean heard = false;
    Mailbox.Arrival arrival;
    while ((arrival = mailbox.poll()) != null) {
      heard = true;
      handle(arrival);
    }
    return heard;
  }

  /** Sends the last one of those that are taken out, of a number of chunks. */
  private void send(BundleInput.Chunk chunk, int chunks) throws InterruptedException {
    if (chunk instanceof BundleInput.Chunk.Data data) {
      if (ending && sent == chunks) {
        bundle.lastData(plan.source(), data.bytes().read());
        dataEnded = true;
      } else {
        bundle.data(plan.source(), data.bytes().read());
      }
    } else if (chunk instanceof BundleInput.Chunk.Timers timers) {
      bundle.timers(plan.process(), timers.family(), timers.bytes());
    }
  }

  /**
   * Sends the rest and the ends of all inputs, and waits until everything has come back.
   *
   * @param shared what other lanes may take a part of; null if nobody may
   * @param whenProduced is called as soon as the outputs are whole, if there are any, though the
   *     worker's answer may be missing: the functions have nothing to do any more
   */
  void complete(@Nullable DivisibleBundle shared, Runnable whenProduced)
      throws WorkerLostException, InterruptedException {
    end();
    division = shared == null ? null : new Division(shared, plan, input);
    while (!isComplete()) {
      take();
      if (!plan.sinks().isEmpty() && output.complete()) {
        whenProduced.run();
      }
    }
    release();
  }

  /**
   * Does what can be done without waiting for the worker's work: sends the rest and the ends of all
   * inputs, takes what has come, asks for a split if it is time. To be called when something has
   * come, and after {@link #nanosLeft}, until it {@link #isComplete}.
   */
  void proceed() throws WorkerLostException, InterruptedException {
    if (!ending) {
      end();
      lookedNanos = System.nanoTime();
    }
    boolean heard = takeArrived();
    long now = System.nanoTime();
    watch.waited(now - lookedNanos, heard);
    lookedNanos = now;
    if (isComplete()) {
      release();
    } else {
      split();
      watch.look();
    }
  }

  private void end() throws WorkerLostException, InterruptedException {
    ending = true;
    send();
    if (!embedded) {
      endInputs();
    }
  }

  /**
   * Whether everything has come back. The answer to a split may come after all else, and says what
   * the worker has not done.
   */
  boolean isComplete() {
    return response != null && !splitting && output.complete();
  }

  private void release() {
    bundle.forget();
    mailbox.clear();
  }

  private void endInputs() {
    if (!dataEnded) {
      bundle.endOfData(plan.source());
    }
    for (String family : plan.families()) {
      bundle.endOfTimers(plan.process(), family);
    }
  }

  private void take() throws WorkerLostException, InterruptedException {
    long start = System.nanoTime();
    Mailbox.Arrival arrival = mailbox.poll(nanosLeft());
    watch.waited(System.nanoTime() - start, arrival != null);
    if (arrival != null) {
      handle(arrival);
    } else {
      split();
    }
    watch.look();
  }

  /** How long there is nothing to do, if nothing comes. */
  long nanosLeft() {
    long patience = watch.nanosLeft();
    if (checkpoint != null && response == null && !splitting) {
      patience = Math.min(patience, checkpoint.nanosLeft());
    }
    return division == null ? patience : Math.min(patience, SHARING_NANOS);
  }

  private void split() {
    boolean possible = response == null && !splitting;
    if (checkpoint != null && possible && checkpoint.isDue()) {
      splitting = true;
      bundle.split(checkpoint.request(bundle.instructionId(), input.elements()));
    } else if (division != null && division.isWanted() && !splitting) {
      if (possible && division.isPromising()) {
        splitting = true;
        bundle.split(division.request(bundle.instructionId()));
      } else {
        division.refuse();
      }
    }
  }

  private void handle(Mailbox.Arrival arrival) throws WorkerLostException {
    try {
      if (arrival instanceof Mailbox.Arrival.Output elements) {
        output.add(elements);
      } else if (arrival instanceof Mailbox.Arrival.Event event) {
        handle(event.event());
      } else if (arrival instanceof Mailbox.Arrival.Failure failure) {
        throw failure.cause();
      }
    } catch (IllegalArgumentException e) {
      throw nonsense(e);
    }
  }

  private void handle(BundleEvent event) throws WorkerLostException {
    if (event instanceof BundleEvent.State request) {
      bundle.respond(state.answer(request.request()));
    } else if (event instanceof BundleEvent.Timers timers) {
      output.add(timers.timers());
    } else if (event instanceof BundleEvent.Done done) {
      done(done.response());
    } else if (event instanceof BundleEvent.Split split) {
      split(split.response());
    } else if (event instanceof BundleEvent.Progress reported) {
      progress.show(worker, reported.response(), plan);
      if (division != null) {
        division.progress(reported.response());
      }
    } else if (event instanceof BundleEvent.Failed failed) {
      throw HarnessException.ofFunction(failed.error());
    } else if (event instanceof BundleEvent.Lost lost) {
      throw new WorkerLostException(lost.reason());
    }
  }

  private void split(BeamFnApi.ProcessBundleSplitResponse split) {
    if (!splitting) {
      throw new IllegalArgumentException("it answers a split that nobody has asked for");
    }
    splitting = false;
    if (checkpoint != null) {
      checkpoint.split(split);
    } else if (division != null) {
      division.split(split);
      sent = input.chunks().size();
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
    return new WorkerLostException(worker.abandon("It does not keep to the protocol: " + e));
  }

  /** Gives it up. */
  void forget() {
    release();
    output.clear();
    progress.clear();
  }

  SdkWorker worker() {
    return worker;
  }

  String instructionId() {
    return bundle.instructionId();
  }

  /** The worker's answer, when it {@link #isComplete}. */
  BeamFnApi.ProcessBundleResponse response() {
    return Objects.requireNonNull(response, "not complete");
  }

  BundleOutput output() {
    return output;
  }

  /** The user state, to be committed when it {@link #isComplete}. */
  BundleState state() {
    return state;
  }

  @Nullable Checkpoint checkpoint() {
    return checkpoint;
  }
}
