package dev.tidemark.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;

/**
 * A splittable function that reads the lines of files: the restriction is a range of bytes, and a
 * range owns the lines that begin in it.
 *
 * <p>In come files as {@link FileIO#readMatches} gives them (uncompressed), out come the lines
 * without their ends, in UTF-8. Any runner may split a range anywhere at any time.
 */
@DoFn.BoundedPerElement
public final class ReadLines extends DoFn<FileIO.ReadableFile, String> {
  private final long initialRangeBytes;

  /** Takes into how large ranges a file is split at first. */
  public ReadLines(long initialRangeBytes) {
    if (initialRangeBytes < 1) {
      throw new IllegalArgumentException("A range needs a byte or more: " + initialRangeBytes);
    }
    this.initialRangeBytes = initialRangeBytes;
  }

  /** The whole file. */
  @GetInitialRestriction
  public OffsetRange wholeFile(@Element FileIO.ReadableFile file) {
    return new OffsetRange(0, file.getMetadata().sizeBytes());
  }

  /** Ranges of equal length. */
  @SplitRestriction
  public void split(@Restriction OffsetRange range, OutputReceiver<OffsetRange> parts) {
    for (long from = range.getFrom(); from < range.getTo(); from += initialRangeBytes) {
      parts.output(new OffsetRange(from, Math.min(range.getTo(), from + initialRangeBytes)));
    }
  }

  /** How many bytes are left. */
  @GetSize
  public double size(@Restriction OffsetRange range) {
    return range.getTo() - range.getFrom();
  }

  /** Claims the positions at which lines begin. */
  @NewTracker
  public RestrictionTracker<OffsetRange, Long> tracker(@Restriction OffsetRange range) {
    return new OffsetRangeTracker(range);
  }

  /** Emits the lines that begin in the range. */
  @ProcessElement
  public void process(
      @Element FileIO.ReadableFile file,
      RestrictionTracker<OffsetRange, Long> tracker,
      OutputReceiver<String> lines) {
    try (SeekableByteChannel channel = file.openSeekable()) {
      LineReader reader = new LineReader(channel, tracker.currentRestriction().getFrom());
      while (!reader.atEnd() && tracker.tryClaim(reader.position())) {
        lines.output(reader.next());
      }
      if (reader.atEnd()) {
        // Nothing begins at or after the end of the file: claiming it ends the last range.
        tracker.tryClaim(Long.MAX_VALUE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file.getMetadata().resourceId(), e);
    }
  }

  /** Reads lines from a position on; a position inside a line is moved to the next one's start. */
  private static final class LineReader {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final SeekableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private byte[] line = new byte[256];
    private long position;
    private boolean atEnd;

    LineReader(SeekableByteChannel channel, long from) throws IOException {
      this.channel = channel;
      // One byte earlier: if that is a line's end, a line begins exactly at the position.
      this.position = Math.max(0, from - 1);
      channel.position(position);
      if (from > 0) {
        readLine();
      }
      fillIfEmpty();
    }

    boolean atEnd() {
      return atEnd;
    }

    long position() {
      return position;
    }

    String next() throws IOException {
      int length = readLine();
      if (length > 0 && line[length - 1] == '\r') {
        length--;
      }
      fillIfEmpty();
      return new String(line, 0, length, StandardCharsets.UTF_8);
    }

    private int readLine() throws IOException {
      int length = 0;
      while (fillIfEmpty()) {
        byte next = buffer.get();
        position++;
        if (next == '\n') {
          return length;
        }
        if (length == line.length) {
          line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = next;
      }
      return length;
    }

    private boolean fillIfEmpty() throws IOException {
      while (!atEnd && !buffer.hasRemaining()) {
        buffer.clear();
        atEnd = channel.read(buffer) < 0;
        buffer.flip();
      }
      return !atEnd;
    }
  }
}
