package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.BundleEvent;
import dev.tidemark.runner.exchange.SpillSpace;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of one try of a bundle wait until the lane looks. Elements, of which there may
 * be any number, wait as {@link Kept}: they leave memory before the lane has seen them.
 *
 * <p>Thread-safe.
 */
final class Mailbox implements Consumer<BundleEvent> {
  private final SpillSpace space;
  private final Runnable alarm;
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

  /** What has arrived. */
  sealed interface Arrival {
    /** Something that is not elements. */
    record Event(BundleEvent event) implements Arrival {}

    /** Elements of a sink, or its end, or both. */
    record Output(String sink, @Nullable Kept elements, boolean last) implements Arrival {}

    /** Elements came that could not be kept. */
    record Failure(RuntimeException cause) implements Arrival {}
  }

  /**
   * An empty one.
   *
   * @param space where elements are kept
   * @param alarm is called, by any thread, when something has come that should not wait: all but
   *     elements after which more will come
   */
  Mailbox(SpillSpace space, Runnable alarm) {
    this.space = space;
    this.alarm = alarm;
  }

  @Override
  public void accept(BundleEvent event) {
    Arrival arrival =
        event instanceof BundleEvent.Data data ? kept(data.data()) : new Arrival.Event(event);
    arrivals.add(arrival);
    if (!(arrival instanceof Arrival.Output output) || output.last()) {
      alarm.run();
    }
  }

  private Arrival kept(BeamFnApi.Elements.Data data) {
    try {
      return new Arrival.Output(
          data.getTransformId(),
          data.getData().isEmpty() ? null : Kept.of(data.getData(), space),
          data.getIsLast());
    } catch (RuntimeException e) {
      return new Arrival.Failure(e);
    }
  }

  /** The next one; null if none has come. */
  @Nullable Arrival poll() {
    return arrivals.poll();
  }

  /** The next one; null if none comes in this time. */
  @Nullable Arrival poll(long nanos) throws InterruptedException {
    return arrivals.poll(nanos, TimeUnit.NANOSECONDS);
  }

  /** Releases what nobody will take out; nothing may come any more. */
  void clear() {
    Arrival arrival;
    while ((arrival = arrivals.poll()) != null) {
      if (arrival instanceof Arrival.Output output && output.elements() != null) {
        output.elements().release();
      }
    }
  }
}
