package dev.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderboardTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);
  private static final IntervalWindow FIRST = new IntervalWindow(Instant.EPOCH, MINUTE);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit does
  private Path directory;

  @Test
  void guessesEarlyPublishesOnTimeAndCorrectsLate() {
    Pipeline pipeline = Runner.pipeline();
    PCollection<KV<String, Integer>> points =
        pipeline
            .apply(
                TestStream.create(GameEvent.EventCoder.of())
                    .advanceWatermarkTo(Instant.EPOCH)
                    .addElements(event("ann", "red", 3, 10))
                    .advanceProcessingTime(Duration.standardSeconds(20))
                    .addElements(event("bob", "red", 4, 20), event("cid", "blue", 1, 20))
                    .advanceWatermarkTo(Instant.EPOCH.plus(MINUTE))
                    .addElements(event("ann", "red", 5, 30))
                    .advanceWatermarkTo(Instant.EPOCH.plus(MINUTE.multipliedBy(20)))
                    .addElements(event("ann", "red", 100, 40))
                    .advanceWatermarkToInfinity())
            .apply(
                new Leaderboard.TeamPoints(
                    MINUTE, Duration.standardMinutes(10), Duration.standardSeconds(10)));

    PAssert.that(points).inEarlyPane(FIRST).containsInAnyOrder(KV.of("red", 3));
    PAssert.that(points).inOnTimePane(FIRST).containsInAnyOrder(KV.of("red", 7), KV.of("blue", 1));
    PAssert.that(points).inLatePane(FIRST).containsInAnyOrder(KV.of("red", 12));
    Runner.run(pipeline);
  }

  @Test
  void aPlayersTotalIsPublishedEveryThreeEvents() {
    Pipeline pipeline = Runner.pipeline();
    TestStream.Builder<GameEvent> stream = TestStream.create(GameEvent.EventCoder.of());
    for (int i = 0; i < 7; i++) {
      stream = stream.addElements(event("ann", "red", 1, i));
    }
    PCollection<KV<String, Integer>> points =
        pipeline.apply(stream.advanceWatermarkToInfinity()).apply(new Leaderboard.PlayerPoints(3));

    PAssert.that(points)
        .inEarlyPane(GlobalWindow.INSTANCE)
        .containsInAnyOrder(KV.of("ann", 3), KV.of("ann", 6));
    Runner.run(pipeline);
  }

  @Test
  void theStreamsLastWordOnEveryWindowIsRight() {
    int events = 5_000;

    Leaderboard.main(
        new String[] {
          Runner.argument(), "--events=" + events, "--output=" + directory.resolve("out/teams")
        });

    assertThat(highestPerWindowAndTeam()).isEqualTo(expected(events));
  }

  /** Points are never negative, so the last pane of a window is the one with the most. */
  private Map<String, Integer> highestPerWindowAndTeam() {
    Map<String, Integer> highest = new TreeMap<>();
    for (String line : OutputFiles.lines(directory.resolve("out"))) {
      String[] words = line.split(" ", -1);
      highest.merge(words[0] + " " + words[2], Integer.parseInt(words[3]), Math::max);
    }
    return highest;
  }

  private static Map<String, Integer> expected(int events) {
    GameEventSource source = new GameEventSource(42, events);
    Map<String, Integer> sums = new HashMap<>();
    for (int i = 0; i < events; i++) {
      GameEvent event = source.event(i);
      long end = (event.timeMillis() / MINUTE.getMillis() + 1) * MINUTE.getMillis() - 1;
      sums.merge(
          Instant.ofEpochMilli(end) + " " + event.team() + ":", event.points(), Integer::sum);
    }
    return new TreeMap<>(sums);
  }

  private static TimestampedValue<GameEvent> event(
      String player, String team, int points, int second) {
    long millis = second * 1000L;
    return TimestampedValue.of(
        new GameEvent(player, team, points, millis), Instant.ofEpochMilli(millis));
  }
}
