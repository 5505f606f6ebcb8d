package dev.tidemark.runner.stage.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.ScratchFolder;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import dev.tidemark.runner.stage.stub.Lanes;
import dev.tidemark.runner.stage.stub.OneNodeGraph;
import dev.tidemark.runner.stage.stub.ReduceFnOracle;
import dev.tidemark.runner.stage.stub.StubNodeContext;
import dev.tidemark.runner.stage.stub.Windowings;
import dev.tidemark.translation.graph.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.util.common.Reiterator;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.assertj.core.util.Files;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class BatchGroupProcessorTest {
  private final Path parent = Files.newTemporaryFolder().toPath();
  private final ScratchFolder folder = new ScratchFolder(parent);

  @AfterProperty
  void nothingIsLeftOnDisk() throws IOException {
    folder.close();
    assertThat(parent).isEmptyDirectory();
    java.nio.file.Files.delete(parent);
  }

  record Item(String key, long value, long timestamp) {}

  private record Pane(
      String key, BoundedWindow window, Instant timestamp, PaneInfo pane, List<Long> values) {}

  @Property(tries = 400)
  void groupsAsBeamDoes(
      @ForAll("items") List<Item> items,
      @ForAll Windowings windowing,
      @ForAll TimestampCombiner timestampCombiner,
      @ForAll("triggers") Trigger trigger,
      @ForAll @IntRange(min = 0, max = 30) int latenessMillis,
      @ForAll @IntRange(min = 1, max = 4) int lanes,
      @ForAll @IntRange(min = 1, max = 20) int flushEvery)
      throws Exception {
    WindowingStrategy<?, ?> strategy =
        WindowingStrategy.of(windowing.windowFn())
            .withTimestampCombiner(timestampCombiner)
            .withTrigger(trigger)
            .withAllowedLateness(Duration.millis(latenessMillis));
    assertThat(BatchGroupProcessor.supports(strategy)).isTrue();
    List<WindowedValue<KV<String, Long>>> elements = assign(windowing, items);

    List<WindowedValue<?>> results =
        new Lanes(lanes, flushEvery).run(graph(strategy), BatchGroupProcessor::new, elements);

    assertThat(panes(results))
        .containsExactlyInAnyOrderElementsOf(panes(ReduceFnOracle.group(strategy, elements)));
  }

  @Property(tries = 100)
  void groupsOnDiskAreThoseInMemory(
      @ForAll long seed,
      @ForAll Windowings windowing,
      @ForAll TimestampCombiner timestampCombiner,
      @ForAll @IntRange(min = 1, max = 400) int keys,
      @ForAll @IntRange(max = 9) int tenthsOfOneKey,
      @ForAll @IntRange(min = 0, max = 40_000) int memoryBytes,
      @ForAll @IntRange(min = 1, max = 200) int flushEvery)
      throws Exception {
    Random random = new Random(seed);
    List<Item> items = new ArrayList<>();
    for (int i = random.nextInt(1_500); i >= 0; i--) {
      boolean hot = random.nextInt(10) < tenthsOfOneKey;
      String key = hot ? "hot" : "k" + random.nextInt(keys);
      items.add(new Item(key, random.nextLong(), random.nextInt(90) - 30));
    }
    WindowingStrategy<?, ?> strategy =
        WindowingStrategy.of(windowing.windowFn()).withTimestampCombiner(timestampCombiner);
    List<WindowedValue<KV<String, Long>>> elements = assign(windowing, items);
    SpillSpace space = new SpillSpace(folder, new MemoryBudget(memoryBytes), 0);

    List<WindowedValue<?>> spilled =
        new Lanes(2, flushEvery, space).run(graph(strategy), BatchGroupProcessor::new, elements);

    assertThat(panes(spilled))
        .containsExactlyInAnyOrderElementsOf(
            panes(
                new Lanes(2, flushEvery).run(graph(strategy), BatchGroupProcessor::new, elements)));
    // Again, all groups at the same time, though their lane is done and their files are gone.
    assertThat(readSideBySide(spilled))
        .isEqualTo(spilled.stream().map(BatchGroupProcessorTest::values).toList());
    assertThat(space.budget().free()).as("all memory is free again").isEqualTo(memoryBytes);
  }

  @Property(tries = 100)
  void keepsTheOrderOfArrivalAlsoWhereWindowsMerge(
      @ForAll("items") List<Item> items, @ForAll @IntRange(min = 1, max = 20) int flushEvery)
      throws Exception {
    List<Item> numbered = new ArrayList<>();
    for (Item item : items) {
      numbered.add(new Item(item.key(), numbered.size(), item.timestamp()));
    }
    for (Windowings windowing : List.of(Windowings.FIXED, Windowings.SESSIONS)) {
      for (WindowedValue<?> result :
          new Lanes(2, flushEvery)
              .run(
                  graph(WindowingStrategy.of(windowing.windowFn())),
                  BatchGroupProcessor::new,
                  assign(windowing, numbered))) {
        assertThat(values(result)).isSorted();
      }
    }
  }

  @Test
  void iterablesAreLazyAndCanBeIteratedManyTimes() throws Exception {
    List<Item> items = new ArrayList<>();
    for (long i = 0; i < 10_000; i++) {
      items.add(new Item("k" + i % 3, i, 0));
    }
    List<WindowedValue<?>> results =
        new Lanes(1, 700)
            .run(
                graph(WindowingStrategy.globalDefault()),
                BatchGroupProcessor::new,
                assign(Windowings.GLOBAL, items));
    assertThat(results).hasSize(3);
    Iterable<?> values = (Iterable<?>) ((KV<?, ?>) results.get(1).getValue()).getValue();
    Iterator<?> first = values.iterator();
    Iterator<?> second = values.iterator();
    for (long i = 1; i < 10_000; i += 3) {
      assertThat(first.next()).isEqualTo(i);
      assertThat(second.next()).isEqualTo(i);
    }
    assertThat(first.hasNext()).isFalse();
    assertThatThrownBy(first::next).isInstanceOf(NoSuchElementException.class);
    assertThat(values).hasSize(3333);
  }

  @Test
  void takesSingleElementsAmongPages() throws Exception {
    StubNodeContext context = new StubNodeContext(graph(WindowingStrategy.globalDefault()), false);
    BatchGroupProcessor processor = new BatchGroupProcessor();
    processor.open(context);
    assertThat(processor.pendingHold()).isEqualTo(Timestamps.MAX);
    processor.process(Windowings.GLOBAL.assign(KV.of("a", 1L), 5));
    assertThat(processor.pendingHold()).isLessThanOrEqualTo(5);
    processor.processPage(page("a", 2));
    processor.process(Windowings.GLOBAL.assign(KV.of("a", 3L), 5));
    processor.finishBundle();
    processor.process(Windowings.GLOBAL.assign(KV.of("a", 4L), 5));
    context.advanceWatermark(processor, Timestamps.MAX);

    assertThat(context.elements()).hasSize(1);
    assertThat(values(context.elements().get(0))).containsExactly(1L, 2L, 3L, 4L);
    assertThatThrownBy(() -> processor.process(Windowings.GLOBAL.assign(KV.of("a", 5L), 5)))
        .isInstanceOf(IllegalStateException.class);
    processor.close();
  }

  @Test
  void leavesTriggersThatMayFireMoreThanOnceToOthers() {
    for (Trigger trigger :
        List.of(
            AfterPane.elementCountAtLeast(1),
            Repeatedly.forever(AfterPane.elementCountAtLeast(1)),
            AfterWatermark.pastEndOfWindow().withEarlyFirings(AfterPane.elementCountAtLeast(1)))) {
      assertThat(
              BatchGroupProcessor.supports(WindowingStrategy.globalDefault().withTrigger(trigger)))
          .isFalse();
    }
  }

  @Provide
  Arbitrary<List<Item>> items() {
    return Combinators.combine(
            Arbitraries.strings().withChars("abc").ofMaxLength(1),
            Arbitraries.longs(),
            Arbitraries.longs().between(-30, 60))
        .as(Item::new)
        .list()
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<Trigger> triggers() {
    return Arbitraries.of(DefaultTrigger.of(), Never.ever(), AfterWatermark.pastEndOfWindow());
  }

  private static List<WindowedValue<KV<String, Long>>> assign(
      Windowings windowing, List<Item> items) {
    List<WindowedValue<KV<String, Long>>> elements = new ArrayList<>();
    for (Item item : items) {
      elements.add(windowing.assign(KV.of(item.key(), item.value()), item.timestamp()));
    }
    return elements;
  }

  private static List<Pane> panes(List<? extends WindowedValue<?>> results) {
    List<Pane> panes = new ArrayList<>();
    for (WindowedValue<?> result : results) {
      List<Long> values = new ArrayList<>(values(result));
      Collections.sort(values);
      panes.add(
          new Pane(
              (String) ((KV<?, ?>) result.getValue()).getKey(),
              result.getWindows().iterator().next(),
              result.getTimestamp(),
              result.getPaneInfo(),
              values));
    }
    return panes;
  }

  @SuppressWarnings("unchecked") // the test makes them of these types
  private static List<List<Long>> readSideBySide(List<WindowedValue<?>> results) {
    List<Iterator<Long>> iterators = new ArrayList<>();
    List<List<Long>> read = new ArrayList<>();
    for (WindowedValue<?> result : results) {
      iterators.add(((KV<String, Iterable<Long>>) result.getValue()).getValue().iterator());
      read.add(new ArrayList<>());
    }
    for (boolean more = true; more; ) {
      more = false;
      for (int i = 0; i < iterators.size(); i++) {
        if (iterators.get(i).hasNext()) {
          more = true;
          if (iterators.get(i) instanceof Reiterator<Long> copied && read.get(i).size() % 3 == 1) {
            Reiterator<Long> copy = copied.copy();
            iterators.get(i).next();
            iterators.set(i, copy);
          }
          read.get(i).add(iterators.get(i).next());
        }
      }
    }
    return read;
  }

  @SuppressWarnings("unchecked") // the test makes them of these types
  private static List<Long> values(WindowedValue<?> result) {
    List<Long> values = new ArrayList<>();
    ((KV<String, Iterable<Long>>) result.getValue()).getValue().forEach(values::add);
    return values;
  }

  private static RecordBatch page(String key, int value) {
    List<RecordBatch> pages = new ArrayList<>();
    ElementEncoder encoder =
        ElementEncoder.byKey(
            new EdgeCoders(
                "t",
                "c",
                KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
                GlobalWindow.Coder.INSTANCE),
            new KeyGroups(1, 1),
            (lane, page) -> pages.add(page));
    encoder.accept(Windowings.GLOBAL.assign(KV.of(key, (long) value), 5));
    encoder.flush();
    return pages.get(0);
  }

  private static OneNodeGraph graph(WindowingStrategy<?, ?> windowing) {
    return OneNodeGraph.of(
        components -> new Operation.GroupByKey(),
        KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
        KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarLongCoder.of())),
        windowing);
  }
}
