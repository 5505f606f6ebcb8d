package dev.tidemark.runner.stage.pardo;

import dev.tidemark.runner.stage.NodeContext;
import dev.tidemark.runner.stage.Outputs;
import dev.tidemark.runner.stage.beam.BeamFunctionRunner;
import dev.tidemark.runner.stage.beam.FunctionRunner;
import dev.tidemark.runner.stage.beam.UserFunction;
import java.util.function.LongSupplier;

/** Chooses who calls a function. */
@FunctionalInterface
public interface FunctionRunners {
  /**
   * Makes the runner of a function.
   *
   * @param stateful whether it has state or timers
   * @param outputs where its outputs go
   * @param inputWatermark what it sees as input watermark, in milliseconds
   */
  FunctionRunner of(
      NodeContext context,
      UserFunction function,
      boolean stateful,
      Outputs outputs,
      LongSupplier inputWatermark);

  /** Through Beam's runners in all cases. */
  FunctionRunners BEAM =
      (context, function, stateful, outputs, inputWatermark) ->
          stateful
              ? BeamFunctionRunner.stateful(context, function, outputs, inputWatermark)
              : BeamFunctionRunner.stateless(context, function, outputs);

  /** Without Beam's runners, where they are not needed. */
  FunctionRunners NATIVE =
      (context, function, stateful, outputs, inputWatermark) -> {
        if (!stateful) {
          return new StatelessFunction(context, function, outputs);
        }
        return BeamFunctionRunner.isNeeded(context, function)
            ? BEAM.of(context, function, true, outputs, inputWatermark)
            : new StatefulFunction(context, function, outputs, inputWatermark);
      };
}
