package dev.tidemark.runner.stage;

import org.apache.beam.sdk.state.TimeDomain;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one node in one lane. Part of the node's durable state.
 *
 * <p>Owned by the lane.
 */
public interface TimerService {

  /** Sets {@code timer}, in place of any other of the same identity. */
  void set(TimerRecord timer);

  /** Deletes the timer of this identity, if it is set. */
  void delete(Key key, String namespace, String family, String id, TimeDomain domain);

  /**
   * Takes out the earliest timer of {@code domain} with a timestamp of at most {@code upToMillis};
   * null if there is none. Timers of one timestamp come in an order that depends on nothing but
   * themselves.
   */
  @Nullable TimerRecord pollDue(TimeDomain domain, long upToMillis);

  /** The timestamp of the earliest timer of {@code domain}, or {@link Long#MAX_VALUE}. */
  long nextTimestamp(TimeDomain domain);

  /**
   * How far the watermark may go so that not too many timers fire at once: the greatest timestamp
   * up to {@code upToMillis} with about {@code most} timers of {@code domain} up to it. All timers
   * of one timestamp count as one step, so there may be more; {@code upToMillis} itself if there
   * are fewer.
   */
  long reachable(TimeDomain domain, long upToMillis, int most);

  /** The lowest output timestamp of all timers that are set, or {@link Timestamps#MAX}. */
  long minOutputTimestamp();
}
