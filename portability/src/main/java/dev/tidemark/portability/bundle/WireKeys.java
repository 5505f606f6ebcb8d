package dev.tidemark.portability.bundle;

import dev.tidemark.runner.stage.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Keys in both forms: for the runner the encoding that fills a segment is the identity, an SDK
 * names a key by the encoding that tells its own end.
 *
 * <p>Owned by the lane.
 *
 * @param coder of the keys
 */
record WireKeys(Coder<@Nullable Object> coder) {

  /** The runner's key for one that an SDK names. */
  Key key(ByteString nested) {
    try {
      return key(coder.decode(nested.newInput()));
    } catch (IOException e) {
      throw new UncheckedIOException("a key that the SDK sent cannot be read by " + coder, e);
    }
  }

  /** The runner's key for a user's. */
  Key key(@Nullable Object decoded) {
    try {
      return new Key(CoderUtils.encodeToByteArray(coder, decoded, Coder.Context.OUTER), decoded);
    } catch (IOException e) {
      throw new UncheckedIOException("a key that the SDK sent cannot be encoded by " + coder, e);
    }
  }

  /** The user's key, which a key that was read from state may not hold. */
  @Nullable Object decoded(Key key) {
    try {
      return CoderUtils.decodeFromByteArray(coder, key.encoded(), Coder.Context.OUTER);
    } catch (IOException e) {
      throw new UncheckedIOException("a key cannot be read by " + coder, e);
    }
  }
}
