package dev.tidemark.portability.fn;

import dev.tidemark.portability.worker.WorkerLostException;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest.RequestCase;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse.ResponseCase;

/**
 * An instruction with one answer. An SDK that does not know it may answer with nothing at all; one
 * that cannot do it answers with an error, beside which anything may stand.
 *
 * <p>Thread-safe.
 */
record Question(RequestCase kind, CompletableFuture<InstructionResponse> answer)
    implements Instruction {

  @Override
  public void answered(InstructionResponse response) throws NonsenseException {
    ResponseCase given = response.getResponseCase();
    // The numbers of a request and its response are the same.
    if (response.getError().isEmpty()
        && given != ResponseCase.RESPONSE_NOT_SET
        && given.getNumber() != kind.getNumber()) {
      throw new NonsenseException("It answered " + kind + " with " + given);
    }
    answer.complete(response);
  }

  @Override
  public void lost(String reason) {
    answer.completeExceptionally(new WorkerLostException(reason));
  }
}
