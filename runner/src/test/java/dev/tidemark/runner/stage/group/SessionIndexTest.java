package dev.tidemark.runner.stage.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/**
 * Sessions that are merged as they come, against intervals that are sorted and merged at the end.
 */
class SessionIndexTest {
  private static final int KEYS = 3;

  private record Added(int key, IntervalWindow window, int group) {}

  private static IntervalWindow interval(long start, long limit) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(limit));
  }

  /** In the order of time, against it, or any; long or short, far apart or not. */
  @Property(tries = 500)
  void sessionsAreWhatOverlaps(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 600) int count,
      @ForAll @IntRange(min = 1, max = 20_000) int range,
      @ForAll @IntRange(min = 1, max = 60) int longest,
      @ForAll @IntRange(min = -1, max = 1) int direction,
      @ForAll boolean groups)
      throws Exception {
    Random random = new Random(seed);
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      starts.add((long) random.nextInt(range) - range / 2);
    }
    if (direction != 0) {
      starts.sort(direction > 0 ? Comparator.naturalOrder() : Comparator.reverseOrder());
    }
    SessionIndex index = new SessionIndex();
    Map<Integer, Integer> keys = new HashMap<>();
    List<Added> all = new ArrayList<>();
    for (long start : starts) {
      int key = keys.computeIfAbsent(random.nextInt(KEYS), any -> keys.size());
      long limit = start + 1 + random.nextInt(longest);
      int size = index.size();
      boolean group = groups && random.nextBoolean();
      int added = group ? index.addGroup(key, start, limit) : index.add(key, start, limit);
      assertThat(index.size()).isEqualTo(added == size ? size + 1 : size);
      if (group) {
        assertThat(added).isEqualTo(size);
      }
      all.add(new Added(key, interval(start, limit), added));
    }

    Map<Integer, List<IntervalWindow>> found = new HashMap<>();
    int[] members = new int[1];
    index.forEachSession(
        (session, united) -> {
          assertThat(united[0]).isEqualTo(session);
          members[0] += united.length;
          IntervalWindow window = index.window(session);
          List<Added> in =
              all.stream().filter(added -> List.of(boxed(united)).contains(added.group())).toList();
          assertThat(in.stream().map(Added::key).distinct()).hasSize(1);
          assertThat(in).allMatch(added -> window.contains(added.window()));
          found.computeIfAbsent(in.get(0).key(), any -> new ArrayList<>()).add(window);
        });
    assertThat(members[0]).isEqualTo(index.size());
    found.values().forEach(windows -> windows.sort(Comparator.naturalOrder()));
    assertThat(found).isEqualTo(merged(all));
  }

  private static Integer[] boxed(int[] numbers) {
    return Arrays.stream(numbers).boxed().toArray(Integer[]::new);
  }

  private static Map<Integer, List<IntervalWindow>> merged(List<Added> all) {
    Map<Integer, List<IntervalWindow>> merged = new LinkedHashMap<>();
    all.stream()
        .sorted(Comparator.comparing(Added::window))
        .forEach(
            added -> {
              List<IntervalWindow> windows =
                  merged.computeIfAbsent(added.key(), any -> new ArrayList<>());
              int last = windows.size() - 1;
              if (last >= 0 && windows.get(last).intersects(added.window())) {
                windows.set(last, windows.get(last).span(added.window()));
              } else {
                windows.add(added.window());
              }
            });
    return merged;
  }
}
