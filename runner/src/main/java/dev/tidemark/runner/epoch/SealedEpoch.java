package dev.tidemark.runner.epoch;

import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;

/**
 * What an epoch did, on its way to the committer.
 *
 * <p>Immutable.
 *
 * @param state what it changed in the state
 * @param sourceMarks finalizers of checkpoint marks, in order
 * @param bundleFinalizers callbacks of user functions, in order
 * @param metrics makes the metrics as of the seal the committed ones
 */
record SealedEpoch(
    SealedState state,
    List<Runnable> sourceMarks,
    List<BundleFinalizer> bundleFinalizers,
    Runnable metrics) {

  /** Its number. */
  long epoch() {
    return state.epoch();
  }

  /**
   * A callback that a user's function registered.
   *
   * @param expiry after which it is not called any more
   * @param callback what to call
   */
  record BundleFinalizer(Instant expiry, DoFn.BundleFinalizer.Callback callback) {}
}
