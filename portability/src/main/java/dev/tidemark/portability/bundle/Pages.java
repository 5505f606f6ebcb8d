package dev.tidemark.portability.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Cuts a sequence of blobs into pages. A blob is never cut, as SDKs read each page by itself.
 *
 * <p>Immutable.
 *
 * @param bytes how large a page is, about
 */
record Pages(int bytes) {

  /**
   * The page that a request asks for.
   *
   * @param values what there is; the same at each call, but for what was added at the end
   * @param encode makes a blob of a value
   */
  <T> BeamFnApi.StateGetResponse get(
      BeamFnApi.StateGetRequest request, Iterable<T> values, Function<T, ByteString> encode) {
    long from = position(request);
    return from(from, startingAt(values, from), encode).response();
  }

  /**
   * A page, and where the next one begins.
   *
   * @param next how many values come before the next page
   */
  record Page(BeamFnApi.StateGetResponse response, long next) {}

  /**
   * The page that begins where an iterator is.
   *
   * @param from how many values come before it
   * @param iterator is left where the next page begins
   */
  <T> Page from(long from, Iterator<T> iterator, Function<T, ByteString> encode) {
    ByteString.Output page = ByteString.newOutput();
    long next = from;
    while (iterator.hasNext() && page.size() < bytes) {
      write(encode.apply(iterator.next()), page);
      next++;
    }
    BeamFnApi.StateGetResponse.Builder response =
        BeamFnApi.StateGetResponse.newBuilder().setData(page.toByteString());
    if (iterator.hasNext()) {
      response.setContinuationToken(ByteString.copyFromUtf8(Long.toString(next)));
    }
    return new Page(response.build(), next);
  }

  /** How many values come before the page that a request asks for. */
  static long position(BeamFnApi.StateGetRequest request) {
    ByteString token = request.getContinuationToken();
    return token.isEmpty() ? 0 : Long.parseLong(token.toString(StandardCharsets.UTF_8));
  }

  private static <T> Iterator<T> startingAt(Iterable<T> values, long from) {
    if (values instanceof List<T> list) {
      return list.listIterator((int) from);
    }
    Iterator<T> iterator = values.iterator();
    for (long i = 0; i < from && iterator.hasNext(); i++) {
      iterator.next();
    }
    return iterator;
  }

  private static void write(ByteString blob, ByteString.Output page) {
    try {
      blob.writeTo(page);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }
}
