package dev.tidemark.portability.bundle;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Encodes the values of a group as {@code beam:coder:state_backed_iterable:v1}. Of those that are
 * large only the first few, for who wants no more, and a key to ask for the rest.
 *
 * <p>Owned by the lane.
 */
final class GroupedValuesCoder extends CustomCoder<Iterable<Object>> {
  private static final int FIRST_BYTES = 1 << 10;
  private static final int SIZE_UNKNOWN = -1;
  private static final long REST_IN_STATE = -1;

  private final Coder<Object> values;
  private final int largeBytes;
  private final transient LargeIterables large;
  private final transient ByteString.Output buffer = ByteString.newOutput(1024);

  /**
   * A coder for one bundle.
   *
   * @param values of each value
   * @param largeBytes how many bytes of values are sent with their key at most, about
   * @param large takes what is not sent
   */
  GroupedValuesCoder(Coder<Object> values, int largeBytes, LargeIterables large) {
    this.values = values;
    this.largeBytes = largeBytes;
    this.large = large;
  }

  @Override
  public void encode(Iterable<Object> group, OutputStream out) throws IOException {
    buffer.reset();
    int count = 0;
    int firstCount = 0;
    int firstBytes = 0;
    Iterator<Object> iterator = group.iterator();
    while (iterator.hasNext() && buffer.size() < largeBytes) {
      values.encode(iterator.next(), buffer);
      count++;
      if (firstBytes < FIRST_BYTES) {
        firstCount = count;
        firstBytes = buffer.size();
      }
    }
    DataOutputStream data = new DataOutputStream(out);
    if (!iterator.hasNext()) {
      data.writeInt(count);
      buffer.toByteString().writeTo(out);
      return;
    }
    ByteString key = large.add(group, firstCount, values);
    data.writeInt(SIZE_UNKNOWN);
    VarInt.encode(firstCount, out);
    buffer.toByteString().substring(0, firstBytes).writeTo(out);
    VarInt.encode(REST_IN_STATE, out);
    VarInt.encode(key.size(), out);
    key.writeTo(out);
  }

  /** Nothing comes back that way: outputs have a coder that holds all values. */
  @Override
  public Iterable<Object> decode(InputStream in) throws IOException {
    return IterableCoder.of(values).decode(in);
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(values);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    throw new NonDeterministicException(this, "a key is made anew for each group");
  }
}
