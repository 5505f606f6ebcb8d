package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CustomCoder;

/**
 * Writes the keys of an edge as they are encoded already.
 *
 * <p>Owned by the lane.
 */
final class KeySegmentCoder extends CustomCoder<Key> {
  // Coders are serializable by their interface only.
  private final transient SegmentCoder segment;

  KeySegmentCoder(EdgeCoders edge) {
    this.segment = SegmentCoder.ofKeys(edge);
  }

  @Override
  public void encode(Key key, OutputStream out) throws IOException {
    ByteArrayCoder.of().encode(key.encoded(), out);
  }

  @Override
  public Key decode(InputStream in) throws IOException {
    byte[] encoded = ByteArrayCoder.of().decode(in);
    return new Key(encoded, segment.decode(encoded, 0, encoded.length));
  }
}
