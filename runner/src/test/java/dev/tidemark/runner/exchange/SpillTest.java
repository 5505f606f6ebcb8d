package dev.tidemark.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpillTest {
  private Path parent = Path.of("");
  private ScratchFolder folder = new ScratchFolder(parent);

  @BeforeEach
  @BeforeProperty
  void makeFolder() throws IOException {
    parent = Files.createTempDirectory("spill-test");
    folder = new ScratchFolder(parent);
  }

  @AfterEach
  @AfterProperty
  void removeFolder() throws IOException {
    folder.close();
    Files.delete(parent);
  }

  @Property(tries = 60)
  void anExchangeKeepsWhatIsSentAndItsOrder(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int lanes,
      @ForAll @IntRange(min = 0, max = 4_000) int memoryBytes) {
    Random random = new Random(seed);
    MemoryBudget budget = new MemoryBudget(memoryBytes);
    Exchange exchange = new Exchange(lanes, new SpillSpace(folder, budget, 0));
    for (int turn = 0; turn < 3; turn++) {
      List<List<List<String>>> sent = new ArrayList<>();
      for (int receiver = 0; receiver < lanes; receiver++) {
        sent.add(new ArrayList<>());
      }
      for (int sender = 0; sender < lanes; sender++) {
        for (int i = random.nextInt(6); i > 0; i--) {
          int receiver = random.nextInt(lanes);
          RecordBatch page = randomPage(random);
          sent.get(receiver).add(describe(page));
          exchange.send(sender, receiver, page);
        }
      }
      for (int receiver = 0; receiver < lanes; receiver++) {
        assertThat(exchange.hasPages(receiver)).isEqualTo(!sent.get(receiver).isEmpty());
        List<List<String>> taken = new ArrayList<>();
        Exchange.Pages pages = exchange.take(receiver);
        for (RecordBatch page = pages.poll(); page != null; page = pages.poll()) {
          taken.add(describe(page));
        }
        assertThat(taken).isEqualTo(sent.get(receiver));
      }
    }
    assertThat(budget.tryReserve(memoryBytes)).as("all memory is free again").isTrue();
  }

  @Property(tries = 60)
  void sortedRecordsAreFoundByKeyAndKeepTheirOrder(
      @ForAll @Size(max = 400) List<@IntRange(max = 60) Integer> keys,
      @ForAll @IntRange(min = 32, max = 5_000) int workBytes) {
    SpillSpace space = new SpillSpace(folder, new MemoryBudget(1_000), 250, workBytes);
    PageSorter sorter = new PageSorter(space);
    Map<String, List<String>> expected = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      // Keys with one beginning, and the empty key.
      String key = "k".repeat(keys.get(i) % 7) + (keys.get(i) < 7 ? "" : keys.get(i));
      byte[] bytes = ("-" + key + i).getBytes(StandardCharsets.UTF_8);
      sorter.add(bytes, 1, key.length(), bytes.length - 1);
      expected.computeIfAbsent(key, k -> new ArrayList<>()).add(String.valueOf(i));
    }
    SortedPages sorted = sorter.sort();

    assertThat(sorted.keyCount()).isEqualTo(expected.size());
    expected.forEach((key, values) -> assertThat(find(sorted, key)).isEqualTo(values));
    assertThat(find(sorted, "missing")).isEmpty();
    assertThat(find(sorted, "k99")).isEmpty();
    int count = 0;
    for (SortedPages.Cursor cursor = sorted.all(); cursor.next(); ) {
      count++;
    }
    assertThat(count).isEqualTo(keys.size());
  }

  @Test
  void manyRunsAreMergedInSeveralSteps() {
    SpillSpace space = new SpillSpace(folder, new MemoryBudget(1_000), 250, 700);
    PageSorter sorter = new PageSorter(space);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = (i % 5_000 + ":" + i).getBytes(StandardCharsets.UTF_8);
      sorter.add(bytes, 0, String.valueOf(i % 5_000).length(), bytes.length);
    }
    SortedPages sorted = sorter.sort();
    assertThat(sorted.keyCount()).isEqualTo(5_000);
    assertThat(find(sorted, "77")).containsExactly(":77", ":5077", ":10077", ":15077");
  }

  @Test
  void aDamagedFileIsFoundOut() throws IOException {
    PageFile file = PageFile.create(folder);
    long first = file.append(randomPage(new Random(1)));
    long second = file.append(randomPage(new Random(2)));
    List<Path> files = filesBelow(parent);
    Path path = files.stream().filter(p -> p.endsWith("spill-0")).findFirst().orElseThrow();
    for (long place = second; place < file.size(); place += 7) {
      try (RandomAccessFile access = new RandomAccessFile(path.toFile(), "rw")) {
        access.seek(place);
        int was = access.read();
        access.seek(place);
        access.write(was ^ 0x10);
        assertThatThrownBy(() -> file.read(second))
            .isInstanceOf(SpillException.class)
            .hasMessageContaining(path + " is damaged at " + second);
        access.seek(place);
        access.write(was);
      }
    }
    assertThat(describe(file.read(first))).isEqualTo(describe(randomPage(new Random(1))));
    assertThat(describe(file.read(second))).isEqualTo(describe(randomPage(new Random(2))));
  }

  @Test
  void aFileThatNobodyUsesIsGone() throws IOException {
    SpillSpace space = new SpillSpace(folder, new MemoryBudget(0), 0);
    SpilledPages.Writer writer = new SpilledPages.Writer(space);
    writer.add(randomPage(new Random(1)));
    SpilledPages pages = writer.finish();
    PageFile own = space.newFile();
    assertThat(filesBelow(parent))
        .filteredOn(p -> p.getFileName().toString().startsWith("spill-"))
        .hasSize(2);
    assertThat(own.release()).isTrue();
    pages.release();
    // The one that things share is kept for the next of them.
    assertThat(filesBelow(parent))
        .filteredOn(p -> p.getFileName().toString().startsWith("spill-"))
        .hasSize(1);
  }

  @Test
  void whatACrashedProcessLeftIsRemovedAndNothingElse() throws IOException {
    Path left = Files.createDirectory(parent.resolve("tidemark-scratch-1-2-left"));
    Files.createFile(left.resolve("spill-0"));
    Files.createFile(parent.resolve("tidemark-scratch-1-2-left.lock"));
    Path other = Files.createFile(parent.resolve("other.lock"));
    folder.createFile();

    new ScratchFolder(parent).removeLeftovers();

    assertThat(left).doesNotExist();
    assertThat(filesBelow(parent)).hasSize(3).contains(other);
    folder.close();
    assertThat(filesBelow(parent)).containsExactly(other);
    Files.delete(other);
    assertThatThrownBy(folder::createFile).hasMessageContaining("the job has ended");
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static List<String> find(SortedPages sorted, String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    List<String> values = new ArrayList<>();
    SortedPages.Cursor cursor = sorted.find(bytes);
    while (cursor.next() && cursor.hasKey(bytes)) {
      int i = cursor.index();
      values.add(
          new String(
              cursor.page().payload(),
              cursor.page().valueOffset(i),
              cursor.page().valueLength(i),
              StandardCharsets.UTF_8));
    }
    return values;
  }

  private static RecordBatch randomPage(Random random) {
    List<RecordBatch> pages = new ArrayList<>();
    PageBuilder builder = new PageBuilder(pages::add);
    for (int i = random.nextInt(20); i >= 0; i--) {
      byte[] key = new byte[random.nextInt(9)];
      byte[] value = new byte[random.nextInt(100)];
      random.nextBytes(key);
      random.nextBytes(value);
      builder.output().write(key);
      builder.endKey();
      builder.output().write(value);
      builder.endElement(random.nextLong(), random.nextInt(), new byte[random.nextInt(3)]);
    }
    builder.cut();
    return pages.get(0);
  }

  /** All that can be read of a page. */
  private static List<String> describe(RecordBatch page) {
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < page.size(); i++) {
      elements.add(
          page.timestamp(i)
              + " "
              + page.keyHash(i)
              + " "
              + page.frame(page.frameIndex(i)).length
              + " "
              + text(page, page.keyOffset(i), page.keyLength(i))
              + " "
              + text(page, page.valueOffset(i), page.valueLength(i)));
    }
    return elements;
  }

  private static String text(RecordBatch page, int offset, int length) {
    return new String(page.payload(), offset, length, StandardCharsets.ISO_8859_1);
  }
}
