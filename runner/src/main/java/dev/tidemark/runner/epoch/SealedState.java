package dev.tidemark.runner.epoch;

import dev.tidemark.runner.state.EpochOverlay;
import dev.tidemark.runner.state.StateChanges;
import java.util.ArrayList;
import java.util.List;

/**
 * What an epoch changed in the state of the job.
 *
 * <p>Immutable.
 *
 * @param epoch its number
 * @param lanes what all lanes sealed, a part for each lane and stage, in the same order in each
 *     epoch
 * @param ofJob what changed apart from the lanes, in the same order in each epoch
 */
record SealedState(long epoch, List<EpochOverlay> lanes, List<StateChanges> ofJob) {

  /** The changes of epochs, oldest first, as those of one; no two parts concern the same key. */
  static List<StateChanges> union(List<SealedState> epochs) {
    List<StateChanges> union = epochs.get(0).changes();
    for (SealedState later : epochs.subList(1, epochs.size())) {
      List<StateChanges> next = later.changes();
      for (int part = 0; part < next.size(); part++) {
        union.set(part, union.get(part).followedBy(next.get(part)));
      }
    }
    return union;
  }

  private List<StateChanges> changes() {
    List<StateChanges> changes = new ArrayList<>(ofJob);
    lanes.forEach(overlay -> changes.add(overlay.changes()));
    return changes;
  }
}
