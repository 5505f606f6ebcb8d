package dev.tidemark.translation.rewrite;

import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.jspecify.annotations.Nullable;

/** Looks into the Java functions of ParDos. To be used only where this JVM has their classes. */
final class JavaFunctions {
  private JavaFunctions() {}

  /** The function of a ParDo, or null if the transform is none or the function cannot be loaded. */
  static @Nullable DoFn<?, ?> of(RunnerApi.PTransform transform) {
    if (!transform.getSpec().getUrn().equals(PTransformTranslation.PAR_DO_TRANSFORM_URN)) {
      return null;
    }
    RunnerApi.ParDoPayload payload = Payloads.parDo(transform);
    return payload == null ? null : of(payload);
  }

  /** The function of the payload, or null if it is not Java's or cannot be loaded. */
  static @Nullable DoFn<?, ?> of(RunnerApi.ParDoPayload payload) {
    if (!payload.getDoFn().getUrn().equals(ParDoTranslation.CUSTOM_JAVA_DO_FN_URN)) {
      return null;
    }
    try {
      return ParDoTranslation.getDoFn(payload);
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** Whether the function of a ParDo is of exactly this class. */
  static boolean isInstance(RunnerApi.PTransform transform, String className) {
    DoFn<?, ?> function = of(transform);
    return function != null && function.getClass().getName().equals(className);
  }
}
