package dev.tidemark.portability.bundle;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleSplitResponse;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker has split the input of a bundle, between two of its elements. One that stands
 * between the two is split itself.
 *
 * <p>Immutable.
 *
 * @param kept how many elements the worker still processes as a whole
 * @param given the number of the first of those that it leaves, all up to the end
 */
record InputSplit(long kept, long given) {

  /**
   * Asks for a split.
   *
   * @param source the node through which the input comes
   * @param fraction how much of what is left the worker is to keep
   * @param elements how many elements the input has
   */
  static ProcessBundleSplitRequest request(
      String instruction, String source, double fraction, long elements) {
    return ProcessBundleSplitRequest.newBuilder()
        .setInstructionId(instruction)
        .putDesiredSplits(
            source,
            ProcessBundleSplitRequest.DesiredSplit.newBuilder()
                .setFractionOfRemainder(fraction)
                .setEstimatedInputElements(elements)
                .build())
        .build();
  }

  /**
   * What a worker has answered; null if it has not split its input between elements.
   *
   * @param source the node through which the input comes
   * @throws IllegalArgumentException if it has split another input
   */
  static @Nullable InputSplit of(ProcessBundleSplitResponse response, String source) {
    InputSplit found = null;
    for (ProcessBundleSplitResponse.ChannelSplit split : response.getChannelSplitsList()) {
      // Java's harness does not say which channel it is: there is only one.
      if (!split.getTransformId().isEmpty() && !split.getTransformId().equals(source)) {
        throw new IllegalArgumentException(
            "it has split the input of " + split.getTransformId() + ", which has none");
      }
      found = new InputSplit(split.getLastPrimaryElement() + 1, split.getFirstResidualElement());
    }
    return found;
  }
}
