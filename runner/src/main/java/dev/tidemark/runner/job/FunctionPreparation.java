package dev.tidemark.runner.job;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;

/**
 * Has Beam generate the classes that call a pipeline's functions, while the pipeline is translated:
 * the first one takes about as long as the translation.
 *
 * <p>Nothing waits for it; Beam keeps the classes, and whoever needs one that is not there yet
 * makes it or waits for it.
 */
final class FunctionPreparation {
  private FunctionPreparation() {}

  /** Begins; returns the daemon thread that does it, and then ends. */
  static Thread start(Pipeline pipeline) {
    List<DoFn<?, ?>> functions = functions(pipeline);
    Thread thread =
        new Thread(() -> functions.forEach(FunctionPreparation::prepare), "tidemark-functions");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static List<DoFn<?, ?>> functions(Pipeline pipeline) {
    List<DoFn<?, ?>> functions = new ArrayList<>();
    pipeline.traverseTopologically(
        new PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof ParDo.MultiOutput<?, ?> parDo) {
              functions.add(parDo.getFn());
            }
          }
        });
    return functions;
  }

  private static void prepare(DoFn<?, ?> function) {
    try {
      DoFnInvokers.invokerFor(function);
    } catch (RuntimeException | LinkageError e) {
      // It is tried again, and told, where the function is called.
    }
  }
}
