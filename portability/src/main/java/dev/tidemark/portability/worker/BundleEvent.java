package dev.tidemark.portability.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi;

/**
 * What a worker says about a bundle.
 *
 * <p>Immutable.
 */
public sealed interface BundleEvent {

  /** Encoded outputs for one {@code beam:runner:sink:v1}; the last of it if {@code getIsLast}. */
  record Data(BeamFnApi.Elements.Data data) implements BundleEvent {}

  /** Encoded timers that were set or cleared, of one transform and family; may be the last. */
  record Timers(BeamFnApi.Elements.Timers timers) implements BundleEvent {}

  /** A state request, to be answered by {@link WorkerBundle#respond}. */
  record State(BeamFnApi.StateRequest request) implements BundleEvent {}

  /** The answer to a split; it may hold nothing, if the worker had nothing to split. */
  record Split(BeamFnApi.ProcessBundleSplitResponse response) implements BundleEvent {}

  /** How far the worker has come. */
  record Progress(BeamFnApi.ProcessBundleProgressResponse response) implements BundleEvent {}

  /** The worker takes data again, after {@link WorkerBundle#ready} was false. */
  record Ready() implements BundleEvent {}

  /** The function calls are done; outputs and timers may still be under way until their last. */
  record Done(BeamFnApi.ProcessBundleResponse response) implements BundleEvent {}

  /** The bundle has ended badly; nothing follows. */
  sealed interface Ended extends BundleEvent {}

  /**
   * The user's function, or the harness, failed.
   *
   * @param error what the worker said, a stack trace as a rule
   */
  record Failed(String error) implements Ended {}

  /**
   * The worker is gone, or what it said makes no sense.
   *
   * @param reason what happened, with the worker's last words
   */
  record Lost(String reason) implements Ended {}
}
