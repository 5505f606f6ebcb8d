package dev.tidemark.runner.stage.group;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarIntCoder;

/**
 * Writes lists of keys of an edge, as they are encoded already.
 *
 * <p>Owned by the lane.
 */
final class KeyListCoder extends CustomCoder<List<Key>> {
  // Coders are serializable by their interface only.
  private final transient SegmentCoder segment;

  KeyListCoder(EdgeCoders edge) {
    this.segment = SegmentCoder.ofKeys(edge);
  }

  @Override
  public void encode(List<Key> keys, OutputStream out) throws IOException {
    VarIntCoder.of().encode(keys.size(), out);
    for (Key key : keys) {
      ByteArrayCoder.of().encode(key.encoded(), out);
    }
  }

  @Override
  public List<Key> decode(InputStream in) throws IOException {
    int size = VarIntCoder.of().decode(in);
    List<Key> keys = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      byte[] encoded = ByteArrayCoder.of().decode(in);
      keys.add(new Key(encoded, segment.decode(encoded, 0, encoded.length)));
    }
    return keys;
  }
}
