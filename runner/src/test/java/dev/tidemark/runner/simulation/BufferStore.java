package dev.tidemark.runner.simulation;

import dev.tidemark.runner.simulation.Aggregation.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/** A multiset of numbers in one kind of state. */
interface BufferStore {
  /** Adds a number. */
  void add(int value);

  /** Takes all numbers out, in any order. */
  List<Integer> drain();

  /** The store of a kind; of the states only that kind's is touched. */
  static BufferStore of(
      Buffer.Store kind,
      ValueState<List<Integer>> value,
      BagState<Integer> bag,
      CombiningState<Integer, List<Integer>, List<Integer>> combining,
      MapState<Integer, Integer> map,
      MultimapState<Integer, Integer> multimap,
      OrderedListState<Integer> ordered) {
    return switch (kind) {
      case VALUE -> new InValue(value);
      case BAG -> new InBag(bag);
      case COMBINING -> new InCombining(combining);
      case MAP -> new InMap(map);
      case MULTIMAP -> new InMultimap(multimap);
      case ORDERED_LIST -> new InOrderedList(ordered);
    };
  }

  /** A list as a value. */
  record InValue(ValueState<List<Integer>> state) implements BufferStore {
    @Override
    public void add(int value) {
      List<Integer> all = drain();
      all.add(value);
      state.write(all);
    }

    @Override
    public List<Integer> drain() {
      List<Integer> before = state.read();
      state.clear();
      return before == null ? new ArrayList<>() : new ArrayList<>(before);
    }
  }

  /** A bag. */
  record InBag(BagState<Integer> state) implements BufferStore {
    @Override
    public void add(int value) {
      state.add(value);
    }

    @Override
    public List<Integer> drain() {
      List<Integer> all = new ArrayList<>();
      state.read().forEach(all::add);
      state.clear();
      return all;
    }
  }

  /** A list as an accumulator. */
  record InCombining(CombiningState<Integer, List<Integer>, List<Integer>> state)
      implements BufferStore {
    @Override
    public void add(int value) {
      state.add(value);
    }

    @Override
    public List<Integer> drain() {
      List<Integer> all = state.isEmpty().read() ? List.of() : state.read();
      state.clear();
      return all;
    }
  }

  /** How often each number was added. */
  record InMap(MapState<Integer, Integer> state) implements BufferStore {
    @Override
    public void add(int value) {
      state.put(value, state.getOrDefault(value, 0).read() + 1);
    }

    @Override
    public List<Integer> drain() {
      List<Integer> all = new ArrayList<>();
      for (int value : new ArrayList<>(asList(state.keys().read()))) {
        for (int count = state.get(value).read(); count > 0; count--) {
          all.add(value);
        }
        state.remove(value);
      }
      return all;
    }
  }

  /** Numbers by their remainder. */
  record InMultimap(MultimapState<Integer, Integer> state) implements BufferStore {
    @Override
    public void add(int value) {
      state.put(Math.floorMod(value, 3), value);
    }

    @Override
    public List<Integer> drain() {
      List<Integer> all = new ArrayList<>();
      for (int remainder = 0; remainder < 3; remainder++) {
        all.addAll(asList(state.get(remainder).read()));
        state.remove(remainder);
      }
      return all;
    }
  }

  /** Numbers in their own order. */
  record InOrderedList(OrderedListState<Integer> state) implements BufferStore {
    @Override
    public void add(int value) {
      state.add(TimestampedValue.of(value, Instant.ofEpochMilli(value)));
    }

    @Override
    public List<Integer> drain() {
      List<Integer> all = new ArrayList<>();
      state.read().forEach(each -> all.add(each.getValue()));
      if (!all.equals(all.stream().sorted().toList())) {
        throw new IllegalStateException("An ordered list is not ordered: " + all);
      }
      state.clearRange(Instant.ofEpochMilli(-1_000_000), Instant.ofEpochMilli(1_000_000));
      return all;
    }
  }

  private static List<Integer> asList(Iterable<Integer> values) {
    List<Integer> list = new ArrayList<>();
    values.forEach(list::add);
    return list;
  }

  /** Puts numbers into a list. */
  final class Concatenate extends Combine.CombineFn<Integer, List<Integer>, List<Integer>> {
    @Override
    public List<Integer> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<Integer> addInput(List<Integer> all, Integer value) {
      List<Integer> more = new ArrayList<>(all);
      more.add(value);
      return more;
    }

    @Override
    public List<Integer> mergeAccumulators(Iterable<List<Integer>> parts) {
      List<Integer> all = new ArrayList<>();
      parts.forEach(all::addAll);
      return all;
    }

    @Override
    public List<Integer> extractOutput(List<Integer> all) {
      return all;
    }
  }
}
