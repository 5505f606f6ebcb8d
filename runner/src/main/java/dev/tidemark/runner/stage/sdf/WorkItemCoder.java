package dev.tidemark.runner.stage.sdf;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.values.WindowedValue;

/** Encodes {@link WorkItem}s: the input, two longs, a boolean. Part of the storage format. */
public final class WorkItemCoder extends StructuredCoder<WorkItem> {
  private final Coder<WindowedValue<Object>> inputCoder;

  /** Encodes the input as {@code inputCoder} does. */
  public WorkItemCoder(Coder<WindowedValue<Object>> inputCoder) {
    this.inputCoder = inputCoder;
  }

  @Override
  public void encode(WorkItem item, OutputStream out) throws IOException {
    inputCoder.encode(item.input(), out);
    BigEndianLongCoder.of().encode(item.watermarkMillis(), out);
    BigEndianLongCoder.of().encode(item.resumeMillis(), out);
    BooleanCoder.of().encode(item.truncated(), out);
  }

  @Override
  public WorkItem decode(InputStream in) throws IOException {
    return new WorkItem(
        inputCoder.decode(in),
        BigEndianLongCoder.of().decode(in),
        BigEndianLongCoder.of().decode(in),
        BooleanCoder.of().decode(in));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(inputCoder);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "its input coder", inputCoder);
  }
}
