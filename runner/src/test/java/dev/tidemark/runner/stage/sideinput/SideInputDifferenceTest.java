package dev.tidemark.runner.stage.sideinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.MemoryBudget;
import dev.tidemark.runner.exchange.ScratchFolder;
import dev.tidemark.runner.exchange.SpillSpace;
import dev.tidemark.runner.stage.codec.EdgeCoders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.runners.core.InMemoryMultimapSideInputView;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/** What views show, in memory and on disk, against Beam's view functions over Beam's multimap. */
class SideInputDifferenceTest {
  // Keys whose encodings are not told apart by how they begin; values that may be null.
  private static final Coder<List<String>> KEY_CODER = ListCoder.of(StringUtf8Coder.of());
  private static final KvCoder<List<String>, @Nullable Integer> CODER =
      KvCoder.of(KEY_CODER, NullableCoder.of(VarIntCoder.of()));
  private static final EdgeCoders EDGE =
      new EdgeCoders("Step", "shown", CODER, GlobalWindow.Coder.INSTANCE);

  private final PCollection<KV<List<String>, @Nullable Integer>> collection =
      Pipeline.create().apply(Create.empty(CODER));
  private final PCollectionView<KV<List<String>, @Nullable Integer>> singleton =
      collection.apply("Singleton", View.asSingleton());
  private final PCollectionView<KV<List<String>, @Nullable Integer>> orDefault =
      collection.apply(
          "Default",
          View.<KV<List<String>, @Nullable Integer>>asSingleton()
              .withDefaultValue(KV.of(List.of("default"), 7)));
  private final PCollectionView<Iterable<KV<List<String>, @Nullable Integer>>> iterable =
      collection.apply("Iterable", View.asIterable());
  private final PCollectionView<List<KV<List<String>, @Nullable Integer>>> list =
      collection.apply("List", View.asList());
  private final PCollectionView<Map<List<String>, @Nullable Integer>> map =
      collection.apply("Map", View.asMap());
  private final PCollectionView<Map<List<String>, Iterable<@Nullable Integer>>> multimap =
      collection.apply("Multimap", View.asMultimap());

  @Property(tries = 150)
  void viewsShowWhatBeamShows(
      @ForAll("elements") List<KV<List<String>, @Nullable Integer>> elements,
      @ForAll("elements") List<KV<List<String>, @Nullable Integer>> others,
      @ForAll @IntRange(min = 0, max = 300) int memoryBytes)
      throws IOException {
    Path parent = Files.createTempDirectory("side-input-test");
    try (ScratchFolder folder = new ScratchFolder(parent)) {
      ContentsBuilder builder =
          new ContentsBuilder(
              new SpillSpace(folder, new MemoryBudget(memoryBytes), memoryBytes / 4), EDGE);
      elements.forEach(builder::add);
      SideInputTable table =
          new SideInputTable(WindowingStrategy.globalDefault(), CODER, ShownPanes.LATEST);
      table.publish(GlobalWindow.INSTANCE, builder.finish());

      List<List<String>> keys = new ArrayList<>();
      elements.forEach(element -> keys.add(element.getKey()));
      others.forEach(element -> keys.add(element.getKey()));
      compare(table, singleton, elements, value -> value);
      compare(table, orDefault, elements, value -> value);
      compare(table, iterable, elements, SideInputDifferenceTest::listed);
      compare(table, list, elements, SideInputDifferenceTest::listed);
      compare(table, list, elements, List::size);
      for (int i = -1; i <= elements.size(); i++) {
        int index = i;
        compare(table, list, elements, value -> value.get(index));
      }
      compare(table, map, elements, Map::size);
      compare(table, multimap, elements, Map::size);
      compare(table, multimap, elements, value -> sorted(value.keySet()));
      for (List<String> key : keys) {
        compare(table, map, elements, value -> value.containsKey(key));
        compare(table, map, elements, value -> value.get(key));
        compare(table, multimap, elements, value -> value.containsKey(key));
        compare(
            table,
            multimap,
            elements,
            value -> value.get(key) == null ? "none" : listed(value.get(key)));
      }
    } finally {
      Files.delete(parent);
    }
  }

  /** Asks both the same; the answer may also be the kind of failure. */
  private static <T> void compare(
      SideInputTable table,
      PCollectionView<T> view,
      List<KV<List<String>, @Nullable Integer>> elements,
      Function<T, @Nullable Object> question) {
    assertThat(answer(() -> table.get(view, GlobalWindow.INSTANCE), question))
        .isEqualTo(answer(() -> beam(view, elements), question));
  }

  /** How to get at the value of a view. */
  @FunctionalInterface
  private interface Shown<T> {
    @Nullable T get();
  }

  private static <T> @Nullable Object answer(
      Shown<T> shown, Function<T, @Nullable Object> question) {
    try {
      T value = shown.get();
      return value == null ? null : question.apply(value);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NoSuchElementException e) {
      return e.getClass().getSimpleName();
    }
  }

  @SuppressWarnings({
    "unchecked",
    "rawtypes"
  }) // the materialization fixes the view function's input
  private static <T> T beam(
      PCollectionView<T> view, List<KV<List<String>, @Nullable Integer>> elements) {
    ViewFn viewFn = view.getViewFn();
    Object materialized =
        viewFn.getMaterialization().getUrn().equals(Materializations.ITERABLE_MATERIALIZATION_URN)
            ? (Materializations.IterableView<Object>) () -> (Iterable) elements
            : InMemoryMultimapSideInputView.fromIterable(KEY_CODER, (Iterable) elements);
    return (T) viewFn.apply(materialized);
  }

  private static List<@Nullable Object> listed(Iterable<?> values) {
    List<@Nullable Object> listed = new ArrayList<>();
    values.forEach(listed::add);
    return listed;
  }

  /** The order of keys is left open. */
  private static List<String> sorted(Iterable<?> keys) {
    List<String> sorted = new ArrayList<>();
    keys.forEach(key -> sorted.add(key.toString()));
    sorted.sort(null);
    return sorted;
  }

  @Provide
  Arbitrary<List<KV<List<String>, @Nullable Integer>>> elements() {
    Arbitrary<List<String>> keys = Arbitraries.of("", "a", "b", "ab").list().ofMaxSize(2);
    Arbitrary<@Nullable Integer> values = Arbitraries.integers().between(-5, 500).injectNull(0.1);
    Arbitrary<KV<List<String>, @Nullable Integer>> elements =
        Combinators.combine(keys, values).as((key, value) -> KV.of(key, value));
    return Arbitraries.oneOf(elements.list().ofMaxSize(2), elements.list().ofMaxSize(60));
  }
}
