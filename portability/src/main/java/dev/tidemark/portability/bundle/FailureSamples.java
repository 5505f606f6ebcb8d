package dev.tidemark.portability.bundle;

import dev.tidemark.portability.worker.SdkWorker;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.SampledElement;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Shows the elements that functions fail on, which SDKs keep if the job asks for it. Only they can
 * read them; most coders leave texts as they are.
 *
 * <p>Thread-safe.
 *
 * @param wanted whether the job asks for it and the SDK can
 * @param messages takes what the author of the job should see, from any thread; must not block
 */
record FailureSamples(boolean wanted, Consumer<String> messages) {
  private static final int MOST = 5;
  private static final int MOST_BYTES = 500;
  private static final long PATIENCE_SECONDS = 5;

  /** Shows what a bundle has failed on, as far as its worker still says it. */
  void show(SdkWorker worker, String instruction, HarnessPlan plan) throws InterruptedException {
    if (!wanted) {
      return;
    }
    try {
      BeamFnApi.InstructionRequest request =
          BeamFnApi.InstructionRequest.newBuilder()
              .setSampleData(
                  BeamFnApi.SampleDataRequest.newBuilder()
                      .addAllPcollectionIds(plan.descriptor().getPcollectionsMap().keySet()))
              .build();
      Map<String, List<SampledElement>> failed = new TreeMap<>();
      worker
          .ask(request)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .getSampleData()
          .getElementSamplesMap()
          .forEach((collection, all) -> failed.put(collection, of(instruction, all)));
      failed.values().removeIf(List::isEmpty);
      failed.values().stream()
          .flatMap(List::stream)
          .filter(sample -> isInnermost(sample, failed.keySet(), plan))
          .limit(MOST)
          .forEach(sample -> messages.accept(text(sample, plan)));
    } catch (ExecutionException | TimeoutException e) {
      messages.accept("The SDK harness does not say which element it failed on: " + e);
    }
  }

  private static List<SampledElement> of(
      String instruction, BeamFnApi.SampleDataResponse.ElementList all) {
    return all.getElementsList().stream()
        .filter(sample -> sample.getException().getInstructionId().equals(instruction))
        .toList();
  }

  /**
   * An error goes through all functions that have led to it, and is kept with the input of each.
   */
  private static boolean isInnermost(SampledElement sample, Set<String> failed, HarnessPlan plan) {
    return Collections.disjoint(
        plan.descriptor()
            .getTransformsOrDefault(
                sample.getException().getTransformId(), RunnerApi.PTransform.getDefaultInstance())
            .getOutputsMap()
            .values(),
        failed);
  }

  private static String text(SampledElement sample, HarnessPlan plan) {
    String id = sample.getException().getTransformId();
    String transform = plan.nameOf(id);
    return "%s failed on this element, as its coder writes it: %s"
        .formatted(transform, printable(sample.getElement()));
  }

  /** ASCII as it is, other bytes in hex. */
  private static String printable(ByteString element) {
    StringBuilder text = new StringBuilder();
    for (byte each : element.substring(0, Math.min(MOST_BYTES, element.size()))) {
      if (each >= ' ' && each < 127) {
        text.append((char) each);
      } else {
        text.append("\\x%02x".formatted(each));
      }
    }
    return element.size() <= MOST_BYTES
        ? text.toString()
        : text.append("... (%d bytes)".formatted(element.size())).toString();
  }
}
