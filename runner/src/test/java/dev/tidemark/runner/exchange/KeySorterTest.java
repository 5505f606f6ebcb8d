package dev.tidemark.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import org.assertj.core.util.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeySorterTest {
  private static final Comparator<Element> ORDER =
      Comparator.comparingInt((Element element) -> hash(element.key()))
          .thenComparing(Element::key)
          .thenComparingLong(Element::timestamp);

  private record Element(String key, long timestamp, int number) {}

  private record Read(Element element, boolean startsKey) {}

  private final Path parent = Files.newTemporaryFolder().toPath();
  private final ScratchFolder folder = new ScratchFolder(parent);
  private KeySorter sorter = new KeySorter(SpillSpace.memoryOnly());

  @AfterEach
  @AfterProperty
  void nothingIsLeftOnDisk() throws IOException {
    folder.close();
    assertThat(parent).isEmptyDirectory();
    java.nio.file.Files.delete(parent);
  }

  /** Of few values, some of them negative: different keys share one. */
  private static int hash(String key) {
    return key.hashCode() % 3;
  }

  @Property(tries = 500)
  void putsKeysTogetherAndSortsEachByTime(
      @ForAll("elements") List<Element> elements,
      @ForAll("elements") List<Element> second,
      @ForAll @IntRange(min = 1, max = 20) int pageSize) {
    assertThat(sortedByTheSorter(elements, pageSize)).isEqualTo(sortedNaively(elements));
    assertThat(sorter.isEmpty()).isTrue();
    assertThat(sortedByTheSorter(second, pageSize)).isEqualTo(sortedNaively(second));
  }

  @Property(tries = 300)
  void whatDoesNotFitIntoMemoryIsInTheSameOrder(
      @ForAll("elements") List<Element> elements,
      @ForAll("elements") List<Element> second,
      @ForAll @IntRange(min = 1, max = 20) int pageSize,
      @ForAll @IntRange(max = 10_000) int memoryBytes) {
    MemoryBudget budget = new MemoryBudget(memoryBytes);
    sorter = new KeySorter(new SpillSpace(folder, budget, 0));
    assertThat(sortedByTheSorter(elements, pageSize)).isEqualTo(sortedNaively(elements));
    assertThat(sorter.isEmpty()).isTrue();
    assertThat(sortedByTheSorter(second, pageSize)).isEqualTo(sortedNaively(second));
    assertThat(budget.free()).isEqualTo(memoryBytes);
  }

  @Test
  void manyRunsAreMergedInSeveralSteps() {
    sorter = new KeySorter(new SpillSpace(folder, new MemoryBudget(1), 0));
    Random random = new Random(5);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < 9_000; i++) {
      elements.add(new Element("k" + random.nextInt(500), random.nextInt(20), i));
    }
    assertThat(sortedByTheSorter(elements, 2)).isEqualTo(sortedNaively(elements));
  }

  @Test
  void oneKeyMayHaveMostOfTheElements() {
    Random random = new Random(3);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      elements.add(new Element(i % 100 == 0 ? "rare" : "often", random.nextLong(), i));
    }
    assertThat(sortedByTheSorter(elements, 700)).isEqualTo(sortedNaively(elements));
  }

  private List<Read> sortedByTheSorter(List<Element> elements, int pageSize) {
    PageBuilder builder = new PageBuilder(sorter::add, 1 << 16, pageSize, ByteOutput.MAX_BYTES);
    for (Element element : elements) {
      builder.output().write(element.key().getBytes(StandardCharsets.UTF_8));
      builder.endKey();
      builder.output().write(Integer.toString(element.number()).getBytes(StandardCharsets.UTF_8));
      builder.endElement(element.timestamp(), hash(element.key()), new byte[] {1});
    }
    builder.cut();
    List<Read> read = new ArrayList<>();
    SortedRecords records = sorter.sort();
    while (records.next()) {
      RecordBatch page = records.page();
      int i = records.index();
      read.add(
          new Read(
              new Element(
                  text(page, page.keyOffset(i), page.keyLength(i)),
                  page.timestamp(i),
                  Integer.parseInt(text(page, page.valueOffset(i), page.valueLength(i)))),
              records.startsKey()));
    }
    records.close();
    return read;
  }

  private static String text(RecordBatch page, int from, int length) {
    return new String(page.payload(), from, length, StandardCharsets.UTF_8);
  }

  private static List<Read> sortedNaively(List<Element> elements) {
    List<Read> read = new ArrayList<>();
    String last = null;
    for (Element element : elements.stream().sorted(ORDER).toList()) {
      read.add(new Read(element, !element.key().equals(last)));
      last = element.key();
    }
    return read;
  }

  @Provide
  Arbitrary<List<Element>> elements() {
    return Combinators.combine(
            Arbitraries.of("", "a", "b", "ab", "ba", "abc", "a longer key"),
            Arbitraries.longs().between(-3, 3))
        .as((key, timestamp) -> new Element(key, timestamp, 0))
        .list()
        .ofMaxSize(60)
        .map(
            elements -> {
              List<Element> numbered = new ArrayList<>();
              elements.forEach(
                  e -> numbered.add(new Element(e.key(), e.timestamp(), numbered.size())));
              return numbered;
            });
  }
}
