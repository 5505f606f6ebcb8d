package dev.tidemark.runner.exchange;

import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of records by key with little memory: what fits is sorted there and written as a
 * run, runs are merged. Records of one key keep their order.
 *
 * <p>Owned by whoever made it.
 */
public final class PageSorter {
  /** No element of these pages has windows. */
  static final byte[] NO_FRAME = new byte[0];

  private static final int FAN_IN = 32;

  // Every lookup reads such a page; smaller ones shrink less.
  private static final int LARGEST_PAGE = 16 << 10;

  private final SpillSpace space;
  private final int pageBytes;
  private final PageBuilder input;
  private final List<RecordBatch> gathered = new ArrayList<>();
  private long gatheredBytes;
  private List<Run> runs = new ArrayList<>();
  private @Nullable PageFile runFile;

  /** Makes one without records. */
  public PageSorter(SpillSpace space) {
    this.space = space;
    // A merge has a page of each run in hand.
    this.pageBytes = (int) Math.min(LARGEST_PAGE, space.workBytes() / FAN_IN);
    this.input = builder(this::gather);
  }

  private PageBuilder builder(Consumer<RecordBatch> sink) {
    return new PageBuilder(sink, pageBytes, PageBuilder.TARGET_ELEMENTS, ByteOutput.MAX_BYTES);
  }

  /**
   * Adds a record.
   *
   * @param bytes holds key and value, which are copied
   * @param offset where the key starts
   * @param keyLength the length of the key, after which the value starts
   * @param length the length of both
   * @throws SpillException if a run cannot be written
   */
  public void add(byte[] bytes, int offset, int keyLength, int length) {
    input.output().write(bytes, offset, keyLength);
    input.endKey();
    input.output().write(bytes, offset + keyLength, length - keyLength);
    input.endElement(0, KeyGroups.hash(bytes, offset, keyLength), NO_FRAME);
  }

  /**
   * Sorts all that was added.
   *
   * @throws SpillException if anything cannot be written or read back
   */
  public SortedPages sort() {
    input.cut();
    SortedPages.Writer sorted = new SortedPages.Writer(space);
    PageBuilder output = builder(sorted::add);
    if (runs.isEmpty()) {
      sortGathered(output);
    } else {
      writeRun();
      while (runs.size() > FAN_IN) {
        mergeSome();
      }
      merge(runs, output);
      dropRuns();
    }
    output.cut();
    return sorted.finish();
  }

  private void gather(RecordBatch page) {
    gathered.add(page);
    gatheredBytes += page.memoryBytes();
    if (gatheredBytes >= space.workBytes()) {
      writeRun();
    }
  }

  private void writeRun() {
    PageFile file = runFile == null ? space.newFile() : runFile;
    runFile = file;
    Run run = new Run(file);
    PageBuilder output = builder(run::add);
    sortGathered(output);
    output.cut();
    runs.add(run);
  }

  private void sortGathered(PageBuilder output) {
    int count = gathered.stream().mapToInt(RecordBatch::size).sum();
    long[] records = new long[count];
    int i = 0;
    for (int page = 0; page < gathered.size(); page++) {
      for (int index = 0; index < gathered.get(page).size(); index++) {
        records[i++] = (long) page << 32 | index;
      }
    }
    LongArrays.mergeSort(records, (a, b) -> record(a).compareKey(record(b)));
    for (long record : records) {
      record(record).copyTo(output);
    }
    gathered.clear();
    gatheredBytes = 0;
  }

  private KeyedRecord record(long place) {
    return new KeyedRecord(gathered.get((int) (place >>> 32)), (int) place);
  }

  /**
   * Makes one run of the first ones, at whose place it stays, as records of a key keep in order.
   */
  private void mergeSome() {
    List<Run> merged = new ArrayList<>();
    PageFile before = runFile;
    runFile = space.newFile();
    for (int from = 0; from < runs.size(); from += FAN_IN) {
      Run run = new Run(runFile);
      PageBuilder output = builder(run::add);
      merge(runs.subList(from, Math.min(runs.size(), from + FAN_IN)), output);
      output.cut();
      merged.add(run);
    }
    runs = merged;
    drop(before);
  }

  private void dropRuns() {
    runs = new ArrayList<>();
    drop(runFile);
    runFile = null;
  }

  private static void drop(@Nullable PageFile file) {
    if (file != null && file.release()) {
      file.close();
    }
  }

  private static void merge(List<Run> runs, PageBuilder output) {
    PriorityQueue<RunReader> readers = new PriorityQueue<>(runs.size() + 1);
    for (int i = 0; i < runs.size(); i++) {
      RunReader reader = new RunReader(runs.get(i), i);
      if (reader.next()) {
        readers.add(reader);
      }
    }
    while (!readers.isEmpty()) {
      RunReader first = readers.poll();
      first.record().copyTo(output);
      if (first.next()) {
        readers.add(first);
      }
    }
  }

  /** Sorted pages in a file. */
  private record Run(PageFile file, List<Long> addresses) {
    Run(PageFile file) {
      this(file, new ArrayList<>());
    }

    void add(RecordBatch page) {
      addresses.add(file.append(page));
    }
  }

  /** Goes through the records of a run. */
  private static final class RunReader implements Comparable<RunReader> {
    private final Run run;
    private final int number;
    private int nextPage;
    private @Nullable KeyedRecord record;

    RunReader(Run run, int number) {
      this.run = run;
      this.number = number;
    }

    boolean next() {
      KeyedRecord last = record;
      if (last != null && last.index() + 1 < last.page().size()) {
        record = new KeyedRecord(last.page(), last.index() + 1);
        return true;
      }
      if (nextPage == run.addresses().size()) {
        record = null;
        return false;
      }
      record = new KeyedRecord(run.file().read(run.addresses().get(nextPage++)), 0);
      return true;
    }

    KeyedRecord record() {
      if (record == null) {
        throw new IllegalStateException("no record at hand");
      }
      return record;
    }

    @Override
    public int compareTo(RunReader other) {
      int keys = record().compareKey(other.record());
      return keys != 0 ? keys : Integer.compare(number, other.number);
    }
  }
}
