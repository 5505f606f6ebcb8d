package dev.tidemark.portability.bundle;

import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.jspecify.annotations.Nullable;

/**
 * A small input that goes along with the request for its bundle, rather than by a stream of its
 * own. The harness takes nothing else for the bundle then, so it is the whole input, with all its
 * ends.
 */
final class EmbeddedInput {
  private EmbeddedInput() {}

  /**
   * The input in one message.
   *
   * @return null if elements follow timers: in one message timers come last
   */
  static @Nullable Elements of(List<BundleInput.Chunk> chunks, HarnessPlan plan) {
    Elements.Builder elements = Elements.newBuilder();
    for (BundleInput.Chunk chunk : chunks) {
      if (chunk instanceof BundleInput.Chunk.Timers timers) {
        elements.addTimers(timers(plan, timers.family()).setTimers(timers.bytes()));
      } else if (chunk instanceof BundleInput.Chunk.Data data) {
        if (elements.getTimersCount() > 0) {
          return null;
        }
        elements.addData(data(plan).setData(data.bytes().read()));
      }
    }
    elements.addData(data(plan).setIsLast(true));
    plan.families().forEach(family -> elements.addTimers(timers(plan, family).setIsLast(true)));
    return elements.build();
  }

  private static Elements.Data.Builder data(HarnessPlan plan) {
    return Elements.Data.newBuilder().setTransformId(plan.source());
  }

  private static Elements.Timers.Builder timers(HarnessPlan plan, String family) {
    return Elements.Timers.newBuilder().setTransformId(plan.process()).setTimerFamilyId(family);
  }
}
