package dev.tidemark.portability.bundle;

import dev.tidemark.runner.exchange.SpillSpace;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The encoded input of a bundle, in the order in which it is sent. It is kept until the bundle is
 * done, as another worker may have to try it again.
 *
 * <p>Owned by the lane.
 */
final class BundleInput {

  /** What is sent at a time. */
  sealed interface Chunk {
    /** Whole elements; {@code first} is how many came before them. */
    record Data(Kept bytes, long first, long elements) implements Chunk {}

    /** Whole timers of a family. */
    record Timers(String family, ByteString bytes) implements Chunk {}
  }

  private final Coder<WindowedValue<Object>> elementCoder;
  private final TimerCodec timerCodec;
  private final int chunkBytes;
  private final SpillSpace space;
  private final LargeIterables iterables = new LargeIterables();
  private final List<Chunk> chunks = new ArrayList<>();
  private final ByteString.Output buffer = ByteString.newOutput(1024);
  private List<ByteString> rests = List.of();
  private long elements;
  private long cutElements;
  private long cutBytes;

  /**
   * Nothing yet.
   *
   * @param settings how many bytes are sent at a time, and of one iterable at first, about
   * @param space where elements are kept
   */
  BundleInput(WireCoding coding, HarnessSettings settings, SpillSpace space) {
    this.elementCoder = coding.input(settings.largeIterableBytes(), iterables);
    this.timerCodec = coding.timers();
    this.chunkBytes = settings.chunkBytes();
    this.space = space;
  }

  /** The iterables of which only the beginning is sent. */
  LargeIterables iterables() {
    return iterables;
  }

  /** Adds an element; returns whether there is a new chunk to send. */
  @SuppressWarnings("unchecked") // the element is of the input's type
  boolean add(WindowedValue<?> element) throws IOException {
    elementCoder.encode((WindowedValue<Object>) element, buffer);
    elements++;
    if (buffer.size() < chunkBytes) {
      return false;
    }
    cut();
    return true;
  }

  /** Adds elements that another lane had. */
  void add(BundlePart part) {
    cut();
    part.chunks().forEach(chunk -> add(chunk.bytes(), chunk.elements()));
  }

  /** Adds a timer, behind all that was added before. */
  void add(String family, WireTimer timer) throws IOException {
    cut();
    timerCodec.encode(timer, buffer);
    ByteString encoded = take();
    int last = chunks.size() - 1;
    if (last >= 0
        && chunks.get(last) instanceof Chunk.Timers before
        && before.family().equals(family)
        && before.bytes().size() < chunkBytes) {
      chunks.set(last, new Chunk.Timers(family, before.bytes().concat(encoded)));
    } else {
      chunks.add(new Chunk.Timers(family, encoded));
    }
  }

  /** Makes a chunk of the elements that are in none yet. */
  void cut() {
    if (buffer.size() > 0) {
      chunks.add(new Chunk.Data(Kept.of(take(), space), cutElements, elements - cutElements));
      cutElements = elements;
    }
  }

  private void add(ByteString bytes, long count) {
    chunks.add(new Chunk.Data(Kept.of(bytes, space), elements, count));
    cutBytes += bytes.size();
    elements += count;
    cutElements = elements;
  }

  private ByteString take() {
    ByteString bytes = buffer.toByteString();
    buffer.reset();
    cutBytes += bytes.size();
    return bytes;
  }

  /** What there is to send. */
  List<Chunk> chunks() {
    return chunks;
  }

  /** The number of elements. */
  long elements() {
    return elements;
  }

  /** The size of all of it. */
  long bytes() {
    return cutBytes + buffer.size();
  }

  /**
   * Gives elements away, for good: nobody tries them again here. All was sent, and the bundle is
   * not over.
   *
   * @param kept how many elements stay as a whole: the first ones
   * @param given the number of the first one that goes, with all after it
   * @param rests what stays of the element between the two, if there is one; takes the place of
   *     what stayed of it after an earlier split
   * @return what goes
   */
  List<BundlePart.Chunk> giveAway(long kept, long given, List<ByteString> rests)
      throws IOException {
    List<BundlePart.Chunk> gone = new ArrayList<>();
    List<Chunk> before = List.copyOf(chunks);
    chunks.clear();
    for (Chunk chunk : before) {
      Chunk.Data data = (Chunk.Data) chunk;
      long end = data.first() + data.elements();
      if (end <= kept) {
        chunks.add(data);
      } else {
        ByteString bytes = data.bytes().read();
        data.bytes().release();
        long stays = Math.max(0, kept - data.first());
        if (stays > 0) {
          chunks.add(
              new Chunk.Data(
                  Kept.of(bytes.substring(0, position(bytes, stays)), space), data.first(), stays));
        }
        long from = Math.max(given, data.first());
        if (from < end) {
          gone.add(
              new BundlePart.Chunk(
                  bytes.substring(position(bytes, from - data.first())), end - from));
        }
      }
    }
    elements = kept;
    cutElements = kept;
    this.rests = List.copyOf(rests);
    return gone;
  }

  /** Where so many elements end. */
  private int position(ByteString bytes, long count) throws IOException {
    InputStream in = bytes.newInput();
    for (long i = 0; i < count; i++) {
      elementCoder.decode(in);
    }
    return bytes.size() - in.available();
  }

  /**
   * The bundle is begun anew: what stayed of an element that was split is an element of its own.
   */
  void restart() {
    rests.forEach(rest -> add(rest, 1));
    rests = List.of();
  }

  /** Releases all of it. */
  void clear() {
    for (Chunk chunk : chunks) {
      if (chunk instanceof Chunk.Data data) {
        data.bytes().release();
      }
    }
    chunks.clear();
  }
}
