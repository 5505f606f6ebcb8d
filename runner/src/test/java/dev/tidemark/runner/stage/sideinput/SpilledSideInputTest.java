package dev.tidemark.runner.stage.sideinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.runner.exchange.KeyGroups;
import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.exchange.RecordBatch;
import dev.tidemark.runner.exchange.ScratchFolder;
import dev.tidemark.runner.exchange.SpillException;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.SideInputContents;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import dev.tidemark.runner.stage.codec.ElementEncoder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is on disk shows the same as what is in memory. */
class SpilledSideInputTest {
  private static final KvCoder<String, Integer> CODER =
      KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of());
  private static final EdgeCoders EDGE =
      new EdgeCoders("Step", "shown", CODER, GlobalWindow.Coder.INSTANCE);

  private final PCollection<KV<String, Integer>> collection =
      Pipeline.create().apply(Create.of(KV.of("a", 1)));
  private final PCollectionView<Iterable<KV<String, Integer>>> iterable =
      collection.apply("Iterable", View.asIterable());
  private final PCollectionView<List<KV<String, Integer>>> list =
      collection.apply("List", View.asList());
  private final PCollectionView<Map<String, Iterable<Integer>>> multimap =
      collection.apply("Multimap", View.asMultimap());
  private final PCollectionView<Map<String, Integer>> map = collection.apply("Map", View.asMap());

  private Path parent = Path.of("");
  private ScratchFolder folder = new ScratchFolder(parent);

  @BeforeEach
  @BeforeProperty
  void makeFolder() throws IOException {
    parent = Files.createTempDirectory("side-input-test");
    folder = new ScratchFolder(parent);
  }

  @AfterEach
  @AfterProperty
  void removeFolder() throws IOException {
    folder.close();
    Files.delete(parent);
  }

  private SpillSpace space(long memoryBytes) {
    return new SpillSpace(folder, new MemoryBudget(memoryBytes), memoryBytes / 4);
  }

  private static SideInputTable showing(SideInputContents contents) {
    SideInputTable table =
        new SideInputTable(WindowingStrategy.globalDefault(), CODER, ShownPanes.LATEST);
    table.publish(GlobalWindow.INSTANCE, contents);
    return table;
  }

  private static <T> T get(SideInputTable table, PCollectionView<T> view) {
    return Objects.requireNonNull(table.get(view, GlobalWindow.INSTANCE));
  }

  private static SideInputContents gathered(SpillSpace space, List<KV<String, Integer>> elements) {
    ContentsBuilder builder = new ContentsBuilder(space, EDGE);
    elements.forEach(builder::add);
    return builder.finish();
  }

  /** As a {@link ViewGroupProcessor} gathers them, in one of many windows. */
  private static SideInputContents grouped(SpillSpace space, List<KV<String, Integer>> elements) {
    WindowContents windows = new WindowContents(space, EDGE);
    List<RecordBatch> pages = new ArrayList<>();
    EdgeCoders keyed =
        new EdgeCoders(
            "Step", "shown", KvCoder.of(VarIntCoder.of(), CODER), GlobalWindow.Coder.INSTANCE);
    ElementEncoder encoder =
        ElementEncoder.byKey(keyed, new KeyGroups(1, 1), (lane, page) -> pages.add(page));
    elements.forEach(
        element -> encoder.accept(WindowedValues.valueInGlobalWindow(KV.of(0, element))));
    encoder.flush();
    for (RecordBatch page : pages) {
      for (int i = 0; i < page.size(); i++) {
        windows.append(5, page, i);
        windows.append(0, page, page.size() - 1 - i);
      }
    }
    return windows.of(5);
  }

  @Property(tries = 60)
  void viewsShowTheSame(
      @ForAll @Size(max = 300) List<@IntRange(max = 40) Integer> keys,
      @ForAll @IntRange(min = 0, max = 2_000) int memoryBytes,
      @ForAll boolean byGroup) {
    List<KV<String, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      elements.add(KV.of("key" + keys.get(i), i));
    }
    SpillSpace space = space(memoryBytes);
    SideInputTable table = showing(byGroup ? grouped(space, elements) : gathered(space, elements));
    assertShows(table, elements);
  }

  @Property(tries = 30)
  void panesThatAreAddedShowTheSame(
      @ForAll @Size(max = 300) List<@IntRange(max = 40) Integer> keys,
      @ForAll @Size(max = 5) List<@IntRange(max = 300) Integer> cuts,
      @ForAll @IntRange(min = 0, max = 2_000) int memoryBytes) {
    List<KV<String, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      elements.add(KV.of("key" + keys.get(i), i));
    }
    SpillSpace space = space(memoryBytes);
    SideInputTable table =
        new SideInputTable(WindowingStrategy.globalDefault(), CODER, ShownPanes.ALL);
    int from = 0;
    for (int cut : cuts.stream().sorted().toList()) {
      int to = Math.min(cut, elements.size());
      table.publish(GlobalWindow.INSTANCE, gathered(space, elements.subList(from, to)));
      if (cut % 3 == 0) {
        assertShows(table, elements.subList(0, to));
      }
      from = to;
    }
    table.publish(GlobalWindow.INSTANCE, gathered(space, elements.subList(from, elements.size())));
    assertShows(table, elements);
    table.expire(Long.MAX_VALUE);
    assertThat(space.budget().tryReserve(memoryBytes)).isTrue();
  }

  @Test
  void largeOnesShowTheSame() {
    List<KV<String, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      elements.add(KV.of("key" + i % 70_000, i));
    }
    SpillSpace space = space(100_000);
    SideInputContents contents = grouped(space, elements);
    assertThat(contents.elements()).isInstanceOf(SpilledElements.class);
    SideInputTable table = showing(contents);
    assertThat(get(table, list)).containsExactlyElementsOf(elements);
    assertThat(get(table, list).get(123_456)).isEqualTo(elements.get(123_456));
    assertThat(get(table, multimap)).hasSize(70_000);
    assertThat(get(table, multimap).get("key7")).containsExactly(7, 70_007, 140_007);
    assertThat(get(table, multimap).get("key")).isNull();
  }

  private void assertShows(SideInputTable table, List<KV<String, Integer>> elements) {
    assertThat(get(table, iterable)).containsExactlyElementsOf(elements);
    assertThat(get(table, list)).containsExactlyElementsOf(elements);
    for (int i = 0; i < elements.size(); i += 7) {
      assertThat(get(table, list).get(i)).isEqualTo(elements.get(i));
    }
    Map<String, List<Integer>> byKey = new HashMap<>();
    elements.forEach(
        e -> byKey.computeIfAbsent(e.getKey(), k -> new ArrayList<>()).add(e.getValue()));
    Map<String, Iterable<Integer>> shown = get(table, multimap);
    assertThat(shown).hasSameSizeAs(byKey);
    assertThat(new HashSet<>(shown.keySet())).isEqualTo(byKey.keySet());
    byKey.forEach((key, values) -> assertThat(shown.get(key)).containsExactlyElementsOf(values));
    assertThat(shown.get("key")).isNull();
    assertThat(shown.containsKey("none")).isFalse();
    byKey.forEach(
        (key, values) -> {
          if (values.size() == 1) {
            assertThat(get(table, map)).containsEntry(key, values.get(0));
          } else {
            assertThatThrownBy(() -> get(table, map).get(key)).hasMessageContaining("Duplicate");
          }
        });
  }

  @Test
  void memoryIsGivenBackWithTheVersion() {
    SpillSpace space = space(100);
    List<KV<String, Integer>> elements = List.of(KV.of("a", 1), KV.of("b", 2));
    SideInputTable table = showing(gathered(space, elements));
    assertThat(space.budget().tryReserve(100)).isFalse();
    table.publish(GlobalWindow.INSTANCE, SideInputContents.of(List.of()));
    assertThat(space.budget().tryReserve(100)).isTrue();
  }

  @Test
  void whoHasAVersionInHandMayReadOn() {
    SpillSpace space = space(0);
    List<KV<String, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < 300_000; i++) {
      elements.add(KV.of("key" + i, i));
    }
    SideInputTable table = showing(gathered(space, elements));
    Iterable<KV<String, Integer>> before = get(table, iterable);
    Map<String, Iterable<Integer>> mapBefore = get(table, multimap);
    table.publish(GlobalWindow.INSTANCE, gathered(space, List.of(KV.of("new", 1))));
    assertThat(before).containsExactlyElementsOf(elements);
    assertThat(mapBefore.get("key9")).containsExactly(9);
    assertThat(get(table, iterable)).containsExactly(KV.of("new", 1));
  }

  @Test
  void aDamagedFileIsFoundOut() throws IOException {
    SideInputTable table = showing(gathered(space(0), List.of(KV.of("a", 1))));
    try (Stream<Path> files = Files.walk(parent)) {
      Path file =
          files.filter(f -> f.getFileName().toString().equals("spill-0")).findFirst().orElseThrow();
      try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
        access.seek(file.toFile().length() - 1);
        access.write(77);
      }
    }
    assertThatThrownBy(() -> get(table, iterable).iterator().next())
        .isInstanceOf(SpillException.class)
        .hasMessageContaining("is damaged");
  }
}
