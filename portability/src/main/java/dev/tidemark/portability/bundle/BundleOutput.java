package dev.tidemark.portability.bundle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/**
 * What one try of a bundle has sent back, still encoded, and which of its streams have ended.
 *
 * <p>Owned by the lane.
 */
final class BundleOutput {
  private final List<BeamFnApi.Elements.Data> data = new ArrayList<>();
  private final List<BeamFnApi.Elements.Timers> timers = new ArrayList<>();
  private final Set<String> openSinks;
  private final Set<String> openFamilies;

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

  void add(BeamFnApi.Elements.Data chunk) {
    if (!openSinks.contains(chunk.getTransformId())) {
      throw new IllegalArgumentException(
          "elements came for " + chunk.getTransformId() + ", which is no sink, or has ended");
    }
    if (!chunk.getData().isEmpty()) {
      data.add(chunk);
    }
    if (chunk.getIsLast()) {
      openSinks.remove(chunk.getTransformId());
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

  /** The elements of all sinks, in the order in which they came. */
  List<BeamFnApi.Elements.Data> data() {
    return data;
  }

  /** The timers, in the order in which they came. */
  List<BeamFnApi.Elements.Timers> timers() {
    return timers;
  }
}
