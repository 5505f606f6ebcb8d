package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.beam.SideInputLookup;

/**
 * An item handed to a worker.
 *
 * <p>Immutable.
 *
 * @param encoded the item, so that each call has objects of its own
 * @param dueMillis when to process it, in processing time
 * @param phase what the drain of the job means for it
 * @param sideInputs reads the side inputs as they were when it was handed over
 * @param handover takes what its calls give
 */
record ItemTask(
    byte[] encoded, long dueMillis, Phase phase, SideInputLookup sideInputs, Handover handover) {

  /** What the drain of the job means for an item. */
  enum Phase {
    /** Once the job is drained, it is to go back to the lane, whatever its time is. */
    UNDRAINED,
    /** Its restriction is to be truncated first. */
    TO_TRUNCATE,
    /** It is finished by its own time. */
    TRUNCATED
  }

  /** The task that goes on with what is left. */
  ItemTask next(byte[] encodedRest, long restDueMillis) {
    Phase then = phase == Phase.UNDRAINED ? Phase.UNDRAINED : Phase.TRUNCATED;
    return new ItemTask(encodedRest, restDueMillis, then, sideInputs, handover);
  }
}
