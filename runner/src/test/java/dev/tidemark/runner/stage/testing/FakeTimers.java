package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.Key;
import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.beam.sdk.state.TimeDomain;
import org.jspecify.annotations.Nullable;

/** The timers of one node, in a list that is searched from end to end. */
final class FakeTimers implements TimerService {
  private static final Comparator<TimerRecord> ORDER =
      Comparator.comparingLong(TimerRecord::timestampMillis)
          .thenComparing(timer -> HexFormat.of().formatHex(timer.key().encoded()))
          .thenComparing(TimerRecord::namespace)
          .thenComparing(TimerRecord::family)
          .thenComparing(TimerRecord::id);

  private final List<TimerRecord> timers = new ArrayList<>();

  @Override
  public void set(TimerRecord timer) {
    delete(timer.key(), timer.namespace(), timer.family(), timer.id(), timer.domain());
    timers.add(timer);
  }

  @Override
  public void delete(Key key, String namespace, String family, String id, TimeDomain domain) {
    timers.removeIf(
        timer ->
            timer.key().equals(key)
                && timer.namespace().equals(namespace)
                && timer.family().equals(family)
                && timer.id().equals(id)
                && timer.domain() == domain);
  }

  @Override
  public @Nullable TimerRecord pollDue(TimeDomain domain, long upToMillis) {
    TimerRecord due =
        timers.stream()
            .filter(timer -> timer.domain() == domain && timer.timestampMillis() <= upToMillis)
            .min(ORDER)
            .orElse(null);
    if (due != null) {
      timers.remove(due);
    }
    return due;
  }

  @Override
  public long nextTimestamp(TimeDomain domain) {
    return timers.stream()
        .filter(timer -> timer.domain() == domain)
        .mapToLong(TimerRecord::timestampMillis)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public long reachable(TimeDomain domain, long upToMillis, int most) {
    return upToMillis;
  }

  @Override
  public long minOutputTimestamp() {
    return timers.stream()
        .mapToLong(TimerRecord::outputTimestampMillis)
        .min()
        .orElse(Timestamps.MAX);
  }

  boolean isEmpty() {
    return timers.isEmpty();
  }
}
