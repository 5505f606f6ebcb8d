package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.exchange.ByteChains;
import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.exchange.SpilledPages;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoded elements of many windows at a time. All of them that are in memory are written to
 * disk when they are too many; what is left at the end stays in memory, as far as there is some.
 *
 * <p>Owned by the lane.
 */
final class WindowContents {
  private static final byte[] NO_FRAME = new byte[0];

  // What an element takes in memory beside its bytes, about.
  private static final int OVERHEAD_BYTES = 4;

  private final SpillSpace space;
  private final EdgeCoders coders;
  private final Int2ObjectOpenHashMap<SpilledPages.Writer> writers = new Int2ObjectOpenHashMap<>();
  private ByteChains chains = new ByteChains();
  private long bytes;

  WindowContents(SpillSpace space, EdgeCoders coders) {
    this.space = space;
    this.coders = coders;
  }

  /** Adds an element's value to a window; windows are numbered from 0. */
  void append(int window, RecordBatch page, int element) {
    int length = page.valueLength(element);
    chains.append(window, page.payload(), page.valueOffset(element), length);
    bytes += length + OVERHEAD_BYTES;
    if (bytes > space.workBytes()) {
      for (int other = 0; other < chains.size(); other++) {
        write(other);
      }
      chains = new ByteChains();
      bytes = 0;
    }
  }

  private void write(int window) {
    ByteChains.Cursor values = chains.read(window);
    if (values.left() == 0) {
      return;
    }
    SpilledPages.Writer writer = writers.get(window);
    if (writer == null) {
      writer = new SpilledPages.Writer(space);
      writers.put(window, writer);
    }
    PageBuilder builder = new PageBuilder(writer::add);
    while (values.next()) {
      builder.output().write(values.bytes(), values.offset(), values.length());
      builder.endElement(0, 0, NO_FRAME);
    }
    builder.cut();
  }

  /** What a window holds; to be asked for once. */
  SideInputContents of(int window) {
    if (writers.containsKey(window) || !space.budget().tryReserve(bytesOf(window))) {
      write(window);
    }
    SpilledPages.Writer writer = writers.remove(window);
    return writer == null ? inMemory(window) : SpilledElements.contents(writer.finish(), coders);
  }

  private long bytesOf(int window) {
    long sum = 0;
    ByteChains.Cursor values = chains.read(window);
    while (values.next()) {
      sum += values.length();
    }
    return sum;
  }

  private SideInputContents inMemory(int window) {
    SegmentCoder segment = SegmentCoder.ofElements(coders);
    List<@Nullable Object> elements = new ArrayList<>(chains.count(window));
    ByteChains.Cursor values = chains.read(window);
    while (values.next()) {
      elements.add(segment.decode(values.bytes(), values.offset(), values.length()));
    }
    long held = bytesOf(window);
    return new SideInputContents(
        Collections.unmodifiableList(elements), () -> space.budget().release(held));
  }
}
