package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.SpilledPages;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.SegmentCoder;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a pane on disk, decoded when they are asked for.
 *
 * <p>Immutable; may be read from several threads, as coders may be used by several.
 */
final class SpilledElements extends AbstractList<@Nullable Object> implements RandomAccess {
  private final SpilledPages pages;
  private final EdgeCoders coders;

  SpilledElements(SpilledPages pages, EdgeCoders coders) {
    this.pages = pages;
    this.coders = coders;
  }

  static SideInputContents contents(SpilledPages pages, EdgeCoders coders) {
    return new SideInputContents(new SpilledElements(pages, coders), pages::release);
  }

  SpilledPages pages() {
    return pages;
  }

  EdgeCoders coders() {
    return coders;
  }

  @Override
  public int size() {
    return (int) Math.min(Integer.MAX_VALUE, pages.size());
  }

  @Override
  public @Nullable Object get(int index) {
    Objects.checkIndex(index, size());
    int page = pages.pageOf(index);
    return decode(
        SegmentCoder.ofElements(coders), pages.page(page), (int) (index - pages.firstOf(page)));
  }

  private static @Nullable Object decode(SegmentCoder segment, RecordBatch page, int index) {
    return segment.decode(page.payload(), page.valueOffset(index), page.valueLength(index));
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return new InOrder();
  }

  /** Goes page by page. */
  private final class InOrder implements Iterator<@Nullable Object> {
    private final SegmentCoder segment = SegmentCoder.ofElements(coders);
    private @Nullable RecordBatch page;
    private int nextPage;
    private int index;

    @Override
    public boolean hasNext() {
      return (page != null && index < page.size()) || nextPage < pages.pageCount();
    }

    @Override
    public @Nullable Object next() {
      RecordBatch current = page;
      if (current == null || index == current.size()) {
        if (nextPage == pages.pageCount()) {
          throw new NoSuchElementException();
        }
        current = pages.page(nextPage++);
        page = current;
        index = 0;
      }
      return decode(segment, current, index++);
    }
  }
}
