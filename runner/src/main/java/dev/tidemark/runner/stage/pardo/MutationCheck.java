package dev.tidemark.runner.stage.pardo;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.apache.beam.sdk.util.MutationDetector;
import org.apache.beam.sdk.util.MutationDetectors;

/**
 * Finds functions that change the elements that they are given, which other functions may hold too.
 * Costs two encodings of each element.
 *
 * <p>Owned by the lane.
 *
 * @param functionClass the name of the function's class
 * @param coder the coder of the elements
 */
record MutationCheck(String functionClass, Coder<Object> coder) {

  /** What is to be run with an element. */
  @FunctionalInterface
  interface Call {
    void run() throws Exception;
  }

  /**
   * Runs {@code call}.
   *
   * @throws IllegalMutationException if the element is another one afterwards
   */
  void around(Object element, Call call) throws Exception {
    MutationDetector detector = MutationDetectors.forValueWithCoder(element, coder);
    call.run();
    try {
      detector.verifyUnmodified();
    } catch (IllegalMutationException e) {
      throw new IllegalMutationException(
          "the DoFn "
              + functionClass
              + " mutated its input: it was "
              + e.getSavedValue()
              + ", it is "
              + e.getNewValue()
              + ". Elements may be shared between transforms; change a copy instead.",
          e.getSavedValue(),
          e.getNewValue(),
          e);
    }
  }
}
