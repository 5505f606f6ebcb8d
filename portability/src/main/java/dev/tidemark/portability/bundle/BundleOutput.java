package dev.tidemark.portability.bundle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.jspecify.annotations.Nullable;

/**
 * What one try of a bundle has sent back, still encoded, and which of its streams have ended.
 *
 * <p>Owned by the lane.
 */
final class BundleOutput {
  private final Queue<Elements> elements = new ArrayDeque<>();
  private final List<BeamFnApi.Elements.Timers> timers = new ArrayList<>();
  private final Set<String> openSinks;
  private final Set<String> openFamilies;

  /** Elements of a sink. */
  record Elements(String sink, Kept bytes) {}

  /**
   * Nothing came yet.
   *
   * @param sinks the ids of the sinks, each of which has to end
   * @param families the timer families of the root, each of which has to end
   */
  BundleOutput(Set<String> sinks, Set<String> families) {
    this.openSinks = new HashSet<>(sinks);
    this.openFamilies = new HashSet<>(families);
  }

  void add(Mailbox.Arrival.Output output) {
    if (output.elements() != null) {
      elements.add(new Elements(output.sink(), output.elements()));
    }
    if (!openSinks.contains(output.sink())) {
      throw new IllegalArgumentException(
          "elements came for " + output.sink() + ", which is no sink, or has ended");
    }
    if (output.last()) {
      openSinks.remove(output.sink());
    }
  }

  void add(BeamFnApi.Elements.Timers chunk) {
    if (!openFamilies.contains(chunk.getTimerFamilyId())) {
      throw new IllegalArgumentException(
          "timers came for " + chunk.getTimerFamilyId() + ", which is no family, or has ended");
    }
    if (!chunk.getTimers().isEmpty()) {
      timers.add(chunk);
    }
    if (chunk.getIsLast()) {
      openFamilies.remove(chunk.getTimerFamilyId());
    }
  }

  /** Whether every stream has ended. */
  boolean complete() {
    return openSinks.isEmpty() && openFamilies.isEmpty();
  }

  /** Takes the next elements, in the order in which they came; null if there are none. */
  @Nullable Elements poll() {
    return elements.poll();
  }

  /** The timers, in the order in which they came. */
  List<BeamFnApi.Elements.Timers> timers() {
    return timers;
  }

  /** Releases what was not taken. */
  void clear() {
    Elements left;
    while ((left = elements.poll()) != null) {
      left.bytes().release();
    }
  }
}
