package dev.tidemark.portability.fn;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;

/** What a worker was told to do and has not been done with. */
sealed interface Instruction permits RemoteBundle, Question {

  /**
   * The worker has answered.
   *
   * @throws NonsenseException if that is no answer to this instruction
   */
  void answered(InstructionResponse response) throws NonsenseException;

  /** The worker is lost; nothing comes any more. */
  void lost(String reason);
}
