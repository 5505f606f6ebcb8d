package dev.tidemark.runner.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.stage.TimerRecord;
import dev.tidemark.runner.stage.TimerService;
import dev.tidemark.runner.stage.Timestamps;
import dev.tidemark.translation.graph.NodeId;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.beam.sdk.state.TimeDomain;
import org.junit.jupiter.api.Test;

/** Lanes with memory for a few timers, held equal to lanes that have all of them in memory. */
class TimersBehindMemoryTest {
  private static final NodeId NODE = LaneGroup.NODES.get(0);

  /** Room for ten timers in a lane. */
  private static final long FEW = 8_000;

  private static final int ROOM = 10;
  private static final long ALL = 1L << 30;
  private static final List<String> IDS = List.of("", "t", "t\0", "\ud83d\ude00", "\uffee");

  @Property(tries = 200)
  void fewInMemoryAreAsGoodAsAll(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 600) int steps,
      @ForAll @IntRange(min = 1, max = 30) int times) {
    Random random = new Random(seed);
    int lanes = 1 + random.nextInt(4);
    LaneGroup few = LaneGroup.durable(lanes, random.nextInt(4) == 0 ? 0 : FEW);
    LaneGroup all = LaneGroup.durable(lanes, ALL);
    int room = ROOM;
    for (int step = 0; step < steps; step++) {
      one(random, times, few, all);
      switch (random.nextInt(40)) {
        case 0, 1 -> {
          few.seal();
          all.seal();
          int most = room;
          few.lanes().forEach(lane -> assertThat(lane.timersInMemory()).isLessThanOrEqualTo(most));
        }
        case 2 -> {
          few.commitOne();
          all.commitOne();
        }
        case 3 -> {
          if (random.nextInt(4) == 0) {
            few.discard();
            all.discard();
          }
        }
        case 4 -> {
          if (random.nextInt(4) == 0) {
            int now = 1 + random.nextInt(4);
            room = random.nextInt(6) == 0 ? Integer.MAX_VALUE : ROOM;
            few.restart(now, room == ROOM ? FEW : ALL);
            all.restart(now, ALL);
          }
        }
        default -> {}
      }
      compare(random, times, few, all);
    }
    for (TimeDomain domain : TimeDomain.values()) {
      assertThat(few.takeDue(0, domain, Long.MAX_VALUE))
          .isEqualTo(all.takeDue(0, domain, Long.MAX_VALUE));
    }
    few.restart(1, FEW);
    all.restart(1, ALL);
    assertThat(few.store().size()).isEqualTo(all.store().size());
  }

  private static void one(Random random, int times, LaneGroup few, LaneGroup all) {
    String key = "k" + random.nextInt(40);
    TimeDomain domain = TimeDomain.values()[Math.max(0, random.nextInt(5) - 2)];
    long timestamp = random.nextInt(times);
    TimerRecord timer =
        new TimerRecord(
            LaneGroup.key(key),
            random.nextBoolean() ? "/" : "/w/",
            random.nextInt(4) == 0 ? "family" : "",
            IDS.get(random.nextInt(IDS.size())),
            domain,
            timestamp,
            switch (random.nextInt(5)) {
              case 0, 1 -> timestamp;
              case 2 -> Timestamps.MAX;
              default -> random.nextInt(times + 2) - 1;
            });
    boolean delete = random.nextInt(5) == 0;
    for (LaneGroup lanes : List.of(few, all)) {
      TimerService timers = lanes.timers(0, key);
      if (delete) {
        timers.delete(timer.key(), timer.namespace(), timer.family(), timer.id(), domain);
      } else {
        timers.set(timer);
      }
    }
    if (random.nextInt(4) == 0) {
      TimerRecord polled = few.timers(0, key).pollDue(domain, timestamp);
      assertThat(polled).isEqualTo(all.timers(0, key).pollDue(domain, timestamp));
      if (polled != null) {
        assertThat(polled.key().decoded()).isInstanceOf(String.class);
      }
    }
  }

  private static void compare(Random random, int times, LaneGroup few, LaneGroup all) {
    TimeDomain domain = TimeDomain.values()[random.nextInt(3)];
    int most = 1 + random.nextInt(20);
    long upTo = random.nextInt(times + 1);
    for (int lane = 0; lane < few.lanes().size(); lane++) {
      TimerService ours = few.lanes().get(lane).timers(NODE);
      TimerService theirs = all.lanes().get(lane).timers(NODE);
      switch (random.nextInt(4)) {
        case 0 ->
            assertThat(ours.reachable(domain, upTo, most))
                .isEqualTo(theirs.reachable(domain, upTo, most));
        case 1 -> assertThat(ours.nextTimestamp(domain)).isEqualTo(theirs.nextTimestamp(domain));
        case 2 -> assertThat(ours.minOutputTimestamp()).isEqualTo(theirs.minOutputTimestamp());
        default -> {}
      }
    }
  }

  /** What all windows that end together come to. */
  @Test
  void manyOfOneTimestampFireInOrder() {
    LaneGroup few = LaneGroup.durable(2, FEW);
    LaneGroup all = LaneGroup.durable(2, ALL);
    for (int i = 0; i < 2_000; i++) {
      TimerRecord timer =
          new TimerRecord(
              LaneGroup.key("k" + i), "/", "", "end", TimeDomain.EVENT_TIME, 7, i % 3 == 0 ? 6 : 7);
      few.timers(0, "k" + i).set(timer);
      all.timers(0, "k" + i).set(timer);
      if (i % 100 == 99) {
        few.seal();
        few.commitOne();
        few.lanes().forEach(lane -> assertThat(lane.timersInMemory()).isLessThanOrEqualTo(ROOM));
      }
    }
    assertThat(few.min(lane -> lane.timers(NODE).reachable(TimeDomain.EVENT_TIME, 9, 5)))
        .isEqualTo(7);
    assertThat(few.min(LaneState::timersInMemory)).isLessThan(2 * ROOM);
    few.restart(3, FEW);
    all.restart(3, ALL);
    assertThat(few.min(lane -> lane.timers(NODE).minOutputTimestamp())).isEqualTo(6);
    assertThat(few.min(LaneState::timersInMemory)).isLessThan(2 * ROOM);
    assertThat(few.takeDue(0, TimeDomain.EVENT_TIME, 7))
        .hasSize(2_000)
        .isEqualTo(all.takeDue(0, TimeDomain.EVENT_TIME, 7));
  }

  /** A directory of an earlier format, or one of a job that had more memory, has no index. */
  @Test
  void timersThatNeverHadToLeaveMemoryAreReadInParts() {
    LaneGroup lanes = LaneGroup.durable(1, ALL);
    for (int i = 0; i < 1_000; i++) {
      lanes
          .timers(0, "k" + i)
          .set(
              new TimerRecord(
                  LaneGroup.key("k" + i), "/", "", "t", TimeDomain.PROCESSING_TIME, 1_000 - i, i));
    }
    lanes.restart(1, ALL);
    int rows = lanes.store().size();
    lanes.restart(2, FEW);
    assertThat(lanes.store().size()).isEqualTo(rows + 2 * 1_000 + 16);
    assertThat(lanes.min(lane -> lane.timers(NODE).minOutputTimestamp())).isEqualTo(0);
    assertThat(lanes.min(lane -> lane.timers(NODE).nextTimestamp(TimeDomain.PROCESSING_TIME)))
        .isEqualTo(1);
    assertThat(lanes.min(LaneState::timersInMemory)).isLessThan(2 * ROOM);
    assertThat(lanes.takeDue(0, TimeDomain.PROCESSING_TIME, 1_000)).hasSize(1_000);
  }
}
