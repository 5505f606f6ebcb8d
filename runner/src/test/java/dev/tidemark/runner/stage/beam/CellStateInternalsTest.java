package dev.tidemark.runner.stage.beam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.testing.TestCells;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** State over cells behaves as Beam's state in memory does, whatever is done to it. */
class CellStateInternalsTest {
  private static final StateNamespace NAMESPACE =
      StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
  private static final StateTag<ValueState<Integer>> VALUE =
      StateTags.value("value", VarIntCoder.of());
  private static final StateTag<BagState<Integer>> BAG = StateTags.bag("bag", VarIntCoder.of());
  private static final StateTag<SetState<Integer>> SET = StateTags.set("set", VarIntCoder.of());
  private static final StateTag<MapState<Integer, String>> MAP =
      StateTags.map("map", VarIntCoder.of(), StringUtf8Coder.of());
  private static final StateTag<MultimapState<Integer, String>> MULTIMAP =
      StateTags.multimap("multimap", VarIntCoder.of(), StringUtf8Coder.of());
  private static final StateTag<OrderedListState<Integer>> LIST =
      StateTags.orderedList("list", VarIntCoder.of());
  private static final StateTag<CombiningState<Integer, int[], Integer>> SUM =
      StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers());
  private static final StateTag<WatermarkHoldState> HOLD =
      StateTags.watermarkStateInternal("hold", TimestampCombiner.LATEST);

  private final TestCells cells = new TestCells();
  private final InMemoryStateInternals<String> expected = InMemoryStateInternals.forKey("key");

  private StateInternals actual() {
    return new CellStateInternals(cells.cells(), "key", new StateAddresses());
  }

  @Property(tries = 300)
  void anySequenceOfOperationsGivesWhatBeamGives(@ForAll long seed) {
    CellStateInternalsTest fresh = new CellStateInternalsTest();
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      int kind = random.nextInt(9);
      if (kind == 8) {
        fresh.cells.restore();
        continue;
      }
      long operation = random.nextLong();
      Object expectedResult = step(fresh.expected, kind, new Random(operation));
      assertThat(step(fresh.actual(), kind, new Random(operation)))
          .as("operation %s of kind %s", i, kind)
          .isEqualTo(expectedResult);
    }
  }

  /** One operation on the state of a kind, and everything that can then be read from it. */
  private static Object step(StateInternals state, int kind, Random random) {
    return switch (kind) {
      case 0 -> value(state.state(NAMESPACE, VALUE), random);
      case 1 -> bag(state.state(NAMESPACE, BAG), random);
      case 2 -> set(state.state(NAMESPACE, SET), random);
      case 3 -> map(state.state(NAMESPACE, MAP), random);
      case 4 -> multimap(state.state(NAMESPACE, MULTIMAP), random);
      case 5 -> list(state.state(NAMESPACE, LIST), random);
      case 6 -> sum(state.state(NAMESPACE, SUM), random);
      default -> hold(state.state(NAMESPACE, HOLD), random);
    };
  }

  private static Object value(ValueState<Integer> state, Random random) {
    if (random.nextInt(4) == 0) {
      state.clear();
    } else {
      state.write(random.nextInt(10));
    }
    return String.valueOf(state.read());
  }

  private static Object bag(BagState<Integer> state, Random random) {
    Iterable<Integer> before = state.read();
    if (random.nextInt(5) == 0) {
      state.clear();
      return List.of(listOf(before), listOf(state.read()), state.isEmpty().read());
    }
    state.add(random.nextInt(10));
    return List.of(listOf(before), listOf(state.read()), state.isEmpty().read());
  }

  private static Object set(SetState<Integer> state, Random random) {
    int value = random.nextInt(5);
    List<Object> seen = new ArrayList<>();
    switch (random.nextInt(5)) {
      case 0 -> state.remove(value);
      case 1 -> seen.add(state.addIfAbsent(value).read());
      case 2 -> {
        if (random.nextInt(4) == 0) {
          state.clear();
        }
      }
      default -> state.add(value);
    }
    seen.add(state.contains(random.nextInt(5)).read());
    seen.add(state.isEmpty().read());
    seen.add(sorted(state.read()));
    return seen;
  }

  private static Object map(MapState<Integer, String> state, Random random) {
    int key = random.nextInt(5);
    String text = "v" + random.nextInt(5);
    ReadableState<String> later = state.get(key);
    ReadableState<Iterable<Integer>> keysLater = state.keys();
    List<Object> seen = new ArrayList<>();
    switch (random.nextInt(6)) {
      case 0 -> state.remove(key);
      case 1 -> seen.add(String.valueOf(state.putIfAbsent(key, text).read()));
      case 2 -> seen.add(String.valueOf(state.computeIfAbsent(key, any -> text + "!").read()));
      case 3 -> {
        if (random.nextInt(4) == 0) {
          state.clear();
          // What Beam's shows through an older view then is left open.
          keysLater = state.keys();
        }
      }
      default -> state.put(key, text);
    }
    seen.add(String.valueOf(later.read()));
    seen.add(sorted(keysLater.read()));
    seen.add(state.getOrDefault(random.nextInt(5), "default").read());
    seen.add(sorted(state.values().read()));
    seen.add(sortedEntries(state.entries().read()));
    seen.add(state.isEmpty().read());
    return seen;
  }

  private static Object multimap(MultimapState<Integer, String> state, Random random) {
    int key = random.nextInt(4);
    ReadableState<Iterable<String>> later = state.get(key);
    switch (random.nextInt(6)) {
      case 0 -> state.remove(key);
      case 1 -> {
        if (random.nextInt(4) == 0) {
          state.clear();
        }
      }
      default -> state.put(key, "v" + random.nextInt(5));
    }
    return List.of(
        listOf(later.read()),
        sorted(state.keys().read()),
        sortedEntries(state.entries().read()),
        state.containsKey(random.nextInt(4)).read(),
        state.isEmpty().read());
  }

  private static Object list(OrderedListState<Integer> state, Random random) {
    Instant from = Instant.ofEpochMilli(random.nextInt(10));
    Instant to = from.plus(random.nextInt(5));
    switch (random.nextInt(6)) {
      case 0 -> state.clearRange(from, to);
      case 1 -> {
        if (random.nextInt(4) == 0) {
          state.clear();
        }
      }
      default ->
          state.add(
              TimestampedValue.of(random.nextInt(10), Instant.ofEpochMilli(random.nextInt(10))));
    }
    return List.of(listOf(state.read()), listOf(state.readRange(from, to)), state.isEmpty().read());
  }

  private static Object sum(CombiningState<Integer, int[], Integer> state, Random random) {
    switch (random.nextInt(5)) {
      case 0 -> state.clear();
      case 1 -> state.addAccum(new int[] {random.nextInt(10)});
      default -> state.add(random.nextInt(10));
    }
    return List.of(
        state.read(),
        state.getAccum()[0],
        state.isEmpty().read(),
        state.mergeAccumulators(List.of(new int[] {1}, new int[] {2}))[0]);
  }

  private static Object hold(WatermarkHoldState state, Random random) {
    if (random.nextInt(5) == 0) {
      state.clear();
    } else {
      state.add(Instant.ofEpochMilli(random.nextInt(100)));
    }
    return List.of(
        String.valueOf(state.read()), state.isEmpty().read(), state.getTimestampCombiner());
  }

  private static <T> List<T> listOf(Iterable<T> values) {
    List<T> list = new ArrayList<>();
    values.forEach(list::add);
    return list;
  }

  private static <T extends Comparable<T>> List<T> sorted(Iterable<T> values) {
    List<T> list = listOf(values);
    list.sort(null);
    return list;
  }

  private static List<String> sortedEntries(Iterable<Map.Entry<Integer, String>> entries) {
    List<String> list = new ArrayList<>();
    entries.forEach(entry -> list.add(entry.getKey() + "=" + entry.getValue()));
    list.sort(Comparator.naturalOrder());
    return list;
  }

  @Test
  void systemAndUserStateOfOneNameAreApart() {
    StateInternals state = actual();
    StateTag<ValueState<Integer>> system = StateTags.makeSystemTagInternal(VALUE);
    state.state(NAMESPACE, VALUE).write(1);
    state.state(NAMESPACE, system).write(2);
    assertThat(state.state(NAMESPACE, VALUE).read()).isEqualTo(1);
    assertThat(state.state(NAMESPACE, system).read()).isEqualTo(2);
  }

  @Test
  void oneAddressIsOneObject() {
    StateInternals state = actual();
    assertThat(state.state(NAMESPACE, BAG)).isSameAs(state.state(NAMESPACE, BAG));
    assertThat(state.state(NAMESPACE, BAG))
        .isNotEqualTo(state.state(StateNamespaces.global(), BAG));
  }
}
