package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.exchange.PageBuilder;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.exchange.SpilledPages;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the elements of one pane: as objects, as long as there is memory for them, else encoded
 * on disk. They are encoded either way, as nothing else tells how large they are.
 *
 * <p>Owned by the lane.
 */
final class ContentsBuilder {
  private static final byte[] NO_FRAME = new byte[0];

  private final SpillSpace space;
  private final EdgeCoders coders;
  private final SegmentCoder segment;
  private final PageBuilder builder = new PageBuilder(this::take);
  private final List<@Nullable Object> elements = new ArrayList<>();
  private final List<RecordBatch> pages = new ArrayList<>();
  private long reserved;
  private SpilledPages.@Nullable Writer writer;

  /**
   * Makes one without elements.
   *
   * @param coders of the elements
   */
  ContentsBuilder(SpillSpace space, EdgeCoders coders) {
    this.space = space;
    this.coders = coders;
    this.segment = SegmentCoder.ofElements(coders);
  }

  void add(@Nullable Object element) {
    if (writer == null) {
      elements.add(element);
    }
    segment.encode(element, builder.output());
    builder.endElement(0, 0, NO_FRAME);
  }

  private void take(RecordBatch page) {
    if (writer == null && space.budget().tryReserve(page.payloadBytes())) {
      reserved += page.payloadBytes();
      pages.add(page);
      return;
    }
    if (writer == null) {
      writer = new SpilledPages.Writer(space);
      pages.forEach(writer::add);
      pages.clear();
      elements.clear();
      space.budget().release(reserved);
    }
    writer.add(page);
  }

  SideInputContents finish() {
    builder.cut();
    if (writer == null) {
      long held = reserved;
      return new SideInputContents(
          Collections.unmodifiableList(elements), () -> space.budget().release(held));
    }
    return SpilledElements.contents(writer.finish(), coders);
  }
}
