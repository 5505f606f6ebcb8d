package dev.tidemark.runner.job;

import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * Applies a transform without asking it whether it knows the runner. {@code
 * KafkaIO.writeRecords().withEOS(..)} accepts runners of Beam's own packages only, since it depends
 * on {@code @RequiresStableInput}. Who writes
 *
 * <pre>
 * {@code records.apply("Write", TrustStableInput.with(KafkaIO.<K, V>writeRecords()...withEOS(2, "group")))}
 * </pre>
 *
 * says: I know that this runner keeps that promise as long as the job has a state directory, and
 * not without one: then it holds within a process only, and records may be written twice when the
 * process dies.
 *
 * <p>It is the transform itself that is not checked; those in it are. So it has to be the one that
 * has the check: {@code KafkaIO.writeRecords()}, not {@code KafkaIO.write()}, which only contains
 * it. On another runner the transform is asked as ever.
 *
 * <p>Immutable, if the transform is.
 *
 * @param <InputT> what the transform takes
 * @param <OutputT> what it gives
 */
public final class TrustStableInput<InputT extends PInput, OutputT extends POutput>
    extends PTransform<InputT, OutputT> {
  private static final long serialVersionUID = 1L;
  private static final String THIS_RUNNER = "dev.tidemark.";

  private final PTransform<? super InputT, OutputT> transform;

  private TrustStableInput(PTransform<? super InputT, OutputT> transform) {
    this.transform = transform;
  }

  /** The transform, unchecked. */
  public static <InputT extends PInput, OutputT extends POutput>
      TrustStableInput<InputT, OutputT> with(PTransform<? super InputT, OutputT> transform) {
    return new TrustStableInput<>(transform);
  }

  @Override
  public OutputT expand(InputT input) {
    // Not applied: so it is no node of the pipeline, and nobody validates it.
    return transform.expand(input);
  }

  @Override
  public void validate(
      @Nullable PipelineOptions options,
      Map<TupleTag<?>, PCollection<?>> inputs,
      Map<TupleTag<?>, PCollection<?>> outputs) {
    if (options == null || !options.getRunner().getName().startsWith(THIS_RUNNER)) {
      transform.validate(options, inputs, outputs);
    }
  }

  @Override
  public Map<TupleTag<?>, PValue> getAdditionalInputs() {
    return transform.getAdditionalInputs();
  }

  @Override
  protected String getKindString() {
    return "TrustStableInput(" + transform.getName() + ")";
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.delegate(transform);
  }
}
