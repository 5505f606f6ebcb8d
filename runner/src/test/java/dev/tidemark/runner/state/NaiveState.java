package dev.tidemark.runner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidemark.runner.progress.HoldSet;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.state.TimeDomain;

/** State as plain collections of the JDK: what {@link LaneState} must equal. */
final class NaiveState {
  /** A cell of one kind: the kinds do not share ids. */
  record Address(int node, String key, String namespace) {}

  /** Strings are encoded with their length in front, so shorter ones come first. */
  static final Comparator<String> ENCODED_ORDER =
      Comparator.comparingInt((String text) -> text.getBytes(UTF_8).length)
          .thenComparing(text -> Bytes.of(text.getBytes(UTF_8)));

  record Timed(long timestamp, String value) {}

  final Map<Address, String> values = new HashMap<>();
  final Map<Address, List<String>> bags = new HashMap<>();
  final Map<Address, TreeMap<String, String>> maps = new HashMap<>();
  final Map<Address, TreeMap<String, List<String>>> multimaps = new HashMap<>();
  final Map<Address, List<Timed>> orderedLists = new HashMap<>();
  final Map<Address, Long> holds = new HashMap<>();
  final List<TimerRecord>[] timers = timers();

  List<String> bag(Address address) {
    return bags.computeIfAbsent(address, unused -> new ArrayList<>());
  }

  TreeMap<String, String> map(Address address) {
    return maps.computeIfAbsent(address, unused -> new TreeMap<>(ENCODED_ORDER));
  }

  TreeMap<String, List<String>> multimap(Address address) {
    return multimaps.computeIfAbsent(address, unused -> new TreeMap<>(ENCODED_ORDER));
  }

  List<Timed> orderedList(Address address) {
    return orderedLists.computeIfAbsent(address, unused -> new ArrayList<>());
  }

  long minHold(int node) {
    return holds.entrySet().stream()
        .filter(entry -> entry.getKey().node() == node)
        .mapToLong(Map.Entry::getValue)
        .min()
        .orElse(Timestamps.MAX);
  }

  void setTimer(int node, TimerRecord timer) {
    deleteTimer(node, timer);
    timers[node].add(timer);
  }

  void deleteTimer(int node, TimerRecord timer) {
    timers[node].removeIf(other -> TimerIdentity.of(other).equals(TimerIdentity.of(timer)));
  }

  List<TimerRecord> takeDue(int node, TimeDomain domain, long upTo) {
    List<TimerRecord> due =
        timers[node].stream()
            .filter(timer -> timer.domain() == domain && timer.timestampMillis() <= upTo)
            .sorted(firingOrder())
            .toList();
    timers[node].removeAll(due);
    return due;
  }

  long nextTimestamp(int node, TimeDomain domain) {
    return timers[node].stream()
        .filter(timer -> timer.domain() == domain)
        .mapToLong(TimerRecord::timestampMillis)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  long minOutputTimestamp(int node) {
    HoldSet holdSet = new HoldSet();
    timers[node].forEach(timer -> holdSet.add(timer.outputTimestampMillis()));
    return Math.min(holdSet.min(), Timestamps.MAX);
  }

  static Comparator<TimerRecord> firingOrder() {
    return Comparator.comparingLong(TimerRecord::timestampMillis).thenComparing(TimerIdentity::of);
  }

  NaiveState copy() {
    NaiveState copy = new NaiveState();
    copy.values.putAll(values);
    bags.forEach((address, bag) -> copy.bag(address).addAll(bag));
    maps.forEach((address, map) -> copy.map(address).putAll(map));
    multimaps.forEach(
        (address, multimap) ->
            multimap.forEach(
                (key, list) -> copy.multimap(address).put(key, new ArrayList<>(list))));
    orderedLists.forEach((address, list) -> copy.orderedList(address).addAll(list));
    copy.holds.putAll(holds);
    for (int node = 0; node < timers.length; node++) {
      copy.timers[node].addAll(timers[node]);
    }
    return copy;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays know no type parameters
  private static List<TimerRecord>[] timers() {
    return new List[] {new ArrayList<>(), new ArrayList<>()};
  }
}
