package dev.tidemark.runner.stage.codec;

import dev.tidemark.runner.stage.NodeContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/**
 * Encodes elements that a node puts aside in its cells, with windows, pane and metadata: timestamp,
 * frame, value. Part of the storage format.
 *
 * <p>Owned by the lane.
 */
public final class StoredElementCoder extends StructuredCoder<WindowedValue<Object>> {
  private final Coder<Object> valueCoder;
  private final transient FrameCodec frames;

  /** Encodes elements of {@code edge}. */
  @SuppressWarnings("unchecked") // the graph says that the elements are of the coder's type
  public StoredElementCoder(EdgeCoders edge) {
    this.valueCoder = (Coder<Object>) edge.elementCoder();
    this.frames = new FrameCodec(edge);
  }

  /** Encodes elements of the main input of the node of {@code context}. */
  public static StoredElementCoder ofInput(NodeContext context) {
    return new StoredElementCoder(
        EdgeCoders.of(
            context.components(), context.node().inputs().get(0), context.node().fullName()));
  }

  @Override
  public void encode(WindowedValue<Object> element, OutputStream out) throws IOException {
    BigEndianLongCoder.of().encode(element.getTimestamp().getMillis(), out);
    ByteArrayCoder.of().encode(frames.encode(element), out);
    valueCoder.encode(element.getValue(), out);
  }

  @Override
  public WindowedValue<Object> decode(InputStream in) throws IOException {
    Instant timestamp = Instant.ofEpochMilli(BigEndianLongCoder.of().decode(in));
    Frame frame = frames.decode(ByteArrayCoder.of().decode(in));
    Object value = valueCoder.decode(in);
    return frame.metadata().element(value, timestamp, frame.windows(), frame.pane());
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(valueCoder);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "its value coder", valueCoder);
  }
}
