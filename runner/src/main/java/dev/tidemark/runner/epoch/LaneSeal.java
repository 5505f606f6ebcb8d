package dev.tidemark.runner.epoch;

import dev.tidemark.runner.state.EpochOverlay;
import java.util.ArrayList;
import java.util.List;

/**
 * What one lane hands over when an epoch is sealed.
 *
 * <p>Owned by the lane until all lanes have sealed, then by the driver.
 *
 * @param state what changed, a part for each stage
 * @param sourceMarks finalizers of checkpoint marks, in order
 * @param bundleFinalizers callbacks of user functions, in order
 */
record LaneSeal(
    List<EpochOverlay> state,
    List<Runnable> sourceMarks,
    List<SealedEpoch.BundleFinalizer> bundleFinalizers) {

  LaneSeal() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** What all lanes hand over, lane 0 first. */
  static LaneSeal union(List<LaneSeal> lanes) {
    LaneSeal all = new LaneSeal();
    for (LaneSeal lane : lanes) {
      all.state.addAll(lane.state);
      all.sourceMarks.addAll(lane.sourceMarks);
      all.bundleFinalizers.addAll(lane.bundleFinalizers);
    }
    return all;
  }
}
