package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.SharedWork;
import org.apache.beam.sdk.fn.splittabledofn.RestrictionTrackers;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.jspecify.annotations.Nullable;

/**
 * An item that is being processed, of which another lane may take a part.
 *
 * <p>Thread-safe if the tracker is.
 *
 * @param item the item as it was when its processing began
 * @param tracker the tracker that the function claims with
 */
record DivisibleItem(WorkItem item, RestrictionTracker<Object, Object> tracker)
    implements SharedWork.Work {

  /** The time during which one item may be divided. */
  static final class Scope implements AutoCloseable {
    private final SharedWork sharing;
    private final WorkItem item;
    private @Nullable DivisibleItem shared;

    Scope(SharedWork sharing, WorkItem item) {
      this.sharing = sharing;
      this.item = item;
    }

    /** Begins it; returns the tracker to claim with. */
    RestrictionTracker<Object, Object> begin(RestrictionTracker<Object, Object> tracker) {
      if (sharing == SharedWork.NONE) {
        return tracker;
      }
      DivisibleItem divisible = new DivisibleItem(item, RestrictionTrackers.synchronize(tracker));
      shared = divisible;
      sharing.begin(divisible);
      return divisible.tracker();
    }

    @Override
    public void close() {
      if (shared != null) {
        sharing.end(shared);
      }
    }
  }

  @Override
  public long hold() {
    return item.hold();
  }

  @Override
  public double remaining() {
    return tracker instanceof RestrictionTracker.HasProgress progress
        ? progress.getProgress().getWorkRemaining()
        : 0;
  }

  /** Half of what is left, as a {@link WorkItem} that shares the element with this one. */
  @Override
  public @Nullable Object divide() {
    SplitResult<Object> split = tracker.trySplit(0.5);
    return split == null ? null : item.partOf(split.getResidual());
  }
}
