package dev.tidemark.runner.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs of elements on disk, each sorted by key and time, that are merged in the end; what is equal
 * comes in the order of the runs.
 *
 * <p>Owned by the lane.
 */
final class SortedRuns {
  // A merge has a page of each run in hand.
  private static final int FAN_IN = 64;
  private static final int PAGE_BYTES = 32 << 10;

  private final SpillSpace space;
  private PageFile file;
  private List<Run> runs = new ArrayList<>();

  /**
   * Makes one without runs.
   *
   * @throws SpillException if there is no file for them
   */
  SortedRuns(SpillSpace space) {
    this.space = space;
    this.file = space.newFile();
  }

  /**
   * Adds a run.
   *
   * @throws SpillException if it cannot be written
   */
  void add(SortedRecords records) {
    runs.add(write(records));
  }

  private Run write(SortedRecords records) {
    Run run = new Run(file, new ArrayList<>());
    PageBuilder builder =
        new PageBuilder(
            page -> run.addresses().add(run.file().append(page)),
            PAGE_BYTES,
            PageBuilder.TARGET_ELEMENTS,
            ByteOutput.MAX_BYTES);
    while (records.next()) {
      records.page().copyTo(builder, records.index());
    }
    builder.cut();
    return run;
  }

  /**
   * The elements of all runs in order.
   *
   * @throws SpillException if anything cannot be read, or written again
   */
  SortedRecords merge() {
    while (runs.size() > FAN_IN) {
      PageFile before = file;
      file = space.newFile();
      List<Run> merged = new ArrayList<>();
      for (int from = 0; from < runs.size(); from += FAN_IN) {
        merged.add(write(new Merged(runs.subList(from, Math.min(runs.size(), from + FAN_IN)))));
      }
      runs = merged;
      drop(before);
    }
    return new Merged(runs);
  }

  /** Removes all runs from disk. */
  void release() {
    drop(file);
  }

  private void drop(PageFile dropped) {
    space.release(dropped);
    dropped.close();
  }

  private record Run(PageFile file, List<Long> addresses) {}

  /** Stands at an element of a run. */
  private static final class Reader implements Comparable<Reader> {
    private final Run run;
    private final int number;
    private int nextPage;
    private @Nullable RecordBatch page;
    private int index;

    Reader(Run run, int number) {
      this.run = run;
      this.number = number;
    }

    boolean next() {
      if (page != null && ++index < page.size()) {
        return true;
      }
      if (nextPage == run.addresses().size()) {
        return false;
      }
      page = run.file().read(run.addresses().get(nextPage++));
      index = 0;
      return true;
    }

    RecordBatch page() {
      if (page == null) {
        throw new IllegalStateException("no element at hand");
      }
      return page;
    }

    @Override
    public int compareTo(Reader other) {
      int byHash = Integer.compare(page().keyHash(index), other.page().keyHash(other.index));
      if (byHash != 0) {
        return byHash;
      }
      int byKey = KeySorter.Places.compareKeys(page(), index, other.page(), other.index);
      if (byKey != 0) {
        return byKey;
      }
      int byTime = Long.compare(page().timestamp(index), other.page().timestamp(other.index));
      return byTime != 0 ? byTime : Integer.compare(number, other.number);
    }
  }

  private final class Merged implements SortedRecords {
    private final PriorityQueue<Reader> readers;
    private @Nullable Reader current;
    private byte @Nullable [] lastKey;
    private boolean startsKey;

    Merged(List<Run> merged) {
      this.readers = new PriorityQueue<>(merged.size());
      for (int i = 0; i < merged.size(); i++) {
        push(new Reader(merged.get(i), i));
      }
    }

    private void push(Reader reader) {
      if (reader.next()) {
        readers.add(reader);
      }
    }

    @Override
    public boolean next() {
      if (current != null) {
        push(current);
      }
      current = readers.poll();
      if (current == null) {
        return false;
      }
      RecordBatch page = current.page();
      int from = page.keyOffset(current.index);
      int to = from + page.keyLength(current.index);
      startsKey =
          lastKey == null || !Arrays.equals(lastKey, 0, lastKey.length, page.payload(), from, to);
      if (startsKey) {
        lastKey = Arrays.copyOfRange(page.payload(), from, to);
      }
      return true;
    }

    private Reader current() {
      if (current == null) {
        throw new IllegalStateException("no element at hand");
      }
      return current;
    }

    @Override
    public RecordBatch page() {
      return current().page();
    }

    @Override
    public int index() {
      return current().index;
    }

    @Override
    public boolean startsKey() {
      return startsKey;
    }

    @Override
    public void close() {
      release();
    }
  }
}
