package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.Cells;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.state.NaiveState.Address;
import dev.tidemark.runner.state.NaiveState.Timed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Does the same to lanes and to a model, and compares what they answer. */
final class RandomStateOperations {
  static final Coder<String> STRINGS = StringUtf8Coder.of();
  private static final List<String> KEYS = List.of("", "a", "a\0", "a\0\1", "b", "key", "\uffff");
  private static final List<String> NAMESPACES = List.of("/", "/w1/", "/w1/x");
  private static final List<String> MAP_KEYS = List.of("", "\0", "k", "kk", "l", "\u00ff");

  private final Random random;
  private final NaiveState model;
  private final LaneGroup lanes;

  RandomStateOperations(Random random, NaiveState model, LaneGroup lanes) {
    this.random = random;
    this.model = model;
    this.lanes = lanes;
  }

  static Address address(Random random) {
    return new Address(random.nextInt(2), pick(random, KEYS), pick(random, NAMESPACES));
  }

  NaiveState model() {
    return model;
  }

  /** One random operation on one random cell or timer. */
  void one() {
    Address address = address(random);
    switch (random.nextInt(7)) {
      case 0 -> onValue(address, value(address));
      case 1 -> onBag(address, bag(address));
      case 2 -> onMap(address, map(address));
      case 3 -> onMultimap(address, multimap(address));
      case 4 -> onOrderedList(address, orderedList(address));
      case 5 -> onHold(address, hold(address));
      default -> onTimers(address);
    }
  }

  /** Compares every cell and what is known of timers. */
  void compareAll() {
    for (int node = 0; node < 2; node++) {
      for (String key : KEYS) {
        for (String namespace : NAMESPACES) {
          compare(new Address(node, key, namespace));
        }
      }
      compareTimes(node);
    }
  }

  /** Removes everything, timers too. */
  void clearAll() {
    for (int node = 0; node < 2; node++) {
      for (TimeDomain domain : TimeDomain.values()) {
        assertThat(lanes.takeDue(node, domain, Long.MAX_VALUE))
            .isEqualTo(model.takeDue(node, domain, Long.MAX_VALUE));
      }
      for (String key : KEYS) {
        for (String namespace : NAMESPACES) {
          Address address = new Address(node, key, namespace);
          value(address).clear();
          bag(address).clear();
          map(address).clear();
          multimap(address).clear();
          orderedList(address).clear();
          hold(address).clear();
          model.values.clear();
          model.bags.clear();
          model.maps.clear();
          model.multimaps.clear();
          model.orderedLists.clear();
          model.holds.clear();
        }
      }
    }
  }

  private void onValue(Address address, Cells.ValueCell<String> cell) {
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        String value = random.nextInt(8) == 0 ? null : word();
        write(cell, value);
        model.values.put(address, value);
      }
      case 2 -> {
        cell.clear();
        model.values.remove(address);
      }
      case 3 -> assertThat(cell.isEmpty()).isEqualTo(!model.values.containsKey(address));
      default -> assertThat(cell.read()).isEqualTo(model.values.get(address));
    }
  }

  private void onBag(Address address, Cells.BagCell<String> cell) {
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        String value = word();
        cell.add(value);
        model.bag(address).add(value);
      }
      case 4 -> {
        List<String> before = new ArrayList<>(model.bag(address));
        Iterable<String> snapshot = cell.read();
        cell.add("later");
        cell.clear();
        cell.add("new");
        assertThat(snapshot).containsExactlyElementsOf(before);
        model.bag(address).clear();
        model.bag(address).add("new");
      }
      case 5 -> {
        cell.clear();
        model.bag(address).clear();
      }
      case 6 -> assertThat(cell.isEmpty()).isEqualTo(model.bag(address).isEmpty());
      default -> assertThat(cell.read()).containsExactlyElementsOf(model.bag(address));
    }
  }

  private void onMap(Address address, Cells.MapCell<String, String> cell) {
    Map<String, String> expected = model.map(address);
    String key = pick(random, MAP_KEYS);
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> {
        String value = word();
        cell.put(key, value);
        expected.put(key, value);
      }
      case 3, 4 -> {
        cell.remove(key);
        expected.remove(key);
      }
      case 5 -> assertThat(cell.get(key)).isEqualTo(expected.get(key));
      case 6 -> assertThat(cell.contains(key)).isEqualTo(expected.containsKey(key));
      case 7 -> {
        if (random.nextInt(4) == 0) {
          cell.clear();
          expected.clear();
        }
        assertThat(cell.isEmpty()).isEqualTo(expected.isEmpty());
      }
      default -> compareMap(address);
    }
  }

  private void onMultimap(Address address, Cells.MultimapCell<String, String> cell) {
    Map<String, List<String>> expected = model.multimap(address);
    String key = pick(random, MAP_KEYS);
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> {
        String value = word();
        cell.put(key, value);
        expected.computeIfAbsent(key, unused -> new ArrayList<>()).add(value);
      }
      case 3, 4 -> {
        cell.remove(key);
        expected.remove(key);
      }
      case 5 ->
          assertThat(cell.get(key))
              .containsExactlyElementsOf(expected.getOrDefault(key, List.of()));
      case 6 -> assertThat(cell.contains(key)).isEqualTo(expected.containsKey(key));
      case 7 -> {
        if (random.nextInt(4) == 0) {
          cell.clear();
          expected.clear();
        }
        assertThat(cell.isEmpty()).isEqualTo(expected.isEmpty());
      }
      default -> compareMultimap(address);
    }
  }

  private void onOrderedList(Address address, Cells.OrderedListCell<String> cell) {
    List<Timed> expected = model.orderedList(address);
    long from = random.nextInt(12) - 6;
    long to = from + random.nextInt(6) - 1;
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        String value = word();
        cell.add(TimestampedValue.of(value, Instant.ofEpochMilli(from)));
        expected.add(new Timed(from, value));
      }
      case 4 -> {
        cell.clearRange(from, to);
        expected.removeIf(timed -> timed.timestamp() >= from && timed.timestamp() < to);
      }
      case 5 -> {
        if (random.nextInt(3) == 0) {
          cell.clear();
          expected.clear();
        }
        assertThat(cell.isEmpty()).isEqualTo(expected.isEmpty());
      }
      default -> compareOrderedList(address, from, to);
    }
  }

  private void onHold(Address address, Cells.HoldCell cell) {
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        long time = random.nextInt(50);
        cell.write(time);
        model.holds.put(address, time);
      }
      case 2 -> {
        cell.clear();
        model.holds.remove(address);
      }
      default -> assertThat(cell.read()).isEqualTo(model.holds.get(address));
    }
    compareTimes(address.node());
  }

  private void onTimers(Address address) {
    TimerRecord timer =
        new TimerRecord(
            LaneGroup.key(address.key()),
            address.namespace(),
            random.nextBoolean() ? "" : "family",
            random.nextBoolean() ? "t" : "t\0",
            TimeDomain.values()[random.nextInt(3)],
            random.nextInt(20) - 5,
            random.nextInt(30));
    switch (random.nextInt(6)) {
      case 0, 1, 2 -> {
        lanes.timers(address.node(), address.key()).set(timer);
        model.setTimer(address.node(), timer);
      }
      case 3 -> {
        lanes
            .timers(address.node(), address.key())
            .delete(timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
        model.deleteTimer(address.node(), timer);
      }
      default -> {
        long upTo = timer.timestampMillis() - 8;
        List<TimerRecord> due = lanes.takeDue(address.node(), timer.domain(), upTo);
        assertThat(due).isEqualTo(model.takeDue(address.node(), timer.domain(), upTo));
        for (TimerRecord fired : due) {
          assertThat(fired.key().decoded()).isInstanceOf(String.class);
        }
      }
    }
    compareTimes(address.node());
  }

  private void compare(Address address) {
    assertThat(value(address).read()).isEqualTo(model.values.get(address));
    assertThat(bag(address).read()).containsExactlyElementsOf(model.bag(address));
    compareMap(address);
    compareMultimap(address);
    compareOrderedList(address, Long.MIN_VALUE, Long.MAX_VALUE);
    assertThat(hold(address).read()).isEqualTo(model.holds.get(address));
  }

  private void compareMap(Address address) {
    List<String> entries = new ArrayList<>();
    map(address).entries().forEach(entry -> entries.add(entry.getKey() + "=" + entry.getValue()));
    List<String> expected = new ArrayList<>();
    model.map(address).forEach((key, value) -> expected.add(key + "=" + value));
    assertThat(entries).isEqualTo(expected);
  }

  private void compareMultimap(Address address) {
    List<String> entries = new ArrayList<>();
    multimap(address)
        .entries()
        .forEach(entry -> entries.add(entry.getKey() + "=" + entry.getValue()));
    List<String> expected = new ArrayList<>();
    model
        .multimap(address)
        .forEach((key, values) -> values.forEach(value -> expected.add(key + "=" + value)));
    assertThat(entries).isEqualTo(expected);
    assertThat(multimap(address).keys())
        .containsExactlyElementsOf(model.multimap(address).keySet());
  }

  private void compareOrderedList(Address address, long from, long to) {
    List<Timed> found =
        StreamSupport.stream(orderedList(address).readRange(from, to).spliterator(), false)
            .map(timed -> new Timed(timed.getTimestamp().getMillis(), timed.getValue()))
            .toList();
    List<Timed> expected =
        model.orderedList(address).stream()
            .filter(timed -> timed.timestamp() >= from && timed.timestamp() < to)
            .sorted(Comparator.comparingLong(Timed::timestamp))
            .toList();
    assertThat(found).isEqualTo(expected);
  }

  private void compareTimes(int node) {
    var id = LaneGroup.NODES.get(node);
    assertThat(lanes.min(lane -> lane.minHold(id))).isEqualTo(model.minHold(node));
    assertThat(lanes.min(lane -> lane.timers(id).minOutputTimestamp()))
        .isEqualTo(model.minOutputTimestamp(node));
    for (TimeDomain domain : TimeDomain.values()) {
      assertThat(lanes.min(lane -> lane.timers(id).nextTimestamp(domain)))
          .isEqualTo(model.nextTimestamp(node, domain));
    }
  }

  private Cells.ValueCell<String> value(Address address) {
    return cells(address).value(address.namespace(), "v", STRINGS);
  }

  private Cells.BagCell<String> bag(Address address) {
    return cells(address).bag(address.namespace(), "b", STRINGS);
  }

  private Cells.MapCell<String, String> map(Address address) {
    return cells(address).map(address.namespace(), "m", STRINGS, STRINGS);
  }

  private Cells.MultimapCell<String, String> multimap(Address address) {
    return cells(address).multimap(address.namespace(), "u", STRINGS, STRINGS);
  }

  private Cells.OrderedListCell<String> orderedList(Address address) {
    return cells(address).orderedList(address.namespace(), "o", STRINGS);
  }

  private Cells.HoldCell hold(Address address) {
    return cells(address).hold(address.namespace(), "h");
  }

  private Cells cells(Address address) {
    return lanes.cells(address.node(), address.key());
  }

  private String word() {
    return "w" + random.nextInt(1000);
  }

  @SuppressWarnings("NullAway") // a user may write null
  private static void write(Cells.ValueCell<String> cell, @Nullable String value) {
    cell.write(value);
  }

  private static String pick(Random random, List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
