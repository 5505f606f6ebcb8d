package dev.tidemark.portability.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The iterables of which a bundle holds only the beginning: the harness asks for the rest, a page
 * at a time, as often as it iterates. The values stay where they are, and are encoded when asked
 * for.
 *
 * <p>Owned by the lane.
 */
final class LargeIterables {
  private final String id = UUID.randomUUID().toString();
  private final Map<ByteString, Rest<?>> rests = new HashMap<>();

  /** What was not sent of an iterable, and how far a harness has come in it. */
  private static final class Rest<T> {
    private final Iterable<T> values;
    private final long sent;
    private final Coder<T> coder;
    private Iterator<T> iterator;
    private long position;

    Rest(Iterable<T> values, long sent, Coder<T> coder) {
      this.values = values;
      this.sent = sent;
      this.coder = coder;
      this.iterator = values.iterator();
    }

    BeamFnApi.StateGetResponse get(BeamFnApi.StateGetRequest request, Pages pages) {
      long from = sent + Pages.position(request);
      if (from < position) {
        iterator = values.iterator();
        position = 0;
      }
      for (; position < from && iterator.hasNext(); position++) {
        iterator.next();
      }
      Pages.Page page = pages.from(from - sent, iterator, this::encode);
      position = sent + page.next();
      return page.response();
    }

    private ByteString encode(T value) {
      ByteString.Output out = ByteString.newOutput();
      try {
        coder.encode(value, out);
      } catch (IOException e) {
        throw new UncheckedIOException("a value of a group cannot be encoded by " + coder, e);
      }
      return out.toByteString();
    }
  }

  /**
   * Remembers the rest of an iterable.
   *
   * @param values all of them, which may be iterated over many times
   * @param sent how many of them the harness has got
   * @return the key by which it asks for the others
   */
  <T> ByteString add(Iterable<T> values, long sent, Coder<T> coder) {
    ByteString key = ByteString.copyFromUtf8(id + "/" + rests.size());
    rests.put(key, new Rest<>(values, sent, coder));
    return key;
  }

  /**
   * A page of a rest.
   *
   * @throws IllegalArgumentException if the bundle has no iterable of this key
   */
  BeamFnApi.StateGetResponse get(ByteString key, BeamFnApi.StateGetRequest request, Pages pages) {
    Rest<?> rest = rests.get(key);
    if (rest == null) {
      throw new IllegalArgumentException("no iterable of this bundle has such a key");
    }
    return rest.get(request, pages);
  }
}
